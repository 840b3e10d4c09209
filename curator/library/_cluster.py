"""A Dask cluster as an executor: tasks are keyed by their content, and a cluster that is lost is an error and not a wait for ever.

The scheduler gives a worker little more than it has threads for; the rest waits there. What a worker has done is handed over at
once, so one that dies costs only what it was doing, which another does again. Nothing is kept on the cluster.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import cache
from importlib.util import find_spec
from typing import Any, Final, ParamSpec, TypeVar

from curator.core.errors import ConfigError, CuratorError

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE: Final = 30.0
"""Seconds without a worker, or without the scheduler, after which the cluster counts as lost."""

_PAUSE: Final = 2.0  # seconds between two looks at it
_WHERE: Final = "brand.toml: engine.workers"
_CERTIFICATES: Final = " ".join(
    f"DASK_DISTRIBUTED__COMM__TLS__{name}={file}"
    for name, file in (("CA_FILE", "ca.pem"), ("CLIENT__CERT", "this-machine.pem"), ("CLIENT__KEY", "this-machine.key"))
)


@cache
def cluster(address: str) -> Cluster:
    """Return the cluster of an address such as "dask://scheduler:8786", connected once in a process.

    Raises ConfigError where the extra is missing, CuratorError where the scheduler cannot be reached or has no worker.
    """
    if not find_spec("distributed"):
        raise ConfigError("a cluster needs an extra that is not installed", where=_WHERE, hint="pip install 'curator[cluster]'")
    return Cluster(address)


class Cluster(Executor):
    """The workers behind a scheduler. `width`: how many tasks they do at once, as it was when they were last looked at."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        """Connect. Raises CuratorError as `cluster` does. `patience`: seconds."""
        self._address, self._patience = address, patience
        self._client = _client(address, patience)
        self._executor = self._client.get_executor(pure=True)
        self._open: dict[Future[Any], Future[Any]] = {}
        self.width = 1
        self._look()
        self._ended = threading.Event()
        threading.Thread(target=self._watch, name="cluster", daemon=True).start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Send a task. Its future raises BrokenExecutor where every worker that had it died, CuratorError where the cluster is lost."""
        told: Future[T] = Future()
        done: Future[T] = self._executor.submit(fn, *args, **kwargs)
        self._open[told] = done
        told.add_done_callback(self._forget)
        done.add_done_callback(lambda done: self._tell(told, done))
        return told

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster. Tasks under way are dropped."""
        self._ended.set()
        self._client.close()

    def _forget(self, told: Future[Any]) -> None:
        """Take a task back where nobody waits for it any more."""
        done = self._open.pop(told, None)
        if done and not done.done():
            done.cancel()

    def _tell(self, told: Future[T], done: Future[T]) -> None:
        """Hand an outcome over, unless the task was given up."""
        from distributed import KilledWorker

        if self._open.pop(told, None) is None or not told.set_running_or_notify_cancel():
            return
        if done.cancelled():
            told.set_exception(self._lost("the connection was lost"))
        elif isinstance(error := done.exception(), KilledWorker):
            told.set_exception(BrokenExecutor("every worker that had it died"))
        elif error:
            told.set_exception(error)
        else:
            told.set_result(done.result())

    def _watch(self) -> None:
        """Fail what is open once the cluster has been without a worker for too long."""
        missed = 0.0
        while not self._ended.wait(_PAUSE):
            missed = 0.0 if not self._open or self._look() else missed + _PAUSE
            if missed >= self._patience:
                self._give_up()
                missed = 0.0

    def _give_up(self) -> None:
        for told in list(self._open):
            if done := self._open.pop(told, None):
                done.cancel()
                if told.set_running_or_notify_cancel():
                    told.set_exception(self._lost(f"no worker for {self._patience:g} s"))

    def _look(self) -> bool:
        """Note the width. Returns whether there is a worker at all."""
        try:
            threads = int(sum(self._client.nthreads().values()))
        except Exception:  # whatever the connection raises means that nobody answers
            return False
        self.width = threads or self.width
        return threads > 0

    def _lost(self, why: str) -> CuratorError:
        return CuratorError(f"the cluster is lost: {why}", where=self._address, hint=_start(self._address))


def _client(address: str, patience: float) -> Any:
    """Connect to a scheduler that has a worker."""
    import dask
    import distributed

    dask.config.set({"distributed.admin.large-graph-warning-threshold": "100MB"})  # a page is a large task, and meant to be
    library: Any = distributed  # its functions have no types
    scheduler, secure = address.replace("dask://", "tcp://", 1), _encrypted(address) if address.startswith("tls://") else None
    try:
        client = library.Client(scheduler, timeout=patience, security=secure, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CuratorError(f"the cluster cannot be reached: {error}", where=address, hint=_start(address)) from error
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as error:
        client.close()
        raise CuratorError("the cluster has no worker", where=address, hint=_start(address)) from error
    return client


def _encrypted(address: str) -> Any:
    """Return the certificates that Dask's configuration names. Raises ConfigError where it names none, or they cannot be read."""
    import distributed

    library: Any = distributed
    secure, why = library.Security(require_encryption=True), "Dask's configuration names none"
    try:
        if secure.get_connection_args("client")["ssl_context"]:
            return secure
    except OSError as error:  # no such file, or none of the kind
        why = str(error)
    raise ConfigError(f"an encrypted cluster needs the certificates of this machine: {why}", where=address, hint=f"export {_CERTIFICATES}")


def _start(address: str) -> str:
    """Return the commands that start a cluster."""
    scheme, how = ("tls", " --protocol tls") if address.startswith("tls://") else ("tcp", "")
    return f"dask scheduler{how}   and, on each machine,   dask worker {scheme}://SCHEDULER:8786"
