"""The report of the desk: figures of a span of days, and proposals that were tried on what is kept.

Nothing is fetched or written.
"""

import shlex
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from curator.core.brand import Watch
from curator.core.context import Context
from curator.core.desk_report import DeskReport, precision
from curator.core.text.plain import line
from curator.jobs.report import figures, proposals
from curator.jobs.report.material import Material, gathered
from curator.jobs.report.worked import worked
from curator.planning import plan
from curator.publishing.language import ENGLISH, Language

WEEKS: Final = 2  # of the calendar ahead
TRIED: Final = timedelta(days=30)  # that proposals are tried on, at least


def report(context: Context, now: datetime, span: timedelta, language: Language = ENGLISH) -> DeskReport:
    """Return what came of the `span` before `now`, with proposals from a month at least; these and the notes are in `language`."""
    month = gathered(context, now, max(span, TRIED))
    material = month.later(now - span)
    lists = figures.lists(material)
    decided = sum(each.picked + each.skipped for each in lists)
    results = worked(context, now, span)
    return DeskReport(
        brand=context.brand.name,
        since=material.since,
        until=now,
        steps=figures.steps(material),
        lists=lists,
        precision=precision(lists) if decided >= figures.ENOUGH else None,
        feeds=figures.feeds(material, context.feeds),
        topics=figures.topics(material, context.brand),
        mix=figures.mix(material, context.brand),
        voices=figures.voices(material, context.brand),
        coverage=figures.coverage(plan.plan(context, now, WEEKS), WEEKS),
        saved=figures.saved(material),
        proposals=proposals.proposals(context, month, results, now, language),
        worked=results,
        notes=_notes(material, month, context, language),
        language=language.code,
    )


def _notes(material: Material, month: Material, context: Context, language: Language) -> tuple[str, ...]:
    """Return what the figures cannot say."""
    say, counted = language.say, language.counted
    picks, decided = len(material.picked), len(month.picked) + len(month.skipped)
    said = counted("%(num)s decision in a month", "%(num)s decisions in a month", decided)
    notes = (
        (
            len(material.picked) + len(material.skipped) < figures.ENOUGH,
            counted("%(num)s pick: too few to say how good the lists are", "%(num)s picks: too few to say how good the lists are", picks),
        ),
        (
            decided < proposals.ENOUGH,
            say("%(said)s: too few to propose words or weights (%(needed)s are needed)", said=said, needed=proposals.ENOUGH),
        ),
        (
            bool(material.unread),
            counted(
                "%(num)s item was never scored: curator run scores it",
                "%(num)s items were never scored: curator run scores them",
                material.unread,
            ),
        ),
        (not material.lists, say("no reading list was made in these days: curator run makes one")),
        (not context.brand.calendar.slots, say("there is no calendar to cover: brand.toml names no slots")),
        *((True, _silent(watch, month, language)) for watch in context.brand.watch if _is_silent(watch, month, context)),
    )
    return tuple(text for holds, text in notes if holds)


def _is_silent(watch: Watch, month: Material, context: Context) -> bool:
    """Return whether a watch term was listened for in a month's lists and found nothing at all."""
    found = figures.voices(month, replace(context.brand, watch=(watch,)))
    return len(month.lists) >= figures.WEIGHED and not any(each.mentions + each.doubtful for each in found)


def _silent(watch: Watch, month: Material, language: Language) -> str:
    said = language.counted("in %(num)s list", "in %(num)s lists", len(month.lists))
    command = f"curator watch test {shlex.quote(watch.query)}"
    return language.say(
        "%(watch)s was not found %(lists)s; what it misses: %(command)s", watch=line(watch.name, 60), lists=said, command=command
    )
