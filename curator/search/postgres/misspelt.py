"""Misspelt words: the distance of one word to very many, in one pass over all of them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

MOST: Final = 50  # words that one may be a misspelling of


def nearest(word: str, words: Sequence[str], edits: int) -> list[tuple[str, int]]:
    """Return the words that differ from `word` by 1 to `edits` letters, with that number, the nearest first, at most MOST.

    A letter more, less or another counts one, as do two that changed places (optimal string alignment).
    """
    if not words:
        return []
    found = distances(word, words)
    near = [(each, int(distance)) for each, distance in zip(words, found, strict=True) if 0 < distance <= edits]
    return sorted(near, key=lambda hit: (hit[1], hit[0]))[:MOST]


def distances(word: str, words: Sequence[str]) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    """Return the optimal string alignment distance of a word to each of the words, shape (words,)."""
    longest = max(map(len, words))
    letters = np.zeros((longest, len(words)), np.uint32)
    for n, each in enumerate(words):
        letters[: len(each), n] = np.frombuffer(each.encode("utf-32-le"), np.uint32)
    codes = [ord(letter) for letter in word]
    table = np.zeros((len(codes) + 1, longest + 1, len(words)), np.int16)
    table[:, 0], table[0] = np.arange(len(codes) + 1)[:, None], np.arange(longest + 1)[:, None]
    for i, code in enumerate(codes, 1):
        for j in range(1, longest + 1):
            other = letters[j - 1] != code
            best = np.minimum(np.minimum(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + other)
            if i > 1 and j > 1:
                swapped = (letters[j - 2] == code) & (letters[j - 1] == codes[i - 2])
                best = np.where(swapped, np.minimum(best, table[i - 2, j - 2] + 1), best)
            table[i, j] = best
    return table[len(codes), [len(each) for each in words], np.arange(len(words))]
