"""The settings of a brand: what a person wrote into brand.toml and feeds.opml, as it may leave the machine."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from curator import config
from curator.config import opml
from curator.core.errors import ConfigError

_PASSWORD = re.compile(r"""://[^\s/@"']*:[^\s/@"']+@|[?&](?:ssl)?password=[^\s&"']""", re.I)


def read(home: Path) -> Mapping[str, bytes]:
    """Return the two files by name, byte for byte.

    Raises ConfigError for a file that cannot be read or has a problem, and for an address with a password in brand.toml, in a
    comment too.
    """
    brand, feeds = (_body(home / name) for name in (config.BRAND, config.FEEDS))
    _check(brand, feeds)
    return {config.BRAND: brand, config.FEEDS: feeds}


@lru_cache(maxsize=8)  # every commit reads them, and hardly any finds others
def _check(brand: bytes, feeds: bytes) -> None:
    config.parse(brand)
    opml.parse(feeds)
    for number, said in enumerate(config.decoded(brand).splitlines(), 1):
        if _PASSWORD.search(said):
            raise ConfigError("holds an address with a password", where=f"{config.BRAND}: line {number}")


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=path.name) from error
