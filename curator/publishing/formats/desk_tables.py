"""The sections of the desk's report as tables of text, the same in every format, in the language of the report."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct

from curator.core.desk_report import DeskReport, FeedYield, ListDay, TopicYield, Worked, WorkedBy, WorkedGroup, precision
from curator.core.text.plain import line
from curator.core.text.urls import short
from curator.publishing.formats.charts import Row
from curator.publishing.language import Language

DAYS = 14  # lists up to which each has a row; more are told by week
FEEDS_DRAWN = 10
GROUPS = 8  # of topics, kinds, slots and sources each
_BY: Final[tuple[WorkedBy, ...]] = ("topic", "kind", "slot", "source")
_STATES: Final = {"few": "too few to say", "more": "more", "less": "less", "": "not clear"}


class Section(Struct, frozen=True, kw_only=True):
    """A part of the report: its heading, what it says in a sentence, its table, and what of it is drawn as bars."""

    name: str
    title: str
    said: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawn: tuple[Row, ...] = ()


def sections(report: DeskReport) -> tuple[Section, ...]:
    """Return the sections that have anything to say, in order."""
    language = Language(code=report.language)
    made = (each(report, language) for each in (_steps, _lists, _feeds, _topics, _mix, _worked, _voices))
    return tuple(section for section in made if section.rows)


def headline(report: DeskReport) -> tuple[str, ...]:
    """Return what the report says first: how good the lists were, what lies ahead, what was saved."""
    language = Language(code=report.language)
    return tuple(filter(None, (_precision(report, language), _coverage(report, language), _saved(report, language))))


def percent(share: float | None) -> str:
    """Return a share as "40%", a dash where there is none."""
    return "–" if share is None else f"{share:.0%}"


def _precision(report: DeskReport, language: Language) -> str:
    if report.precision is None:
        return ""
    share = percent(report.precision)
    return language.say("%(share)s of what was listed was picked, on the days on which anything was decided", share=share)


def _coverage(report: DeskReport, language: Language) -> str:
    ahead = report.coverage
    if not ahead.slots:
        return ""
    counts = {"weeks": ahead.weeks, "filled": ahead.filled, "slots": ahead.slots}
    filled = language.say("slots of the next %(weeks)s weeks: %(filled)s of %(slots)s filled", **counts)
    return filled + (language.say("; the next gap is %(day)s", day=language.day(ahead.next_gap)) if ahead.next_gap else "")


def _saved(report: DeskReport, language: Language) -> str:
    minutes, assumption = report.saved.minutes, language.say(report.saved.assumption)
    if not minutes:
        return ""
    return language.say("minutes saved: about %(minutes)s, if it takes %(assumption)s", minutes=minutes, assumption=assumption)


def _steps(report: DeskReport, language: Language) -> Section:
    say, steps = language.say, report.steps
    counted = (
        (say("new"), steps.new),
        (say("fitting"), steps.fitting),
        (say("listed"), steps.listed),
        (say("picked"), steps.picked),
        (say("shared"), steps.shared),
    )
    number = language.number
    read, new = number(steps.fetched), number(steps.new)
    fetched = say("Entries that the last run of each day read: %(read)s; new items of these days: %(new)s.", read=read, new=new)
    return Section(
        name="steps",
        title=say("From the feeds to the calendar"),
        said=fetched if steps.fetched else "",
        header=(say("step"), say("items")),
        rows=(*([(say("fetched"), read)] if steps.fetched else []), *((name, number(n)) for name, n in counted)),
        drawn=tuple(Row(label=name, value=n, shown=number(n)) for name, n in counted),
    )


def _lists(report: DeskReport, language: Language) -> Section:
    say, weekly = language.say, len(report.lists) > DAYS
    daily = say("Of each day's list, how many were picked.")
    spans = _weeks(report.lists) if weekly else [[each] for each in report.lists]
    return Section(
        name="lists",
        title=say("Lists against picks"),
        said=say("Of each day's list, how many were picked; the figures are by week.") if weekly else daily,
        header=(say("week") if weekly else say("day"), say("listed"), say("picked"), say("skipped"), say("precision")),
        rows=tuple(_span(days, language) for days in spans),
    )


def _weeks(days: Sequence[ListDay]) -> list[list[ListDay]]:
    """Group lists by calendar weeks, which begin on Monday."""
    return [list(week) for _, week in groupby(days, key=lambda each: each.day.isocalendar()[:2])]


def _span(days: Sequence[ListDay], language: Language) -> tuple[str, ...]:
    """Return the row of some days, which are named by the first and the last list."""
    ends = dict.fromkeys(language.day(each.day, "d MMM") for each in (days[0], days[-1]))
    counts = (sum(getattr(each, key) for each in days) for key in ("listed", "picked", "skipped"))
    return " – ".join(ends), *map(language.number, counts), percent(precision(days))


def _feeds(report: DeskReport, language: Language) -> Section:
    say = language.say
    listed = sorted((feed for feed in report.feeds if feed.listed), key=lambda feed: -feed.listed)[:FEEDS_DRAWN]
    return Section(
        name="feeds",
        title=say("Yield of the feeds"),
        said=say("First: stories of several feeds that it told first. Doubled: those that another feed had told before."),
        header=(say("feed"), say("seen"), say("first"), say("doubled"), say("fitting"), say("listed"), say("picked")),
        rows=tuple(_feed(each, language) for each in report.feeds),
        drawn=tuple(Row(label=feed_name(f), value=f.listed, shown=say("%(n)s listed", n=f.listed)) for f in listed),
    )


def _feed(feed: FeedYield, language: Language) -> tuple[str, ...]:
    counted = (feed.seen, feed.first, feed.doubled, feed.fitting, feed.listed, feed.picked)
    return feed_name(feed), *map(language.number, counted)


def feed_name(feed: FeedYield) -> str:
    """Return the title of a feed, or its address without the scheme."""
    return line(feed.title, 60) or short(feed.url) or line(feed.url, 60)


def _topics(report: DeskReport, language: Language) -> Section:
    say = language.say
    return Section(
        name="topics",
        title=say("Topics"),
        said=say("A list has room for %(room)s of one topic.", room=report.topics[0].room) if report.topics else "",
        header=(say("topic"), say("fitting stories"), say("a day"), say("listed"), say("picked"), say("state")),
        rows=tuple(_topic(each, language) for each in report.topics),
        drawn=tuple(
            Row(label=t.topic, value=t.per_day, shown=say("%(n)s a day", n=language.number(t.per_day)), mark=None) for t in report.topics
        ),
    )


def _topic(topic: TopicYield, language: Language) -> tuple[str, ...]:
    state = language.say(topic.state) if topic.state else "–"
    return topic.topic, f"{topic.fitting}", language.number(topic.per_day), f"{topic.listed}", f"{topic.picked}", state


def _mix(report: DeskReport, language: Language) -> Section:
    say, posted = language.say, sum(each.posts for each in report.mix)
    drawn = say("Posts of these days: %(posts)s; the stroke is the target.", posts=posted)
    return Section(
        name="mix",
        title=say("Mix against target"),
        said=drawn if posted else say("No post went out in these days."),
        header=(say("kind"), say("posts"), say("share"), say("target")),
        rows=tuple((m.kind, f"{m.posts}", percent(m.actual if posted else None), percent(m.target)) for m in report.mix),
        drawn=tuple(Row(label=m.kind, value=m.actual, shown=percent(m.actual), mark=m.target) for m in report.mix) if posted else (),
    )


def _worked(report: DeskReport, language: Language) -> Section:
    say, found = language.say, report.worked
    groups = [group for by in _BY for group in _most(found, by)] if found else []
    posts = found.posts if found else 0
    told = say(
        "Posts with results: %(posts)s. Their engagement is that of the median post against the usual on its network. "
        "More, less: hardly by chance.",
        posts=posts,
    )
    return Section(
        name="worked",
        title=say("What worked"),
        said=told,
        header=(say("by"), say("posts"), say("engagements"), say("of usual"), say("than others")),
        rows=tuple(
            (_name(g, language), f"{g.posts}", language.number(g.engagements), _times(g, language), say(_STATES[g.state])) for g in groups
        ),
        drawn=tuple(Row(label=_name(g, language), value=g.ratio, shown=_times(g, language), mark=1) for g in groups if g.state != "few"),
    )


def _most(found: Worked, by: WorkedBy) -> list[WorkedGroup]:
    """Return the groups with the most posts, in the order of what they got."""
    some = [group for group in found.groups if group.by == by]
    most = sorted(some, key=lambda group: -group.posts)[:GROUPS]
    return [group for group in some if group in most]


def _times(group: WorkedGroup, language: Language) -> str:
    """Return how many times the usual a group got, with two digits."""
    return f"{language.number(float(f'{group.ratio:.2g}'))}×"


def _name(group: WorkedGroup, language: Language) -> str:
    name = group.name
    if group.by == "slot":
        day, _, clock = name.partition(" ")
        name = f"{language.say(day)} {clock}"
    return f"{language.say(group.by)}: {line(name, 60)}"


def _voices(report: DeskReport, language: Language) -> Section:
    say, alone = language.say, len(report.voices) == 1
    alone_said = say("There is no share to tell until a competitor is watched too: curator watch add.")
    shares = {v.watch: None if alone else v.share for v in report.voices}
    drawn = [v for v in report.voices if shares[v.watch] is not None]
    return Section(
        name="voices",
        title=say("Mentions and share of voice"),
        said=alone_said if alone else say("Shares are of the certain mentions of all watch terms."),
        header=(say("watch term"), say("mentions"), say("doubtful"), say("share")),
        rows=tuple((v.watch, f"{v.mentions}", f"{v.doubtful}", percent(shares[v.watch])) for v in report.voices),
        drawn=tuple(Row(label=v.watch, value=v.mentions, shown=percent(v.share)) for v in drawn),
    )
