"""The words of an item on Postgres: one tsvector with everything that search asks of it.

    'kopi':1A      a word of the title; of the text with C        '~tani':2B     its stem; of the text with D
    '^alquran':9A  a word around a joined one; of the text C      '=feed:kompas':5, '=lang:id', '#BRAND'

A word has no sign before it, so that no beginning of a word finds anything else. The parts of an item lie so far apart in the
tsvector that neither a phrase nor NEAR goes from one to the next. Every lexeme that could be of another brand is only looked for
together with that of the own brand: row security decides what is shown, the lexeme keeps the other brands' matches from being
read.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

from curator.core.text.language import primary
from curator.core.text.query import FURTHEST
from curator.core.text.urls import domain
from curator.search.index import analysis
from curator.search.index.compiler import EXACT, FORM
from curator.search.index.protocols import TOPICAL, IndexEntry

GAP: Final = FURTHEST + 2  # between the parts of an item
LAST: Final = 16_383  # a tsvector counts no further
MOST_PLACES: Final = 255  # of one lexeme that a tsvector keeps
LONGEST: Final = 900_000  # bytes of the lexemes of an item; a tsvector takes a mebibyte
LONGEST_LEXEME: Final = 500  # characters
_SIGNS: Final = {"title": "", "text": "", "title_joined": "^", "text_joined": "^"}
LABELS: Final = {"title": "A", "text": "C", "title_joined": "A", "text_joined": "C"}
STEM_LABELS: Final = {"title": "B", "text": "D"}
_HEAVIEST: Final = max(EXACT.values())
# Of the labels D, C, B, A, as ts_rank takes them: in 0...1.
WEIGHTS: Final = [weight / _HEAVIEST for weight in (FORM["text"], EXACT["text"], FORM["title"], EXACT["title"])]


def quoted(lexeme: str) -> str:
    """Return a lexeme as a tsvector or tsquery is written. Longer ones than Postgres takes are cut, in both alike."""
    safe = lexeme.encode("utf-8", "replace").decode().replace("\0", "")[:LONGEST_LEXEME]
    return "'" + safe.replace("\\", "\\\\").replace("'", "''") + "'"


def sign(field: str) -> str:
    """Return what stands before the lexemes of a field."""
    return _SIGNS.get(field, f"={field}:")


def of_brand(brand: str) -> str:
    """Return the lexeme that all items of a brand have."""
    return f"'#{blake2b(brand.encode(), digest_size=8).hexdigest()}'"


def tsvector(entry: IndexEntry, brand: str) -> str:
    """Return the tsvector of an item in the syntax of Postgres.

    Places beyond those that a tsvector counts are left out, so that phrases are not found there; so are lexemes beyond its size.
    """
    item, body = entry.item, entry.text or entry.item.summary
    lang, vector = item.lang.casefold(), _Places()
    values = {f"=lang:{lang}", f"=lang:{primary(lang)}", f"=status:{item.status}", *(f"=tag:{tag.casefold()}" for tag in item.tags)}
    vector.add_values(values)
    topics = [fit.topic for fit in entry.fits if fit.fit >= TOPICAL]
    for field, text in (("feed", f"{item.source.title} {domain(item.url)} {item.source.feed}"), *(("topic", topic) for topic in topics)):
        vector.add(analysis.tokens(text), sign(field))
    for field, text in (("title", item.title), ("text", body)):
        vector.add_text(field, text, lang)
        vector.add(analysis.around_joined(text), sign(f"{field}_joined"), LABELS[field])
    return f"{of_brand(brand)} {vector.written()}"


class _Places:
    """The places of each lexeme, in the order in which they are added."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._next = 1
        self._size = 0

    def add_values(self, lexemes: Iterable[str]) -> None:
        for lexeme in lexemes:
            self._of(lexeme)

    def add(self, words: Sequence[str], before: str, label: str = "") -> None:
        """Add words one after another; BREAK takes a place and is no lexeme."""
        for place, word in enumerate(words, self._next):
            if word != analysis.BREAK:
                self._put(f"{before}{word}", place, label)
        self._next += len(words) + GAP

    def add_text(self, field: str, text: str, lang: str) -> None:
        """Add the words of a text with their stems in the same places, and the stems of joined words behind them."""
        words = analysis.tokens(text)
        start, stems = self._next, analysis.stems([*words, *analysis.compounds(text)], lang)
        for place, stem in enumerate(stems, start):
            self._put(f"~{stem}", min(place, start + len(words)), STEM_LABELS[field])
        self.add(words, "", LABELS[field])

    def written(self) -> str:
        found = ((quoted(lexeme), places) for lexeme, places in self._places.items())
        return " ".join(f"{name}:{','.join(places)}" if places else name for name, places in found)

    def _put(self, lexeme: str, place: int, label: str) -> None:
        places = self._of(lexeme)
        if place <= LAST and len(places) < MOST_PLACES and self._size <= LONGEST:
            places.append(f"{place}{label}")
            self._size += 2

    def _of(self, lexeme: str) -> list[str]:
        """Return the places of a lexeme; a list that nobody keeps where there is no room for another lexeme."""
        found = self._places.get(lexeme)
        if found is None:
            found = []
            self._size += len(quoted(lexeme).encode()) + 8
            if self._size <= LONGEST:
                self._places[lexeme] = found
        return found
