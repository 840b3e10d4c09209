"""The words of an index on Postgres: a tsvector for each item, ranked by ts_rank with the weights of the index in files."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import msgspec

from curator.core.item import Item
from curator.core.story import Fit
from curator.core.text.query import Node
from curator.search.index.compiler import SHORTEST_TYPO, Compiler, Condition, Span
from curator.search.index.protocols import FulltextResult, IndexEntry
from curator.search.postgres import lexemes
from curator.search.postgres.forms import TsForms
from curator.search.postgres.session import Session
from curator.storage.postgres.database import Rows

RANKED: Final = 1_000  # of more items that match, the newest are ranked: the tsvector of each has to be read
PORTION: Final = 250  # items that are written at a time
_LATEST: Final = 2**62  # seconds

_DECODE = msgspec.json.Decoder(tuple[Item, tuple[Fit, ...]]).decode
_FOUND = (
    "WITH found AS MATERIALIZED (SELECT id, published, words FROM curator.search_items "
    "WHERE words @@ %(query)s::tsquery AND published >= %(since)s AND published < %(until)s), "
)
_AMONG = (
    "SELECT id FROM curator.search_items "
    "WHERE id = ANY(%(ids)s) AND words @@ %(query)s::tsquery AND published >= %(since)s AND published < %(until)s"
)
_NEWEST = "best AS (SELECT id FROM found ORDER BY published DESC, id LIMIT %(limit)s) "
_BEST = (
    "newest AS (SELECT * FROM found ORDER BY published DESC, id LIMIT %(ranked)s), best AS (SELECT id FROM newest "
    "ORDER BY ts_rank(%(weights)s::real[], words, %(ranking)s::tsquery, 1) DESC, published DESC, id LIMIT %(limit)s) "
)
_RESULT = "SELECT (SELECT count(*) FROM found), ARRAY(SELECT id FROM best)"
_PUT = (
    "INSERT INTO curator.search_items (id, published, words, card) "
    "SELECT id, published, words::tsvector, card "
    "FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::bytea[]) AS new (id, published, words, card) "
    "ON CONFLICT (brand, id) DO UPDATE SET published = excluded.published, words = excluded.words, card = excluded.card"
)
_LEARN = (
    "INSERT INTO curator.search_lexicon (word) SELECT DISTINCT lexeme FROM curator.search_items, unnest(words) "
    "WHERE id = ANY(%s) AND length(lexeme) >= %s AND lexeme !~ '^[~^=#]' ON CONFLICT DO NOTHING"
)


class PostgresWords:
    """The words of one brand's items, with the items as they are shown."""

    def __init__(self, session: Session, languages: Sequence[str]) -> None:
        """Connect to nothing; words of queries are stemmed in each of `languages`."""
        self._session, self._languages = session, languages

    @contextmanager
    def writing(self) -> "Iterator[PostgresWriter]":
        """Yield a writer. What it puts and drops takes effect when the block, or the update it belongs to, ends."""
        with self._session.rows() as db:
            writer = PostgresWriter(db, self._session.database.address.brand)
            yield writer
            writer.flush()

    def find(
        self, query: Node | None, conditions: Sequence[Condition], limit: int, *, loose: bool = False, newest: bool = False
    ) -> FulltextResult:
        """Return the items that match the query and every condition, best first, or the newest first.

        `loose` tolerates misspelt words, and long queries of which some words are missing.
        """
        with self._session.rows() as db:
            asked = self._asked(db, query, conditions, loose=loose)
            order = _BEST if asked["ranking"] and not newest else _NEWEST
            more = {"limit": limit, "ranked": max(RANKED, limit), "weights": lexemes.WEIGHTS}
            row = db.execute(_FOUND + order + _RESULT, {**asked, **more}).fetchone()
        total, ids = row or (0, [])
        return FulltextResult(total=total, ids=tuple(ids))

    def among(self, ids: Sequence[str], conditions: Sequence[Condition]) -> set[str]:
        """Return those of the ids that satisfy every condition."""
        with self._session.rows() as db:
            asked = self._asked(db, None, conditions)
            return {id_ for (id_,) in db.execute(_AMONG, {**asked, "ids": list(ids)})}

    def ids_beginning(self, prefix: str, limit: int) -> list[str]:
        """Return ids that begin with `prefix`, in order, at most `limit`."""
        safe = prefix.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
        with self._session.rows() as db:
            found = db.execute("SELECT id FROM curator.search_items WHERE starts_with(id, %s) ORDER BY id LIMIT %s", (safe, limit))
            return [id_ for (id_,) in found]

    def cards(self, ids: Iterable[str]) -> dict[str, tuple[Item, tuple[Fit, ...]]]:
        """Return items as they were put, with their fits, by id."""
        with self._session.rows() as db:
            found = db.execute("SELECT id, card FROM curator.search_items WHERE id = ANY(%s)", (list(ids),), binary=True)
            return {id_: _DECODE(card) for id_, card in found}

    def count(self) -> int:
        """Return the number of items in the index."""
        with self._session.rows() as db:
            row = db.execute("SELECT count(*) FROM curator.search_items").fetchone()
        return int(row[0]) if row else 0

    def _asked(self, db: Rows, query: Node | None, conditions: Sequence[Condition], *, loose: bool = False) -> dict[str, Any]:
        """Return the parameters of a search: one tsquery for everything but the time, and what ranks the items."""
        forms = TsForms(cache(lambda word, edits: _similar(db, word, edits)))  # each field asks for the same words
        compiler = Compiler(forms, self._languages, loose=loose)
        spans = [each for each in conditions if isinstance(each, Span)]
        parts = [form for each in conditions if not isinstance(each, Span) and (form := compiler.condition(each)) is not None]
        parts += [compiler.node(query) or forms.nothing()] if query else []
        own = lexemes.of_brand(self._session.database.address.brand)
        return {
            "query": " & ".join([own, *(part.written() for part in parts)]),
            "ranking": " | ".join(part.ranking() for part in parts if part.lexemes),
            "since": max((int(span.since.timestamp()) for span in spans if span.since), default=-_LATEST),
            "until": min((int(span.until.timestamp()) for span in spans if span.until), default=_LATEST),
        }


class PostgresWriter:
    """Writer of one transaction."""

    def __init__(self, db: Rows, brand: str) -> None:
        """Write for a brand in the transaction of `db`."""
        self._db, self._brand = db, brand
        self._entries: dict[str, IndexEntry] = {}
        self._gone: set[str] = set()

    def drop(self, id_: str) -> None:
        """Remove an item, if it is there."""
        self._entries.pop(id_, None)
        self._gone.add(id_)

    def put(self, entry: IndexEntry) -> None:
        """Put an item in the place of the one with the same id."""
        self._gone.discard(entry.item.id)
        self._entries[entry.item.id] = entry
        if len(self._entries) >= PORTION:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if self._gone:
            self._db.execute("DELETE FROM curator.search_items WHERE id = ANY(%s)", (list(self._gone),))
        if ids := list(self._entries):
            entries = self._entries.values()
            published = [int(entry.item.published.timestamp()) for entry in entries]
            vectors = [lexemes.tsvector(entry, self._brand) for entry in entries]
            self._db.execute(_PUT, (ids, published, vectors, [msgspec.json.encode((each.item, each.fits)) for each in entries]))
            self._db.execute(_LEARN, (ids, SHORTEST_TYPO - 1))
        self._entries, self._gone = {}, set()


def _similar(db: Rows, word: str, edits: int) -> list[tuple[str, int]]:
    """Return the words of the library that differ from a word by at most `edits` letters, with their number, the nearest first."""
    from curator.search.postgres.misspelt import nearest

    between = (len(word) - edits, len(word) + edits)
    words = [each for (each,) in db.execute("SELECT word FROM curator.search_lexicon WHERE length(word) BETWEEN %s AND %s", between)]
    return nearest(word, words, edits)
