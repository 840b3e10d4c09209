"""Key phrases: words and pairs of words that some texts share and others hardly contain, in any language with spaces."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log
from typing import Final

from curator.core.text.language import is_small
from curator.core.text.plain import fold

FEWEST: Final = 2  # texts that share two words; one word needs one text more
PART: Final = 3  # and one in so many of them all
RARER: Final = 5  # times rarer it is elsewhere
MOST: Final = 5  # phrases worth telling
ENOUGH: Final = 2000  # of the other texts tell what is rare
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SHORT: Final = 3  # letters; shorter words tell little


def shared(some: Sequence[str], rest: Sequence[str], *, without: Iterable[str] = ()) -> list[str]:
    """Return the most distinctive phrases of `some` texts against the `rest`, best first and folded.

    Phrases of the texts in `without` are left out.
    """
    rest = rest[:: max(1, len(rest) // ENOUGH)]
    here = Counter(phrase for text in some for phrase in within(text))
    held = {phrase for text in without for phrase in within(text)}
    common = {phrase for phrase, n in here.items() if n >= max(FEWEST + (" " not in phrase), len(some) / PART)} - held
    there = Counter(phrase for text in rest for phrase in common & within(text)) if common else Counter[str]()
    shares = {phrase: (here[phrase] / len(some), (there[phrase] + 0.5) / (len(rest) + 1)) for phrase in common}
    telling = {phrase: a * log(a / b) for phrase, (a, b) in shares.items() if a >= RARER * b}
    return apart(sorted(telling, key=lambda phrase: (-telling[phrase], -len(phrase), phrase)))[:MOST]


def within(text: str) -> set[str]:
    """Return the words of a text that tell something, and the pairs of them that stand side by side, folded."""
    words = ["" if len(word) < _SHORT or is_small(word) else word for word in _WORD.findall(fold(text))]
    return {word for word in words if word} | {f"{a} {b}" for a, b in pairwise(words) if a and b}


def apart(phrases: Iterable[str]) -> list[str]:
    """Return the phrases that share no word with an earlier one."""
    said, chosen = set[str](), list[str]()
    for phrase in phrases:
        if not said & set(phrase.split()):
            chosen.append(phrase)
            said |= set(phrase.split())
    return chosen
