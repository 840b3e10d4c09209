"""Stories: items that tell the same thing, in whatever language and outlet, folded under the one worth sharing."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from math import log
from typing import TYPE_CHECKING

from curator.model import Ranked, Story
from curator.text import fold

if TYPE_CHECKING:
    from curator.seams import Matrix

APART = timedelta(days=4)
SHARED = 0.3
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z\u00c0-\u00de][\w'’-]{2,}")
_WORD = re.compile(r"\w+")


def signature(title: str, text: str) -> frozenset[str]:
    """The names and numbers of a text: what two tellings of one story share in any language.

    A name is a capitalised word that does not begin a sentence; numbers lose their separators, so 1.500 is 1,500.
    """
    body = f"{title}\n{text[:4000]}"
    names = {fold(n) for n in _NAME.findall(body)}
    numbers = {re.sub(r"[.,]", "", n) for n in _NUMBER.findall(body)}
    return frozenset(names | {n for n in numbers if len(n) > 1})


def shingles(text: str, size: int = 5) -> frozenset[int]:
    """Hashes of every run of `size` words, for telling a reprint from a relative."""
    words = _WORD.findall(fold(text))
    return frozenset(hash(tuple(words[i : i + size])) for i in range(max(len(words) - size + 1, 1)))


def stories(ranked: Sequence[Ranked], texts: Sequence[str], alike: "Matrix", *, same: float, near: float) -> list[Story]:
    """Every item in exactly one story, best story first; the order of the input does not matter.

    `alike`: (n, n) similarity of the items' texts. From `same` upwards two items tell one story; between `near` and `same`
    they do when they also share a good part of their names and numbers, weighted by rarity; reprints share a third of
    their word runs. Items far apart in time are two stories.
    """
    order = sorted(range(len(ranked)), key=lambda i: (-ranked[i].score.total, -ranked[i].item.words, ranked[i].item.id))
    marks = [signature(r.item.title, t) for r, t in zip(ranked, texts, strict=True)]
    pairs = _Pairs(ranked, texts, marks, alike, same)
    close = alike >= near
    led: dict[int, list[int]] = {}
    for place, i in enumerate(order):
        leads = (j for j in order[:place] if close[i, j] and j in led)
        led.setdefault(next((j for j in leads if pairs.one_story(i, j)), i), []).append(i)
    return [Story(lead=ranked[lead], others=tuple(ranked[m] for m in members if m != lead)) for lead, members in led.items()]


class _Pairs:
    """What decides on two items that are near each other: their likeness, their names and numbers, their words."""

    def __init__(
        self, ranked: Sequence[Ranked], texts: Sequence[str], marks: Sequence[frozenset[str]], alike: "Matrix", same: float
    ) -> None:
        self.ranked, self.texts, self.marks, self.alike, self.same = ranked, texts, marks, alike, same
        counts = Counter(m for mark in marks for m in mark)
        self.weigh = {m: log(1 + len(marks) / n) for m, n in counts.items()}

    def one_story(self, i: int, j: int) -> bool:
        if abs(self.ranked[i].item.published - self.ranked[j].item.published) > APART:
            return False
        told_alike = float(self.alike[i, j]) >= self.same or shared(self.marks[i], self.marks[j], self.weigh) >= SHARED
        return told_alike or reprint(self.texts[i], self.texts[j])


def shared(a: frozenset[str], b: frozenset[str], weigh: dict[str, float]) -> float:
    """The part of the poorer signature that the other has too, by weight, 0…1; signatures of one mark prove nothing."""
    poorer = min((a, b), key=len)
    if len(poorer) < 2:
        return 0.0
    return sum(weigh[m] for m in a & b) / max(sum(weigh[m] for m in poorer), 1e-9)


def reprint(a: str, b: str) -> bool:
    """Whether two texts share a third of the shorter one's word runs."""
    x, y = shingles(a), shingles(b)
    return len(x & y) >= max(min(len(x), len(y)) / 3, 3)
