"""Locks of a library on Postgres: advisory locks of a session, which the server releases when the connection ends.

All locks of a thread are held by one connection, and what the thread commits goes through it. A connection that is lost takes
the locks along, and with them the means to commit: nobody writes who no longer holds the library.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b

import psycopg
from psycopg import errors

from curator.core.errors import Locked
from curator.core.text.plain import line
from curator.storage.lock import WAIT
from curator.storage.postgres.database import Database, Rows

_HOLDER = """
SELECT application_name, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = %s
"""


class Locks:
    """The locks of one library. The thread that holds one may take it again."""

    def __init__(self, database: Database) -> None:
        """Connect to nothing before the first lock is taken."""
        self._database = database
        self._thread = threading.local()

    @contextmanager
    def held(self, name: str, busy: str, patience: float = 0.0) -> Iterator[Rows]:
        """Hold a lock and lend the connection that holds it. Raises Locked, which begins with `busy`, after `patience` seconds."""
        key = self._key(name)
        with self._session() as connection:
            with self._database.told():
                self._take(connection, key, busy, patience)
            try:
                yield connection
            finally:
                _release(connection, key)

    @contextmanager
    def _session(self) -> Iterator[Rows]:
        """Lend the thread's connection: its first lock takes one from the pool, and its last gives it back."""
        held: Rows | None = getattr(self._thread, "connection", None)
        if held:
            yield held
            return
        with self._database.connection() as connection:
            self._thread.connection = connection
            try:
                yield connection
            finally:
                del self._thread.connection

    def _take(self, connection: Rows, key: int, busy: str, patience: float) -> None:
        milliseconds = str(max(1, round(patience * 1000)))  # 0 would wait for ever
        try:
            with connection.transaction():  # the lock outlasts it, the limit does not
                connection.execute("SELECT set_config('lock_timeout', %s, true)", (milliseconds,))
                connection.execute("SELECT pg_advisory_lock(%s)", (key,))
        except errors.LockNotAvailable as error:
            who = connection.execute(_HOLDER, (key,)).fetchone()
            told = f"{line(who[0])}, connected since {who[1]} UTC" if who else "it has not said who it is"
            raise Locked(f"{busy}: {told}", where=self._database.address.shown, hint=WAIT) from error

    def _key(self, name: str) -> int:
        body = f"curator\n{name}\n{self._database.address.brand}".encode()
        return int.from_bytes(blake2b(body, digest_size=8).digest(), "big", signed=True)


def _release(connection: Rows, key: int) -> None:
    try:
        connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
    except psycopg.Error:
        connection.close()  # the lock goes with it
