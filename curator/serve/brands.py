"""The brands of a server: one at its root, or several below /b/, each with its own library, threads, sessions, forms and runs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct
from yarl import URL

from curator import config
from curator.core.errors import ConfigError
from curator.library.saving_key import SavingKey
from curator.serve.background import Background
from curator.serve.lanes import Lane, LaneName, OpenLibrary
from curator.serve.sessions import Sessions


class ServedBrand(Struct, frozen=True, kw_only=True):
    """A brand and what answers for it. `root`: the path before those of its pages, "" where it is the only brand."""

    root: str
    title: str
    lanes: Mapping[LaneName, Lane]
    sessions: Sessions
    background: Background
    saving: SavingKey

    def own(self, path: str) -> str:
        """Return a path of the server as the brand's pages know it, without its root."""
        return "/" + path.split("/", 3)[3] if self.root else path


def served(homes: Mapping[str, Path], lanes: Iterable[LaneName]) -> Mapping[str, ServedBrand]:
    """Return the brands by the name of their directory, which is "" for one alone."""
    secret, names = secrets.token_bytes(32), frozenset(lanes)
    return {name: _served(name, home, secret, names) for name, home in homes.items()}


def _served(name: str, home: Path, secret: bytes, lanes: Iterable[LaneName]) -> ServedBrand:
    library = OpenLibrary(home)
    return ServedBrand(
        root=root(name),
        title=_title(home),
        lanes={lane: Lane(library, lane) for lane in lanes},
        sessions=Sessions(secret, name),
        background=Background(home),
        saving=SavingKey(home),
    )


def root(name: str) -> str:
    """Return the path before those of a brand's pages, "" for the name of one alone."""
    return URL.build(path=f"/b/{name}").raw_path if name else ""


def _title(home: Path) -> str:
    """Return what the switch calls a brand: its directory where brand.toml has a problem, which its pages then tell."""
    try:
        return config.load(home).name
    except ConfigError:
        return home.name
