"""What the voters make of texts: their fit to the topics, as the topics' words and examples describe them, to the end of long ones."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.protocols import EmbeddingEngine, Progress, Store
from curator.core.text import urls
from curator.core.text.plain import line
from curator.ranking import rank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

# Where the first passage fits no topic as well as this there is no hope, where it fits one better no doubt: a text is not read on.
HOPE, SURE = 0.1, 0.8


def briefed(brand: Brand, store: Store, progress: Progress) -> Brand:
    """The brand with the texts of its topics' examples; what is not kept is told and left out."""

    def shown(topic: Topic) -> tuple[str, ...]:
        found = {each: store.find(urls.item_id(each) if urls.web(each) else each) for each in topic.examples}
        for each in (each for each, items in found.items() if len(items) != 1):
            progress.note(f"{line(topic.name, 60)}: no kept item is meant by the example {line(each, 200)} (curator save URL)")
        items = [items[0] for items in found.values() if len(items) == 1]
        texts = store.texts([item.id for item in items])
        return tuple(rank.wording(item, texts.get(item.id, "")) for item in items)

    return replace(brand, topics=tuple(replace(topic, shown=shown(topic)) for topic in brand.topics))


def fits(brand: Brand, engine: EmbeddingEngine, seen: "Mapping[str, Matrix]", *, quick: bool = False) -> "NDArray[np.float64]":
    """The fit of what was seen to every topic, as its words and its examples describe it."""
    brief, calibration = engine.brief(brand.topics, quick=quick), engine.calibration(seen)
    shown = [(n, text) for n, topic in enumerate(brand.topics) for text in topic.shown]
    if not shown:
        return rank.fits(brief, seen, calibration)
    owners, texts = zip(*shown, strict=True)
    rows = engine.look(texts, quick=quick)
    return rank.fits(brief, seen, calibration, rank.examples(rows, owners, len(brand.topics), calibration))


def read_on(
    further: Sequence[Sequence[str]], judged: "NDArray[np.float64]", brand: Brand, engine: EmbeddingEngine
) -> "NDArray[np.float64]":
    """The fits with long texts read to their end, where the first passage gave hope and left doubt: the mean of their passages.

    `further`: the passages of each text after its first, none of a short one.
    """
    best = judged.max(axis=1, initial=0.0)
    long = [n for n, passages in enumerate(further) if passages and HOPE <= best[n] < SURE]
    if not long:
        return judged
    counts = [len(further[n]) for n in long]
    found = fits(brand, engine, engine.look([passage for n in long for passage in further[n]]))
    sums = np.add.reduceat(found, [0, *accumulate(counts[:-1])])
    read = judged.copy()
    read[long] = (judged[long] + sums) / (1 + np.array(counts)[:, None])
    return read
