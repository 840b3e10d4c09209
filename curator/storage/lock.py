"""Locks that processes hold on a library, with a note beside each of who holds it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from curator.core.errors import Locked
from curator.core.files import beside, make_folder
from curator.core.text.plain import line
from curator.storage import disk

if TYPE_CHECKING:
    from filelock import FileLock


def command() -> str:
    """Return the command line of this process in at most 80 characters, without addresses, which may hold a password."""
    told = [word for word in sys.argv[1:] if "://" not in word]
    return line(" ".join([Path(sys.argv[0]).name, *told]), 80)


class LibraryLock:
    """Exclusive lock on a library, backed by a lock file.

    The system releases it when the process ends, however it ends. The name of the holder is kept in `<path>.holder`,
    because taking a lock may truncate the lock file. A name that a killed process left behind is overwritten by the next
    holder. The same thread may hold the lock more than once.
    """

    def __init__(self, path: Path, busy: str) -> None:
        """Create the lock for the file `path`; `busy` begins the message of the error when another holds it."""
        self.path = path
        self._busy = busy
        self._holder = beside(path, "holder")

    @contextmanager
    def held(self, patience: float = 0.0) -> Iterator[None]:
        """Hold the lock. Raises Locked when another still has it after `patience` seconds."""
        first = self._acquire(patience)
        try:
            yield
        finally:
            if first:
                with suppress(OSError):  # a stale name is harmless
                    self._holder.unlink()
            self._lock.release()

    def _acquire(self, patience: float) -> bool:
        """Acquire the lock; return whether this is the thread's first hold."""
        from filelock import Timeout

        first = not self._lock.is_locked
        with disk.on_disk(self.path):
            make_folder(self.path.parent)
            try:
                self._lock.acquire(timeout=patience, poll_interval=_POLL)
            except Timeout as error:
                raise Locked(f"{self._busy}: {self._who()}", where=str(self.path), hint=WAIT) from error
            if first:
                self._sign()
        return first

    def _sign(self) -> None:
        try:
            self._holder.write_text(f"{command()} (pid {os.getpid()}), since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n", "utf-8")
        except BaseException:
            self._lock.release()
            raise

    def _who(self) -> str:
        try:
            return line(self._holder.read_text("utf-8", "replace")) or _UNKNOWN
        except FileNotFoundError:
            return _UNKNOWN

    @cached_property
    def _lock(self) -> "FileLock":
        from filelock import FileLock

        return FileLock(self.path)


_POLL = 0.01  # seconds between two attempts: the write lock is held for milliseconds
_UNKNOWN = "it has not said who it is"
WAIT = "wait until it is done, then type the command again"
