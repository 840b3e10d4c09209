"""Where the brands of a fleet are: in the directories of a folder, or in a database that recorded what those say."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from curator import config
from curator.config import opml, values
from curator.core import files
from curator.core.errors import ConfigError, Problem, UsageError
from curator.core.protocols import Progress
from curator.core.report import RunReport, Subscription
from curator.jobs import subscriptions
from curator.library._library import Library

if TYPE_CHECKING:
    from curator.jobs.harvest import Harvest
    from curator.storage.postgres.settings import Settings, Version

_ADDRESSES = ("postgresql:", "postgres:", "env:")
_LONGEST = 255  # bytes of a file name
_RECORD = "curator fetch --home DIR, in each brand directory whose library is there, records them"


class Brands(Protocol):
    """The brands of a fleet."""

    @property
    def homes(self) -> Mapping[str, Path]:
        """Directory of each brand, by name."""
        ...

    def opened(self, name: str, progress: Progress, harvest: Harvest) -> Library:
        """Open a brand for its daily job. Raises CuratorError."""
        ...

    def state(self, name: str) -> tuple[Sequence[Subscription], RunReport | None]:
        """Return the feeds of a brand and its latest list. Writes nothing. Raises CuratorError."""
        ...


class FolderBrands:
    """Brand directories."""

    def __init__(self, homes: Mapping[str, Path]) -> None:
        """Take the directories by name."""
        self.homes = homes

    def opened(self, name: str, progress: Progress, harvest: Harvest) -> Library:
        """Open a brand directory."""
        return Library(self.homes[name], progress, harvest)

    def state(self, name: str) -> tuple[Sequence[Subscription], RunReport | None]:
        """Return the feeds of a brand and its latest list."""
        desk = Library(self.homes[name])
        return desk.feeds.health(), desk.store.report()


class RecordedBrands:
    """Brands whose settings and libraries lie in a database. Their directories are made in a folder, each at its turn."""

    def __init__(self, spec: str, folder: Path) -> None:
        """List the brands of the database `spec`. Raises CuratorError where it cannot be asked, or has none."""
        from curator.storage import brands

        self._spec, self._folder = _checked(spec), folder
        self.homes: Mapping[str, Path] = {name: folder / name for name in brands(spec)}
        if not self.homes:
            raise ConfigError("no brand of this database has settings there", where="--brands", hint=_RECORD)

    def opened(self, name: str, progress: Progress, harvest: Harvest) -> Library:
        """Write the files that are missing or behind into the brand's directory, and open it on the library of the database."""
        recorded, outdated = self._recorded(name), self._outdated(name)
        for file, version in outdated.items():
            files.write(self.homes[name] / file, recorded.body(file, version), backup=True)
        return Library(self.homes[name], progress, harvest, self._spec)

    def state(self, name: str) -> tuple[Sequence[Subscription], RunReport | None]:
        """Return the feeds of a brand and its latest list, as its next run would find them."""
        from curator.storage import open_store

        self._outdated(name)
        recorded = self._recorded(name)
        brand, feeds = (recorded.body(file, recorded.newest()[file]) for file in (config.BRAND, config.FEEDS))
        config.parse(brand)
        store = open_store(self._spec, self.homes[name] / "library")
        return subscriptions.health(opml.parse(feeds).feeds, store), store.report()

    def _outdated(self, name: str) -> Mapping[str, Version]:
        """Return the files that a brand's directory lacks or has of before, as recorded.

        Raises ConfigError for a name that no directory can have, and where a person edited a file of the directory.
        """
        recorded, home = self._recorded(name), self.homes[name]
        newest = recorded.newest()
        if missing := {config.BRAND, config.FEEDS} - newest.keys():
            raise ConfigError(f"the database has no {' and no '.join(sorted(missing))} of this brand", where=name, hint=_RECORD)
        here = {file: body for file in newest if (body := _body(home / file)) is not None}
        outdated = {file: version for file, version in newest.items() if file not in here or not version.says(here[file])}
        if edited := [file for file in outdated if file in here and not recorded.known(file, here[file])]:
            raise ConfigError(problems=[_edited(home / file, newest[file]) for file in edited])
        return outdated

    def _recorded(self, name: str) -> Settings:
        """Return what the database has of a brand. Raises ConfigError for a name that no directory can have."""
        from curator.storage import open_settings

        if Path(name).name != name or name.startswith(".") or len(os.fsencode(name)) > _LONGEST:
            what = "the brand is called in the database as no directory can be"
            raise ConfigError(what, where=name, hint="curator move --to 'postgresql://db.example/curator?brand=NAME' --switch")
        return open_settings(self._spec, self.homes[name] / "library")


def brands(place: str | Path | None, home: Path | None) -> Brands:
    """Return the brands in a folder, or those recorded in the database of an address, whose directories are made in `home`."""
    if str(place).startswith(_ADDRESSES):
        return RecordedBrands(str(place), home or Path.cwd())
    found = config.find_homes(place or home)
    return FolderBrands({name or each.resolve().name: each for name, each in found.items()})


def _checked(spec: str) -> str:
    """Return an address of a database. Raises UsageError, which does not repeat it, for one with a password."""
    try:
        return values.store(spec)
    except ValueError as error:
        raise UsageError(f"--brands {error}", hint="curator fleet run --brands env:NAME") from None


def _body(path: Path) -> bytes | None:
    with files.written(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def _edited(path: Path, version: Version) -> Problem:
    what = f"{path.name} was edited here, and differs from that of the database, {version.origin}"
    home, file = shlex.quote(str(path.parent)), shlex.quote(str(path))
    hint = f"curator fetch --home {home} records it; mv {file} {file}.mine leaves that of the database"
    return Problem(what=what, where=str(path), hint=hint)
