"""Tombstones of the items that have left: eight bytes for an id and eight for a hash, in one sqlite file."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from curator.core.item import Tombstone
from curator.storage import disk
from curator.storage.sqlite_map import SqliteMap, Table

_TABLE = Table(
    name="traces",
    key="number",
    value="name",
    schema="CREATE TABLE traces (number INTEGER PRIMARY KEY, name INTEGER NOT NULL); CREATE INDEX names ON traces (name)",
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Tombstones:
    """Tombstones by the number that an id is in base 36. Reading creates nothing. Methods raise StoreError, Damaged and Newer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._map = SqliteMap(path, _TABLE)

    def put(self, tombstones: Iterable[Tombstone]) -> None:
        """Keep all tombstones or none."""
        self._map.put((int(each.id, 36), each.entry_hash) for each in tombstones)

    def known(self, ids: Iterable[str]) -> set[str]:
        """Return those ids that have a tombstone."""
        keys = {int(id_, 36): id_ for id_ in ids}
        return {keys[number] for number in self._map.known(keys)}

    def entry_hashes(self, hashes: Iterable[int]) -> set[int]:
        """Return those hashes that a tombstone has."""
        return self._map.known_values(hashes)

    def all(self) -> Iterator[Tombstone]:
        """Yield every tombstone, in the order of the ids."""
        return (Tombstone(id=id_of(number), entry_hash=hash_) for number, hash_ in self._map.all())

    def check(self) -> None:
        """Raise Damaged when a page or row of the file cannot be read."""
        self._map.check()

    def renew(self) -> str:
        """Set a damaged file aside and start anew. Returns a sentence that says so; items that have left may then come again."""
        with disk.on_disk(self.path):
            aside = disk.set_aside(self.path)
        self._map.remove()
        return f"{self.path.name} starts anew: stories that have left may come again; the damaged file is kept as {aside.name}"


@lru_cache(maxsize=50_000)  # the same months are asked for again and again, and a library of ten thousand items takes 15 ms
def id_of(number: int) -> str:
    """Return a number in base 36, as the eight characters of an id."""
    digits = []
    for _ in range(8):
        number, digit = divmod(number, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
