"""Connections to a database: a pool for each address, transactions for one brand, and errors of the server in plain words."""

import atexit
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg import Connection, errors
from psycopg_pool import ConnectionPool, PoolTimeout

from curator.core.errors import StoreError
from curator.core.text.plain import line
from curator.storage import lock
from curator.storage.postgres import migrate
from curator.storage.postgres.address import Address

Rows = Connection[tuple[Any, ...]]

logging.getLogger("psycopg.pool").addHandler(logging.NullHandler())  # each attempt to connect; the error tells of them once

_MOST = 16  # connections of one process
_OPENING = threading.Lock()  # threads that come at once open one pool
_PATIENCE = 15.0  # seconds to wait for a connection of the pool
_AGAIN = "type the command again; where it stays so, docs/postgres.md says where address, password and certificate come from"
_BUGS = (psycopg.ProgrammingError, psycopg.DataError, psycopg.IntegrityError)
_PROBLEMS: tuple[tuple[type[psycopg.Error], str, str], ...] = (
    (errors.DiskFull, "the server's disk is full", "df -h, on the server of the database"),
    (errors.ReadOnlySqlTransaction, "the server only lets read: it is a standby, or was set so", 'psql -c "SHOW transaction_read_only"'),
    (errors.InsufficientPrivilege, "the role of the address may not do that", "docs/postgres.md has the lines that make the roles"),
)


class Database:
    """One brand's part of a database. Nothing is opened before the first transaction, which migrates the tables first."""

    def __init__(self, address: Address) -> None:
        self.address = address

    @contextmanager
    def transaction(self) -> Iterator[Rows]:
        """Lend a connection for one transaction of the brand. Raises StoreError; nothing of a block that failed is kept."""
        with self.connection() as connection, self.within(connection):
            yield connection

    @contextmanager
    def connection(self) -> Iterator[Rows]:
        """Lend a connection. Raises StoreError where none can be had, or where the block loses it."""
        with self.told():
            with _OPENING:
                connections = pool(self.address.conninfo)
            try:
                with connections.connection() as connection:
                    yield connection
            except PoolTimeout:
                psycopg.connect(self.address.conninfo).close()  # its error says why, which the pool only logs
                raise

    @contextmanager
    def within(self, connection: Rows, *, snapshot: bool = False) -> Iterator[None]:
        """Make the block one transaction of the brand on a lent connection; with `snapshot` it sees nothing of later writes."""
        with self.told(), connection.transaction():
            if snapshot:
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            connection.execute("SELECT set_config('curator.brand', %s, true)", (self.address.brand,))
            yield

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn an error of Postgres into a StoreError of one line. A mistake in a statement stays what it is: a bug."""
        try:
            yield
        except psycopg.Error as error:
            if isinstance(error, _BUGS) and not isinstance(error, errors.InsufficientPrivilege):
                raise
            raise self.refused(error) from error

    def refused(self, error: psycopg.Error) -> StoreError:
        """Return the error to tell. libpq names host, user and database in its messages, never a password."""
        known = next(((what, hint) for kind, what, hint in _PROBLEMS if isinstance(error, kind)), None)
        what, hint = known or (f"the database cannot be used: {line(str(error), 300)}", _AGAIN)
        return StoreError(what, where=self.address.shown, hint=hint)


@cache
def pool(conninfo: str) -> "ConnectionPool[Rows]":
    """Return the pool of an address, once its tables are those of this version.

    The first connection is made without the pool, whose own message says only that it waited in vain.
    """
    with psycopg.connect(conninfo, autocommit=True) as connection:
        migrate.migrate(connection)
    made: ConnectionPool[Rows] = ConnectionPool(
        conninfo,
        min_size=0,
        max_size=_MOST,
        timeout=_PATIENCE,
        kwargs={"autocommit": True, "application_name": _name()},
        configure=_configure,
        check=ConnectionPool.check_connection,
        open=True,
    )
    atexit.register(made.close)
    return made


def _name() -> str:
    """Return what this process is called on the server, which keeps 63 bytes."""
    return f"pid {os.getpid()} on {socket.gethostname()[:20]}: {lock.command()}".encode("ascii", "replace").decode()[:63]


def _configure(connection: Rows) -> None:
    """Let the server notice within a minute that this machine is gone, so that the locks of its sessions go too."""
    for name, value in (("idle", "30"), ("interval", "10"), ("count", "3")):
        connection.execute("SELECT set_config(%s, %s, false)", (f"tcp_keepalives_{name}", value))
