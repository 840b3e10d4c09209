"""The texts of the articles, by item id, in one sqlite file beside the records.

Rows lie in the order they came and not by id: 300 new texts beside 100,000 old ones take 30 ms instead of 150 ms.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

from curator.storage import disk
from curator.storage.sqlite_map import SqliteMap, Table

_TABLE = Table(name="texts", key="id", value="text", schema="CREATE TABLE texts (id TEXT PRIMARY KEY, text TEXT NOT NULL)")


class Texts:
    """Texts by item id. Reading creates nothing. Methods raise StoreError, Damaged and Newer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._map = SqliteMap(path, _TABLE)

    def get(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the texts that are kept, in the order of `ids`."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, str] = dict(self._map.get(wanted))
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def missing(self, ids: Iterable[str]) -> set[str]:
        """Return those ids that have no text."""
        wanted = set(ids)
        return wanted - self._map.known(wanted)

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep all texts or none; they replace those of the same id."""
        self._map.put(texts.items())

    def drop(self, ids: Iterable[str]) -> int:
        """Remove all those texts or none. Returns how many there were."""
        return self._map.drop(ids)

    def check(self) -> None:
        """Raise Damaged when a page or row of the file cannot be read."""
        self._map.check()

    def salvage(self, ids: Iterable[str]) -> int:
        """Set a damaged file aside and keep every row of it that can be read. Returns how many those are.

        `ids` are asked for one by one where reading the table from both ends does not reach them.
        """
        rescued = SqliteMap(self.path.with_name(f"{self.path.name}.rescued.new"), _TABLE)
        rescued.remove()
        kept = rescued.put(self._readable(ids))
        with disk.on_disk(self.path):
            disk.set_aside(self.path)
            disk.put_database(rescued.path, self.path)
        return kept

    def _readable(self, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        with closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            db.execute("PRAGMA writable_schema = ON")  # else sqlite reads nothing of a file that is shorter than it says
            for from_one_end in ("SELECT id, text FROM texts ORDER BY rowid", "SELECT id, text FROM texts ORDER BY rowid DESC"):
                yield from _unseen(seen, _try(db, from_one_end))
            for id_ in ids:
                if id_ not in seen:
                    yield from _unseen(seen, _try(db, "SELECT id, text FROM texts WHERE id = ?", id_))


def _try(db: sqlite3.Connection, query: str, *values: str) -> Iterator[tuple[object, ...]]:
    """Yield the rows of a damaged file up to the first that cannot be read."""
    with suppress(sqlite3.DatabaseError):
        yield from db.execute(query, values)


def _unseen(seen: set[str], rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, str]]:
    """Yield the rows whose id is new, and add it to `seen`."""
    for id_, text in rows:
        if isinstance(id_, str) and isinstance(text, str) and id_ not in seen:
            seen.add(id_)
            yield id_, text
