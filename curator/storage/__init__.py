"""Stores of the library: files that are replaced whole, sqlite maps, locks, repair, retention, export and import."""

from pathlib import Path

from curator.core.errors import ConfigError
from curator.core.protocols import Store
from curator.storage.caches import FileCaches, LibraryCaches


def open_store(spec: str, folder: Path) -> Store:
    """Return the store that `[engine] store` names, for the library in `folder` (`<brand>/library`). Creates nothing.

    Raises ConfigError for an unknown name.
    """
    if spec != "tinydb":
        raise ConfigError(f'unknown store "{spec}"', where="brand.toml: engine.store", hint='store = "tinydb"')
    from curator.storage.tinydb_store import TinyStore

    return TinyStore(folder)


def open_caches(spec: str, folder: Path) -> LibraryCaches:
    """Return the derived caches that lie with the store which `[engine] store` names. Creates nothing."""
    return FileCaches(folder)
