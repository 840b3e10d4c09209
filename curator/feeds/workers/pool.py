"""The pool of worker processes, and its stand-in that runs jobs in this process."""

import asyncio
import os
import pickle
import queue
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

from curator.core.feed import Failure, Stage
from curator.feeds.workers import jobs
from curator.feeds.workers.channel import Channel
from curator.feeds.workers.fork_server import ForkServer
from curator.feeds.workers.jobs import JobFailure

T = TypeVar("T")

FEED_READERS = ("feedparser", "lxml.etree", "curator.feeds.parse", "curator.feeds.normalize")
"""Modules that parse feeds, for `preload`."""
READERS = (*FEED_READERS, "trafilatura", "curator.feeds.article")
"""Modules that parse feeds and articles, for `preload`."""

# Each process may come to hold 150 MB; two keep up with what two connections per host bring.
_MOST_PROCESSES = 2
# Seconds after its limit that a worker may take to die of its own alarm.
_GRACE = 10.0


class LocalWorkers:
    """Pool of one process per core, two at most. They start with the first call, or with `warm`.

    `limit`: seconds per job. `memory`: bytes of address space a process may take beyond those it is born with (Linux).
    `preload`: modules to import before the first job. After `close` no process is left. Needs fork, so not for Windows.
    """

    def __init__(
        self, *, processes: int | None = None, limit: float = 20.0, memory: int = 384 << 20, preload: tuple[str, ...] = READERS
    ) -> None:
        count = processes or min(os.cpu_count() or 1, _MOST_PROCESSES)
        self._limit = limit
        self._server = ForkServer(memory, preload)
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(_Worker(self._server))
        self._threads = ThreadPoolExecutor(count, "worker")

    def warm(self) -> None:
        """Start importing the parsers, without waiting for them."""
        self._server.open()

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        """Run a module-level function in a worker and return its result, or why there is none.

        The function is annotated with its return type, which msgspec must be able to encode and decode.
        """
        outcome = await asyncio.get_running_loop().run_in_executor(self._threads, self.run, job, args)
        return outcome.failure(stage, url) if isinstance(outcome, JobFailure) else outcome

    def close(self) -> None:
        """End all processes; jobs under way become failures."""
        self._server.close()
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            self._idle.get().hang_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self.warm()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def run(self, job: Callable[..., Any], args: tuple[object, ...]) -> Any:
        """Run a function in a worker, waiting for one and for its end. Returns its result, or a JobFailure."""
        worker = self._idle.get()
        try:
            return worker.run(job, args, self._limit)
        finally:
            self._idle.put(worker)


class InlineWorkers:
    """The same interface without processes, for tests and small inputs: a job cannot be killed."""

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        """Run a function here and return its result, or why there is none."""
        outcome = jobs.run(job, args)
        return outcome.failure(stage, url) if isinstance(outcome, JobFailure) else outcome

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


class _Worker:
    """Our end of one process, which is forked when it is needed and again after it died."""

    def __init__(self, server: ForkServer) -> None:
        self._server = server
        self._channel: Channel | None = None

    def run(self, job: Callable[..., Any], args: tuple[object, ...], limit: float) -> Any:
        """Return the result of a job, or a JobFailure if it has none within `limit` seconds."""
        started = time.monotonic()
        try:
            outcome = jobs.decode(self._ask(pickle.dumps((job, args, limit)), limit + _GRACE), job)
        except (EOFError, OSError):
            late = time.monotonic() - started >= limit
            reason = f"took longer than {limit:g} s to read" if late else "crashed the program that reads it"
            outcome = JobFailure(reason, unusable=True)
        if isinstance(outcome, JobFailure) and outcome.unusable:
            self.hang_up()
        return outcome

    def _ask(self, message: bytes, seconds: float) -> bytes:
        self._channel = self._channel or self._server.fork()
        self._channel.send(message, seconds)
        return self._channel.receive(seconds)

    def hang_up(self) -> None:
        """Close the channel, which ends the process."""
        if self._channel:
            self._channel.close()
        self._channel = None
