"""Story clustering: group items that report the same event, in any language and from any outlet.

Each story is led by the item most worth sharing. Two items belong together when their vectors are close, and when they share
names and numbers or whole passages.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

from curator.core.item import Item
from curator.core.story import ScoredItem, Story
from curator.core.text.language import macrolanguage
from curator.core.text.plain import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

APART: Final = timedelta(days=4)  # items published further apart than this are rarely one story
# Nearness (see `stories`) below which two items are never one story.
MIN_NEARNESS: Final = 0.0
# Least overlap of names and numbers, and least sum of nearness and overlap; more is asked of items that are far apart in time.
MIN_OVERLAP, ENOUGH, ENOUGH_APART = 0.3, 1.0, 1.3
# Nearness from which two texts of one language are near-duplicates. Texts on one subject share its words, so within a language
# they lie as close as translations do. TWIN_FIGURES applies where both give figures and have none in common.
TWIN, TWIN_FIGURES = 1.9, 1.2
NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z\u00c0-\u00de][\w'’-]{2,}")
_WORD = re.compile(r"\w+")
_SHINGLE = 5  # words
_HEAD = 4000  # characters of a text in which names and numbers are looked for


class Document:
    """An item with its text and the features that clustering compares, each computed on first use."""

    def __init__(self, item: Item, text: str) -> None:
        self.item, self.text = item, text

    @cached_property
    def entities(self) -> frozenset[str]:
        """Names and numbers in the title and text."""
        return entities(self.item.title, self.text)

    @cached_property
    def figures(self) -> frozenset[str]:
        """Numbers among the entities."""
        return frozenset(entity for entity in self.entities if entity.isdigit())

    @cached_property
    def shingles(self) -> "NDArray[np.int64]":
        """Hashes of the word sequences of the text, shape (n,), sorted and distinct."""
        return shingles(self.text)


def entities(title: str, text: str) -> frozenset[str]:
    """Return the names and numbers of a text, which its translations share.

    A name is a capitalised word that does not begin a sentence. Numbers lose their separators, so 1.500 equals 1,500; those
    of one digit are left out.
    """
    body = f"{title}\n{text[:_HEAD]}"
    names = {fold(n) for n in _NAME.findall(body)}
    numbers = {digits(n) for n in NUMBER.findall(body)}
    return frozenset(names | {n for n in numbers if len(n) > 1})


def digits(number: str) -> str:
    """Return a number without its separators, which differ between languages."""
    return number.replace(".", "").replace(",", "")


def shingles(text: str) -> "NDArray[np.int64]":
    """Return hashes of all sequences of five words (w-shingling, Broder 1997), shape (n,), sorted and distinct."""
    words = _WORD.findall(fold(text))
    starts = range(max(len(words) - _SHINGLE + 1, 1))
    return np.array(sorted({hash(tuple(words[i : i + _SHINGLE])) for i in starts}), np.int64)


def entity_weights(documents: Iterable[Document]) -> dict[str, float]:
    """Return the inverse document frequency of every entity, log(1 + documents / documents with it)."""
    found = [document.entities for document in documents]
    counts = Counter(entity for some in found for entity in some)
    return {entity: log(1 + len(found) / n) for entity, n in counts.items()}


def stories(ranked: Sequence[ScoredItem], texts: Sequence[str], cosines: "Matrix", *, same: float, near: float) -> list[Story]:
    """Put every item into exactly one story. Returns the stories, best first, whatever the order of the input.

    `cosines`: between the items' language-free vectors, shape (items, items). `near` and `same` scale them to a nearness:
    0 is reached by few unrelated texts, 1 by translations of one text only. In between, shared names and numbers decide.
    Reprints are recognised by their words. Items that are far apart in time, or come from one feed, are different stories
    unless they are near-duplicates.
    """
    order = sorted(range(len(ranked)), key=lambda i: (-ranked[i].score.total, -ranked[i].item.words, ranked[i].item.id))
    documents = [Document(scored.item, text) for scored, text in zip(ranked, texts, strict=True)]
    nearness, weights = (cosines - near) / (same - near), entity_weights(documents)
    close = nearness >= MIN_NEARNESS
    members: dict[int, list[int]] = {}
    leader: dict[int, int] = {}
    for position, i in enumerate(order):
        earlier = (j for j in order[:position] if close[i, j] and not _apart(documents[i], documents[j]))
        match = next((j for j in earlier if same_story(documents[i], documents[j], float(nearness[i, j]), weights)), None)
        leader[i] = i if match is None else leader[match]
        members.setdefault(leader[i], []).append(i)
    return [_story(some, ranked, documents) for some in members.values()]


def same_story(a: Document, b: Document, nearness: float, weights: Mapping[str, float]) -> bool:
    """Return whether two items report one story. `nearness`: as in `stories`; `weights`: of entities, by `entity_weights`."""
    if nearness < MIN_NEARNESS:
        return False
    if (near_duplicates(a.item, b.item, nearness) and (nearness >= TWIN_FIGURES or not figures_differ(a, b))) or reprints(a, b):
        return True
    if a.item.source.feed == b.item.source.feed or figures_differ(a, b):
        return False
    shared = overlap(a.entities, b.entities, weights)
    return shared >= MIN_OVERLAP and nearness + shared >= (ENOUGH_APART if _apart(a, b) else ENOUGH)


def near_duplicates(a: Item, b: Item, nearness: float) -> bool:
    """Return whether two items say the same, by nearness alone. An item of unknown language counts as of the other's language."""
    languages = {macrolanguage(item.lang) for item in (a, b)}
    return nearness >= (1 if len(languages - {""}) > 1 else TWIN)


def figures_differ(a: Document, b: Document) -> bool:
    """Return whether both items give figures and have none in common."""
    return bool(a.figures and b.figures and not a.figures & b.figures)


def overlap(a: frozenset[str], b: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return the weighted share of the smaller set that the other contains, 0…1; fewer than three common entities count as 0."""
    common, smaller = a & b, min((a, b), key=len)
    if len(common) < 3:
        return 0.0
    return sum(weights[e] for e in common) / max(sum(weights[e] for e in smaller), 1e-9)


def reprints(a: Document, b: Document) -> bool:
    """Return whether two texts share a third of the shorter one's word sequences, three at least."""
    return len(np.intersect1d(a.shingles, b.shingles, assume_unique=True)) >= max(min(len(a.shingles), len(b.shingles)) / 3, 3)


def _apart(a: Document, b: Document) -> bool:
    return abs(a.item.published - b.item.published) > APART


def _story(members: Sequence[int], ranked: Sequence[ScoredItem], documents: Sequence[Document]) -> Story:
    """Make a story. Its best item leads, or the earliest publication of that text where the best is a reprint."""
    best = members[0]
    copies = [m for m in members if m == best or reprints(documents[m], documents[best])]
    lead = min(copies, key=lambda m: (ranked[m].item.published, m))
    return Story(lead=ranked[lead], others=tuple(ranked[m] for m in members if m != lead))
