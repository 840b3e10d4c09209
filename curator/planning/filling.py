"""What could go where: weighs what was picked and what fits against the open slots of the weeks ahead."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import combinations, groupby
from math import ceil
from typing import TYPE_CHECKING

from msgspec import Struct

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.item import Item
from curator.core.post import Post
from curator.core.story import ScoredItem
from curator.planning import solver
from curator.planning.slots import Slot
from curator.planning.solver import Assignment, Candidate, ScheduledItem, SolverRules, TimeSlot
from curator.ranking import clustering, embedding_space, pipeline, proposing
from curator.ranking.pipeline import FLOOR, ScoredItems

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

WEEK = timedelta(weeks=1)
RECENT = timedelta(weeks=4)  # what went out since then is not to be said again
# Of what fits, so many of the best are weighed; of what comes in a week, so much may be of one source, or of one topic.
WEIGHED = 400
OF_A_SOURCE, OF_A_TOPIC = 2, 0.5


class WeeklyLimits(Struct, frozen=True, kw_only=True):
    """So many items of a week may be of one source, or of one topic."""

    of_a_source: int
    of_a_topic: int


class Filling(Struct, frozen=True, kw_only=True):
    """A proposal: what goes where, and the items it is made of, with their kinds, by id."""

    places: tuple[Assignment, ...] = ()
    items: Mapping[str, Item] = {}


def propose(context: Context, now: datetime, gaps: Sequence[Slot], posts: Sequence[Post]) -> Filling:
    """The best filling of these open slots. `posts`: those that stand, with a time or without."""
    openings = _openings(gaps, now)
    placed = [post for post in posts if post.at and post.at > now - RECENT]
    waiting = _networks(post for post in posts if post.at is None)
    judged = _judged(context, now, {*waiting, *(post.item for post in placed)})
    some = _weighed(judged, {*waiting, *(post.item for post in placed)})
    candidates = [c for r in some if (c := _candidate(r, waiting, {post.item for post in placed}))]
    limits = most(context.brand)
    rules = SolverRules(
        mix=context.brand.mix, per_source=limits.of_a_source, per_topic=limits.of_a_topic, echoes=_echoes(context, judged, some)
    )
    places = solver.fill(openings, candidates, _standing(placed, {r.item.id: r for r in some}, now), rules)
    items = {r.item.id: r.item for r in some}
    return Filling(places=places, items={place.item: items[place.item] for place in places})


def most(brand: Brand) -> WeeklyLimits:
    """A topic may take half of a week's times, and all of them where there is no other topic."""
    a_week = len(brand.calendar.slots)
    return WeeklyLimits(of_a_source=OF_A_SOURCE, of_a_topic=max(ceil(OF_A_TOPIC * a_week) if len(brand.topics) > 1 else a_week, 1))


def _openings(gaps: Iterable[Slot], now: datetime) -> list[TimeSlot]:
    """The open slots, those of one time together."""
    by_time = groupby(sorted(gaps), key=lambda slot: slot.when)
    return [TimeSlot(when=when, networks=tuple(slot.network for slot in some), week=(when - now) // WEEK) for when, some in by_time]


def _judged(context: Context, now: datetime, planned: AbstractSet[str]) -> ScoredItems:
    """The items of the shortlist's window and those that are planned, with their scores and kinds."""
    since = now - context.brand.shortlist.window
    items = {item.id: item for item in context.store.items(since) if item.published >= since}
    items |= {item.id: item for id_ in planned - items.keys() for item in context.store.find(id_)}
    context.progress.stage("weighing", len(items))
    texts = context.store.texts(items)
    judged = pipeline.judge(list(items.values()), texts, context.brand, context.engine(), now.replace(minute=0, second=0, microsecond=0))
    return proposing.with_kinds(judged, context.brand, context.engine(), context.store, now, floor=-1.0)


def _networks(posts: Iterable[Post]) -> dict[str, tuple[str, ...]]:
    """The networks of each item's posts."""
    found: dict[str, tuple[str, ...]] = {}
    for post in posts:
        found[post.item] = (*found.get(post.item, ()), post.network)
    return found


def _weighed(judged: ScoredItems, planned: Collection[str]) -> list[ScoredItem]:
    """What is planned, and the best of what nobody decided on."""
    mine = [r for r in judged.ranked if r.item.id in planned]
    open_ = (r for r in judged.ranked if r.item.status in {"new", "listed", "saved"} and r.score.total > FLOOR)
    return [*mine, *(r for r, _ in zip((r for r in open_ if r.item.id not in planned), range(WEIGHED), strict=False))]


def _candidate(ranked: ScoredItem, waiting: Mapping[str, tuple[str, ...]], placed: Collection[str]) -> Candidate | None:
    """The item as a candidate, unless all its posts have their time."""
    item, score = ranked.item, ranked.score
    if item.id in placed and item.id not in waiting:
        return None
    return Candidate(
        item=item.id,
        fit=min(max(score.total, 0.0), 1.0),
        kind=item.kind,
        source=item.source.feed,
        topic=score.topic,
        networks=waiting.get(item.id, ()),
        picked=item.id in waiting,
    )


def _standing(placed: Iterable[Post], ranked: Mapping[str, ScoredItem], now: datetime) -> list[ScheduledItem]:
    """The items that have a time, each time once; those that went out count as no post any more, and can still be echoed."""
    known = sorted((post.item, post.at) for post in placed if post.at and post.item in ranked)
    return [
        ScheduledItem(
            item=id_,
            posts=len(list(some)) if at > now else 0,
            kind=ranked[id_].item.kind,
            source=ranked[id_].item.source.feed,
            topic=ranked[id_].score.topic,
            week=(at - now) // WEEK if at > now else None,
        )
        for (id_, at), some in groupby(known)
    ]


def _echoes(context: Context, judged: ScoredItems, some: Sequence[ScoredItem]) -> frozenset[frozenset[str]]:
    """The pairs that tell one story, or all but the same thing."""
    if not some:
        return frozenset()
    first, place = context.engine().voters[0].name, {r.item.id: n for n, r in enumerate(judged.ranked)}
    of = context.engine().calibration(judged.seen).lenses[first]
    rows = embedding_space.retold(of, judged.seen[first][[place[r.item.id] for r in some]])
    alike = rows @ rows.T
    texts = [judged.texts[place[r.item.id]] for r in some]
    return frozenset((*_told_twice(some, texts, alike, of.same, of.near), *_twins(some, (alike - of.near) / (of.same - of.near))))


def _told_twice(some: Sequence[ScoredItem], texts: Sequence[str], alike: "Matrix", same: float, near: float) -> Iterator[frozenset[str]]:
    for story in clustering.stories(some, texts, alike, same=same, near=near):
        yield from (frozenset((a.item.id, b.item.id)) for a, b in combinations((story.lead, *story.others), 2))


def _twins(some: Sequence[ScoredItem], nearness: "Matrix") -> Iterator[frozenset[str]]:
    import numpy as np

    for a, b in np.argwhere(np.triu(nearness >= 1, 1)):
        if clustering.twins(some[a].item, some[b].item, float(nearness[a, b])):
            yield frozenset((some[a].item.id, some[b].item.id))
