"""Suggestions for misspelled names: "did you mean …?"."""

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known name that is most similar to `name`, or "" when none has a similarity of `cutoff` (0…1)."""
    return next(iter(get_close_matches(name, known, 1, cutoff)), "")
