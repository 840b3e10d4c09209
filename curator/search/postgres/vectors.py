"""The vectors of an index on Postgres (pgvector), in 16 bits a number.

Vectors of few items are compared one by one. Of many, a search by meaning asks an HNSW index, which scans on until it has found
enough rows that row security lets through (strict order: the nearest first). Reading lists never ask this index.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
from psycopg.sql import SQL, Composed, Literal

from curator.search.postgres.session import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix
    from curator.storage.postgres.database import Rows

EXACT: Final = 20_000  # vectors that are compared one by one; of more, those of INDEXED dimensions are asked of the HNSW index
INDEXED: Final = 384  # dimensions of the index in 0002.sql: those of the first bundled encoder
SAMPLE: Final = 4_096  # vectors from which the cosines of all are told
SCANNED: Final = 200_000  # rows of all brands that one search may look at; the scan ends there with what it has found
BREADTH: Final = 400  # ef_search: candidates that the first scan holds
PORTION: Final = 1_000  # vectors that are written at a time
_PUT = (
    "INSERT INTO curator.search_vectors (id, vector) SELECT id, vector::halfvec FROM unnest(%s::text[], %s::text[]) AS new (id, vector) "
    "ON CONFLICT (brand, id) DO UPDATE SET vector = excluded.vector"
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
        found = self._read([id_])
        return found[id_] if found else None

    def vectors(self, ids: Sequence[str]) -> "Matrix":
        """Return the vectors of items that have one, in the order of the ids, shape (n, dim), float32."""
        found = self._read(ids)
        return np.array([found[id_] for id_ in ids], np.float32)

    def cosines(self, direction: "Matrix") -> "NDArray[np.float32]":
        """Return the cosines of the first SAMPLE items by id, and of the nearest, to a unit vector of shape (dim,).

        Ids are hashes, so that the first of them are a fair sample.
        """
        statement = SQL("SELECT {cosine} FROM curator.search_vectors WHERE vector_dims(vector) = {dim} ORDER BY id LIMIT {most}")
        with self._session.rows() as db:
            rows = db.execute(statement.format(most=Literal(SAMPLE), **_parts(direction))).fetchall()
        nearest = self.nearest(direction, 1, -1.0) if len(rows) == SAMPLE else []
        return np.array([*(cosine for (cosine,) in rows), *(cosine for _, cosine in nearest)], np.float32)

    def nearest(self, direction: "Matrix", n: int, floor: float, within: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Return the `n` items nearest to a unit vector of shape (dim,), with their cosines, the nearest first.

        Items whose cosine is below `floor` are left out; `within` limits the search to these ids.
        """
        among = SQL("true") if within is None else SQL("id = ANY({})").format(Literal(list(within)))
        statement = SQL(
            "SELECT id, {cosine} FROM curator.search_vectors WHERE vector_dims(vector) = {dim} AND {among} ORDER BY {order} LIMIT {n}"
        )
        parts = _parts(direction)
        with self._session.rows() as db:
            indexed = within is None and len(direction) == INDEXED and _are_many(db)
            order = parts["distance"] if indexed else SQL("{} + 0").format(parts["distance"])  # the sum is not what HNSW orders by
            found = db.execute(statement.format(among=among, order=order, n=Literal(n), **parts)).fetchall()
        return sorted(((id_, cosine) for id_, cosine in found if cosine >= floor), key=lambda hit: (-hit[1], hit[0]))

    def update(self, put: "Mapping[str, Matrix]", drop: Iterable[str]) -> None:
        """Keep these vectors, each of shape (dim,), by id, and let go of those of the ids in `drop`."""
        ids = sorted(put)
        with self._session.rows() as db:
            db.execute("DELETE FROM curator.search_vectors WHERE id = ANY(%s)", ([*drop],))
            for start in range(0, len(ids), PORTION):
                some = ids[start : start + PORTION]
                db.execute(_PUT, (some, [_written(put[id_]) for id_ in some]))

    def _read(self, ids: Sequence[str]) -> "dict[str, Matrix]":
        with self._session.rows() as db:
            rows = db.execute("SELECT id, vector::text FROM curator.search_vectors WHERE id = ANY(%s)", (list(ids),)).fetchall()
        return {id_: np.array(msgspec.json.decode(vector), np.float32) for id_, vector in rows}


def _are_many(db: "Rows") -> bool:
    """Return whether there are too many vectors to compare one by one, and prepare the transaction for the HNSW index."""
    row = db.execute("SELECT count(*) FROM (SELECT FROM curator.search_vectors LIMIT %s) AS first", (EXACT + 1,)).fetchone()
    if not row or row[0] <= EXACT:
        return False
    for name, value in (("iterative_scan", "strict_order"), ("max_scan_tuples", str(SCANNED)), ("ef_search", str(BREADTH))):
        db.execute("SELECT set_config(%s, %s, true)", (f"hnsw.{name}", value))
    return True


def _parts(direction: "Matrix") -> dict[str, Any]:
    """Return the parts of a statement that compare vectors to a direction: dimensions, distance and cosine."""
    dim = Literal(len(direction))
    distance: Composed = SQL("(vector::halfvec({dim}) <#> {to}::halfvec({dim}))").format(dim=dim, to=Literal(_written(direction)))
    return {"dim": dim, "distance": distance, "cosine": SQL("-{}").format(distance)}


def _written(vector: "Matrix") -> str:
    """Return a vector as pgvector reads it, which is how JSON writes a list."""
    return msgspec.json.encode(vector.tolist()).decode()
