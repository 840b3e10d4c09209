"""From thousands of new articles to the few that fit the brand: feeds in, a reading list with reasons out.

from curator import Library

with Library.open("kopi-senja") as desk:
    report = desk.run()
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.library import Library

__all__ = ["Library"]


def __getattr__(name: str) -> Any:
    """`Library` without its imports until it is wanted: `curator --help` pays for none of them."""
    if name != "Library":
        raise AttributeError(name)
    from curator.library import Library

    return Library
