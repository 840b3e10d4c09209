"""The process that forks workers, seen from both sides."""

import importlib
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import warnings
from contextlib import suppress
from pathlib import Path

from curator.feeds.workers import jobs
from curator.feeds.workers.channel import Channel

LONGEST_RESULT = 64 << 20
"""The most bytes accepted as the result of one job."""

# Freed memory of a large page is returned to the system at once (glibc), and a worker uses one core.
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144", "OPENBLAS_NUM_THREADS": "1"}


# --- in this process ---


class ForkServer:
    """Handle of the fork server, which is started when it is needed and again if it died."""

    def __init__(self, memory: int, preload: tuple[str, ...]) -> None:
        self._command = f"from curator.feeds.workers import fork_server; fork_server.serve(%d, {memory}, {preload!r})"
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def fork(self) -> Channel:
        """Return a channel to a new worker. Messages may be sent at once, even if the server is still importing.

        Raises EOFError once the server is closed, OSError when it cannot be reached.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self.open(), [b"w"], [theirs.fileno()])
        return Channel(ours, LONGEST_RESULT)

    def open(self) -> socket.socket:
        """Start the server if it is not running, and return its control socket. Raises EOFError once it is closed."""
        with self._lock:
            if self._closed:
                raise EOFError("closed")
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._control

    def close(self) -> None:
        """End the server and all workers."""
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
            # -P: modules are imported from where ours are, never from the current directory, which may be anybody's.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
                [sys.executable, "-P", "-c", self._command % theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **_ENVIRONMENT},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )


# --- in the fork server and its workers ---


def serve(control: int, memory: int, preload: tuple[str, ...]) -> None:
    """Fork a worker for each socket received over the control socket; at its end, end the whole session."""
    for name in preload:
        with suppress(Exception):  # a job that needs the module will report it
            importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=control) as server:
        while received := socket.recv_fds(server, 1, 1)[1]:
            if os.fork() == 0:
                server.close()
                _work(Channel(socket.socket(fileno=received[0])), memory)
                os._exit(0)
            os.close(received[0])
    os.killpg(0, signal.SIGKILL)


def _work(channel: Channel, memory: int) -> None:
    """Run jobs until the channel ends, or until the alarm of a job that takes too long ends the process."""
    _limit_resources(memory)
    logging.disable()
    warnings.simplefilter("ignore")
    with suppress(EOFError, OSError, MemoryError):
        while True:
            channel.send(_answer(channel.receive()))


def _answer(message: bytes) -> bytes:
    try:
        job, args, limit = pickle.loads(message)  # noqa: S301 - from the process that started this one
        signal.setitimer(signal.ITIMER_REAL, limit)
        return jobs.encode(jobs.run(job, args))
    except Exception as error:  # a job that cannot be unpickled, or a result that cannot be encoded
        return jobs.encode(jobs.from_exception(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_resources(memory: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        at_birth = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (at_birth + memory, at_birth + memory))
