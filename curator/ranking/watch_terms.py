"""Watch terms: find items that say the names a brand watches, and whether a sentence is likely to mean the brand."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from curator.core.brand import Watch
from curator.core.item import Item
from curator.core.text.matching import Matchers, MatchText, folded, matcher
from curator.core.text.plain import bare_letters, line, sentences
from curator.core.text.urls import domain

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

LONGEST: Final = 600  # characters of a sentence that is quoted
# Measured with tests/quality/test_mentions_quality.py: what capital letters add to a cosine; the cosine to what is not meant from
# which on a sentence is doubted where no context says what is meant; the share of capitalised words that makes a headline.
CAPITALS: Final = 0.1
NEAR: Final = 0.3
MOSTLY: Final = 0.6
_SIGNED: Final = re.compile(r"^[@#]|\w[-_’']\w|[a-z][A-Z]")
_DOMAIN: Final = re.compile(r"\.[a-z]{2,}\b")
_BEGIN: Final = re.compile(r"(?:.*[.!?:…])?\W*", re.S)


class WatchHit(Struct, frozen=True, kw_only=True):
    """A watch term found in an item, with the sentence that says it, or the title."""

    watch: Watch
    item: Item
    sentence: str


class WatchList:
    """The watch terms of a brand, ready to be looked for in many items."""

    def __init__(self, watches: Iterable[Watch]) -> None:
        """Prepare the queries. Raises QueryError."""
        self.watches = tuple(watches)
        self._matchers = Matchers(watch.query for watch in self.watches)

    def hits(self, item: Item, text: str) -> list[WatchHit]:
        """Return a hit for every term whose query is true of the item: of its title, its summary and its `text`.

        The sentence of a hit is the first that says one of the names of the query.
        """
        body = f"{text}\n{item.summary}" if text and text != item.summary else item.summary
        possible = self._matchers.possible(f"{item.title}\n{body}") if self.watches else []
        said = match_text(item, body) if possible else None
        some = [self.watches[n] for n in possible if said and self._matchers.each[n].matches(said)]
        return [WatchHit(watch=watch, item=item, sentence=quoted(watch.query, item, body)) for watch in some]


def match_text(item: Item, body: str) -> MatchText:
    """Return an item as queries are matched against it, with `body` as its text."""
    feed = f"{item.source.title} {domain(item.url)} {item.source.feed}"
    return MatchText(title=folded(item.title), body=folded(body), feed=folded(feed), lang=item.lang)


def quoted(query: str, item: Item, text: str) -> str:
    """Return the sentence of a text that says most of the names of a query, the first of several, or its paragraph.

    The title where no sentence says one.
    """
    names = matcher(query)
    said = [paragraph for paragraph in text.split("\n") if names.says(folded(paragraph))]
    rows = [row for paragraph in said for row in sentences(paragraph, item.lang) if names.says(folded(row))]
    return line(max(rows or said, key=lambda row: names.told(folded(row)), default=item.title), LONGEST)


def written_as_name(query: str, sentence: str) -> float:
    """Return how the names of a query are written in a sentence.

    1 where a sign tells that it is a name: #KopiSenja, @kopisenja, Kopi-Senja, kopisenja.id. CAPITALS where only the name has capital
    letters among words that have none, -CAPITALS where it has none, and 0 where its letters tell nothing.
    """
    text = " ".join(bare_letters(sentence[:LONGEST]).split())
    values = [_written(text, *found.span()) for found in matcher(query).written(text)]
    return max(values, default=0.0)


def certain(sentence: "Matrix", like: "Matrix", unlike: "Matrix", written: float = 0.0) -> bool:
    """Return whether a sentence is nearer to the contexts that mean the brand than to those that do not.

    All three hold unit vectors: `sentence` shape (1, dim), `like` and `unlike` shape (contexts, dim). `written`: as
    `written_as_name` returns it. Without `unlike` every sentence is certain, without `like` each that is not NEAR to `unlike`.
    """
    if not len(unlike) or written == 1:
        return True
    nearest = float((sentence @ like.T).max()) if len(like) else NEAR
    return nearest + written > float((sentence @ unlike.T).max())


def _written(text: str, start: int, end: int) -> float:
    name, around = text[start:end], f"{text[:start]} {text[end:]}"
    words = re.findall(r"\w+", name)
    if _SIGNED.search(name) or _DOMAIN.match(text, end) or text[:start].endswith(("@", "#", "://")):
        return 1.0
    if name.lower() == name.upper() or _capitals(around) > MOSTLY or not around.strip():
        return 0.0
    if not all(word[0].isupper() or word[0].isdigit() for word in words):
        return -CAPITALS
    return 0.0 if len(words) == 1 and _BEGIN.fullmatch(text, 0, start) else CAPITALS


def _capitals(text: str) -> float:
    """Return the share of words of four letters or more that begin with a capital letter."""
    words = re.findall(r"[^\W\d_]{4,}", text)
    return sum(word[0].isupper() for word in words) / len(words) if words else 0.0
