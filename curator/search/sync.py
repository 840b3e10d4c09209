"""Keeps the search index in step with the library: notices what changed since, and puts just that.

The library says for each month whether it was written since (a stamp), and for each item whether it is another one (a
print). So a stale index is always noticed, and one change costs one month's reading. Nothing here loads a model: an
item has a meaning when a run has read it.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.errors import CuratorError
from curator.core.protocols import EmbeddingEngine, Progress, Store
from curator.core.report import HealthCheck
from curator.search.index import Index, made
from curator.search.index.fulltext import IndexEntry
from curator.search.index.manifest import IndexManifest, LibraryState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.ranking.relevance import Relevance

_LOG = logging.getLogger(__name__)

PATIENCE: Final = 10.0  # seconds to wait for another process that updates the index
PORTION: Final = 500  # items in hand at a time
RECENT: Final = 2  # months whose items may still be read by a run
ALL_READ: Final = "all read"  # in place of the stamp of the vectors: no change of them can add anything
MANY: Final = 2_000  # items from which on a person is told why it takes a while


class SearchContext(Struct, frozen=True, kw_only=True):
    """A brand's library with its index. `kept`: a stamp of the vectors kept between runs."""

    brand: Brand
    store: Store
    engine: Callable[[], EmbeddingEngine]
    index: Index
    kept: Callable[[], str]
    progress: Progress


def ready(shelf: SearchContext, *, meaning: bool) -> None:
    """Brings the index up to date when it is not. Where that cannot be done now, an older one serves, and a note says so.

    meaning: whether the voter that it was made with matters too.
    """
    standing = shelf.index.standing()
    if standing and _same(standing.seen, _seen(shelf, voter=meaning)):
        return
    try:
        refresh(shelf)
    except CuratorError as error:
        if standing is None:
            raise
        shelf.progress.note(f"the search index is not up to date, and cannot be now: {error}")


def refresh(shelf: SearchContext, *, anew: bool = False) -> int:
    """Puts what changed into the index and drops what is gone; how many items that were. anew: everything, from nothing."""
    with shelf.index.updating(PATIENCE) as standing:
        seen = _seen(shelf, voter=True)
        if anew or (standing.schema and standing.seen.voter != seen.voter):
            standing = shelf.index.clear()
        if _same(standing.seen, seen):
            return 0
        try:
            return _put(shelf, standing, seen)
        except ValueError:  # a file that has its size and not its content
            return _put(shelf, shelf.index.clear(), seen)


def check(shelf: SearchContext) -> HealthCheck:
    """Whether the index is whole. One that is older than the library is no trouble: the next search brings it up to date."""
    standing, found = shelf.index.standing(), shelf.index.exists()
    if standing is None:
        text = "the search index is damaged" if found else "no search yet: the first one makes the index"
        return HealthCheck(name="search", ok=not found, text=text, hint="curator reindex")
    kept, count = len(_flat(standing.known())), shelf.index.words.count()
    if count != kept or not shelf.index.meaning.ids() <= _flat(standing.known()).keys():
        return HealthCheck(
            name="search", ok=False, text=f"the search index holds {count} items where {kept} were put", hint="curator reindex"
        )
    fresh = _same(standing.seen, _seen(shelf, voter=True))
    state = "up to date" if fresh else "older than the library: the next search brings it up to date"
    return HealthCheck(name="search", ok=True, text=f"{count:,} items in the index, {state}")


def _seen(shelf: SearchContext, *, voter: bool) -> LibraryState:
    """The library as it is now; without asking which voter there is, where that does not matter."""
    return LibraryState(
        months=shelf.store.months(),
        voter=shelf.engine().voters[0].name if voter else "",
        topics=_stamp(shelf.brand.topics),
        vectors=shelf.kept(),
    )


def _same(then: LibraryState, now: LibraryState) -> bool:
    return (
        (then.months, then.topics) == (now.months, now.topics) and now.voter in {"", then.voter} and then.vectors in {ALL_READ, now.vectors}
    )


def _put(shelf: SearchContext, standing: IndexManifest, seen: LibraryState) -> int:
    """Puts every item that is new or another one, or that a run has read meanwhile, and drops those that are gone."""
    before, after = standing.known(), _prints(shelf, standing, seen)
    old, new = _flat(before), _flat(after)
    relevance = _relevance(shelf)
    fitted = seen.topics if relevance.knows_topics() else standing.fitted
    changed = {id_ for id_ in new if fitted != standing.fitted or new[id_] != old.get(id_)}
    unread = _unread(shelf, after) - changed if standing.seen.vectors != seen.vectors else set()
    if len(changed) >= MANY:
        shelf.progress.note(f"putting {len(changed):,} items into the search index, this once")
    gone = old.keys() - new.keys()
    vectors: dict[str, NDArray[np.float32]] = {}
    with shelf.index.words.writing() as writer:
        for id_ in sorted(gone):
            writer.drop(id_)
        for entry, vector in _entries(shelf, relevance, _portions(after, changed | unread)):
            if vector is not None:
                vectors[entry.item.id] = vector
            if vector is not None or entry.item.id in changed:
                writer.put(entry)
    shelf.index.meaning.changed(vectors, drop=[*gone, *(changed - vectors.keys())])
    if fitted == seen.topics and not _unread(shelf, after):
        seen = replace(seen, vectors=ALL_READ)
    shelf.index.keep(made(seen, fitted, after, shelf.index.folder, standing.generation + 1))
    _LOG.info("search index: %d items put, %d dropped", len(changed | vectors.keys()), len(gone))
    return len(changed) + len(gone)


def _prints(shelf: SearchContext, standing: IndexManifest, seen: LibraryState) -> dict[str, dict[str, str]]:
    """The print of every item, newest month first; only months that were written since are read."""
    known, stamps = standing.known(), standing.seen.months
    return {
        name: known[name] if stamps.get(name) == stamp and name in known else shelf.store.fingerprints(name)
        for name, stamp in seen.months.items()
    }


def _flat(prints: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The prints by item alone; of an item in two months, on its way from one to the other, the newer."""
    return {id_: print_ for month in reversed(list(prints.values())) for id_, print_ in month.items()}


def _portions(prints: Mapping[str, Mapping[str, str]], wanted: set[str]) -> Iterator[tuple[str, list[str]]]:
    """The wanted items by the month they are read from, a few at a time, each once."""
    left = set(wanted)
    for name, ids in prints.items():
        here = sorted(left & ids.keys())
        left.difference_update(here)
        yield from ((name, here[start : start + PORTION]) for start in range(0, len(here), PORTION))


def _unread(shelf: SearchContext, prints: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The recent items that have no meaning yet: a run may have read them since."""
    recent = {id_ for name in islice(prints, RECENT) for id_ in prints[name]}
    return recent - shelf.index.meaning.ids()


def _relevance(shelf: SearchContext) -> "Relevance":
    from curator.ranking.relevance import Relevance

    return Relevance(shelf.brand, shelf.engine())


def _entries(
    shelf: SearchContext, relevance: "Relevance", portions: Iterable[tuple[str, list[str]]]
) -> "Iterator[tuple[IndexEntry, NDArray[np.float32] | None]]":
    """Yield items with their texts, fits and mean-centred vectors; no vector and no fits where no run has read them."""
    for month, ids in portions:
        items, texts = shelf.store.month_items(month, ids), shelf.store.texts(ids)
        recalled = relevance.recall(items, texts)
        fits = dict(zip(recalled.positions, relevance.named(recalled.fits), strict=True)) if recalled.fits is not None else {}
        vectors = dict(zip(recalled.positions, relevance.centred(recalled.vectors), strict=True)) if recalled.positions else {}
        for position, item in enumerate(items):
            yield IndexEntry(item=item, text=texts.get(item.id, ""), fits=fits.get(position, ())), vectors.get(position)


def _stamp(topics: Iterable[Topic]) -> str:
    return hashlib.blake2b(msgspec.json.encode(tuple(topics)), digest_size=8).hexdigest()
