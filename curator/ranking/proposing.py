"""Gives judged items the kind of content they would make, and learns it from what a person said of others."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.protocols import EmbeddingEngine, Store
from curator.core.story import ScoredItem
from curator.ranking import content_type, pipeline
from curator.ranking.content_type import Corrections
from curator.ranking.relevance import first_passage
from curator.ranking.scored_items import ScoredItems

MEMORY = timedelta(days=120)  # so far back corrections are heard


def with_kinds(
    judged: ScoredItems, brand: Brand, engine: EmbeddingEngine, store: Store, now: datetime, *, floor: float = pipeline.FLOOR
) -> ScoredItems:
    """The same, those that are worth more than `floor` with their kind: what a person said, else what is proposed."""
    places = [n for n, r in enumerate(judged.ranked) if r.score.total > floor]
    if not places:
        return judged
    given, said = _by_person(engine, store, now)
    topics = content_type.asked(brand)
    seen = {name: rows[places] for name, rows in judged.vectors.items()}
    words = [first_passage(judged.ranked[n].item, judged.texts[n]) for n in places]
    proposals = content_type.propose(words, seen, [t.name for t in topics], engine.brief(topics), engine.calibration(judged.vectors), said)
    kind = {judged.ranked[n].item.id: p.kind for n, p in zip(places, proposals, strict=True)} | given
    return replace(judged, ranked=tuple(_with_kind(r, kind) for r in judged.ranked))


def _with_kind(ranked: ScoredItem, kind: Mapping[str, str]) -> ScoredItem:
    item = ranked.item
    return replace(ranked, item=replace(item, kind=kind.get(item.id, item.kind)))


def _by_person(engine: EmbeddingEngine, store: Store, now: datetime) -> tuple[dict[str, str], Corrections]:
    """The kinds that a person gave of late, by item id and as what is learned from them."""
    items = {item.id: item for item in store.items(now - MEMORY)}
    given = content_type.by_person(store.decisions(), {item.id: item.kind for item in items.values()})
    kept = [items[id_] for id_ in given if id_ in items]
    texts = store.texts([item.id for item in kept])
    seen = engine.look([first_passage(item, texts.get(item.id, "")) for item in kept]) if kept else {}
    return given, Corrections(kinds=tuple(given[item.id] for item in kept), seen=seen)
