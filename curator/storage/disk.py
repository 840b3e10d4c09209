"""How bytes reach the disk whole or not at all, and what a person is told when the disk will not take them.

sqlite files use the rollback journal, not WAL: between commands each is one file that can be copied as it is and read
in a read-only folder, and what was committed never lives in a `-wal` beside it that somebody may delete. WAL would buy
readers that never wait; with one writer whose transactions take milliseconds that is worth nothing.
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
    """A file of the library is not what was written there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} is damaged: {reason}", where=str(path), hint=REPAIR)


class Newer(StoreError):
    """A file of the library was written by a later version of this program."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        what = f"{path.name} was written by a newer curator (its schema is {found}, this one knows {known})"
        super().__init__(what, where=str(path), hint="pip install --upgrade curator")


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """What the system or sqlite says about `path` becomes a StoreError of one line; damage becomes `Damaged`."""
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
    """Whether the file is there; a folder that may not be looked into is an error, not a no."""
    with on_disk(path):
        try:
            path.stat()
        except FileNotFoundError:
            return False
        return True


def set_aside(path: Path) -> Path:
    """A damaged file also under the name `<name>.damaged-<time>`, for a person to look at."""
    aside = beside(path, f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    twin(path, aside)
    return aside


@contextmanager
def database(path: Path, version: int) -> Iterator[sqlite3.Connection]:
    """The sqlite file, for a moment. It was made by `make_database`, so one that is empty or of no version is damaged.

    Opened for writing even to read: after a crash the first to come rolls the journal back.
    """
    with on_disk(path), closing(_connect(f"{path.absolute().as_uri()}?mode=rw")) as db:
        (found,) = db.execute("PRAGMA user_version").fetchone()
        if found > version:
            raise Newer(path, found, version)
        if found < 1:
            raise Damaged(path, "it is empty" if path.stat().st_size == 0 else "it is not a library file")
        yield db


def make_database(path: Path, tables: str, version: int) -> None:
    """An empty sqlite file with its tables, there at once; where another process has just made it, that one stays."""
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
    """The sqlite file `new` takes the place of `path`."""
    drop_journal(path)
    new.replace(path)
    sync(path.parent)


def drop_journal(path: Path) -> None:
    """Before another sqlite file takes a name: the journal of the last one would be rolled into it."""
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def quick_check(path: Path, version: int) -> None:
    """Raises Damaged when sqlite finds a page or a row that cannot be (PRAGMA quick_check)."""
    with database(path, version) as db:
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise Damaged(path, str(verdict).splitlines()[-1])


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
