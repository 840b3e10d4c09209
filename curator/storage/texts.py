"""The words of the articles: bulk beside the records, in one sqlite file that is read by id and written in one go.

Rows lie in the order they came, not by id: 300 new texts beside 100,000 old ones take 30 ms instead of 150 ms.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from curator.storage import disk

VERSION = 1
_TABLES = "CREATE TABLE texts (id TEXT PRIMARY KEY, text TEXT NOT NULL)"
_PUT = "INSERT INTO texts VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text WHERE text <> excluded.text"
_AT_ONCE = 5_000  # sqlite takes 32,766 variables in one statement


class Texts:
    """Texts by item id. Raises StoreError, Damaged and Newer as the records do; reading creates nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, ids: Iterable[str]) -> dict[str, str]:
        """The texts that are there, in the order asked for."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, str] = dict(self._select("id, text", wanted))
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def missing(self, ids: Iterable[str]) -> set[str]:
        wanted = set(ids)
        return wanted - {row[0] for row in self._select("id", wanted)}

    def put(self, texts: Mapping[str, str]) -> None:
        """All of them or none; they replace those of the same id."""
        self._write(texts.items())

    def drop(self, ids: Iterable[str]) -> int:
        """Those texts go, all of them or none; how many there were."""
        if not disk.exists(self.path):
            return 0
        with disk.database(self.path, VERSION) as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("DELETE FROM texts WHERE id = ?", ((id_,) for id_ in ids))
            db.execute("COMMIT")
            return db.total_changes

    def check(self) -> None:
        """Raises Damaged when a page or row of the file cannot be."""
        if disk.exists(self.path):
            disk.quick_check(self.path, VERSION)

    def salvage(self, ids: Iterable[str]) -> int:
        """Sets a damaged file aside and keeps every row of it that can still be read; how many those are.

        `ids` are those to ask for one by one, where neither end of the table leads to them.
        """
        rescue = Texts(self.path.with_name(f"{self.path.name}.rescued.new"))
        with disk.on_disk(self.path):
            rescue.path.unlink(missing_ok=True)
            kept = rescue._write(self._readable(ids))
            disk.set_aside(self.path)
            disk.put_database(rescue.path, self.path)
        return kept

    def _write(self, rows: Iterable[tuple[str, str]]) -> int:
        if not disk.exists(self.path):
            with disk.on_disk(self.path):
                disk.drop_journal(self.path)
            disk.make_database(self.path, _TABLES, VERSION)
        with disk.database(self.path, VERSION) as db:
            db.execute("PRAGMA synchronous = EXTRA")  # the records that follow rely on the end of the journal being on disk
            db.execute("BEGIN IMMEDIATE")
            db.executemany(_PUT, rows)
            db.execute("COMMIT")
            return db.total_changes

    def _readable(self, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        with closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            db.execute("PRAGMA writable_schema = ON")  # else sqlite reads nothing of a file that is shorter than it says
            for ends in ("SELECT id, text FROM texts ORDER BY rowid", "SELECT id, text FROM texts ORDER BY rowid DESC"):
                yield from _unseen(seen, _try(db, ends))
            for id_ in ids:
                if id_ not in seen:
                    yield from _unseen(seen, _try(db, "SELECT id, text FROM texts WHERE id = ?", id_))

    def _select(self, columns: str, ids: Iterable[str]) -> Iterator[Any]:
        if not disk.exists(self.path):
            return
        left = iter(ids)
        with disk.database(self.path, VERSION) as db:
            while some := list(islice(left, _AT_ONCE)):
                marks = ",".join("?" * len(some))
                yield from db.execute(f"SELECT {columns} FROM texts WHERE id IN ({marks})", some)  # noqa: S608 - no foreign text


def _try(db: sqlite3.Connection, query: str, *values: str) -> Iterator[tuple[object, ...]]:
    """The rows of a damaged file up to the first that cannot be read."""
    with suppress(sqlite3.DatabaseError):
        yield from db.execute(query, values)


def _unseen(seen: set[str], rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, str]]:
    for id_, text in rows:
        if isinstance(id_, str) and isinstance(text, str) and id_ not in seen:
            seen.add(id_)
            yield id_, text
