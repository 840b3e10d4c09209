"""The derived caches on Postgres, in one table. A fault of theirs is logged and never ends a command."""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from curator.core.errors import StoreError
from curator.storage.caches import Caches
from curator.storage.postgres.address import Address
from curator.storage.postgres.database import Database, Rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.core.protocols import EmbeddingSpace

    Vector = NDArray[np.float32]

_LOG = logging.getLogger(__name__)
_PUT = (
    "INSERT INTO curator.cache AS old (kind, key, body) SELECT %s, key, body FROM unnest(%s::bytea[], %s::bytea[]) AS new (key, body) "
    "ON CONFLICT (brand, kind, key) DO UPDATE SET body = excluded.body WHERE old.body <> excluded.body"
)
_STAMP = "INSERT INTO curator.stamps (kind, name) VALUES ('cache', %s) ON CONFLICT (brand, kind, name) DO UPDATE SET stamp = excluded.stamp"


class PostgresCaches:
    """The caches of one brand's library."""

    def __init__(self, address: Address) -> None:
        """Connect to nothing."""
        self._database = Database(address)

    def opened(self) -> Caches:
        """Return the caches. Numbers are rounded as the files round them, so that both give the same bytes."""
        import numpy as np

        database = self._database
        return Caches(
            vectors=PostgresVectors(database, "vectors", np.float16),
            words=PostgresVectors(database, "words", np.uint8),
            scores=PostgresVectors(database, "scores", np.float32),
            spaces=PostgresSpaces(database),
        )

    def stamp(self, name: str) -> str:
        """Return a version of a cache that changes on every write, "" where nothing was put. Raises StoreError."""
        with self._database.transaction() as db:
            row = db.execute("SELECT stamp::text FROM curator.stamps WHERE kind = 'cache' AND name = %s", (name,)).fetchone()
        return str(row[0]) if row else ""

    def keys(self, kind: str) -> Sequence[bytes]:
        """Return the keys of one of `KINDS`. Raises StoreError."""
        with self._database.transaction() as db:
            return [key for (key,) in db.execute("SELECT key FROM curator.cache WHERE kind = %s ORDER BY key", (kind,), binary=True)]

    def bodies(self, kind: str, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return what is kept under these keys. Raises StoreError."""
        with self._database.transaction() as db:
            return _bodies(db, kind, keys)

    def take(self, kind: str, bodies: Mapping[bytes, bytes]) -> None:
        """Keep what another library returned. Raises StoreError."""
        with self._database.transaction() as db:
            _put(db, kind, bodies)


class PostgresVectors:
    """Arrays of one dimension by key, kept as the bytes of `dtype`."""

    def __init__(self, database: Database, kind: str, dtype: "type[np.generic]") -> None:
        """Connect to nothing. `kind` tells the caches of one library apart."""
        self._database, self._kind, self._dtype = database, kind, dtype

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, Vector]":
        """Return the arrays that are kept, floats as float32; none where the database cannot be used."""
        import numpy as np

        wide = np.float32 if np.issubdtype(self._dtype, np.floating) else self._dtype
        try:
            with self._database.transaction() as db:
                rows = _bodies(db, self._kind, keys)
        except StoreError as error:
            _LOG.warning("kept vectors are not used: %s", error)
            return {}
        return {key: np.frombuffer(body, self._dtype).astype(wide) for key, body in rows.items()}

    def put(self, vectors: "Mapping[bytes, Vector]") -> None:
        """Keep all arrays in one transaction, or log why they could not be kept."""
        _kept(self._database, self._kind, {key: vector.astype(self._dtype).tobytes() for key, vector in vectors.items()})


class PostgresSpaces:
    """A `SpaceCache` by the name of the encoder."""

    def __init__(self, database: Database) -> None:
        """Connect to nothing."""
        self._database = database

    def get(self, encoder: str) -> "tuple[EmbeddingSpace, int] | None":
        """Return the space of an encoder and the number of documents it was estimated from, or None."""
        from curator.storage import spaces

        try:
            with self._database.transaction() as db:
                rows = _bodies(db, "spaces", [encoder.encode()])
        except StoreError as error:
            _LOG.warning("the learned embedding space is not used, it is learned again: %s", error)
            return None
        return next((spaces.loaded(body) for body in rows.values()), None)

    def put(self, space: "EmbeddingSpace", documents: int) -> None:
        """Keep a space, or log why it could not be kept."""
        from curator.storage import spaces

        _kept(self._database, "spaces", {space.name.encode(): spaces.dumped(space, documents)})


def _bodies(db: Rows, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    found = db.execute("SELECT key, body FROM curator.cache WHERE kind = %s AND key = ANY(%s)", (kind, list(keys)), binary=True)
    return dict(found.fetchall())


def _put(db: Rows, kind: str, bodies: Mapping[bytes, bytes]) -> None:
    if bodies and db.execute(_PUT, (kind, list(bodies), list(bodies.values()))).rowcount:
        db.execute(_STAMP, (kind,))


def _kept(database: Database, kind: str, bodies: Mapping[bytes, bytes]) -> None:
    """Keep what a model computed, or log why it could not be kept."""
    try:
        with database.transaction() as db:
            _put(db, kind, bodies)
    except StoreError as error:
        _LOG.warning("what a model computed is not kept (%s): %s", kind, error)
