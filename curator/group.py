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
# How near two texts must be at least; what part of their marks they must share; what both must come to together.
FARTHEST, SHARED, ENOUGH = -0.3, 0.3, 0.25
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

    `alike`: (n, n) cosines of the items' texts; above `near` two texts are hardly unrelated, above `same` they tell one
    story. Between and a little below, shared names and numbers decide; reprints are known by their words. Items far
    apart in time are two stories, and so are two items of one feed, unless they are all but the same.
    """
    order = sorted(range(len(ranked)), key=lambda i: (-ranked[i].score.total, -ranked[i].item.words, ranked[i].item.id))
    pairs = _Pairs(ranked, texts, (alike - near) / (same - near))
    close = pairs.nearness >= FARTHEST
    led: dict[int, list[int]] = {}
    lead_of: dict[int, int] = {}
    for place, i in enumerate(order):
        teller = next((j for j in order[:place] if close[i, j] and pairs.one_story(i, j)), None)
        lead_of[i] = i if teller is None else lead_of[teller]
        led.setdefault(lead_of[i], []).append(i)
    return [pairs.story(members, ranked) for members in led.values()]


class _Pairs:
    """What decides on two items that are near each other: `nearness` (0 at `near`, 1 at `same`), marks and words."""

    def __init__(self, ranked: Sequence[Ranked], texts: Sequence[str], nearness: "Matrix") -> None:
        self.items, self.texts, self.nearness = [r.item for r in ranked], texts, nearness
        self.marks = [signature(item.title, text) for item, text in zip(self.items, texts, strict=True)]
        counts = Counter(m for mark in self.marks for m in mark)
        self.weigh = {m: log(1 + len(self.marks) / n) for m, n in counts.items()}

    def story(self, members: Sequence[int], ranked: Sequence[Ranked]) -> Story:
        """Led by the best, or by the original of which the best is a reprint: the outlet that had it first."""
        best = members[0]
        copies = [m for m in members if m == best or reprint(self.texts[m], self.texts[best])]
        lead = min(copies, key=lambda m: (self.items[m].published, m))
        return Story(lead=ranked[lead], others=tuple(ranked[m] for m in members if m != lead))

    def one_story(self, i: int, j: int) -> bool:
        a, b, nearness = self.items[i], self.items[j], float(self.nearness[i, j])
        if abs(a.published - b.published) > APART:
            return False
        if nearness >= 1 or (nearness >= 0 and reprint(self.texts[i], self.texts[j])):
            return True
        common = shared(self.marks[i], self.marks[j], self.weigh)
        return a.source.feed != b.source.feed and common >= SHARED and nearness + common >= ENOUGH


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
