"""What a filling of the calendar is chosen from: the open slots, the items that could go out, and those that are scheduled."""

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
from curator.core.story import ScoredItem, Story
from curator.core.text.dates import full_hour
from curator.planning.slots import Slot
from curator.planning.solver import Candidate, ScheduledItem, SolverRules, TimeSlot
from curator.ranking import clustering, content_type, embedding_space
from curator.ranking.pipeline import FLOOR, Ranker
from curator.ranking.scored_items import ScoredItems

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

WEEK = timedelta(weeks=1)
RECENT = timedelta(weeks=4)  # nothing that went out since then is repeated
MAX_CANDIDATES = 400  # unplanned items that are weighed, the best first
MAX_PER_SOURCE, TOPIC_SHARE = 2, 0.5  # of a week: items of one source; the part that one topic may take


class WeeklyLimits(Struct, frozen=True, kw_only=True):
    """The most items of one source, and of one topic, in a week."""

    per_source: int
    per_topic: int


class FillProblem(Struct, frozen=True, kw_only=True):
    """The input of the solver. `items`: the candidates' items by id, with their content types."""

    slots: Sequence[TimeSlot]
    candidates: Sequence[Candidate]
    scheduled: Sequence[ScheduledItem]
    rules: SolverRules
    items: Mapping[str, Item]


def collect(context: Context, now: datetime, gaps: Iterable[Slot], posts: Sequence[Post]) -> FillProblem:
    """Collect what the gaps can be filled with. `posts`: those that are not cancelled, with a time or without."""
    placed = [post for post in posts if post.at and post.at > now - RECENT]
    placed_items = {post.item for post in placed}
    waiting = _networks_by_item(post for post in posts if post.at is None)
    planned = placed_items | waiting.keys()
    scored = _scored(context, now, planned)
    considered = _considered(scored, planned)
    limits = weekly_limits(context.brand)
    return FillProblem(
        slots=_time_slots(gaps, now),
        candidates=[_candidate(s, waiting) for s in considered if s.item.id in waiting or s.item.id not in placed_items],
        scheduled=_scheduled(placed, {s.item.id: s for s in considered}, now),
        rules=SolverRules(
            mix=context.brand.mix,
            per_source=limits.per_source,
            per_topic=limits.per_topic,
            exclusive=_repetitions(scored, considered),
        ),
        items={s.item.id: s.item for s in considered},
    )


def weekly_limits(brand: Brand) -> WeeklyLimits:
    """Return the brand's limits: a topic may take half of a week's slots, or all of them where there is only one."""
    slots = len(brand.calendar.slots)
    return WeeklyLimits(per_source=MAX_PER_SOURCE, per_topic=max(ceil(TOPIC_SHARE * slots) if len(brand.topics) > 1 else slots, 1))


def _time_slots(gaps: Iterable[Slot], now: datetime) -> list[TimeSlot]:
    """Group the open slots by their time."""
    by_time = groupby(sorted(gaps), key=lambda slot: slot.when)
    return [TimeSlot(when=when, networks=tuple(slot.network for slot in slots), week=(when - now) // WEEK) for when, slots in by_time]


def _scored(context: Context, now: datetime, planned: AbstractSet[str]) -> ScoredItems:
    """Score the items of the shortlist's window and those that are planned, and propose their content types."""
    since = now - context.brand.shortlist.window
    items = {item.id: item for item in context.store.items(since) if item.published >= since}
    items |= {item.id: item for id_ in planned - items.keys() for item in context.store.find(id_)}
    context.progress.stage("weighing", len(items))
    texts = context.store.texts(items)
    scored = Ranker.of(context).score(list(items.values()), texts, full_hour(now))
    return content_type.with_content_types(scored, context.brand, context.engine(), context.store, now, floor=-1.0)


def _networks_by_item(posts: Iterable[Post]) -> dict[str, tuple[str, ...]]:
    networks: dict[str, tuple[str, ...]] = {}
    for post in posts:
        networks[post.item] = (*networks.get(post.item, ()), post.network)
    return networks


def _considered(scored: ScoredItems, planned: Collection[str]) -> list[ScoredItem]:
    """Return the planned items, followed by the best of those that the user has not decided on."""
    mine = [s for s in scored.ranked if s.item.id in planned]
    undecided = [s for s in scored.ranked if s.item.status in {"new", "listed", "saved"} and s.score.total > FLOOR]
    return [*mine, *[s for s in undecided if s.item.id not in planned][:MAX_CANDIDATES]]


def _candidate(scored: ScoredItem, waiting: Mapping[str, tuple[str, ...]]) -> Candidate:
    item, score = scored.item, scored.score
    return Candidate(
        item=item.id,
        fit=min(max(score.total, 0.0), 1.0),
        kind=item.kind,
        source=item.source.feed,
        topic=score.topic,
        networks=waiting.get(item.id, ()),
        picked=item.id in waiting,
    )


def _scheduled(placed: Iterable[Post], scored: Mapping[str, ScoredItem], now: datetime) -> list[ScheduledItem]:
    """Return the items that have a time, once for each time. One that went out counts as no post, but cannot be repeated."""
    known = sorted((post.item, post.at) for post in placed if post.at and post.item in scored)
    return [
        ScheduledItem(
            item=id_,
            posts=len(list(posts)) if at > now else 0,
            kind=scored[id_].item.kind,
            source=scored[id_].item.source.feed,
            topic=scored[id_].score.topic,
            week=(at - now) // WEEK if at > now else None,
        )
        for (id_, at), posts in groupby(known)
    ]


def _repetitions(scored: ScoredItems, considered: Sequence[ScoredItem]) -> frozenset[frozenset[str]]:
    """Return the pairs of items that tell one story, or are near-duplicates."""
    table = scored.of(s.item.id for s in considered)
    if not table.space:
        return frozenset()
    rows = table.language_free()
    cosines = rows @ rows.T
    stories = clustering.stories(table.ranked, table.texts, cosines, same=table.space.same_story_cosine, near=table.space.unrelated_cosine)
    nearness = embedding_space.nearness(table.space, cosines)
    return frozenset((*_same_story(stories), *_near_duplicates(considered, nearness)))


def _same_story(stories: Iterable[Story]) -> Iterator[frozenset[str]]:
    for story in stories:
        yield from (frozenset((a.item.id, b.item.id)) for a, b in combinations((story.lead, *story.others), 2))


def _near_duplicates(items: Sequence[ScoredItem], nearness: "Matrix") -> Iterator[frozenset[str]]:
    """Yield the near-duplicate pairs. `nearness`: shape (items, items), 1 or more where two tell the same."""
    import numpy as np

    for a, b in np.argwhere(np.triu(nearness >= 1, 1)):
        if clustering.near_duplicates(items[a].item, items[b].item, float(nearness[a, b])):
            yield frozenset((items[a].item.id, items[b].item.id))
