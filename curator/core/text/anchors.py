"""Anchors: what a text must have for a query to match it, found for many queries in one pass over the text."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

LONGEST: Final = 12  # letters of an anchor
_SIGNS: Final = r"[\W_]*"
# What begins with a letter of ASCII begins a word; other scripts may have no bounds.
_STARTS: Final = {True: "(?<![a-z0-9])", False: ""}


class Anchor(Struct, frozen=True):
    """The first letters of a word or phrase, folded (`plain.fold_letters`). `joints`: places in it where signs and spaces may stand."""

    letters: str
    joints: tuple[int, ...] = ()


class Scanner:
    """Finds which of many queries have an anchor in a text."""

    def __init__(self, anchors: Sequence[Sequence[Anchor] | None]) -> None:
        """Take the anchors of each query: a match has one of them. None: a query without any, which every text may match."""
        self._always = frozenset(n for n, some in enumerate(anchors) if some is None)
        known = [(anchor, n) for n, some in enumerate(anchors) for anchor in some or ()]
        sides = {ascii_: [(anchor, n) for anchor, n in known if anchor.letters[0].isascii() is ascii_] for ascii_ in _STARTS}
        self._trees = [_Tree(_STARTS[ascii_], some) for ascii_, some in sides.items() if some]

    def possible(self, letters: str) -> list[int]:
        """Return the numbers of the queries that a text of folded letters may match."""
        return sorted(self._always.union(*(tree.found(letters) for tree in self._trees)))


class _Tree:
    """A pattern in which common beginnings of anchors are tried once; an anchor that begins another one stands for both.

    An empty group at the end of each way tells, by its number, which anchor was found.
    """

    def __init__(self, start: str, known: Iterable[tuple[Anchor, int]]) -> None:
        self._queries: dict[str, set[int]] = {}
        self._joints = {anchor.letters[:at] for anchor, _ in known for at in anchor.joints}
        for anchor, n in known:
            self._queries.setdefault(anchor.letters, set()).add(n)
        self._groups: list[set[int]] = [set()]
        self._pattern = re.compile(f"{start}(?={self._after('', list(self._queries))})")

    def found(self, letters: str) -> set[int]:
        """Return the numbers of the queries whose anchors a text has."""
        groups = {match.lastindex or 0 for match in self._pattern.finditer(letters)}
        return set().union(*(self._groups[group] for group in groups))

    def _after(self, begun: str, anchors: Sequence[str]) -> str:
        """Return the pattern of what may follow the letters that have begun all these anchors."""
        if begun in self._queries:
            self._groups.append(set().union(*(self._queries[each] for each in anchors)))
            return "()"
        firsts: dict[str, list[str]] = {}
        for anchor in anchors:
            firsts.setdefault(anchor[: len(begun) + 1], []).append(anchor)
        ways = "|".join(f"{re.escape(longer[-1])}{self._after(longer, some)}" for longer, some in firsts.items())
        return f"{_SIGNS if begun in self._joints else ''}(?:{ways})"
