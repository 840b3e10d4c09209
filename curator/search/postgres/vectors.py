"""The vectors of an index on Postgres (pgvector), in the integers and scales of the index in files.

Vectors of few items are compared one by one. Of many, a search by meaning asks an HNSW index, which scans on until it has found
enough rows that row security lets through (strict order: the nearest first). Reading lists never ask this index.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from curator.search.index.vectors import best_first, quantized, rounded
from curator.search.postgres.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix
    from curator.storage.postgres.database import Rows

EXACT: Final = 20_000  # vectors that are compared one by one; of more, those of INDEXED dimensions are asked of the HNSW index
INDEXED: Final = 384  # dimensions of the index in 0002.sql: those of the first bundled encoder
SAMPLE: Final = 4_096  # vectors from which the cosines of all are told
SCANNED: Final = 200_000  # rows of all brands that one search may look at; the scan ends there with what it has found
BREADTH: Final = 200  # ef_search: candidates that the first scan holds; a search fuses as many
PORTION: Final = 1_000  # vectors that are written at a time

_COSINES: Final = (
    "SELECT id, -(vector::vector <#> %(to)s::vector) * scale AS cosine FROM curator.search_vectors WHERE vector_dims(vector) = %(dim)s "
)
_NEAREST: Final = _COSINES + "ORDER BY cosine DESC, id LIMIT %(n)s"
_NEAREST_WITHIN: Final = _COSINES + "AND id = ANY(%(within)s) ORDER BY cosine DESC, id LIMIT %(n)s"
_NEAREST_INDEXED: Final = (  # 384 is INDEXED
    "SELECT id, -(vector::vector <#> %(to)s::vector) * scale FROM curator.search_vectors WHERE vector_dims(vector) = 384 "
    "ORDER BY vector::halfvec(384) <=> %(to)s::halfvec(384) LIMIT %(n)s"
)
_SCAN: Final = (
    "SELECT set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.max_scan_tuples', %s::text, true), "
    "set_config('hnsw.ef_search', %s::text, true)"
)
_SAMPLED: Final = _COSINES + "ORDER BY id LIMIT %(n)s"
_PUT: Final = (
    "INSERT INTO curator.search_vectors (id, scale, vector) SELECT id, scale, vector::halfvec "
    "FROM unnest(%s::text[], %s::real[], %s::text[]) AS new (id, scale, vector) "
    "ON CONFLICT (brand, id) DO UPDATE SET scale = excluded.scale, vector = excluded.vector"
)


class PostgresVectorIndex:
    """The vectors of one brand's items."""

    def __init__(self, session: Session) -> None:
        """Connect to nothing."""
        self._session = session

    def ids(self) -> set[str]:
        """Return the ids of the items that have a vector."""
        with self._session.rows() as db:
            return {id_ for (id_,) in db.execute("SELECT id FROM curator.search_vectors")}

    def vector(self, id_: str) -> "Matrix | None":
        """Return the vector of an item, shape (dim,), float32, unit length; None where it has none."""
        return self._read([id_]).get(id_)

    def vectors(self, ids: Sequence[str]) -> "Matrix":
        """Return the vectors of items that have one, in the order of the ids, shape (n, dim), float32."""
        found = self._read(ids)
        return np.array([found[id_] for id_ in ids], np.float32)

    def cosines(self, direction: "Matrix") -> "NDArray[np.float32]":
        """Return the cosines of the first SAMPLE items by id to a unit vector of shape (dim,).

        Ids are hashes, so that the first of them are a fair sample.
        """
        with self._session.rows() as db:
            found = db.execute(_SAMPLED, _asked(direction, SAMPLE)).fetchall()
        return rounded([cosine for _, cosine in found])

    def nearest(self, direction: "Matrix", n: int, floor: float, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Return the `n` items nearest to a unit vector of shape (dim,), with their cosines, the nearest first.

        Items whose cosine is below `floor` are left out; `within` limits the search to these ids.
        """
        asked = _asked(direction, n)
        with self._session.rows() as db:
            if within is not None:
                found = db.execute(_NEAREST_WITHIN, {**asked, "within": list(within)}).fetchall()
            elif len(direction) == INDEXED and _are_many(db):
                found = db.execute(_NEAREST_INDEXED, asked).fetchall()
            else:
                found = db.execute(_NEAREST, asked).fetchall()
        cosines = rounded([cosine for _, cosine in found]).tolist()
        return best_first((id_, cosine) for (id_, _), cosine in zip(found, cosines, strict=True) if cosine >= floor)

    def update(self, put: "Mapping[str, Matrix]", drop: Iterable[str]) -> None:
        """Keep these vectors, each of shape (dim,), by id, and let go of those of the ids in `drop`."""
        rows = quantized({id_: put[id_] for id_ in sorted(put)})
        with self._session.rows() as db:
            db.execute("DELETE FROM curator.search_vectors WHERE id = ANY(%s)", ([*drop],))
            for some in (rows[start : start + PORTION] for start in range(0, len(rows), PORTION)):
                ids = [id_.decode() for id_ in some["id"].tolist()]
                db.execute(_PUT, (ids, some["scale"].tolist(), [_written(vector) for vector in some["vector"]]))

    def _read(self, ids: Sequence[str]) -> "dict[str, Matrix]":
        with self._session.rows() as db:
            rows = db.execute("SELECT id, vector::text, scale FROM curator.search_vectors WHERE id = ANY(%s)", (list(ids),)).fetchall()
        return {id_: np.array(msgspec.json.decode(vector), np.float32) * np.float32(scale) for id_, vector, scale in rows}


def _are_many(db: "Rows") -> bool:
    """Return whether there are too many vectors to compare one by one, and prepare the transaction for the HNSW index."""
    row = db.execute("SELECT count(*) FROM (SELECT FROM curator.search_vectors LIMIT %s) AS first", (EXACT + 1,)).fetchone()
    if not row or row[0] <= EXACT:
        return False
    db.execute(_SCAN, (SCANNED, BREADTH))
    return True


def _asked(direction: "Matrix", n: int) -> dict[str, Any]:
    """Return the parameters by which `n` vectors are compared to a direction."""
    return {"to": _written(direction), "dim": len(direction), "n": n}


def _written(vector: "NDArray[Any]") -> str:
    """Return a vector as pgvector reads it, which is how JSON writes a list."""
    return msgspec.json.encode(vector.tolist()).decode()
