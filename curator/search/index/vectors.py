"""The vector index: unit vectors in 8 bits per number, memory-mapped and compared by brute force.

Up to some hundred thousand items this takes less time than loading a library that avoids it.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from curator.core import files

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from curator.core.protocols import Matrix

PORTION: Final = 16_384  # rows that are widened to float32 at a time
PLACES: Final = 6  # of a cosine: those behind depend on who computes it, and in which order


class VectorIndex:
    """Vectors by item id, in one file that is replaced whole. ValueError or OSError means that it cannot be read."""

    def __init__(self, path: Path) -> None:
        """Map the file, if there is one."""
        self.path = path
        self._rows: NDArray[Any] = np.load(path, mmap_mode="r") if path.exists() else np.empty(0, _dtype(0))

    def ids(self) -> set[str]:
        """Return the ids of the items that have a vector."""
        return {id_.decode() for id_ in self._rows["id"].tolist()}

    def vector(self, id_: str) -> "Matrix | None":
        """Return the vector of an item, shape (dim,), float32, unit length; None where it has none."""
        rows = self._rows[self._rows["id"] == id_.encode()]
        return np.asarray(rows["vector"][0] * rows["scale"][0], np.float32) if len(rows) else None

    def vectors(self, ids: Sequence[str]) -> "Matrix":
        """Return the vectors of items that have one, in the order of the ids, shape (n, dim), float32."""
        rows = self._rows[np.isin(self._rows["id"], np.array(ids, "S8"))]
        order = {id_.decode(): n for n, id_ in enumerate(rows["id"].tolist())}
        some = rows[[order[id_] for id_ in ids]]
        return np.asarray(some["vector"] * some["scale"][:, None], np.float32)

    def cosines(self, direction: "Matrix") -> "NDArray[np.float32]":
        """Return the cosines of all items to a unit vector of shape (dim,), in no particular order."""
        return rounded(_cosines(self._rows, direction))

    def nearest(self, direction: "Matrix", n: int, floor: float, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Return the `n` items nearest to a unit vector of shape (dim,), with their cosines, the nearest first.

        Items whose cosine is below `floor` are left out; `within` limits the search to these ids.
        """
        rows = self._rows if within is None else self._rows[np.isin(self._rows["id"], np.array(within, "S8"))]
        if not len(rows) or rows["vector"].shape[1] != len(direction):
            return []
        cosines = rounded(_cosines(rows, direction))
        least = max(floor, np.partition(cosines, -min(n, len(rows)))[-min(n, len(rows))])
        return best_first((rows["id"][i].decode(), float(cosines[i])) for i in np.flatnonzero(cosines >= least))[:n]

    def update(self, put: "Mapping[str, Matrix]", drop: Iterable[str]) -> None:
        """Rewrite the file with these vectors, each of shape (dim,), by id, and without those of the ids in `drop`."""
        gone = np.array(sorted({*put, *drop}), "S8")
        kept = self._rows[~np.isin(self._rows["id"], gone)]
        if not put and len(kept) == len(self._rows):
            return
        fresh = quantized(put)
        together = np.concatenate([kept, fresh]) if len(kept) and len(fresh) else fresh if len(fresh) else np.array(kept)
        body = BytesIO()
        np.save(body, together)
        with files.written(self.path):
            files.replace(self.path, body.getvalue(), backup=False)
        self._rows = np.load(self.path, mmap_mode="r")


def rounded(cosines: "ArrayLike") -> "NDArray[np.float32]":
    """Return cosines of the same shape to PLACES, so that the same vectors give the same hits in every index."""
    return np.asarray(cosines, np.float32).round(PLACES)


def best_first(found: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return ids with their cosines, the nearest first, equally near ones by id."""
    return sorted(found, key=lambda hit: (-hit[1], hit[0]))


def quantized(vectors: "Mapping[str, Matrix]") -> "NDArray[Any]":
    """Return vectors in 8 bits a number, as every index keeps them; shape (n,), with the fields id, scale and vector.

    A number is an integer times the scale of its vector, which its largest component needs.
    """
    dim = len(next(iter(vectors.values()))) if vectors else 0
    rows = np.zeros(len(vectors), _dtype(dim))
    for row, (id_, vector) in zip(rows, vectors.items(), strict=True):
        scale = max(float(np.abs(vector).max()), 1e-9) / 127
        row["id"], row["scale"], row["vector"] = id_.encode(), scale, np.round(vector / scale)
    return rows


def _dtype(dim: int) -> "np.dtype[Any]":
    return np.dtype([("id", "S8"), ("scale", "<f4"), ("vector", "i1", (dim,))])


def _cosines(rows: "NDArray[Any]", direction: "Matrix") -> "NDArray[np.float32]":
    portions = (rows[start : start + PORTION] for start in range(0, len(rows), PORTION))
    return np.concatenate([(some["vector"].astype(np.float32) @ direction) * some["scale"] for some in portions])
