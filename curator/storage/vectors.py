"""Vectors kept between runs in one sqlite file: derived data, so trouble with it costs time and a note, never a command.

Kept as float16, half the size: measured on 20,000 unit vectors of 384 numbers, the cosine to what was put is at least
.99999996 and the length within .0001 of 1.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from curator.core.errors import StoreError
from curator.storage import disk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

VERSION = 1
_LOG = logging.getLogger(__name__)
_TABLES = "CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
_PUT = "INSERT INTO vectors VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET vector = excluded.vector"
_AT_ONCE = 10_000  # sqlite takes 32,766 variables in one statement


class SqliteVectors:
    """Arrays by key, kept as `dtype`. Nothing is created by reading; a damaged file is thrown away with a note."""

    def __init__(self, path: Path, dtype: type[np.generic] = np.float16) -> None:
        self.path, self._dtype = path, dtype

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        """Those that are kept, floats as float32; where the file cannot be read, none."""
        wide = np.float32 if np.issubdtype(self._dtype, np.floating) else self._dtype
        try:
            return {key: np.frombuffer(body, self._dtype).astype(wide) for key, body in self._rows(keys)}
        except (disk.Damaged, disk.Newer) as error:
            self._renew(error)
        except StoreError as error:
            _LOG.warning("kept vectors are not used: %s", error)
        return {}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        """Keeps all in one transaction, or leaves a note why it could not."""
        try:
            self._write(vectors)
        except (disk.Damaged, disk.Newer) as error:
            if self._renew(error):
                self._write(vectors)
        except StoreError as error:
            _LOG.warning("vectors are not kept: %s", error)

    def check(self) -> None:
        """Raises Damaged when a page or row of the file cannot be."""
        if disk.exists(self.path):
            disk.quick_check(self.path, VERSION)

    def _rows(self, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
        if not disk.exists(self.path):
            return
        with disk.database(self.path, VERSION) as db:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                yield from db.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608 - no foreign text

    def _write(self, vectors: "Mapping[bytes, Vector]") -> None:
        if not disk.exists(self.path):
            disk.make_database(self.path, _TABLES, VERSION)
        with disk.database(self.path, VERSION) as db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(_PUT, ((key, vector.astype(self._dtype).tobytes()) for key, vector in vectors.items()))
            db.execute("COMMIT")

    def _renew(self, why: StoreError) -> bool:
        try:
            with disk.on_disk(self.path):
                self.path.unlink(missing_ok=True)
                disk.drop_journal(self.path)
            disk.make_database(self.path, _TABLES, VERSION)
        except StoreError as error:
            _LOG.warning("%s; and it cannot be built anew: %s", why, error)
            return False
        _LOG.warning("%s; it is derived and is built anew, which takes a little longer this once", why)
        return True


def word_cache(path: Path) -> SqliteVectors:
    """Return the cache of packed words, arrays of bytes."""
    return SqliteVectors(path, np.uint8)


class LentVectors:
    """Those that another keeps, to read; what is put here lasts as long as the process."""

    def __init__(self, kept: SqliteVectors) -> None:
        self._kept, self._own = kept, MemoryVectors()

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        return {**self._kept.get(keys), **self._own.get(keys)}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        self._own.put(vectors)


class MemoryVectors:
    """The same for as long as a test lasts, unrounded."""

    def __init__(self) -> None:
        self._vectors: dict[bytes, Vector] = {}

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        self._vectors.update(vectors)
