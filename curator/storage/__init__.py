"""Stores of the library: files that are replaced whole, sqlite maps, Postgres, locks, repair, retention, export and import."""

import os
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from curator.core.errors import ConfigError
from curator.core.protocols import Store
from curator.storage.caches import FileCaches, LibraryCaches

if TYPE_CHECKING:
    from curator.storage.postgres.address import Address
    from curator.storage.postgres.leases import PostgresLeases
    from curator.storage.postgres.settings import Settings


def open_store(spec: str, folder: Path, settings: Callable[[], Mapping[str, bytes]] | None = None) -> Store:
    """Return the store that `[engine] store` names, for the library in `folder` (`<brand>/library`). Creates nothing.

    `settings` returns the files of the brand directory that a person edits, by name, or raises ConfigError for those not in order: a
    store on Postgres records them with each commit.

    Raises ConfigError for an unknown name, for an address that cannot be used, and where what it needs is not installed.
    """
    if spec == "tinydb":
        from curator.storage.tinydb_store import TinyStore

        return TinyStore(folder)
    where = address_of(spec, folder)
    from curator.storage.postgres.settings import Recorder
    from curator.storage.postgres.store import PostgresStore

    return PostgresStore(where, Recorder(folder.parent, settings) if settings else None)


def open_caches(spec: str, folder: Path) -> LibraryCaches:
    """Return the derived caches that lie with the store which `[engine] store` names. Creates nothing. Raises ConfigError."""
    if spec == "tinydb":
        return FileCaches(folder)
    where = address_of(spec, folder)
    from curator.storage.postgres.caches import PostgresCaches

    return PostgresCaches(where)


def open_leases(spec: str, folder: Path, slots: int) -> "PostgresLeases | None":
    """Return the leases of hosts that lie with the store which `[engine] store` names, None for files. Raises ConfigError."""
    if spec == "tinydb":
        return None
    where = address_of(spec, folder)
    from curator.storage.postgres.leases import PostgresLeases

    return PostgresLeases(where, slots)


def open_settings(spec: str, folder: Path) -> "Settings":
    """Return the settings that are recorded with a store on Postgres, for the library in `folder`. Raises ConfigError."""
    where = address_of(spec, folder)
    from curator.storage.postgres.settings import Settings

    return Settings(where)


def brands(spec: str) -> list[str]:
    """Return the names of the brands whose settings are recorded in a database.

    Raises ConfigError for an address that cannot be used, that names one brand, or without the extra, and StoreError.
    """
    _need_extra()
    from curator.storage.postgres import settings
    from curator.storage.postgres.address import everybody

    return settings.brands(everybody(spec, os.environ))


def same_place(one: str, other: str, folder: Path) -> bool:
    """Return whether two names of a store mean one library. Raises ConfigError for an address that cannot be used."""
    if "tinydb" in {one, other}:
        return one == other
    return address_of(one, folder) == address_of(other, folder)


def address_of(spec: str, folder: Path) -> "Address":
    """Return where on Postgres a library is. Raises ConfigError for an address that cannot be used, or without the extra."""
    if not spec.startswith(("postgresql://", "postgres://", "env:")):
        raise ConfigError(f'unknown store "{spec}"', where=_WHERE, hint='store = "tinydb"')
    _need_extra()
    from curator.storage.postgres.address import address

    return address(spec, folder.absolute().parent.name, os.environ)


def _need_extra() -> None:
    if not (find_spec("psycopg") and find_spec("psycopg_pool")):
        raise ConfigError("a library on Postgres needs an extra that is not installed", where=_WHERE, hint="pip install 'curator[cluster]'")


_WHERE = "brand.toml: engine.store"
