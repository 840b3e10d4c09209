"""Lets what a person picked and skipped speak on judged items."""

from datetime import datetime

from curator.core.brand import Brand
from curator.core.protocols import EmbeddingEngine, Store
from curator.ranking import preference
from curator.ranking.preference import Example
from curator.ranking.relevance import first_passage
from curator.ranking.scored_items import ScoredItems


def with_taste(judged: ScoredItems, brand: Brand, engine: EmbeddingEngine, store: Store, now: datetime) -> ScoredItems:
    """The same in the order that taste gives it; as it was where the brand wants none, or too little was decided before now."""
    examples = _examples(store, now) if brand.shortlist.taste and judged.ranked else ()
    if not preference.enough(examples):
        return judged
    calibration = engine.calibration(judged.vectors)
    before = engine.look([first_passage(example.item, example.text) for example in examples])
    seen = preference.rows(judged.vectors, calibration)
    learned = preference.learn(examples, preference.rows(before, calibration), [r.item for r in judged.ranked], seen)
    swayed = preference.sway(judged.ranked, seen, learned, brand)
    return judged.reordered(swayed)


def _examples(store: Store, now: datetime) -> tuple[Example, ...]:
    """The decisions that stand with what they were about, the first first."""
    said = preference.verdicts(store.decisions(), now)
    if not said:
        return ()
    kept = {item.id: item for item in store.items() if item.id in said}
    texts = store.texts(kept)
    return tuple(Example(decision=said[id_], item=kept[id_], text=texts.get(id_, "")) for id_ in said if id_ in kept)
