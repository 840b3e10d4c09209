"""The settings of brands in a database: the files that a person edits, and every version of them that was recorded.

The file in a brand directory is the true one there. A file whose contents were recorded before, from another directory, is
behind and not edited, so it is never recorded again.
"""

import logging
import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from curator.core.errors import ConfigError, StoreError
from curator.core.text.plain import line
from curator.storage.postgres.address import EVERYBODY, Address
from curator.storage.postgres.database import Database, Rows

Texts = Mapping[str, bytes]
"""Files of a brand directory by name, byte for byte."""

_LOG = logging.getLogger(__name__)
_KEPT = 100  # versions of a file
_NEWEST = "SELECT DISTINCT ON (file) file, version, print, at, place FROM curator.settings ORDER BY file, version DESC"
_KNOWN = "SELECT EXISTS (SELECT FROM curator.settings WHERE file = %s AND print = %s)"
_BODY = "SELECT body FROM curator.settings WHERE file = %s AND version = %s"
_KEEP = "INSERT INTO curator.settings (file, version, print, body, place) VALUES (%s, %s, %s, %s, %s)"
_LET_GO = "DELETE FROM curator.settings WHERE file = %s AND version <= %s"
_LIST = "INSERT INTO curator.brands DEFAULT VALUES ON CONFLICT DO NOTHING"


class Version(Struct, frozen=True, kw_only=True):
    """A file as it was recorded. `print`: a hash of it. `place`: the machine and directory that it came from."""

    number: int
    print: bytes
    at: datetime
    place: str

    def says(self, body: bytes) -> bool:
        """Return whether a file is the same as this."""
        return self.print == _print(body)

    @property
    def origin(self) -> str:
        """When and from where it was recorded, as messages say it."""
        return f"recorded {self.at:%Y-%m-%d %H:%M} from {self.place}"


class Settings:
    """What is recorded of one brand. Every method raises StoreError."""

    def __init__(self, address: Address) -> None:
        """Connect to nothing."""
        self._database = Database(address)

    def newest(self) -> Mapping[str, Version]:
        """Return the last version of each file, by its name; nothing for a brand that has none."""
        with self._database.transaction() as db:
            return _newest(db)

    def body(self, file: str, version: Version) -> bytes:
        """Return a file as it was recorded. Raises StoreError where that version has been removed meanwhile."""
        with self._database.transaction() as db:
            row = db.execute(_BODY, (file, version.number)).fetchone()
        if row is None:
            raise StoreError(
                f"{file} was removed from the database meanwhile", where=self._database.address.shown, hint="type the command again"
            )
        return bytes(row[0])

    def known(self, file: str, body: bytes) -> bool:
        """Return whether a file was ever recorded as this."""
        with self._database.transaction() as db:
            return _is_known(db, file, body)

    def forget(self) -> None:
        """Remove all versions, and the brand from the list of those that have settings."""
        with self._database.transaction() as db:
            db.execute("DELETE FROM curator.settings")
            db.execute("DELETE FROM curator.brands")


class Recorder:
    """Records what one brand directory says. What prevents it, or is newer, is told once and stops nothing."""

    def __init__(self, home: Path, read: Callable[[], Texts]) -> None:
        """Record the files that `read` returns, as those of the directory `home`. `read` may raise ConfigError."""
        self._read, self._told = read, set[str]()
        self._place = line(f"{socket.gethostname()}:{os.fsencode(home.resolve()).decode(errors='replace')}", 300)

    def record(self, db: Rows) -> None:
        """Record the files that are neither the newest nor behind, in a transaction that holds the write lock of the library."""
        try:
            texts = self._read()
        except ConfigError as error:
            self._tell(f"not recorded in the database: {'; '.join(f'{each.where}: {each.what}' for each in error.problems)}")
            return
        newest = _newest(db)
        for file, body in texts.items():
            self._record(db, file, body, newest.get(file))

    def _record(self, db: Rows, file: str, body: bytes, last: Version | None) -> None:
        if last and last.says(body):
            return
        if last and last.place != self._place and _is_known(db, file, body):
            self._tell(f"{file} is an earlier one than that of the database, {last.origin}; the next edit here replaces that one")
            return
        number = last.number + 1 if last else 1
        db.execute(_KEEP, (file, number, _print(body), body, self._place))
        db.execute(_LET_GO, (file, number - _KEPT))
        db.execute(_LIST)

    def _tell(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            _LOG.warning("%s", what)


def brands(address: Address) -> list[str]:
    """Return the names of the brands of a database that have settings, in order. Raises StoreError."""
    with Database(replace(address, brand=EVERYBODY)).transaction() as db:
        return [name for (name,) in db.execute("SELECT brand FROM curator.brands ORDER BY brand")]


def _newest(db: Rows) -> Mapping[str, Version]:
    rows = db.execute(_NEWEST)
    return {file: Version(number=number, print=print_, at=at, place=place) for file, number, print_, at, place in rows}


def _is_known(db: Rows, file: str, body: bytes) -> bool:
    row = db.execute(_KNOWN, (file, _print(body))).fetchone()
    return bool(row and row[0])


def _print(body: bytes) -> bytes:
    return sha256(body).digest()
