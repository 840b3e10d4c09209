"""What stays of the items that have left: eight bytes an id and eight a name, in one sqlite file that is asked by either."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from curator.core.item import Tombstone
from curator.storage import disk

VERSION = 1
_TABLES = "CREATE TABLE traces (number INTEGER PRIMARY KEY, name INTEGER NOT NULL); CREATE INDEX names ON traces (name)"
_PUT = "INSERT INTO traces VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET name = excluded.name WHERE name <> excluded.name"
_AT_ONCE = 5_000  # sqlite takes 32,766 variables in one statement
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Tombstones:
    """Traces by the number that an id is (base 36). Raises StoreError, Damaged and Newer; reading creates nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, traces: Iterable[Tombstone]) -> None:
        """All of them or none."""
        if not disk.exists(self.path):
            with disk.on_disk(self.path):
                disk.drop_journal(self.path)
            disk.make_database(self.path, _TABLES, VERSION)
        with disk.database(self.path, VERSION) as db:
            db.execute("PRAGMA synchronous = EXTRA")  # what follows drops the records
            db.execute("BEGIN IMMEDIATE")
            db.executemany(_PUT, ((int(trace.id, 36), trace.entry_hash) for trace in traces))
            db.execute("COMMIT")

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that are here."""
        keys = {int(id_, 36): id_ for id_ in ids}
        return {keys[number] for number in self._among("number", keys)}

    def entry_hashes(self, hashes: Iterable[int]) -> set[int]:
        """Return those hashes that a stored tombstone has."""
        return set(self._among("name", hashes))

    def all(self) -> Iterator[Tombstone]:
        """Every trace, in the order of the ids."""
        if disk.exists(self.path):
            with disk.database(self.path, VERSION) as db:
                for number, name in db.execute("SELECT number, name FROM traces ORDER BY number"):
                    yield Tombstone(id=id_of(number), entry_hash=name)

    def check(self) -> None:
        """Raises Damaged when a page or row of the file cannot be."""
        if disk.exists(self.path):
            disk.quick_check(self.path, VERSION)

    def renew(self) -> str:
        """Sets a damaged file aside, and says so; items that have left may then come again."""
        with disk.on_disk(self.path):
            aside = disk.set_aside(self.path)
            disk.drop_journal(self.path)
            self.path.unlink()
        return f"{self.path.name} starts anew: stories that have left may come again; the damaged file is kept as {aside.name}"

    def _among(self, column: str, wanted: Iterable[int]) -> Iterator[Any]:
        left = iter(wanted)
        some = list(islice(left, _AT_ONCE))
        if not some or not disk.exists(self.path):  # most feeds bring nothing that is unknown
            return
        with disk.database(self.path, VERSION) as db:
            while some:
                marks = ",".join("?" * len(some))
                query = f"SELECT {column} FROM traces WHERE {column} IN ({marks})"  # noqa: S608 - no foreign text
                yield from (value for (value,) in db.execute(query, some))
                some = list(islice(left, _AT_ONCE))


def id_of(number: int) -> str:
    """The id that a number is in base 36."""
    digits = []
    for _ in range(8):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
