"""Leases of hosts: machines that share a database have no more requests in flight at a host than one of them alone may have.

A request takes a row of its host before it is sent and gives it back at its end. A machine that dies with it leaves a row that
expires. Only the clock of the server counts.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from curator.storage.postgres.address import EVERYBODY, Address
from curator.storage.postgres.database import Database

T = TypeVar("T")
EXPIRY = 60.0
"""Seconds after which a lease that was not given back is free again; more than any request may take."""

_THREADS = 4
_TAKE = """
WITH free AS (
    SELECT slot FROM curator.leases WHERE host = %(host)s AND slot < %(slots)s AND until < clock_timestamp()
    ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE curator.leases SET until = clock_timestamp() + make_interval(secs => %(expiry)s), holder = gen_random_uuid()
FROM free WHERE host = %(host)s AND leases.slot = free.slot RETURNING holder
"""
_MAKE = "INSERT INTO curator.leases (host, slot) SELECT %(host)s, generate_series(0, %(slots)s - 1) ON CONFLICT DO NOTHING"
_KNOWN = "SELECT count(*) FROM curator.leases WHERE host = %(host)s"
_GIVE_BACK = "UPDATE curator.leases SET until = '-infinity' WHERE host = %s AND holder = %s"


class Lease(Struct, frozen=True):
    """The right to have one request in flight at a host."""

    host: bytes
    holder: UUID


class PostgresLeases:
    """`slots` leases of each host, shared by everybody who works with the database of an address."""

    def __init__(self, address: Address, slots: int, expiry: float = EXPIRY) -> None:
        """Connect to nothing. `expiry`: seconds."""
        self.place = replace(address, brand="").shown.partition("?")[0]
        self._database, self._slots, self._expiry = Database(replace(address, brand=EVERYBODY)), slots, expiry
        self._threads = ThreadPoolExecutor(_THREADS, "lease")

    async def take(self, host: str) -> Lease | None:
        """Return a lease of a host, or None where all are taken. Raises StoreError."""
        return await self._apart(lambda: self._take(blake2b(host.encode(), digest_size=16).digest()))

    async def give_back(self, lease: Lease) -> None:
        """Give a lease back; one that has expired may be another's by now and stays so. Raises StoreError."""
        await self._apart(lambda: self._give_back(lease))

    def _take(self, host: bytes) -> Lease | None:
        asked = {"host": host, "slots": self._slots, "expiry": self._expiry}
        with self._database.transaction() as db:
            row = db.execute(_TAKE, asked).fetchone()
            if row is None and (count := db.execute(_KNOWN, asked).fetchone()) and count[0] < self._slots:
                db.execute(_MAKE, asked)
                row = db.execute(_TAKE, asked).fetchone()
        return Lease(host, row[0]) if row else None

    def _give_back(self, lease: Lease) -> None:
        with self._database.transaction() as db:
            db.execute(_GIVE_BACK, (lease.host, lease.holder))

    async def _apart(self, job: Callable[[], T]) -> T:
        """Run what waits for the server in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, job)
