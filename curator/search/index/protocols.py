"""What every search index can do: find by words, find by meaning, and say which state of the library it was made of.

An index lies where the library lies: in files beside it, or in tables of the same database. `service` and `sync` know these
protocols only.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct

from curator.core.item import Item
from curator.core.story import Fit
from curator.core.text.query import Node
from curator.search.index.compiler import Condition
from curator.search.index.manifest import IndexManifest, LibraryState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix


TOPICAL: Final = 0.5  # fit from which on `topic:` finds an item


class IndexEntry(Struct, frozen=True, kw_only=True):
    """Item as it is put into the index."""

    item: Item
    text: str
    fits: tuple[Fit, ...] = ()


class FulltextResult(Struct, frozen=True, kw_only=True):
    """Number of items that match, and the ids of the first of them, best first."""

    total: int = 0
    ids: tuple[str, ...] = ()


class Writer(Protocol):
    """Writer of an index of words."""

    def drop(self, id_: str) -> None:
        """Remove an item, if it is there."""
        ...

    def put(self, entry: IndexEntry) -> None:
        """Put an item in the place of the one with the same id."""
        ...


class Words(Protocol):
    """Index of words, with the items as they are shown."""

    def writing(self) -> AbstractContextManager[Writer]:
        """Yield a writer. What it puts and drops takes effect when the block ends, all of it or nothing."""
        ...

    def find(
        self, query: Node | None, conditions: Sequence[Condition], limit: int, *, loose: bool = False, newest: bool = False
    ) -> FulltextResult:
        """Return the items that match the query and every condition, best first, or the newest first.

        `loose` tolerates misspelt words, and long queries of which some words are missing.
        """
        ...

    def among(self, ids: Sequence[str], conditions: Sequence[Condition]) -> set[str]:
        """Return those of the ids that satisfy every condition."""
        ...

    def ids_beginning(self, prefix: str, limit: int) -> list[str]:
        """Return ids that begin with `prefix`, in order, at most `limit`."""
        ...

    def cards(self, ids: Iterable[str]) -> dict[str, tuple[Item, tuple[Fit, ...]]]:
        """Return items as they were put, with their fits, by id."""
        ...

    def count(self) -> int:
        """Return the number of items in the index."""
        ...


class Vectors(Protocol):
    """Index of unit vectors by item id."""

    def ids(self) -> set[str]:
        """Return the ids of the items that have a vector."""
        ...

    def vector(self, id_: str) -> "Matrix | None":
        """Return the vector of an item, shape (dim,), float32, unit length; None where it has none."""
        ...

    def vectors(self, ids: Sequence[str]) -> "Matrix":
        """Return the vectors of items that have one, in the order of the ids, shape (n, dim), float32."""
        ...

    def cosines(self, direction: "Matrix") -> "NDArray[np.float32]":
        """Return the cosines of the items to a unit vector of shape (dim,), in no particular order.

        Of very many items a fair sample may stand for all.
        """
        ...

    def nearest(self, direction: "Matrix", n: int, floor: float, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Return the `n` items nearest to a unit vector of shape (dim,), with their cosines, the nearest first.

        Items whose cosine is below `floor` are left out; `within` limits the search to these ids.
        """
        ...

    def update(self, put: "Mapping[str, Matrix]", drop: Iterable[str]) -> None:
        """Keep these vectors, each of shape (dim,), by id, and let go of those of the ids in `drop`."""
        ...


class SearchIndex(Protocol):
    """The search index of a library, derived from it and rebuilt at will."""

    @property
    def fulltext(self) -> Words:
        """Index of the words."""
        ...

    @property
    def vectors(self) -> Vectors:
        """Index of the vectors."""
        ...

    def manifest(self) -> IndexManifest | None:
        """Return the manifest, None where there is no complete index."""
        ...

    def fingerprints(self) -> dict[str, dict[str, str]]:
        """Return the fingerprint of every item in the index, by month and id."""
        ...

    def exists(self) -> bool:
        """Return whether there is an index, complete or not."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """Let everything that the block reads be of one state of the index, whoever updates it meanwhile."""
        ...

    def updating(self, patience: float) -> AbstractContextManager[IndexManifest]:
        """Lock the index against other writers, and yield its manifest; an empty one where it has to be built anew.

        Raises Locked after `patience` seconds, StoreError where what keeps it refuses.
        """
        ...

    def clear(self) -> IndexManifest:
        """Delete everything but the lock, and return an empty manifest."""
        ...

    def commit(self, state: LibraryState, fitted: str, fingerprints: Mapping[str, Mapping[str, str]], generation: int) -> None:
        """Keep what the index was made of, after everything else of it was written."""
        ...
