"""Where the library is kept: a family of stores behind one seam."""

from pathlib import Path

from curator.core.errors import ConfigError
from curator.core.protocols import Store


def open_store(spec: str, folder: Path) -> Store:
    """The store that `[engine] store` names, for the library in `folder` (`<brand>/library`). Creates nothing."""
    if spec != "tinydb":
        raise ConfigError(f'there is no store called "{spec}"', where="brand.toml: engine.store", hint='store = "tinydb"')
    from curator.storage.tinydb_store import TinyStore

    return TinyStore(folder)
