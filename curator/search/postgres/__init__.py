"""The search index of a library on Postgres, in tables beside it: every machine that works with the brand has the same one.

A reader sees a whole index or the whole one before it, for an update is one transaction, and so is a search.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from curator.search.index.manifest import SCHEMA, IndexManifest, LibraryState
from curator.search.postgres.session import Session
from curator.search.postgres.words import PostgresWords
from curator.storage.postgres.locks import Locks

if TYPE_CHECKING:
    from curator.search.postgres.vectors import PostgresVectorIndex
    from curator.storage.postgres.address import Address

_PUT = (
    "INSERT INTO curator.search_manifest (manifest, fingerprints) VALUES (%s, %s) "
    "ON CONFLICT (brand) DO UPDATE SET manifest = excluded.manifest, fingerprints = excluded.fingerprints"
)
_TABLES = ("manifest", "items", "lexicon", "vectors")


class PostgresIndex:
    """The index of one brand. Every method raises StoreError where the database cannot be used."""

    def __init__(self, address: "Address", languages: Sequence[str] = ("id", "en")) -> None:
        """Connect to nothing; words of queries are stemmed in each of `languages`."""
        self.address, self._languages = address, languages
        self._session = Session(address)
        self._locks = Locks(self._session.database)

    @cached_property
    def fulltext(self) -> PostgresWords:
        """Index of the words."""
        return PostgresWords(self._session, self._languages)

    @cached_property
    def vectors(self) -> "PostgresVectorIndex":
        """Index of the vectors."""
        from curator.search.postgres.vectors import PostgresVectorIndex

        return PostgresVectorIndex(self._session)

    def manifest(self) -> IndexManifest | None:
        """Return the manifest, None where there is no index, or one of another schema."""
        with self._session.rows() as db:
            row = db.execute("SELECT manifest FROM curator.search_manifest").fetchone()
        found = msgspec.json.decode(row[0], type=IndexManifest) if row else None
        return found if found and found.schema == SCHEMA else None

    def fingerprints(self) -> dict[str, dict[str, str]]:
        """Return the fingerprint of every item in the index, by month and id."""
        with self._session.rows() as db:
            row = db.execute("SELECT fingerprints FROM curator.search_manifest").fetchone()
        return msgspec.json.decode(row[0], type=dict[str, dict[str, str]]) if row else {}

    def exists(self) -> bool:
        """Return whether there is an index, complete or not."""
        with self._session.rows() as db:
            return db.execute("SELECT FROM curator.search_manifest").fetchone() is not None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let everything that the block reads be of one state of the index, whoever updates it meanwhile."""
        with self._session.snapshot():
            yield

    @contextmanager
    def updating(self, patience: float) -> Iterator[IndexManifest]:
        """Lock the index against other writers for one transaction, and yield its manifest; an empty one where there is none.

        Raises Locked after `patience` seconds.
        """
        busy = "another command is updating the search index"
        with self._locks.held("index", busy, patience) as connection, self._session.on(connection):
            yield self.manifest() or self.clear()

    def clear(self) -> IndexManifest:
        """Delete everything, and return an empty manifest."""
        from psycopg.sql import SQL, Identifier

        with self._session.rows() as db:
            for table in _TABLES:
                db.execute(SQL("DELETE FROM curator.{}").format(Identifier(f"search_{table}")))
        return IndexManifest()

    def commit(self, state: LibraryState, fitted: str, fingerprints: Mapping[str, Mapping[str, str]], generation: int) -> None:
        """Keep what the index was made of."""
        made = IndexManifest(schema=SCHEMA, generation=generation, state=state, fitted=fitted)
        with self._session.rows() as db:
            db.execute(_PUT, (msgspec.json.encode(made), msgspec.json.encode(fingerprints)))
