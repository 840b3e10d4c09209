"""The passages of an item: what is embedded of its title and text."""

from typing import Final

from curator.core.item import Item
from curator.core.text.plain import fold

# Characters of an item that are embedded at once. Longer passages rank no better: on articles of 700 to 2,000 characters
# nDCG@10 is .497 at 500, .496 at 700, .485 at 1,000 and .477 for whole texts. Some texts come to their point late: see HOPE.
READ: Final = 800
PASSAGES: Final = 5  # a text in doubt is read to so many passages at most


def passages(item: Item, text: str) -> tuple[str, ...]:
    """Return the passages of an item: its title and text, or its summary where it has no text, cut every READ characters."""
    return (first_passage(item, text), *later_passages(item, text))


def first_passage(item: Item, text: str) -> str:
    """Return the first READ characters of an item's title and text."""
    return _wording(item, text)[:READ].strip()


def later_passages(item: Item, text: str) -> tuple[str, ...]:
    """Return the passages after the first, PASSAGES - 1 at most. A remainder shorter than a quarter passage is dropped."""
    wording = _wording(item, text)
    cut = (wording[n * READ : (n + 1) * READ].strip() for n in range(1, PASSAGES))
    return tuple(passage for passage in cut if len(passage) >= READ // 4)


def folded(item: Item, text: str) -> str:
    """Return all that an item says, folded for comparing with phrases."""
    return fold(f"{item.title}\n{item.summary}\n{text}")


def _wording(item: Item, text: str) -> str:
    body = text or item.summary
    return body if fold(body[: 2 * len(item.title)]).startswith(fold(item.title)) else f"{item.title}\n{body}"
