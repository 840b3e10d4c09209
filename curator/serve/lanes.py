"""Threads that work on the brand, each with a library of its own that stays open, so that nothing slow holds up the rest.

The library is opened anew when brand.toml or feeds.opml was changed.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeVar

from curator import config
from curator.core import files
from curator.library import Library

T = TypeVar("T")
LaneName = Literal["quick", "model", "patient", "analysis"]


class Lane:
    """One thread with an open library."""

    def __init__(self, home: Path, name: LaneName) -> None:
        """Work on the brand directory `home`. Nothing is opened before the first job."""
        self._home, self._stamp = home, ""
        self._library: Library | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"desk-{name}")

    async def run(self, job: Callable[[Library], T]) -> T:
        """Do a job when the jobs before it are done. Raises what it raises, and ConfigError with the problems of brand.toml."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: job(self._opened()))

    def close(self) -> None:
        """Let the thread end; jobs that wait are given up."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _opened(self) -> Library:
        stamp = " ".join(files.stamp(self._home / name) for name in (config.BRAND, config.FEEDS))
        if self._library is None or stamp != self._stamp:
            self._library, self._stamp = Library(self._home), stamp
        return self._library
