"""One writer at a time: the lock of a library, and who holds it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from curator.core.errors import Locked
from curator.core.files import make_folder
from curator.core.text.plain import line
from curator.storage import disk

if TYPE_CHECKING:
    from filelock import FileLock


class WriteLock:
    """`<folder>/lock`, held by the system for a process and let go when it ends, however it ends.

    The holder's name lies in `lock.holder` (taking a lock may empty the lock file); one that a killed process left
    there is overwritten by the next holder. The same thread may hold it more than once.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lock"
        self._holder = folder / "lock.holder"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lock. Raises Locked at once when another has it."""
        first = self._acquire()
        try:
            yield
        finally:
            if first:
                with suppress(OSError):  # a stale name is harmless
                    self._holder.unlink()
            self._lock.release()

    def _acquire(self) -> bool:
        """Whether this is the thread's first hold."""
        from filelock import Timeout

        first = not self._lock.is_locked
        with disk.on_disk(self.path):
            make_folder(self.path.parent)
            try:
                self._lock.acquire(blocking=False)
            except Timeout as error:
                raise Locked(f"another command is writing to this library: {self._who()}", where=str(self.path), hint=_WAIT) from error
            if first:
                self._sign()
        return first

    def _sign(self) -> None:
        told = [word for word in sys.argv[1:] if "://" not in word]  # an address may hold a password
        command = " ".join([Path(sys.argv[0]).name, *told])
        try:
            self._holder.write_text(f"{line(command, 80)} (pid {os.getpid()}), since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n", "utf-8")
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


_UNKNOWN = "it has not said who it is"
_WAIT = "wait until it is done, then type the command again"
