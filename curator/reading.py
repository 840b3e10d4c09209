"""What the voters make of texts: their fit to the topics, as the topics' words and examples describe them, to the end of long ones."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from curator import rank, urls
from curator.model import Brand, Topic
from curator.seams import Engine, Progress, Store
from curator.text import line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.seams import Matrix

# Characters that the best voter takes in at once, and the fit from which on a longer text is read on.
PASSAGE, HOPE = 2000, 0.1


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


def fits(brand: Brand, engine: Engine, seen: "Mapping[str, Matrix]", *, quick: bool = False) -> "NDArray[np.float64]":
    """The fit of what was seen to every topic, as its words and its examples describe it."""
    brief, calibration = engine.brief(brand.topics, quick=quick), engine.calibration(seen)
    shown = [(n, text) for n, topic in enumerate(brand.topics) for text in topic.shown]
    if not shown:
        return rank.fits(brief, seen, calibration)
    owners, texts = zip(*shown, strict=True)
    rows = engine.look(texts, quick=quick)
    return rank.fits(brief, seen, calibration, rank.examples(rows, owners, len(brand.topics), calibration))


def read_on(words: Sequence[str], judged: "NDArray[np.float64]", brand: Brand, engine: Engine) -> "NDArray[np.float64]":
    """The fits with the second half of long texts read too, where the first gave hope: the mean of both.

    The best voter takes in some 2,000 characters; a text that comes to its point later would be judged by its beginning alone.
    """
    long = [n for n, text in enumerate(words) if len(text) >= PASSAGE + PASSAGE // 4 and judged[n].max() >= HOPE]
    if not long:
        return judged
    rest = fits(brand, engine, engine.look([words[n][PASSAGE:] for n in long]))
    read = judged.copy()
    read[long] = np.where(judged[long] >= HOPE, (judged[long] + rest) / 2, judged[long])
    return read
