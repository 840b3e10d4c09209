"""Try a watch term on what is kept, before it is written into brand.toml."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, Watch
from curator.core.context import Context
from curator.core.item import Item
from curator.core.story import Mention
from curator.core.text import query
from curator.core.text.matching import folded, matcher
from curator.jobs import mentions
from curator.ranking import mentions as telling
from curator.ranking import watch_terms, watch_trial
from curator.ranking.pipeline import Ranker
from curator.ranking.watch_terms import WatchHit, WatchList
from curator.ranking.watch_trial import FalseFriend, NearMiss

SHOWN: Final = 5  # mentions of each kind


class Difference(Struct, frozen=True, kw_only=True):
    """What a query finds beside a watch term of brand.toml. `gained`, `lost`: ids of items that one of both finds alone."""

    watch: str
    both: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class WatchTrial(Struct, frozen=True, kw_only=True):
    """What a watch term would have found. `items` and `stories` count all of it, `certain` the stories that are surely meant.

    `searched` counts what was looked through, `days` what that is spread over. `contexts`: whether it has sentences that tell a name
    from a common word. `surest` and `doubtful` are some of the mentions. `changes` compares with the watch term that looks for the
    same names, if there is one; its contexts were used.
    """

    query: str
    searched: int
    days: int
    items: int
    stories: int
    certain: int
    surest: tuple[Mention, ...]
    doubtful: tuple[Mention, ...]
    near_misses: tuple[NearMiss, ...]
    false_friends: tuple[FalseFriend, ...]
    contexts: bool = False
    changes: Difference | None = None


def trial(context: Context, typed: str, now: datetime, *, since: timedelta) -> WatchTrial:
    """Try a query on everything that was found within `since`. Raises QueryError."""
    matcher(typed)
    like = _same(context.brand, typed)
    watch = replace(like, query=typed) if like else Watch(name="test", query=typed)
    items = context.store.items(now - since)
    ranker = Ranker(replace(context.brand, watch=(watch,)), context.engine(), context.progress)
    hits = mentions.found(context.store, ranker.watching, items)
    scored = mentions.scored_items(context.store, ranker, [hit.item for hit in hits], now)
    told = telling.mentions(ranker, scored, telling.verdicts(context.store.decisions()))
    sure = sorted(told, key=lambda m: (not m.certain, -watch_terms.written_as_name(typed, m.sentence)))
    firm = [m for m in sure if m.certain and not watch_trial.doubtful(typed, m.sentence)]
    doubted = {hit.item.id for hit in hits} - {id_ for m in firm for id_ in (m.item.id, *(other.id for other in m.item.story.others))}
    return WatchTrial(
        query=typed,
        searched=len(items),
        days=max(ceil((now - min((item.found for item in items), default=now)) / timedelta(days=1)), 1),
        items=len(hits),
        stories=len(told),
        certain=len(firm),
        surest=tuple(firm[:SHOWN]),
        doubtful=tuple([m for m in reversed(sure) if m not in firm][:SHOWN]),
        near_misses=watch_trial.near_misses(typed, mentions.whole_texts(context.store, items)),
        false_friends=watch_trial.false_friends(typed, hits, doubted) if firm else (),
        contexts=bool(watch.unlike),
        changes=_difference(context, like, items, hits) if like else None,
    )


def _same(brand: Brand, typed: str) -> Watch | None:
    """Return the watch term of the brand that shares most names with a query."""
    shared = {watch.name: len(_names(typed) & _names(watch.query)) for watch in brand.watch}
    best = max(brand.watch, key=lambda watch: shared[watch.name], default=None)
    return best if best and shared[best.name] else None


def _names(typed: str) -> set[str]:
    return {folded(term.text).lstrip("@#").replace(" ", "") for term in query.wanted(matcher(typed).node)}


def _difference(context: Context, watch: Watch, items: Sequence[Item], hits: Sequence[WatchHit]) -> Difference:
    new = {hit.item.id for hit in hits}
    old = {hit.item.id for hit in mentions.found(context.store, WatchList((watch,)), items)}
    return Difference(watch=watch.name, both=len(new & old), gained=tuple(sorted(new - old)), lost=tuple(sorted(old - new)))
