"""Sqlite files that are written whole or not at all, and the errors of a disk in plain words.

sqlite files use the rollback journal and not WAL. Between commands each is then one file that can be copied as it is and
read in a read-only folder, and nothing that was committed lies in a `-wal` file that somebody may delete. WAL would let
readers go on during a write; writes take milliseconds here, so that gains nothing.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident

from curator.core.errors import StoreError
from curator.core.files import FULL, beside, make_folder, refused, sync, twin, written

REPAIR = "curator doctor --fix"
PATIENCE = 10.0  # seconds a reader waits while another process commits

_CLOSED = ("it may not be written here", "ls -ld {folder}")
_SQLITE = {
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": _CLOSED,
    "SQLITE_PERM": _CLOSED,
    "SQLITE_CANTOPEN": ("it cannot be opened", "ls -l {folder}"),
    "SQLITE_IOERR": ("its disk answers with an error", "df -h {folder}; curator doctor"),
    "SQLITE_BUSY": (f"another program has held it for {PATIENCE:g} seconds", "fuser {folder}/*"),
}


class Damaged(StoreError):
    """Error: a file of the library does not hold what was written there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} is damaged: {reason}", where=str(path), hint=REPAIR)


class Newer(StoreError):
    """Error: a file of the library was written by a later version of this program."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        what = f"{path.name} was written by a newer curator (its schema is {found}, this one knows {known})"
        super().__init__(what, where=str(path), hint="pip install --upgrade curator")


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Turn errors of the system and of sqlite about `path` into a StoreError of one line. Raises Damaged for damage."""
    try:
        with written(path):
            yield
    except sqlite3.DatabaseError as error:
        if type(error) not in (sqlite3.DatabaseError, sqlite3.OperationalError):  # a broken constraint or call: a bug
            raise
        name = getattr(error, "sqlite_errorname", "")
        known = next((told for prefix, told in _SQLITE.items() if name.startswith(prefix)), None)
        raise (refused(path, *known) if known else Damaged(path, str(error))) from error


def exists(path: Path) -> bool:
    """Return whether the file is there. Raises StoreError where its folder may not be read."""
    with on_disk(path):
        try:
            path.stat()
        except FileNotFoundError:
            return False
        return True


def set_aside(path: Path) -> Path:
    """Copy a damaged file to `<name>.damaged-<time>`, for a person to look at. Returns the path of the copy."""
    aside = beside(path, f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    twin(path, aside)
    return aside


@contextmanager
def database(path: Path, version: int) -> Iterator[sqlite3.Connection]:
    """Open a sqlite file that `make_database` made, and close it at the end of the block.

    The file is opened for writing even to read: after a crash the first reader rolls the journal back. Raises Newer for a
    file of a later version, Damaged for one that is empty or has no version.
    """
    with on_disk(path), closing(_connect(f"{path.absolute().as_uri()}?mode=rw")) as db:
        (found,) = db.execute("PRAGMA user_version").fetchone()
        if found > version:
            raise Newer(path, found, version)
        if found < 1:
            raise Damaged(path, "it is empty" if path.stat().st_size == 0 else "it is not a library file")
        yield db


def make_database(path: Path, tables: str, version: int) -> None:
    """Make an empty sqlite file with its tables in one step. A file that another process has just made stays."""
    new = beside(path, f"{os.getpid()}-{get_ident()}.new")
    with on_disk(path):
        make_folder(path.parent)
        try:
            new.unlink(missing_ok=True)
            with closing(_connect(new.absolute().as_uri())) as db:
                db.executescript(f"PRAGMA journal_mode=OFF; {tables}; PRAGMA user_version={version}")
            sync(new)
            _give_name(new, path)
        finally:
            new.unlink(missing_ok=True)
        sync(path.parent)


def _give_name(new: Path, path: Path) -> None:
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # no hard links here
        new.replace(path)


def put_database(new: Path, path: Path) -> None:
    """Replace the sqlite file `path` by the file `new`."""
    drop_journal(path)
    new.replace(path)
    sync(path.parent)


def drop_journal(path: Path) -> None:
    """Remove the journal of a sqlite file. It would be rolled into the next file of that name."""
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def quick_check(path: Path, version: int) -> None:
    """Raise Damaged when sqlite finds a page or a row that cannot be read (PRAGMA quick_check)."""
    with database(path, version) as db:
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise Damaged(path, str(verdict).splitlines()[-1])


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
