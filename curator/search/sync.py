"""Keeping the search index in step with the library, by putting into it only what changed.

The store gives a stamp for each month, which changes with every write to it, and a fingerprint for each item. So a stale index is
always noticed, and a change costs the reading of one month. Nothing here loads a model: an item gets its vector and
its fits once a run has read it. Only an index that is made anew on demand computes the scores of a cross-encoder that are missing.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.protocols import EmbeddingEngine, Progress, Store
from curator.core.report import HealthCheck
from curator.search.index.manifest import IndexManifest, LibraryState
from curator.search.index.protocols import IndexEntry, SearchIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.ranking.relevance import Relevance

_LOG = logging.getLogger(__name__)

PATIENCE: Final = 10.0  # seconds to wait for another process that updates the index
PORTION: Final = 500  # items in memory at a time
RECENT: Final = 2  # months whose items a run may still read
ALL_READ: Final = "all read"  # in place of the stamp of the vector cache: no change of it can add anything
MANY: Final = 2_000  # changed items from which on a note says why it takes a while


class SearchContext(Struct, frozen=True, kw_only=True):
    """What a search works with. `vectors_stamp` returns a stamp of the vectors that were computed so far."""

    brand: Brand
    store: Store
    engine: Callable[[], EmbeddingEngine]
    index: SearchIndex
    vectors_stamp: Callable[[], str]
    progress: Progress


def ensure_fresh(context: SearchContext, *, meaning: bool) -> None:
    """Update the index where it is stale. Where that fails, an older one serves and a note says so.

    `meaning`: whether vectors are needed, so that an index of another encoder is stale too. Raises CuratorError where there is
    no index and none can be made.
    """
    manifest = context.index.manifest()
    if manifest and _is_fresh(manifest.state, _state(context, encoder=meaning)):
        return
    try:
        refresh(context)
    except CuratorError as error:
        if manifest is None:
            raise
        context.progress.note(f"the search index is not up to date, and cannot be now: {error}")


def refresh(context: SearchContext, *, rebuild: bool = False) -> int:
    """Put what changed into the index and drop what is gone. Returns the number of items changed; `rebuild` starts from nothing.

    Raises Locked where another process has been updating it for `PATIENCE` seconds, StoreError where the disk refuses.
    """
    with context.index.updating(PATIENCE) as manifest:
        state = _state(context, encoder=True)
        if rebuild or (manifest.schema and manifest.state.encoder != state.encoder):
            manifest = context.index.clear()
        if _is_fresh(manifest.state, state):
            return 0
        try:
            return _update(context, manifest, state, compute=rebuild)
        except ValueError:  # a file that has the right size and not the right content
            return _update(context, context.index.clear(), state, compute=rebuild)


def check(context: SearchContext) -> HealthCheck:
    """Check that the index is complete. One that is older than the library is fine: the next search updates it."""
    manifest, found = context.index.manifest(), context.index.exists()
    if manifest is None:
        text = "the search index is damaged" if found else "no search yet: the first one makes the index"
        return HealthCheck(name="search", ok=not found, text=text, hint="curator reindex")
    expected, count = _by_id(context.index.fingerprints()), context.index.fulltext.count()
    if count != len(expected) or not context.index.vectors.ids() <= expected.keys():
        return HealthCheck(
            name="search", ok=False, text=f"the search index holds {count} items where {len(expected)} were put", hint="curator reindex"
        )
    fresh = _is_fresh(manifest.state, _state(context, encoder=True))
    state = "up to date" if fresh else "older than the library: the next search brings it up to date"
    return HealthCheck(name="search", ok=True, text=f"{count:,} items in the index, {state}")


def _state(context: SearchContext, *, encoder: bool) -> LibraryState:
    """Return the state of the library now; the encoder is left empty unless asked for."""
    return LibraryState(
        months=context.store.months(),
        encoder=_stamp(context.engine()) if encoder else "",
        topics=_judged_by(context),
        vectors=context.vectors_stamp(),
    )


def _stamp(engine: EmbeddingEngine) -> str:
    """Return a stamp of the first encoder and of its space: the vectors in the index are centred by its mean."""
    name = engine.encoders[0].name
    space = engine.calibration({}).spaces.get(name)
    return f"{name} {hashlib.blake2b(space.document_mean.tobytes(), digest_size=8).hexdigest()}" if space else name


def _is_fresh(then: LibraryState, now: LibraryState) -> bool:
    same = (then.months, then.topics) == (now.months, now.topics)
    return same and now.encoder in {"", then.encoder} and then.vectors in {ALL_READ, now.vectors}


def _update(context: SearchContext, manifest: IndexManifest, state: LibraryState, *, compute: bool) -> int:
    """Put every item that is new, changed, or was read by a run since, and drop those that are gone.

    `compute`: whether scores of a cross-encoder that are not kept are computed.
    """
    index, before = context.index, context.index.fingerprints()
    after = _fingerprints(context, before, manifest, state)
    old, new = _by_id(before), _by_id(after)
    relevance = _relevance(context)
    fitted = state.topics if relevance.knows_topics() else manifest.fitted
    changed = {id_ for id_ in new if fitted != manifest.fitted or new[id_] != old.get(id_)}
    unread = _unread(context, after) - changed if manifest.state.vectors != state.vectors else set()
    if len(changed) >= MANY:
        context.progress.note(f"putting {len(changed):,} items into the search index, this once")
    gone = old.keys() - new.keys()
    vectors: dict[str, NDArray[np.float32]] = {}
    with index.fulltext.writing() as writer:
        for id_ in sorted(gone):
            writer.drop(id_)
        for entry, vector in _entries(context, relevance, _portions(after, changed | unread), compute=compute):
            if vector is not None:
                vectors[entry.item.id] = vector
            if vector is not None or entry.item.id in changed:
                writer.put(entry)
    index.vectors.update(vectors, drop=[*gone, *(changed - vectors.keys())])
    if fitted == state.topics and not _unread(context, after):
        state = replace(state, vectors=ALL_READ)
    if state.encoder == context.engine().encoders[0].name:  # nothing was known of its space before these items
        state = replace(state, encoder=_stamp(context.engine()))
    index.commit(state, fitted, after, manifest.generation + 1)
    _LOG.info("search index: %d items put, %d dropped", len(changed | vectors.keys()), len(gone))
    return len(changed) + len(gone)


def _fingerprints(
    context: SearchContext, known: Mapping[str, dict[str, str]], manifest: IndexManifest, state: LibraryState
) -> dict[str, dict[str, str]]:
    """Return the fingerprint of every item by month, the newest month first. Only months written since are read."""
    stamps = manifest.state.months
    return {
        name: known[name] if stamps.get(name) == stamp and name in known else context.store.fingerprints(name)
        for name, stamp in state.months.items()
    }


def _by_id(fingerprints: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the fingerprints by id alone; an item in two months, on its way between them, counts in the newer."""
    return {id_: fingerprint for month in reversed(list(fingerprints.values())) for id_, fingerprint in month.items()}


def _portions(fingerprints: Mapping[str, Mapping[str, str]], wanted: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the wanted ids with the month they are read from, `PORTION` at a time, each once."""
    left = set(wanted)
    for name, ids in fingerprints.items():
        here = sorted(left & ids.keys())
        left.difference_update(here)
        yield from ((name, here[start : start + PORTION]) for start in range(0, len(here), PORTION))


def _unread(context: SearchContext, fingerprints: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the ids of recent items without a vector, and without fits where a cross-encoder scores: a run may have read them since."""
    recent = {id_ for name in islice(fingerprints, RECENT) for id_ in fingerprints[name]}
    read = recent & context.index.vectors.ids()
    if context.brand.engine.reranker:
        read = {id_ for id_, (_, fits) in context.index.fulltext.cards(read).items() if fits}
    return recent - read


def _relevance(context: SearchContext) -> "Relevance":
    from curator.ranking.relevance import Relevance

    return Relevance(context.brand, context.engine(), context.progress)


def _entries(
    context: SearchContext, relevance: "Relevance", portions: Iterable[tuple[str, list[str]]], *, compute: bool
) -> "Iterator[tuple[IndexEntry, NDArray[np.float32] | None]]":
    """Yield items with their texts, fits and mean-centred vectors; no vector and no fits where no run has read them."""
    for month, ids in portions:
        items, texts = context.store.month_items(month, ids), context.store.texts(ids)
        recalled = relevance.recall(items, texts, compute=compute)
        fits = dict(zip(recalled.positions, relevance.named(recalled.fits), strict=True)) if recalled.fits is not None else {}
        vectors = dict(zip(recalled.positions, relevance.centred(recalled.vectors), strict=True)) if recalled.positions else {}
        for position, item in enumerate(items):
            yield IndexEntry(item=item, text=texts.get(item.id, ""), fits=fits.get(position, ())), vectors.get(position)


def _judged_by(context: SearchContext) -> str:
    """Return a stamp of what fits depend on beside the items: the topics, and what was learned of a cross-encoder."""
    topics = _hash(context.brand.topics)
    if not context.brand.engine.reranker:
        return topics
    reranker = context.engine().reranker
    return f"{topics} {_hash((reranker.name, reranker.curve()))}" if reranker else topics


def _hash(value: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(value), digest_size=8).hexdigest()
