"""Watch terms: find items that say the names a brand watches, and whether a sentence is likely to mean the brand."""

from typing import TYPE_CHECKING

from msgspec import Struct

from curator.core.brand import Watch
from curator.core.item import Item
from curator.core.text import query
from curator.core.text.plain import contains, fold, sentences

if TYPE_CHECKING:
    from curator.core.protocols import Matrix


class WatchHit(Struct, frozen=True, kw_only=True):
    """A watch term found in an item, with the sentence that says it, or the title."""

    watch: Watch
    item: Item
    sentence: str


def hits(watches: tuple[Watch, ...], item: Item, text: str) -> list[WatchHit]:
    """Return a hit for every watch term whose query the item satisfies.

    The sentence of a hit is the first that says one of the names of the query.
    """
    found = []
    for watch in watches:
        node = query.parse(watch.query)
        folded = fold(f"{item.title}\n{text}")
        if query.matches(node, lambda term: contains(folded, term.text)):  # noqa: B023 - called before the loop moves on
            found.append(WatchHit(watch=watch, item=item, sentence=_sentence(node, item, text)))
    return found


def certain(sentence: "Matrix", like: "Matrix", unlike: "Matrix") -> bool:
    """Return whether a sentence is nearer to the contexts that mean the brand than to those that do not.

    All three hold unit vectors: `sentence` shape (1, dim), `like` and `unlike` shape (contexts, dim). Without `unlike` every
    sentence is certain, with `unlike` and no `like` none is.
    """
    if not len(unlike):
        return True
    nearest_unlike = float((sentence @ unlike.T).max())
    return bool(len(like)) and float((sentence @ like.T).max()) > nearest_unlike


def _sentence(node: query.Node, item: Item, text: str) -> str:
    names = [term.text for term in query.wanted(node)]
    saying = (s for s in sentences(text, item.lang) if any(contains(fold(s), name) for name in names))
    return next(saying, item.title)
