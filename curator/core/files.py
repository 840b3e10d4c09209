"""Atomic writing of files, with system errors as one-line messages."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from curator.core.errors import StoreError

FULL = ("there is no space left on its disk", "df -h {folder}")
_REFUSALS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: ("the disk quota is used up", "quota; df -h {folder}"),
    errno.EROFS: ("its disk is read-only", "df {folder}; mount"),
    errno.EACCES: ("permission denied", "ls -ld {folder}"),
    errno.EPERM: ("permission denied", "ls -ld {folder}"),
}


@contextmanager
def written(path: Path) -> Iterator[None]:
    """Turn an OSError about `path` into a StoreError of one line."""
    try:
        yield
    except OSError as error:
        strange = (error.strerror or str(error), "curator doctor")
        raise refused(path, *_REFUSALS.get(error.errno or 0, strange)) from error


def refused(path: Path, reason: str, hint: str) -> StoreError:
    """Return the error for a file that cannot be read or written; `hint` may contain "{folder}"."""
    folder = path if path.is_dir() else path.parent
    return StoreError(f"{path.name} cannot be used: {reason}", where=str(path), hint=hint.format(folder=folder))


def make_folder(folder: Path) -> None:
    """Create a folder and its parents, and sync it to disk."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)


def write(path: Path, contents: bytes | Iterable[bytes], *, backup: bool = False, mode: int = 0o666) -> None:
    """Write a file outside the store atomically. `backup`, `mode`: as `replace` has them. Raises StoreError."""
    with written(path):
        replace(path, contents, backup=backup, mode=mode)


def replace(path: Path, contents: bytes | Iterable[bytes], *, backup: bool = True, mode: int = 0o666) -> None:
    """Replace a file atomically by its new contents, whole or in chunks. The old file is kept as `<name>.bak` with `backup`.

    `mode`: its permissions, less those that the process withholds (umask).
    """
    make_folder(path.parent)
    new = beside(path, "new")
    try:
        new.unlink(missing_ok=True)  # what a killed process left has permissions of its own
        new.touch(mode)
        with new.open("wb") as file:
            file.writelines([contents] if isinstance(contents, bytes) else contents)
            file.flush()
            os.fsync(file.fileno())
        if backup:
            _keep_previous(path)
        new.replace(path)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell; a leftover is overwritten by the next write
            new.unlink(missing_ok=True)
            beside(path, "bak.new").unlink(missing_ok=True)
        raise
    sync(path.parent)


def _keep_previous(path: Path) -> None:
    """Link the file to `<name>.bak`. A hard link costs no copy, and `path` exists all the time."""
    backup, spare = beside(path, "bak"), beside(path, "bak.new")
    if not path.exists() or (backup.exists() and backup.samefile(path)):  # rename() of one file onto itself does nothing
        return
    spare.unlink(missing_ok=True)
    twin(path, spare)
    spare.replace(backup)


def twin(path: Path, other: Path) -> None:
    """Give a file a second name by a hard link, or by a copy where the file system has none."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)
        sync(other)


def stamp(path: Path) -> str:
    """Return a version of a file that changes on every write, "" where there is no file."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return ""
    return f"{stat.st_ino}-{stat.st_size}-{stat.st_mtime_ns}"


def beside(path: Path, suffix: str) -> Path:
    """Return the path with a suffix added: `2026-11.json` becomes `2026-11.json.<suffix>`."""
    return path.with_name(f"{path.name}.{suffix}")


def sync(path: Path) -> None:
    """Force a file to the disk (fsync), or a folder, so that new names in it survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
