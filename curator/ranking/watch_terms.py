"""Listening: where the watch terms of a brand are said, and whether it is likely the brand that is meant."""

from typing import TYPE_CHECKING

from msgspec import Struct

from curator.core.brand import Watch
from curator.core.item import Item
from curator.core.text import query
from curator.core.text.plain import contains, fold, sentences

if TYPE_CHECKING:
    from curator.core.protocols import Matrix


class WatchHit(Struct, frozen=True, kw_only=True):
    """A watch term said in an item: the sentence that says it, or the title."""

    watch: Watch
    item: Item
    sentence: str


def hits(watches: tuple[Watch, ...], item: Item, text: str) -> list[WatchHit]:
    """At most one hit per watch term: the first sentence that says one of its names, when the whole item satisfies the query."""
    found = []
    for watch in watches:
        node = query.parse(watch.query)
        whole = fold(f"{item.title}\n{text}")
        if query.matches(node, lambda term: contains(whole, term.text)):  # noqa: B023 - called before the loop moves on
            found.append(WatchHit(watch=watch, item=item, sentence=_saying(node, item, text)))
    return found


def certain(sentence: "Matrix", like: "Matrix", unlike: "Matrix") -> bool:
    """Whether a sentence is nearer to the contexts that are us than to those that are not; all are unit vectors, (n, dim)."""
    if not len(unlike):
        return True
    nearest_unlike = float((sentence @ unlike.T).max())
    return bool(len(like)) and float((sentence @ like.T).max()) > nearest_unlike


def _saying(node: query.Node, item: Item, text: str) -> str:
    names = [term.text for term in query.wanted(node)]
    said = (s for s in sentences(text, item.lang) if any(contains(fold(s), name) for name in names))
    return next(said, item.title)
