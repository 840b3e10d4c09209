"""The derived caches of a library: what models have computed, so that no text is read by a model twice."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from curator.core import files
from curator.core.protocols import SpaceCache, VectorCache

if TYPE_CHECKING:
    from curator.storage.spaces import SpaceFile
    from curator.storage.sqlite_map import SqliteMap
    from curator.storage.vectors import SqliteVectors


KINDS = ("vectors", "words", "scores", "spaces")


class Caches(Struct, frozen=True, kw_only=True):
    """Caches of vectors, of the words of texts, of a cross-encoder's scores, and of learned embedding spaces."""

    vectors: VectorCache
    words: VectorCache
    scores: VectorCache
    spaces: SpaceCache

    def lent(self) -> "Caches":
        """Return caches that read from these and keep in memory what is put."""
        from curator.storage.spaces import MemorySpaces
        from curator.storage.vectors import LentVectors

        return Caches(
            vectors=LentVectors(self.vectors),
            words=LentVectors(self.words),
            scores=LentVectors(self.scores),
            spaces=MemorySpaces(self.spaces),
        )

    def shared(self, common: "Caches") -> "Caches":
        """Return these caches, with what the `common` ones hold besides. A space is learned from one library and stays with it."""
        from curator.storage.vectors import SharedVectors

        return Caches(
            vectors=SharedVectors(self.vectors, common.vectors),
            words=SharedVectors(self.words, common.words),
            scores=SharedVectors(self.scores, common.scores),
            spaces=self.spaces,
        )


class LibraryCaches(Protocol):
    """The caches of one library. A stamp is read without NumPy, which a search by words does not load."""

    def opened(self) -> Caches:
        """Return the caches. Nothing is created before something is put."""
        ...

    def stamp(self, name: str) -> str:
        """Return a version of the cache `vectors` or `scores` that changes on every write, "" where nothing was put."""
        ...

    def keys(self, kind: str) -> Sequence[bytes]:
        """Return the keys of one of `KINDS`. Raises StoreError, as the next two do."""
        ...

    def bodies(self, kind: str, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what is kept under these keys, as bytes that every other library of this program can take."""
        ...

    def take(self, kind: str, bodies: Mapping[bytes, bytes]) -> None:
        """Keep what another library's `bodies` returned."""
        ...


class FileCaches:
    """The caches in files of a library folder."""

    def __init__(self, folder: Path) -> None:
        """Open nothing."""
        self._folder = folder

    def opened(self) -> Caches:
        """Return the caches. Nothing is created before something is put."""
        vectors, words, scores = self.databases()
        return Caches(vectors=vectors, words=words, scores=scores, spaces=self._space())

    def databases(self) -> "tuple[SqliteVectors, SqliteVectors, SqliteVectors]":
        """Return the caches of vectors, words and scores, each in a sqlite file."""
        from curator.storage.vectors import SqliteVectors, score_cache, word_cache

        path = self._path
        return SqliteVectors(path("vectors")), word_cache(path("words")), score_cache(path("scores"))

    def stamp(self, name: str) -> str:
        """Return a version of the file of that name."""
        return files.stamp(self._path(name))

    def keys(self, kind: str) -> Sequence[bytes]:
        """Return the keys of one of `KINDS`."""
        return list(self._space().bodies()) if kind == "spaces" else self._bodies(kind).keys()

    def bodies(self, kind: str, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what is kept under these keys."""
        return self._space().bodies() if kind == "spaces" else dict(self._bodies(kind).get(keys))

    def take(self, kind: str, bodies: Mapping[bytes, bytes]) -> None:
        """Keep what another library returned; of several learned spaces the last."""
        if kind == "spaces":
            for body in bodies.values():
                self._space().take(body)
        else:
            self._bodies(kind).put(bodies.items())

    def _bodies(self, kind: str) -> "SqliteMap":
        from curator.storage.vectors import bodies

        return bodies(self._path(kind))

    def _space(self) -> "SpaceFile":
        from curator.storage.spaces import SpaceFile

        return SpaceFile(self._folder / "space.npz")

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.db"
