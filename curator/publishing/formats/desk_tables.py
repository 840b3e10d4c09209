"""The sections of the desk's report as tables of text, the same in every format."""

from msgspec import Struct

from curator.core.desk_report import DeskReport, FeedYield, Worked, WorkedBy, WorkedGroup
from curator.core.text.plain import line
from curator.core.text.urls import short
from curator.publishing.formats import wording
from curator.publishing.formats.charts import Row

FEEDS_DRAWN = 10
GROUPS = 8  # of topics, kinds, slots and sources each
_BY: tuple[WorkedBy, ...] = ("topic", "kind", "slot", "source")


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
    made = (_steps(report), _lists(report), _feeds(report), _topics(report), _mix(report), _worked(report), _voices(report))
    return tuple(section for section in made if section.rows)


def headline(report: DeskReport) -> tuple[str, ...]:
    """Return what the report says first: how good the lists were, what lies ahead, what was saved."""
    return tuple(filter(None, (_precision(report), _coverage(report), _saved(report))))


def percent(share: float | None) -> str:
    """Return a share as "40 %", a dash where there is none."""
    return "–" if share is None else f"{share:.0%}".replace("%", " %")


def _precision(report: DeskReport) -> str:
    if report.precision is None:
        return ""
    return f"{percent(report.precision)} of what was listed was picked, on the days on which anything was decided"


def _coverage(report: DeskReport) -> str:
    ahead = report.coverage
    if not ahead.slots:
        return ""
    gap = f"; the next gap is {wording.day(ahead.next_gap)}" if ahead.next_gap else ""
    return f"{ahead.filled} of {wording.plural(ahead.slots, 'slot')} of the next {wording.plural(ahead.weeks, 'week')} filled{gap}"


def _saved(report: DeskReport) -> str:
    minutes = report.saved.minutes
    saved = f"about {wording.plural(minutes, 'minute')}" if minutes else "no time"
    return f"{saved} saved, if it takes {report.saved.assumption}"


def _steps(report: DeskReport) -> Section:
    steps = report.steps
    counted = (("new", steps.new), ("fitting", steps.fitting), ("listed", steps.listed), ("picked", steps.picked), ("shared", steps.shared))
    entries, items = wording.plural(steps.fetched, "entry", "entries"), wording.plural(steps.new, "item")
    return Section(
        name="steps",
        title="From the feeds to the calendar",
        said=f"The last run of each day read {entries}; new in these days: {items}.",
        header=("step", "items"),
        rows=(("fetched", f"{steps.fetched:,}"), *((name, f"{n:,}") for name, n in counted)),
        drawn=tuple(Row(label=name, value=n, shown=f"{n:,}") for name, n in counted),
    )


def _lists(report: DeskReport) -> Section:
    return Section(
        name="lists",
        title="Lists against picks",
        said="Of each day's list, how many were picked.",
        header=("day", "listed", "picked", "skipped", "precision"),
        rows=tuple((f"{d.day}", f"{d.listed}", f"{d.picked}", f"{d.skipped}", percent(d.precision)) for d in report.lists),
    )


def _feeds(report: DeskReport) -> Section:
    listed = [feed for feed in report.feeds if feed.listed][:FEEDS_DRAWN]
    return Section(
        name="feeds",
        title="Yield of the feeds",
        said="First: stories of several feeds that it told first. Doubled: those that another feed had told before.",
        header=("feed", "seen", "first", "doubled", "fitting", "listed", "picked"),
        rows=tuple(map(_feed, report.feeds)),
        drawn=tuple(Row(label=feed_name(f), value=f.listed, shown=f"{f.listed} listed") for f in listed),
    )


def _feed(feed: FeedYield) -> tuple[str, ...]:
    counted = (feed.seen, feed.first, feed.doubled, feed.fitting, feed.listed, feed.picked)
    return feed_name(feed), *map(str, counted)


def feed_name(feed: FeedYield) -> str:
    """Return the title of a feed, or its address without the scheme."""
    return line(feed.title, 60) or short(feed.url) or line(feed.url, 60)


def _topics(report: DeskReport) -> Section:
    return Section(
        name="topics",
        title="Topics",
        said=f"A list has room for {report.topics[0].room} of one topic." if report.topics else "",
        header=("topic", "fitting stories", "a day", "listed", "picked", "state"),
        rows=tuple((t.topic, f"{t.fitting}", f"{t.per_day:g}", f"{t.listed}", f"{t.picked}", t.state or "–") for t in report.topics),
        drawn=tuple(Row(label=t.topic, value=t.per_day, shown=f"{t.per_day:g} a day", mark=None) for t in report.topics),
    )


def _mix(report: DeskReport) -> Section:
    posted = sum(each.posts for each in report.mix)
    return Section(
        name="mix",
        title="Mix against target",
        said=f"{wording.plural(posted, 'post')} of these days; the stroke is the target." if posted else "No post went out in these days.",
        header=("kind", "posts", "share", "target"),
        rows=tuple((m.kind, f"{m.posts}", percent(m.actual if posted else None), percent(m.target)) for m in report.mix),
        drawn=tuple(Row(label=m.kind, value=m.actual, shown=percent(m.actual), mark=m.target) for m in report.mix) if posted else (),
    )


_STATES = {"few": "too few to say", "more": "more", "less": "less", "": "not clear"}


def _worked(report: DeskReport) -> Section:
    found = report.worked
    groups = [group for by in _BY for group in _most(found, by)] if found else []
    posts = wording.plural(found.posts if found else 0, "post")
    return Section(
        name="worked",
        title="What worked",
        said=f"Engagement of {posts} with results: the median post against the usual on its network. More, less: hardly by chance.",
        header=("by", "posts", "engagements", "of usual", "than others"),
        rows=tuple((_worked_name(g), f"{g.posts}", f"{g.engagements:,}", f"{g.ratio:.2g}×", _STATES[g.state]) for g in groups),
        drawn=tuple(Row(label=_worked_name(g), value=g.ratio, shown=f"{g.ratio:.2g}×", mark=1) for g in groups if g.state != "few"),
    )


def _most(found: Worked, by: WorkedBy) -> list[WorkedGroup]:
    """Return the groups with the most posts, in the order of what they got."""
    some = [group for group in found.groups if group.by == by]
    most = sorted(some, key=lambda group: -group.posts)[:GROUPS]
    return [group for group in some if group in most]


def _worked_name(group: WorkedGroup) -> str:
    return f"{group.by}: {line(group.name, 60)}"


def _voices(report: DeskReport) -> Section:
    return Section(
        name="voices",
        title="Mentions and share of voice",
        said="Shares are of the certain mentions of all watch terms.",
        header=("watch term", "mentions", "doubtful", "share"),
        rows=tuple((v.watch, f"{v.mentions}", f"{v.doubtful}", percent(v.share)) for v in report.voices),
        drawn=tuple(Row(label=v.watch, value=v.mentions, shown=percent(v.share)) for v in report.voices if v.share is not None),
    )
