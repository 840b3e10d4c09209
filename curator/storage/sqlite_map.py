"""A map from keys to values in one sqlite file: texts, vectors and tombstones are kept in such maps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from curator.storage import disk

VERSION = 1
_AT_ONCE = 5_000  # sqlite takes 32,766 variables in one statement


@dataclass(frozen=True, kw_only=True)
class Table:
    """Names and sqlite types of the one table of a map; `schema` has the statements that create it."""

    name: str
    key: str
    value: str
    schema: str


class SqliteMap:
    """Keys and values of one sqlite file. Reading creates nothing. Methods raise StoreError, Damaged and Newer."""

    def __init__(self, path: Path, table: Table) -> None:
        """Open nothing: each call opens the file for a moment."""
        self.path, self.table = path, table

    def get(self, keys: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
        """Yield key and value of the keys that are kept, in no order."""
        return self.rows(f"{self.table.key}, {self.table.value}", self.table.key, keys)

    def known(self, keys: Iterable[Any]) -> set[Any]:
        """Return those of the keys that are kept, without reading the values."""
        return {key for (key,) in self.rows(self.table.key, self.table.key, keys)}

    def known_values(self, values: Iterable[Any]) -> set[Any]:
        """Return those of the values that are kept."""
        return {value for (value,) in self.rows(self.table.value, self.table.value, values)}

    def rows(self, columns: str, column: str, wanted: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        """Yield `columns` of the rows whose `column` is among `wanted`; both are names of this module, never foreign text."""
        left = iter(wanted)
        some = list(islice(left, _AT_ONCE))
        if not some or not disk.exists(self.path):  # an empty question is common: most feeds bring nothing new
            return
        with disk.database(self.path, VERSION) as db:
            while some:
                marks = ",".join("?" * len(some))
                yield from db.execute(f"SELECT {columns} FROM {self.table.name} WHERE {column} IN ({marks})", some)  # noqa: S608
                some = list(islice(left, _AT_ONCE))

    def all(self) -> Iterator[tuple[Any, Any]]:
        """Yield every key and value, in the order of the keys."""
        if disk.exists(self.path):
            with disk.database(self.path, VERSION) as db:
                t = self.table
                yield from db.execute(f"SELECT {t.key}, {t.value} FROM {t.name} ORDER BY {t.key}")  # noqa: S608 - no foreign text

    def keys(self) -> list[Any]:
        """Return every key, in order."""
        if not disk.exists(self.path):
            return []
        with disk.database(self.path, VERSION) as db:
            return [key for (key,) in db.execute(f"SELECT {self.table.key} FROM {self.table.name} ORDER BY 1")]  # noqa: S608 - no foreign text

    def put(self, rows: Iterable[tuple[Any, Any]]) -> int:
        """Keep all rows in one transaction, replacing those of the same key. Returns how many changed."""
        t = self.table
        put = (
            f"INSERT INTO {t.name} VALUES (?, ?) ON CONFLICT ({t.key}) "  # noqa: S608 - no foreign text
            f"DO UPDATE SET {t.value} = excluded.{t.value} WHERE {t.value} <> excluded.{t.value}"
        )
        self._make()
        return self._change(put, rows)

    def drop(self, keys: Iterable[Any]) -> int:
        """Remove keys in one transaction. Returns how many were there."""
        if not disk.exists(self.path):
            return 0
        return self._change(f"DELETE FROM {self.table.name} WHERE {self.table.key} = ?", ((key,) for key in keys))  # noqa: S608 - no foreign text

    def check(self) -> None:
        """Raise Damaged when a page or row of the file cannot be read."""
        if disk.exists(self.path):
            disk.quick_check(self.path, VERSION)

    def remove(self) -> None:
        """Remove the file and its journal."""
        with disk.on_disk(self.path):
            disk.drop_journal(self.path)
            self.path.unlink(missing_ok=True)

    def _make(self) -> None:
        if not disk.exists(self.path):
            with disk.on_disk(self.path):
                disk.drop_journal(self.path)
            disk.make_database(self.path, self.table.schema, VERSION)

    def _change(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
        with disk.database(self.path, VERSION) as db:
            db.execute("PRAGMA synchronous = EXTRA")  # records that are written next rely on the end of the journal being on disk
            db.execute("BEGIN IMMEDIATE")
            db.executemany(statement, rows)
            db.execute("COMMIT")
            return db.total_changes
