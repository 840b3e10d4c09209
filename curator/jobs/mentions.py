"""Listening: the mentions in all that was found of late, and what the user says of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import ConfigError, CuratorError, UsageError
from curator.core.item import Item
from curator.core.protocols import Store
from curator.core.story import Mention
from curator.core.text.dates import full_hour
from curator.core.text.suggest import closest
from curator.planning import decisions
from curator.planning.decisions import Heard
from curator.ranking import mentions as telling
from curator.ranking.pipeline import Ranker
from curator.ranking.scored_items import ScoredItems
from curator.ranking.watch_terms import WatchHit, WatchList

PORTION: Final = 500  # items whose texts are in memory at a time


def mentions(context: Context, now: datetime, *, since: timedelta, watch: str = "") -> tuple[Mention, ...]:
    """Return the mentions in everything that was found within `since`; `watch` names one watch term.

    Raises ConfigError where the brand has no watch term, UsageError for a name that none has.
    """
    ranker = Ranker(_listening(context.brand, watch), context.engine(), context.progress)
    items, taught = context.store.items(now - since), telling.verdicts(context.store.decisions())
    hits = found(context.store, ranker.watching, items)
    scored = scored_items(context.store, ranker, {hit.item.id: hit.item for hit in hits}.values(), now)
    return telling.ordered((*telling.mentions(ranker, scored, taught), *_unnamed(context.store, ranker, items, taught, now)))


def found(store: Store, watching: WatchList, items: Sequence[Item]) -> list[WatchHit]:
    """Return every hit of the watch terms in these items and their texts."""
    return [hit for item, text in _with_texts(store, items) for hit in watching.hits(item, text)]


def whole_texts(store: Store, items: Sequence[Item]) -> Iterator[str]:
    """Yield the title, the summary and the text of each item as one text."""
    yield from (f"{item.title}\n{item.summary}\n{text}" for item, text in _with_texts(store, items))


def scored_items(store: Store, ranker: Ranker, items: Iterable[Item], now: datetime) -> ScoredItems:
    """Score items that have hits, by what they say as a whole."""
    some = list(items)
    return ranker.score(some, store.texts(item.id for item in some), full_hour(now))


def teach(context: Context, prefixes: Sequence[str], now: datetime, *, us: bool, watch: str = "") -> list[decisions.Decided]:
    """Record that mentions are meant, or not, for each watch term that finds the item; `watch` names one of them.

    An item that none finds is an unnamed mention of each that has claims; it teaches no context.

    Raises CuratorError for an id that matches no item or several, or an item in which no watch term is found.
    """
    watching = WatchList(_listening(context.brand, watch).watch)
    items = {item.id: item for item in map(context.find_item, prefixes)}
    hits = found(context.store, watching, list(items.values()))
    silent = items.keys() - {hit.item.id for hit in hits}
    claiming = [each.name for each in watching.watches if each.claims]
    if silent and not claiming:
        names = ", ".join(each.name for each in watching.watches)
        raise CuratorError(f"{', '.join(sorted(silent))}: not found by {names}", hint="curator mentions shows the ids of mentions")
    heard = [Heard(item=hit.item, watch=hit.watch.name, sentence=hit.sentence) for hit in hits]
    heard += [Heard(item=items[id_], watch=name) for id_ in sorted(silent) for name in claiming]
    return decisions.teach(context.store, heard, "us" if us else "not-us", now)


def _unnamed(store: Store, ranker: Ranker, items: Sequence[Item], taught: telling.Verdicts, now: datetime) -> tuple[Mention, ...]:
    """Return the unnamed mentions among the items that a run has read; none where no watch term has claims."""
    if not any(watch.claims for watch in ranker.brand.watch):
        return ()
    return telling.unnamed(ranker, ranker.recall(items, store.texts(item.id for item in items), full_hour(now)), taught)


def _with_texts(store: Store, items: Sequence[Item]) -> Iterator[tuple[Item, str]]:
    for start in range(0, len(items), PORTION):
        some = items[start : start + PORTION]
        texts = store.texts(item.id for item in some)
        yield from ((item, texts.get(item.id, "")) for item in some)


def _listening(brand: Brand, watch: str) -> Brand:
    """Return the brand with the one watch term of that name, or with all of them."""
    if not brand.watch:
        raise ConfigError("brand.toml has no [[watch]]: there is nothing to listen for", hint="curator watch add 'Our name' '\"our name\"'")
    if not watch:
        return brand
    names = [each.name for each in brand.watch]
    if watch not in names:
        hint = f"--watch '{closest(watch, names) or names[0]}'"
        raise UsageError(f"unknown watch term {watch!r}: there are {', '.join(names)}", hint=hint)
    return replace(brand, watch=tuple(each for each in brand.watch if each.name == watch))
