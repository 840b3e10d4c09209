"""The report of the desk: what came of the work of a span of days, and what is proposed."""

from collections.abc import Iterable, Mapping
from datetime import date as Day  # noqa: N812 - a field is called `day`
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

TopicState = Literal["", "starving", "flooding"]
WorkedBy = Literal["topic", "kind", "slot", "source"]
ProposalKind = Literal["add feed", "drop feed", "avoid", "about", "split", "weight"]


class Steps(Struct, frozen=True, kw_only=True):
    """How many came how far.

    - `fetched`: entries that the last run of each day read, known ones too. `new`: items found. `fitting`: those that fit a topic.
    - `listed`: items on a reading list. `picked`: items picked. `shared`: items with a post whose time has come.
    """

    fetched: int
    new: int
    fitting: int
    listed: int
    picked: int
    shared: int


class ListDay(Struct, frozen=True, kw_only=True):
    """One reading list against the decisions on it. `precision`: the share of picks among its items, None where nothing was decided."""

    day: Day
    listed: int
    picked: int
    skipped: int
    precision: float | None


def precision(days: Iterable[ListDay]) -> float | None:
    """Return the share of picks among the items of those lists on which anything was decided, None where there is none."""
    judged = [day for day in days if day.precision is not None]
    listed = sum(day.listed for day in judged)
    return round(sum(day.picked for day in judged) / listed, 4) if listed else None


class FeedYield(Struct, frozen=True, kw_only=True):
    """What came of a feed. `first`: stories of several feeds that it told first; `doubled`: those that another had told before."""

    url: str
    title: str
    seen: int
    first: int
    doubled: int
    fitting: int
    listed: int
    picked: int


class TopicYield(Struct, frozen=True, kw_only=True):
    """What came of a topic. `per_day`: fitting stories a day; `room`: the most that a list has of one topic."""

    topic: str
    fitting: int
    listed: int
    picked: int
    per_day: float
    room: int
    state: TopicState = ""


class KindShare(Struct, frozen=True, kw_only=True):
    """A content type's share of the posts of the span, in 0…1, beside its target."""

    kind: str
    posts: int
    target: float
    actual: float


class Voice(Struct, frozen=True, kw_only=True):
    """The mentions of a watch term. `share`: of the certain mentions of all watch terms, None where there are none."""

    watch: str
    mentions: int
    doubtful: int
    share: float | None


class Coverage(Struct, frozen=True, kw_only=True):
    """The slots of the coming weeks, and how many have a post. `next_gap`: the first one without."""

    weeks: int
    slots: int
    filled: int
    next_gap: datetime | None


class Saved(Struct, frozen=True, kw_only=True):
    """Minutes saved, and the assumption that they are reckoned by."""

    minutes: int
    assumption: str


class WorkedGroup(Struct, frozen=True, kw_only=True):
    """The posts of a topic, kind, slot (weekday and hour) or source that have results.

    - `engagements`: of all its posts. `ratio`: of its median post, each set against the median of its network.
    - `state`: more or less than the other posts where that is hardly chance; few where there are too few posts to say.
    """

    by: WorkedBy
    name: str
    posts: int
    engagements: int
    ratio: float
    state: Literal["", "more", "less", "few"] = ""


class Worked(Struct, frozen=True, kw_only=True):
    """What posts got on their networks. `posts`: those with results. `measured`: when an export was last read."""

    posts: int
    engagements: int
    measured: datetime
    groups: tuple[WorkedGroup, ...]


class Proposal(Struct, frozen=True, kw_only=True):
    """A change to try.

    - `id`: stays as long as the change is proposed. `what`: the change. `why`: what speaks for it.
    - `effect`: what it would have changed in the days before. `command`: what to type.
    - `topic` and `values`: the topic of brand.toml and its new values, where the brief is changed. `edit`: the same as lines.
    """

    id: str
    kind: ProposalKind
    what: str
    why: str
    effect: str
    command: str
    topic: str = ""
    values: Mapping[str, str | float | tuple[str, ...]] = field(default_factory=dict)
    edit: str = ""


class DeskReport(Struct, frozen=True, kw_only=True):
    """What came of the work between `since` and `until`. `precision`: of all lists, None where there is too little to say.

    `worked`: what posts got, None where no analytics export was read. `notes`: what cannot be said, and why. `language`: that of
    notes and proposals, `id` or `en`.
    """

    brand: str
    since: datetime
    until: datetime
    steps: Steps
    lists: tuple[ListDay, ...]
    precision: float | None
    feeds: tuple[FeedYield, ...]
    topics: tuple[TopicYield, ...]
    mix: tuple[KindShare, ...]
    voices: tuple[Voice, ...]
    coverage: Coverage
    saved: Saved
    proposals: tuple[Proposal, ...]
    notes: tuple[str, ...]
    worked: Worked | None = None
    language: str = "en"
