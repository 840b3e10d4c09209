"""The sections of the desk's report as tables of text, the same in every format, in the language of who reads it."""

from collections.abc import Callable
from datetime import date
from typing import Final

from msgspec import Struct

from curator.core.desk_report import DeskReport, FeedYield, TopicYield, Worked, WorkedBy, WorkedGroup
from curator.core.text.plain import line
from curator.core.text.urls import short
from curator.publishing.formats import wording
from curator.publishing.formats.charts import Row

FEEDS_DRAWN = 10
GROUPS = 8  # of topics, kinds, slots and sources each
_BY: Final[tuple[WorkedBy, ...]] = ("topic", "kind", "slot", "source")
_STATES: Final = {"few": "too few to say", "more": "more", "less": "less", "": "not clear"}


class Tongue(Struct, frozen=True, kw_only=True):
    """Words of a language. `say`: returns an English text with its values filled in. `day`, `number`: write a day and a number.

    `retell`: returns what a note or a proposal says, as it is where it stays English.
    """

    say: Callable[..., str]
    day: Callable[[date], str]
    number: Callable[[float], str]
    retell: Callable[[str], str] = str


ENGLISH: Final = Tongue(say=lambda text, **values: text % values, day=wording.day, number=lambda number: f"{number:,.12g}")


class Section(Struct, frozen=True, kw_only=True):
    """A part of the report: its heading, what it says in a sentence, its table, and what of it is drawn as bars."""

    name: str
    title: str
    said: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawn: tuple[Row, ...] = ()


def sections(report: DeskReport, tongue: Tongue = ENGLISH) -> tuple[Section, ...]:
    """Return the sections that have anything to say, in order."""
    made = (each(report, tongue) for each in (_steps, _lists, _feeds, _topics, _mix, _worked, _voices))
    return tuple(section for section in made if section.rows)


def headline(report: DeskReport, tongue: Tongue = ENGLISH) -> tuple[str, ...]:
    """Return what the report says first: how good the lists were, what lies ahead, what was saved."""
    return tuple(filter(None, (_precision(report, tongue), _coverage(report, tongue), _saved(report, tongue))))


def percent(share: float | None) -> str:
    """Return a share as "40%", a dash where there is none."""
    return "–" if share is None else f"{share:.0%}"


def _precision(report: DeskReport, tongue: Tongue) -> str:
    if report.precision is None:
        return ""
    share = percent(report.precision)
    return tongue.say("%(share)s of what was listed was picked, on the days on which anything was decided", share=share)


def _coverage(report: DeskReport, tongue: Tongue) -> str:
    ahead = report.coverage
    if not ahead.slots:
        return ""
    counts = {"weeks": ahead.weeks, "filled": ahead.filled, "slots": ahead.slots}
    filled = tongue.say("slots of the next %(weeks)s weeks: %(filled)s of %(slots)s filled", **counts)
    return filled + (tongue.say("; the next gap is %(day)s", day=tongue.day(ahead.next_gap)) if ahead.next_gap else "")


def _saved(report: DeskReport, tongue: Tongue) -> str:
    minutes, assumption = report.saved.minutes, tongue.say(report.saved.assumption)
    return tongue.say("minutes saved: about %(minutes)s, if it takes %(assumption)s", minutes=minutes, assumption=assumption)


def _steps(report: DeskReport, tongue: Tongue) -> Section:
    say, steps = tongue.say, report.steps
    counted = (
        (say("new"), steps.new),
        (say("fitting"), steps.fitting),
        (say("listed"), steps.listed),
        (say("picked"), steps.picked),
        (say("shared"), steps.shared),
    )
    read, new = f"{steps.fetched:,}", f"{steps.new:,}"
    return Section(
        name="steps",
        title=say("From the feeds to the calendar"),
        said=say("Entries that the last run of each day read: %(read)s; new items of these days: %(new)s.", read=read, new=new),
        header=(say("step"), say("items")),
        rows=((say("fetched"), read), *((name, f"{n:,}") for name, n in counted)),
        drawn=tuple(Row(label=name, value=n, shown=f"{n:,}") for name, n in counted),
    )


def _lists(report: DeskReport, tongue: Tongue) -> Section:
    say = tongue.say
    return Section(
        name="lists",
        title=say("Lists against picks"),
        said=say("Of each day's list, how many were picked."),
        header=(say("day"), say("listed"), say("picked"), say("skipped"), say("precision")),
        rows=tuple((f"{d.day}", f"{d.listed}", f"{d.picked}", f"{d.skipped}", percent(d.precision)) for d in report.lists),
    )


def _feeds(report: DeskReport, tongue: Tongue) -> Section:
    say = tongue.say
    listed = [feed for feed in report.feeds if feed.listed][:FEEDS_DRAWN]
    return Section(
        name="feeds",
        title=say("Yield of the feeds"),
        said=say("First: stories of several feeds that it told first. Doubled: those that another feed had told before."),
        header=(say("feed"), say("seen"), say("first"), say("doubled"), say("fitting"), say("listed"), say("picked")),
        rows=tuple(map(_feed, report.feeds)),
        drawn=tuple(Row(label=feed_name(f), value=f.listed, shown=say("%(n)s listed", n=f.listed)) for f in listed),
    )


def _feed(feed: FeedYield) -> tuple[str, ...]:
    counted = (feed.seen, feed.first, feed.doubled, feed.fitting, feed.listed, feed.picked)
    return feed_name(feed), *map(str, counted)


def feed_name(feed: FeedYield) -> str:
    """Return the title of a feed, or its address without the scheme."""
    return line(feed.title, 60) or short(feed.url) or line(feed.url, 60)


def _topics(report: DeskReport, tongue: Tongue) -> Section:
    say = tongue.say
    return Section(
        name="topics",
        title=say("Topics"),
        said=say("A list has room for %(room)s of one topic.", room=report.topics[0].room) if report.topics else "",
        header=(say("topic"), say("fitting stories"), say("a day"), say("listed"), say("picked"), say("state")),
        rows=tuple(_topic(each, tongue) for each in report.topics),
        drawn=tuple(
            Row(label=t.topic, value=t.per_day, shown=say("%(n)s a day", n=tongue.number(t.per_day)), mark=None) for t in report.topics
        ),
    )


def _topic(topic: TopicYield, tongue: Tongue) -> tuple[str, ...]:
    state = tongue.say(topic.state) if topic.state else "–"
    return topic.topic, f"{topic.fitting}", tongue.number(topic.per_day), f"{topic.listed}", f"{topic.picked}", state


def _mix(report: DeskReport, tongue: Tongue) -> Section:
    say, posted = tongue.say, sum(each.posts for each in report.mix)
    drawn = say("Posts of these days: %(posts)s; the stroke is the target.", posts=posted)
    return Section(
        name="mix",
        title=say("Mix against target"),
        said=drawn if posted else say("No post went out in these days."),
        header=(say("kind"), say("posts"), say("share"), say("target")),
        rows=tuple((m.kind, f"{m.posts}", percent(m.actual if posted else None), percent(m.target)) for m in report.mix),
        drawn=tuple(Row(label=m.kind, value=m.actual, shown=percent(m.actual), mark=m.target) for m in report.mix) if posted else (),
    )


def _worked(report: DeskReport, tongue: Tongue) -> Section:
    say, found = tongue.say, report.worked
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
            (_name(g, tongue), f"{g.posts}", tongue.number(g.engagements), _times(g, tongue), say(_STATES[g.state])) for g in groups
        ),
        drawn=tuple(Row(label=_name(g, tongue), value=g.ratio, shown=_times(g, tongue), mark=1) for g in groups if g.state != "few"),
    )


def _most(found: Worked, by: WorkedBy) -> list[WorkedGroup]:
    """Return the groups with the most posts, in the order of what they got."""
    some = [group for group in found.groups if group.by == by]
    most = sorted(some, key=lambda group: -group.posts)[:GROUPS]
    return [group for group in some if group in most]


def _times(group: WorkedGroup, tongue: Tongue) -> str:
    """Return how many times the usual a group got, with two digits."""
    return f"{tongue.number(float(f'{group.ratio:.2g}'))}×"


def _name(group: WorkedGroup, tongue: Tongue) -> str:
    name = group.name
    if group.by == "slot":
        day, _, clock = name.partition(" ")
        name = f"{tongue.say(day)} {clock}"
    return f"{tongue.say(group.by)}: {line(name, 60)}"


def _voices(report: DeskReport, tongue: Tongue) -> Section:
    say = tongue.say
    return Section(
        name="voices",
        title=say("Mentions and share of voice"),
        said=say("Shares are of the certain mentions of all watch terms."),
        header=(say("watch term"), say("mentions"), say("doubtful"), say("share")),
        rows=tuple((v.watch, f"{v.mentions}", f"{v.doubtful}", percent(v.share)) for v in report.voices),
        drawn=tuple(Row(label=v.watch, value=v.mentions, shown=percent(v.share)) for v in report.voices if v.share is not None),
    )
