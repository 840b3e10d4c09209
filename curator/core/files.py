"""Files are written whole or not at all, and what the system says when it will not write is one line for a person."""

import errno
import os
import shutil
from collections.abc import Iterator
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
    """What the system says about `path` becomes a StoreError of one line."""
    try:
        yield
    except OSError as error:
        strange = (error.strerror or str(error), "curator doctor")
        raise refused(path, *_REFUSALS.get(error.errno or 0, strange)) from error


def refused(path: Path, reason: str, hint: str) -> StoreError:
    """The error of a file that the system will not give or take; `hint` may name its {folder}."""
    folder = path if path.is_dir() else path.parent
    return StoreError(f"{path.name} cannot be used: {reason}", where=str(path), hint=hint.format(folder=folder))


def make_folder(folder: Path) -> None:
    """The folder, there to stay after a power cut."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)


def write(path: Path, data: bytes) -> None:
    """The file now holds `data`, for files outside the library; what it held before is gone. Raises StoreError."""
    with written(path):
        replace(path, data, backup=False)


def replace(path: Path, data: bytes, *, backup: bool = True) -> None:
    """The file now holds `data`; what it held before is `<name>.bak`. At every moment `path` is the old file or the new."""
    make_folder(path.parent)
    new = beside(path, "new")
    try:
        with new.open("wb") as file:
            file.write(data)
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
    """A second name for the file that is about to be replaced costs no copy and leaves the first name where it is."""
    backup, spare = beside(path, "bak"), beside(path, "bak.new")
    if not path.exists() or (backup.exists() and backup.samefile(path)):  # rename() of one file onto itself does nothing
        return
    spare.unlink(missing_ok=True)
    twin(path, spare)
    spare.replace(backup)


def twin(path: Path, other: Path) -> None:
    """The same file under another, new name; a copy where the file system has no hard links."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)
        sync(other)


def stamp(path: Path) -> str:
    """Another one after every write of a file; "" where there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return ""
    return f"{stat.st_ino}-{stat.st_size}-{stat.st_mtime_ns}"


def beside(path: Path, suffix: str) -> Path:
    """`2026-11.json` → `2026-11.json.<suffix>`."""
    return path.with_name(f"{path.name}.{suffix}")


def sync(path: Path) -> None:
    """Forces a file to the disk (fsync) or, so that a new name outlives a power cut, a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
