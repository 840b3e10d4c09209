"""Caches of vectors in sqlite files. They are derived data: a fault of theirs is logged and never ends a command.

Vectors are kept as float16, half the size: measured on 20,000 unit vectors of 384 numbers, the cosine to the vector
that was put is at least .99999996 and the length within .0001 of 1.
"""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from curator.core.errors import StoreError
from curator.core.protocols import VectorCache
from curator.storage import disk
from curator.storage.sqlite_map import SqliteMap, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

_LOG = logging.getLogger(__name__)
_TABLE = Table(name="vectors", key="key", value="vector", schema="CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")


class SqliteVectors:
    """Arrays of one dimension by key, kept as `dtype`. Reading creates nothing; a damaged file is removed and a warning logged."""

    def __init__(self, path: Path, dtype: type[np.generic] = np.float16) -> None:
        self.path, self._dtype = path, dtype
        self._map = bodies(path)

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        """Return the arrays that are kept, floats as float32; none where the file cannot be read."""
        wide = np.float32 if np.issubdtype(self._dtype, np.floating) else self._dtype
        try:
            return {key: np.frombuffer(body, self._dtype).astype(wide) for key, body in self._map.get(keys)}
        except (disk.Damaged, disk.Newer) as error:
            self._renew(error)
        except StoreError as error:
            _LOG.warning("kept vectors are not used: %s", error)
        return {}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        """Keep all arrays in one transaction, or log why they could not be kept."""
        rows = [(key, vector.astype(self._dtype).tobytes()) for key, vector in vectors.items()]
        try:
            self._map.put(rows)
        except (disk.Damaged, disk.Newer) as error:
            if self._renew(error):
                self._map.put(rows)
        except StoreError as error:
            _LOG.warning("vectors are not kept: %s", error)

    def check(self) -> None:
        """Raise Damaged when a page or row of the file cannot be read."""
        self._map.check()

    def remove(self) -> None:
        """Remove the file; it is made again by the next `put`."""
        self._map.remove()

    def _renew(self, why: StoreError) -> bool:
        """Remove a file that cannot be used. Returns whether that succeeded."""
        try:
            self._map.remove()
        except StoreError as error:
            _LOG.warning("%s; and it cannot be removed: %s", why, error)
            return False
        _LOG.warning("%s; it is derived and is built anew, which takes a little longer this once", why)
        return True


def bodies(path: Path) -> SqliteMap:
    """Return the map behind a cache: the bytes of each array by key."""
    return SqliteMap(path, _TABLE)


def word_cache(path: Path) -> SqliteVectors:
    """Return the cache of packed words, arrays of bytes."""
    return SqliteVectors(path, np.uint8)


def score_cache(path: Path) -> SqliteVectors:
    """Return the cache of a cross-encoder's scores, kept as they are."""
    return SqliteVectors(path, np.float32)


class LentVectors:
    """Vectors read from another cache; what is put here lasts as long as the process."""

    def __init__(self, kept: VectorCache) -> None:
        self._kept, self._own = kept, MemoryVectors()

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        """Return the vectors of either cache."""
        return {**self._kept.get(keys), **self._own.get(keys)}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        """Keep vectors in memory."""
        self._own.put(vectors)


class SharedVectors:
    """Vectors of one library and of a cache that several share. What comes from there is kept in the library too."""

    def __init__(self, own: VectorCache, common: VectorCache) -> None:
        self._own, self._common = own, common

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        """Return the vectors of either cache."""
        known = self._own.get(keys)
        others = self._common.get([key for key in keys if key not in known])
        if others:
            self._own.put(others)
        return {**known, **others}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        """Keep vectors in both."""
        self._own.put(vectors)
        self._common.put(vectors)


class MemoryVectors:
    """Vectors in memory, unrounded."""

    def __init__(self) -> None:
        self._vectors: dict[bytes, Vector] = {}

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        """Return the vectors that are kept."""
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        """Keep vectors."""
        self._vectors.update(vectors)
