"""A Dask scheduler and worker processes on loopback, as `dask scheduler` and `dask worker` start them."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import pytest

pytest.importorskip("distributed", reason="the extra is missing: pip install 'curator[cluster]'")

from curator.library._cluster import Cluster

PATHS = os.pathsep.join(map(str, (Path(__file__).parents[2], Path(__file__).parents[1])))


class Dask:
    """Started and stopped by `with`. `connect` returns an executor; workers may be killed and added at any time."""

    def __init__(self, workers: int = 2, security: Sequence[object] = ()) -> None:
        """`security`: options of the scheduler and the workers that encrypt what they say."""
        self._folder = TemporaryDirectory(prefix="curator-dask-")
        self._wanted, self._security = workers, security
        self._clusters: list[Cluster] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        file, protocol = Path(self._folder.name) / "scheduler.json", ("--protocol", "tls") if self._security else ()
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file, *protocol
        )
        deadline = time.monotonic() + 60
        while not file.exists() or not file.stat().st_size:
            assert time.monotonic() < deadline, "the scheduler did not start"
            time.sleep(0.05)
        import json

        self.address = json.loads(file.read_text("utf-8"))["address"].replace("tcp://", "dask://")
        for _ in range(self._wanted):
            self.add_worker()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for cluster in self._clusters:
            cluster.shutdown()
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self._folder.cleanup()

    def connect(self, patience: float = 60.0) -> Cluster:
        self._clusters.append(Cluster(self.address, patience))
        return self._clusters[-1]

    def add_worker(self) -> None:
        tcp = self.address.replace("dask://", "tcp://")
        self.workers.append(self._start("worker", tcp, "--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"))

    def joined(self, cluster: Cluster, count: int) -> None:
        """Wait until the scheduler knows so many workers."""
        cluster._client.wait_for_workers(count, timeout=60)

    def _start(self, part: str, *args: object) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "distributed.cli.dask_" + part, *map(str, (*args, *self._security))]
        with (Path(self._folder.name) / "log").open("ab") as log:
            environment = {**os.environ, "PYTHONPATH": PATHS, "OMP_NUM_THREADS": "1"}
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=self._folder.name)
