"""Numbered migrations of the tables. Each is a file of `migrations/`; those that are missing are applied in one transaction."""

import re
import shlex
from functools import cache
from importlib.resources import files
from typing import Any

from psycopg import Connection, errors

from curator.core.errors import StoreError

_LOCK = 0x63757261746F72  # "curator": two processes never migrate at once
_TABLE = "CREATE TABLE IF NOT EXISTS curator.migrations (number int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())"
_ROLES = "CREATE ROLE curator LOGIN; CREATE DATABASE curator OWNER curator"
_EXTENSION = "vector"
_OLDEST = (0, 8)  # its HNSW scans on until enough rows are found that row security lets through
_VECTOR = (
    "SELECT coalesce((SELECT extversion FROM pg_extension WHERE extname = %(name)s), "
    "(SELECT default_version FROM pg_available_extensions WHERE name = %(name)s))"
)
_AS_OWNER = "PGUSER=OWNER curator doctor, with the role that owns the database; docs/postgres.md says more"


def migrate(connection: Connection[tuple[Any, ...]]) -> None:
    """Bring the tables to this version. The connection commits by itself.

    Raises StoreError for tables of a newer version, for a role that may not make them, for one that row security does not bind, and
    where the extension of vectors is missing or too old.
    """
    _refuse_unbound(connection)
    if _version(connection) == max(_migrations()):
        return
    _refuse_without_vectors(connection)
    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute("CREATE SCHEMA IF NOT EXISTS curator")
            connection.execute(_TABLE)
            found = _version(connection)
            for number in sorted(number for number in _migrations() if number > found):
                connection.execute(_migrations()[number])
                connection.execute("INSERT INTO curator.migrations (number) VALUES (%s)", (number,))
    except errors.InsufficientPrivilege as error:
        what, hint = (
            "the tables of curator are missing or older than this version, and the role of the address may not make them",
            _AS_OWNER,
        )
        if "extension" in str(error):
            what = "the database has no extension vector (pgvector), by which search compares meanings, and this role may not make it"
            hint = f"{_psql(connection, 'CREATE EXTENSION vector')}, as a superuser of the server"
        raise StoreError(what, where=_place(connection), hint=hint) from error


def _refuse_without_vectors(connection: Connection[tuple[Any, ...]]) -> None:
    row = connection.execute(_VECTOR, {"name": _EXTENSION}).fetchone()
    found = str(row[0]) if row and row[0] else ""
    if tuple(map(int, re.findall(r"\d+", found)[:2])) >= _OLDEST:
        return
    oldest, server = ".".join(map(str, _OLDEST)), connection.info.server_version // 10_000
    has = f"pgvector {found}" if found else "no pgvector"
    change = "ALTER EXTENSION vector UPDATE" if found else "CREATE EXTENSION vector"
    what = f"the server of the database has {has}: search compares meanings by {oldest} or newer"
    hint = f"apt-get install postgresql-{server}-pgvector, on the server; then {_psql(connection, change)}, as its superuser"
    raise StoreError(what, where=_place(connection), hint=hint)


def _psql(connection: Connection[tuple[Any, ...]], statement: str) -> str:
    return f'psql -d {shlex.quote(connection.info.dbname)} -c "{statement}"'


def _refuse_unbound(connection: Connection[tuple[Any, ...]]) -> None:
    row = connection.execute("SELECT rolsuper OR rolbypassrls, current_user FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and row[0]:
        what = f"row security does not bind the role {row[1]}: a library could read the rows of another brand"
        raise StoreError(what, where=_place(connection), hint=f'psql -c "{_ROLES}", and that role in the address')


def _version(connection: Connection[tuple[Any, ...]]) -> int:
    """Return the number of the last migration, 0 where there is none. Raises StoreError where it is one of a later version."""
    known = max(_migrations())
    there = connection.execute("SELECT to_regclass('curator.migrations') IS NOT NULL").fetchone()
    row = connection.execute("SELECT max(number) FROM curator.migrations").fetchone() if there and there[0] else None
    found = int(row[0] or 0) if row else 0
    if found > known:
        what = f"the database was written by a newer curator (its schema is {found}, this one knows {known})"
        raise StoreError(what, where=_place(connection), hint="pip install --upgrade curator")
    return found


def _place(connection: Connection[tuple[Any, ...]]) -> str:
    return f"postgresql://{connection.info.host}/{connection.info.dbname}"


@cache
def _migrations() -> dict[int, bytes]:
    """Return the statements of each migration by its number."""
    folder = files("curator.storage.postgres") / "migrations"
    return {int(file.name.removesuffix(".sql")): file.read_bytes() for file in folder.iterdir() if file.name.endswith(".sql")}
