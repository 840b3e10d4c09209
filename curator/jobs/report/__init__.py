"""The report of the desk: figures of a span of days, and proposals that were tried on what is kept.

Nothing is fetched or written.
"""

from datetime import datetime, timedelta
from typing import Final

from curator.core.context import Context
from curator.core.desk_report import DeskReport
from curator.jobs.report import figures, proposals
from curator.jobs.report.material import Material, gathered
from curator.jobs.report.worked import worked
from curator.planning import plan

WEEKS: Final = 2  # of the calendar ahead
TRIED: Final = timedelta(days=30)  # that proposals are tried on, at least


def report(context: Context, now: datetime, span: timedelta) -> DeskReport:
    """Return what came of the `span` before `now`, with proposals from a month at least."""
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
        precision=figures.precision(lists) if decided >= figures.ENOUGH else None,
        feeds=figures.feeds(material, context.feeds),
        topics=figures.topics(material, context.brand),
        mix=figures.mix(material, context.brand),
        voices=figures.voices(material, context.brand),
        coverage=figures.coverage(plan.plan(context, now, WEEKS), WEEKS),
        saved=figures.saved(material),
        proposals=proposals.proposals(context, month, results, now),
        worked=results,
        notes=_notes(material, month, context),
    )


def _notes(material: Material, month: Material, context: Context) -> tuple[str, ...]:
    """Return what the figures cannot say."""
    picks, decided = len(material.picked), len(month.picked) + len(month.skipped)
    few = f"{picks} {'pick' if picks == 1 else 'picks'}: too few to say how good the lists are"
    said = f"{decided} {'decision' if decided == 1 else 'decisions'}"
    notes = (
        (len(material.picked) + len(material.skipped) < figures.ENOUGH, few),
        (
            decided < proposals.ENOUGH,
            f"{said} in a month: too few to propose words or weights ({proposals.ENOUGH} are needed)",
        ),
        (bool(material.unread), f"{material.unread} items were never scored: curator run scores them"),
        (not material.lists, "no reading list was made in these days: curator run makes one"),
        (not context.brand.calendar.slots, "there is no calendar to cover: brand.toml names no slots"),
    )
    return tuple(text for holds, text in notes if holds)
