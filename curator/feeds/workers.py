"""Processes that read hostile bytes for us: whatever a page does to its reader, only that reader dies, and is replaced.

    thread ──socket── worker        one thread here holds one process there, and they share nothing with the others:
    thread ──socket── worker        a dead or hanging process is an end of file on its own socket and can lock nobody else
       └──── nursery ────┘          imports the heavy readers once and forks a worker in milliseconds

The nursery is a fresh interpreter without threads, models or our open files; it leads a session of its own, so Ctrl-C in the
terminal is not for it, and the end of this process, however it comes, is an end of file that makes it end all of them.
"""

import asyncio
import importlib
import logging
import os
import pickle
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from msgspec import Struct

from curator.core.errors import Unreadable
from curator.core.feed import Failure, Stage
from curator.core.text import plain

T = TypeVar("T")

FEED_READERS = ("feedparser", "lxml.etree", "curator.feeds.parse", "curator.feeds.normalize")
READERS = (*FEED_READERS, "trafilatura", "curator.feeds.article")
# Each may come to hold 150 MB; two keep up with what two connections a host bring.
_MOST = 2
# What a large page needed goes back to the system at once (glibc), and a worker has one core.
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144", "OPENBLAS_NUM_THREADS": "1"}
# How long after its limit a worker may take to die of it before it is given up.
_GRACE = 10.0


class _Broken(Struct, frozen=True):
    """What a job ended with instead of a result: strings only, so that it always gets through the socket."""

    reason: str
    hint: str = ""
    worn: bool = False  # the process is not fit for another job


class LocalWorkers:
    """As many processes as this machine has cores, at most two; they start with the first call, or with `warm`.

    `limit`: seconds for one job. `memory`: bytes of address space a process may take beyond those it was born with (Linux).
    `preload`: modules worth importing before the first job. After `close` no process is left. Not for Windows, which has no fork.
    """

    def __init__(
        self, *, processes: int | None = None, limit: float = 20.0, memory: int = 384 << 20, preload: tuple[str, ...] = READERS
    ) -> None:
        count = processes or min(os.cpu_count() or 1, _MOST)
        self._limit = limit
        self._nursery = _Nursery(memory, preload)
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(_Worker(self._nursery))
        self._threads = ThreadPoolExecutor(count, "worker")

    def warm(self) -> None:
        """Begins to import the readers, without waiting for them."""
        self._nursery.open()

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        """The result of a module-level function, or why there is none."""
        found = await asyncio.get_running_loop().run_in_executor(self._threads, self._run, job, args)
        return _failure(stage, url, found) if isinstance(found, _Broken) else found

    def close(self) -> None:
        self._nursery.close()
        self._threads.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self.warm()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _run(self, job: Callable[..., Any], args: tuple[object, ...]) -> Any:
        worker = self._idle.get()
        try:
            return worker.run(job, args, self._limit)
        finally:
            self._idle.put(worker)


class InlineWorkers:
    """The same in this process, for tests and small things: nothing can be killed here."""

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        found = _done(job, args)
        return _failure(stage, url, found) if isinstance(found, _Broken) else found

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


class _Worker:
    """Our end of one process: forked when it is needed, and again after it died."""

    def __init__(self, nursery: "_Nursery") -> None:
        self._nursery = nursery
        self._line: Connection | None = None

    def run(self, job: Callable[..., Any], args: tuple[object, ...], limit: float) -> Any:
        asked = time.monotonic()
        try:
            self._line = self._line or self._nursery.worker()
            self._line.send((job, args, limit))
            if self._line.poll(limit + _GRACE):
                found = self._line.recv()
                if isinstance(found, _Broken) and found.worn:
                    self._hang_up()
                return found
        except (EOFError, OSError):
            pass
        self._hang_up()
        late = time.monotonic() - asked >= limit
        return _Broken(f"took longer than {limit:g} s to read" if late else "crashed the program that reads it")

    def _hang_up(self) -> None:
        if self._line:
            self._line.close()
        self._line = None


class _Nursery:
    """The process that forks the workers, started when it is needed, and again if it died."""

    def __init__(self, memory: int, preload: tuple[str, ...]) -> None:
        self._command = f"from curator.feeds.workers import nurse; nurse(%d, {memory}, {preload!r})"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def worker(self) -> Connection:
        """A line to a new worker. It can be spoken into at once; whoever is at the other end may still be importing."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self.open(), [b"w"], [theirs.fileno()])
        return Connection(ours.detach())

    def open(self) -> socket.socket:
        with self._lock:
            if self._closed:
                raise EOFError("closed")
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._control

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._process:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
                self._control.close()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            # -P: modules come from where ours do, never from the current directory, which may be anybody's.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and words
                [sys.executable, "-P", "-c", self._command % theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **_ENVIRONMENT},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )


def nurse(control: int, memory: int, preload: tuple[str, ...]) -> None:
    """The life of a nursery: a worker for each line it is handed; with its own line it ends, and all of its session."""
    for name in preload:
        with suppress(Exception):  # a job that needs it will say so
            importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=control) as line:
        while received := socket.recv_fds(line, 1, 1)[1]:
            if os.fork() == 0:
                line.close()
                _serve(Connection(received[0]), memory)
                os._exit(0)
            os.close(received[0])
    os.killpg(0, signal.SIGKILL)


def _serve(line: Connection, memory: int) -> None:
    """The life of a worker: it ends with its line, or by the alarm that a job sets off when it takes too long."""
    _confine(memory)
    logging.disable()
    warnings.simplefilter("ignore")
    with suppress(EOFError, OSError, MemoryError):
        while True:
            line.send_bytes(_answer(line.recv_bytes()))


def _answer(question: bytes) -> bytes:
    try:
        job, args, limit = pickle.loads(question)  # noqa: S301 - from the process that started this one
        signal.setitimer(signal.ITIMER_REAL, limit)
        return pickle.dumps(_done(job, args))
    except Exception as error:  # a question or an answer that does not fit through the line
        return pickle.dumps(_broken(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _confine(memory: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        born_with = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (born_with + memory, born_with + memory))


def _done(job: Callable[..., Any], args: tuple[object, ...]) -> Any:
    try:
        return job(*args)
    except Exception as error:  # whatever a page does to its reader is that page's failure and no one else's
        return _broken(error)


def _broken(error: Exception) -> _Broken:
    match error:
        case Unreadable():
            return _Broken(error.reason, error.hint)
        case MemoryError():
            return _Broken("needs more memory than one page is given", worn=True)
        case RecursionError():
            return _Broken("is nested too deeply")
    return _Broken(f"could not be read ({type(error).__name__}: {plain.line(str(error), 120)})")


def _failure(stage: Stage, url: str, broken: _Broken) -> Failure:
    return Failure(url=url, stage=stage, reason=plain.line(broken.reason, 200), hint=plain.line(broken.hint, 500))
