"""A Dask cluster does what one machine does, to the byte, whatever becomes of its workers."""

import asyncio
import os
import pickle
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from support import worker_jobs
from support.cluster import Dask

from curator.core.errors import ConfigError, CuratorError
from curator.core.feed import Failure
from curator.feeds.workers import LocalWorkers, RemoteWorkers
from curator.feeds.workers.batches import MOST
from curator.feeds.workers.remote import answer
from curator.library._cluster import Cluster


@pytest.fixture(scope="module")
def dask() -> Iterator[Dask]:
    with Dask() as cluster:
        yield cluster


def both(dask: Dask, *calls: tuple[Callable[..., object], tuple[object, ...]]) -> tuple[list[object], list[object]]:
    """What these jobs return here and on the cluster."""

    async def outcomes(workers: LocalWorkers | RemoteWorkers) -> list[object]:
        asked = (workers.call("parse", f"https://kabar.example/{n}", job, *args) for n, (job, args) in enumerate(calls))
        return list(await asyncio.gather(*asked))

    cluster = dask.connect()
    with LocalWorkers() as local:
        here = asyncio.run(outcomes(local))
    return here, asyncio.run(outcomes(RemoteWorkers(cluster, lambda: cluster.width)))


def test_jobs_return_what_they_return_here_and_hostile_ones_die_alone(dask: Dask) -> None:
    jobs = [(worker_jobs.double, (n,)) for n in range(40)]
    hostile = [(worker_jobs.dies, ()), (worker_jobs.refuses, ()), (worker_jobs.stumbles, ()), (worker_jobs.size, (b"x" * 3_000_000,))]
    here, there = both(dask, *jobs, *hostile)
    assert there == here
    assert there[:40] == [2 * n for n in range(40)]
    assert isinstance(there[40], Failure)
    assert all(worker.poll() is None for worker in dask.workers), "the cluster's own processes live on"


def test_the_same_task_is_done_once_for_all_who_ask_at_once(dask: Dask, tmp_path: Path) -> None:
    cluster, mark = dask.connect(), tmp_path / "done"
    futures = [cluster.submit(_marks, str(mark)) for _ in range(6)]
    assert [future.result(60) for future in futures] == [1] * 6
    assert mark.read_text() == "x"


def _marks(path: str) -> int:
    time.sleep(0.5)
    with Path(path).open("a") as file:
        file.write("x")
    return 1


def test_a_worker_that_is_killed_costs_only_what_it_was_doing(tmp_path: Path) -> None:
    with Dask() as dask:
        cluster = dask.connect()
        futures = [cluster.submit(_notes, str(tmp_path), n) for n in range(60)]
        done = [futures[n].result(60) for n in range(10)]
        dask.workers[0].kill()
        assert [future.result(60) for future in futures] == [n * n for n in range(60)]
        assert done == [n * n for n in range(10)]
    runs = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(runs) == 60
    assert sum(runs) <= 60 + 4, "what was handed over is not done again"


def _notes(folder: str, n: int) -> int:
    return worker_jobs.notes(folder, n, 0.05)


def test_of_the_pages_of_a_killed_worker_only_those_of_its_two_tasks_are_read_again(tmp_path: Path) -> None:
    async def read(cluster: Cluster, victim: "subprocess.Popen[bytes]") -> list[object]:
        workers, kept = RemoteWorkers(cluster, lambda: 2), 0

        async def page(n: int) -> object:
            nonlocal kept
            outcome = await workers.call("parse", f"https://kabar.example/{n}", worker_jobs.notes, str(tmp_path), n, 0.01)
            if (kept := kept + 1) == 60:
                victim.kill()
            return outcome

        return list(await asyncio.gather(*map(page, range(200))))

    with Dask() as dask:
        cluster = dask.connect()
        dask.joined(cluster, 2)
        assert asyncio.run(read(cluster, dask.workers[0])) == [n * n for n in range(200)]
        assert dask.workers[0].wait(10) == -9
    runs = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(runs) == 200
    assert sum(runs) <= 200 + 2 * MOST


def test_a_cluster_that_loses_all_workers_or_its_scheduler_is_an_error_and_no_wait_for_ever() -> None:
    with Dask(workers=1) as dask:
        cluster = dask.connect(patience=4.0)
        future = cluster.submit(time.sleep, 600)
        dask.workers[0].kill()
        with pytest.raises(CuratorError, match="the cluster is lost: no worker for 4 s") as lost:
            future.result(60)
        assert "dask worker" in lost.value.problems[0].hint
        dask.add_worker()
        dask.joined(cluster, 1)
        assert cluster.submit(_square, 7).result(60) == 49
        future = cluster.submit(time.sleep, 601)
        dask.scheduler.kill()
        with pytest.raises(CuratorError, match="the cluster is lost"):
            future.result(60)


def _square(n: int) -> int:
    return n * n


def test_a_scheduler_that_is_not_there_or_has_no_worker_is_named(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match="cannot be reached") as refused:
        Cluster("dask://127.0.0.1:9", patience=2.0)
    assert refused.value.problems[0].where == "dask://127.0.0.1:9"
    with Dask(workers=0) as dask, pytest.raises(CuratorError, match="has no worker"):
        dask.connect(patience=2.0)


def test_a_worker_of_another_version_is_named(dask: Dask) -> None:
    with pytest.raises(CuratorError, match=r"a worker runs curator .*, this machine 99"):
        dask.connect().submit(answer, "99", [pickle.dumps((os.getpid, ()))]).result(60)


@pytest.fixture
def certificates(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Makes an authority of a name, a certificate that it signed, and Dask's configuration of them."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make certificates with")

    def made(name: str) -> dict[str, str]:
        ca, cert, asked = (tmp_path / f"{name}{end}" for end in ("-ca", "", "-asked"))
        for command in (
            f"req -x509 -days 2 -subj /CN={name} {KEY} -keyout {ca}.key -out {ca}.pem",
            f"req -subj /CN=node {KEY} -keyout {cert}.key -out {asked}.pem",
            f"x509 -req -days 2 -in {asked}.pem -CA {ca}.pem -CAkey {ca}.key -CAcreateserial -out {cert}.pem",
        ):
            subprocess.run(["openssl", *command.split()], check=True, capture_output=True)
        return {"ca-file": f"{ca}.pem", "cert": f"{cert}.pem", "key": f"{cert}.key"}

    return made


KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


def test_an_encrypted_cluster_is_for_machines_with_its_certificates_alone(certificates: Callable[[str], dict[str, str]]) -> None:
    import dask

    def of(files: dict[str, str]) -> dict[str, object]:
        names = {"ca-file": "ca-file", "cert": "client.cert", "key": "client.key"}
        return {f"distributed.comm.tls.{names[name]}": path for name, path in files.items()}

    ours, foreign = certificates("ours"), certificates("foreign")
    options = [word for name in ("ca-file", "cert", "key") for word in (f"--tls-{name}", ours[name])]
    with Dask(workers=1, security=options) as dask_:
        assert dask_.address.startswith("tls://")
        with dask.config.set(of(ours)):
            assert dask_.connect().submit(_square, 9).result(60) == 81
        with pytest.raises(ConfigError, match="needs the certificates of this machine: Dask's configuration names none") as missing:
            dask_.connect()
        assert "TLS__CA_FILE" in missing.value.problems[0].hint
        with dask.config.set(of({**ours, "cert": "/nowhere.pem"})), pytest.raises(ConfigError, match="No such file"):
            dask_.connect()
        with dask.config.set(of(foreign)), pytest.raises(CuratorError, match=r"cannot be reached.*certificate") as refused:
            dask_.connect(patience=3.0)
        assert "dask worker tls://" in refused.value.problems[0].hint
        with pytest.raises(CuratorError, match="cannot be reached"):
            Cluster(dask_.address.replace("tls://", "dask://"), patience=3.0)


class Loud:
    """A model that says in which process it was loaded, and how often."""

    name, dim = "loud@1", 4

    def __init__(self, folder: str) -> None:
        with (Path(folder) / str(os.getpid())).open("a") as file:
            file.write("x")

    def embed(self, texts: Sequence[str], role: str) -> np.ndarray:
        return np.array([[len(text), len(texts), ord(text[0]), len(role)] for text in texts], np.float32)


def test_texts_are_embedded_in_the_batches_of_one_machine_by_models_loaded_once_a_process(dask: Dask, tmp_path: Path) -> None:
    from curator.ranking.embed.encoder import batches
    from curator.ranking.embed.remote import RemoteEncoder

    texts = [chr(97 + n % 26) * (50 + 37 * n % 1900) for n in range(300)]
    encoder = RemoteEncoder("loud@1", dask.connect(), Loud, str(tmp_path))
    rows = encoder.embed(texts, "document")
    assert rows[:, 0].tolist() == [len(text) for text in texts]
    assert rows[:, 2].tolist() == [ord(text[0]) for text in texts]
    alone = list(batches(texts))
    assert len(alone) > 20
    firsts = {rows[batch[0], 1] for batch in alone}
    assert max(firsts) <= 2 * max(len(batch) for batch in alone)
    assert encoder.dim == 4
    assert encoder.embed([], "query").shape == (0, 4)
    loads = [path.read_text() for path in tmp_path.iterdir()]
    assert loads == ["x"] * len(loads)
    assert 1 <= len(loads) <= 2


def test_a_missing_extra_is_named_with_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    from curator.library import _cluster

    monkeypatch.setattr(_cluster, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="needs an extra") as missing:
        _cluster.cluster("dask://127.0.0.1:1")
    assert missing.value.problems[0].hint == "pip install 'curator[cluster]'"
