"""Stories: items that tell the same thing, in whatever language and outlet, folded under the one worth sharing."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from math import log
from typing import TYPE_CHECKING

import numpy as np

from curator.core.item import Item
from curator.core.story import ScoredItem, Story
from curator.core.text.plain import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

APART = timedelta(days=4)
# How near two texts must be at least; what part of their marks they must share; what both must come to together, and what
# when they are far apart in time.
FARTHEST, SHARED, ENOUGH, ENOUGH_APART = 0.0, 0.3, 1.0, 1.3
# How near two texts of one language must be to say the same: those on one subject share its words, so they lie as near as
# any translation does. How near they must be when each has figures that the other lacks, and none in common.
TWIN, DIFFERING = 1.9, 1.2
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z\u00c0-\u00de][\w'’-]{2,}")
_WORD = re.compile(r"\w+")
_RUN = 5  # words


class Document:
    """An item as one telling of a story: its marks and its runs of words, found when first asked for."""

    def __init__(self, item: Item, text: str) -> None:
        self.item, self.text = item, text

    @cached_property
    def marks(self) -> frozenset[str]:
        return signature(self.item.title, self.text)

    @cached_property
    def figures(self) -> frozenset[str]:
        return frozenset(mark for mark in self.marks if mark.isdigit())

    @cached_property
    def runs(self) -> "NDArray[np.int64]":
        return runs(self.text)


def signature(title: str, text: str) -> frozenset[str]:
    """The names and numbers of a text: what two tellings of one story share in any language.

    A name is a capitalised word that does not begin a sentence; numbers lose their separators, so 1.500 is 1,500.
    """
    body = f"{title}\n{text[:4000]}"
    names = {fold(n) for n in _NAME.findall(body)}
    numbers = {digits(n) for n in NUMBER.findall(body)}
    return frozenset(names | {n for n in numbers if len(n) > 1})


def digits(number: str) -> str:
    """A number without the separators that each language sets in its own way."""
    return number.replace(".", "").replace(",", "")


def runs(text: str) -> "NDArray[np.int64]":
    """Hashes of every run of words, each once and sorted, for telling a reprint from a relative."""
    words = _WORD.findall(fold(text))
    return np.array(sorted({hash(tuple(words[i : i + _RUN])) for i in range(max(len(words) - _RUN + 1, 1))}), np.int64)


def weights(tellings: Iterable[Document]) -> dict[str, float]:
    """What each mark weighs: the rarer among the tellings, the more."""
    marks = [telling.marks for telling in tellings]
    return {mark: log(1 + len(marks) / n) for mark, n in Counter(m for some in marks for m in some).items()}


def stories(ranked: Sequence[ScoredItem], texts: Sequence[str], alike: "Matrix", *, same: float, near: float) -> list[Story]:
    """Every item in exactly one story, best story first; the order of the input does not matter.

    `alike`: (n, n) cosines of the items' texts; above `near` two texts are hardly unrelated, above `same` one translates
    the other. Between, shared names and numbers decide; reprints are known by their words. Items far
    apart in time are two stories, and so are two items of one feed, unless they are all but the same.
    """
    order = sorted(range(len(ranked)), key=lambda i: (-ranked[i].score.total, -ranked[i].item.words, ranked[i].item.id))
    told = [Document(r.item, text) for r, text in zip(ranked, texts, strict=True)]
    nearness, weigh = (alike - near) / (same - near), weights(told)
    close = nearness >= FARTHEST
    led: dict[int, list[int]] = {}
    lead_of: dict[int, int] = {}
    for place, i in enumerate(order):
        tellers = (j for j in order[:place] if close[i, j] and not _apart(told[i], told[j]))
        teller = next((j for j in tellers if one_story(told[i], told[j], float(nearness[i, j]), weigh)), None)
        lead_of[i] = i if teller is None else lead_of[teller]
        led.setdefault(lead_of[i], []).append(i)
    return [_story(members, ranked, told) for members in led.values()]


def one_story(a: Document, b: Document, nearness: float, weigh: Mapping[str, float]) -> bool:
    """Whether two items tell one story. `nearness`: of their texts, 0 at `near` and 1 at `same`; `weigh`: of their marks."""
    if nearness < FARTHEST:
        return False
    if (twins(a.item, b.item, nearness) and (nearness >= DIFFERING or not differ(a, b))) or reprint(a, b):
        return True
    if a.item.source.feed == b.item.source.feed or differ(a, b):
        return False
    common = shared(a.marks, b.marks, weigh)
    return common >= SHARED and nearness + common >= (ENOUGH_APART if _apart(a, b) else ENOUGH)


def twins(a: Item, b: Item, nearness: float) -> bool:
    """Whether two items all but say the same, by nearness alone; what has no language is taken to be of the same one."""
    tongues = {"id" if item.lang.startswith("ms") else item.lang.partition("-")[0] for item in (a, b)}  # easily taken for one another
    return nearness >= (1 if len(tongues - {""}) > 1 else TWIN)


def differ(a: Document, b: Document) -> bool:
    """Whether both tell figures, and none in common."""
    return bool(a.figures and b.figures and not a.figures & b.figures)


def shared(a: frozenset[str], b: frozenset[str], weigh: Mapping[str, float]) -> float:
    """The part of the poorer signature that the other has too, by weight, 0…1; two marks in common prove nothing."""
    common, poorer = a & b, min((a, b), key=len)
    if len(common) < 3:
        return 0.0
    return sum(weigh[m] for m in common) / max(sum(weigh[m] for m in poorer), 1e-9)


def reprint(a: Document, b: Document) -> bool:
    """Whether two texts share a third of the shorter one's word runs."""
    return len(np.intersect1d(a.runs, b.runs, assume_unique=True)) >= max(min(len(a.runs), len(b.runs)) / 3, 3)


def _apart(a: Document, b: Document) -> bool:
    return abs(a.item.published - b.item.published) > APART


def _story(members: Sequence[int], ranked: Sequence[ScoredItem], told: Sequence[Document]) -> Story:
    """Led by the best, or by the original of which the best is a reprint: the outlet that had it first."""
    best = members[0]
    copies = [m for m in members if m == best or reprint(told[m], told[best])]
    lead = min(copies, key=lambda m: (ranked[m].item.published, m))
    return Story(lead=ranked[lead], others=tuple(ranked[m] for m in members if m != lead))
