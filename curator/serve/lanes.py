"""Threads that work on a brand, so that nothing slow holds up the rest. They share its open library, and what it has read."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Literal, TypeVar

from curator import config
from curator.core import files
from curator.library import Library

T = TypeVar("T")
LaneName = Literal["quick", "model", "patient", "analysis"]


class OpenLibrary:
    """The library of a brand directory, which is opened anew when brand.toml or feeds.opml was changed."""

    def __init__(self, home: Path) -> None:
        """Open nothing before it is asked for."""
        self._home, self._stamp, self._lock = home, "", Lock()
        self._library: Library | None = None

    def now(self) -> Library:
        """Return the library with the brand as it is now. Raises ConfigError with the problems of brand.toml."""
        with self._lock:
            stamp = " ".join(files.stamp(self._home / name) for name in (config.BRAND, config.FEEDS))
            if self._library is None or stamp != self._stamp:
                self._library, self._stamp = Library(self._home), stamp
            return self._library


class Lane:
    """One thread."""

    def __init__(self, library: OpenLibrary, name: LaneName) -> None:
        """Work on a library, which is opened by the first job."""
        self._library = library
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"desk-{name}")

    async def run(self, job: Callable[[Library], T]) -> T:
        """Do a job when the jobs before it are done. Raises what it raises, and ConfigError with the problems of brand.toml."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: job(self._library.now()))

    def close(self) -> None:
        """Let the thread end; jobs that wait are given up."""
        self._thread.shutdown(wait=False, cancel_futures=True)
