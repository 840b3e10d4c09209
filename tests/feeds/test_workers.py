import asyncio
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
from support.worker_jobs import (
    dies,
    double,
    dribbles,
    eats,
    forges,
    gives_what_cannot_be_sent,
    holds_the_interpreter,
    looks_in_the_current_directory,
    modules,
    nests,
    refuses,
    size,
    sleeps,
    stumbles,
    who,
)

from curator.core.feed import Failure
from curator.feeds.workers import FEED_READERS, InlineWorkers, LocalWorkers, pool

PAGE = "https://koran.example/a"


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalWorkers]:
    with LocalWorkers(processes=2, limit=1.0, preload=()) as local:
        yield local


def reason(outcome: object) -> str:
    assert isinstance(outcome, Failure), outcome
    assert outcome.url == PAGE
    return outcome.reason


def call(workers: LocalWorkers | InlineWorkers, job: object, *args: object) -> object:
    return asyncio.run(workers.call("extract", PAGE, job, *args))  # type: ignore[arg-type]


def test_a_job_runs_in_another_process_and_its_result_comes_back(workers: LocalWorkers) -> None:
    assert call(workers, double, 21) == 42
    assert call(workers, who) != os.getpid()


def test_many_jobs_at_once_are_shared_by_the_processes_there_are(workers: LocalWorkers) -> None:
    async def crowd() -> list[int | Failure]:
        return await asyncio.gather(*(workers.call("parse", PAGE, who) for _ in range(50)))

    assert len(set(asyncio.run(crowd()))) <= 2


def test_a_large_page_gets_through(workers: LocalWorkers) -> None:
    assert call(workers, size, b"x" * (10 << 20)) == 10 << 20


def test_what_a_reader_refuses_is_told_in_its_own_words(workers: LocalWorkers) -> None:
    assert call(workers, refuses) == Failure(url=PAGE, stage="extract", reason="kosong", hint="curator feeds check x")


def test_any_exception_is_that_pages_failure_on_one_clean_line(workers: LocalWorkers) -> None:
    assert reason(call(workers, stumbles)) == r"could not be read (KeyError: 'salah \x1b[31m\nbaris')"


def test_a_process_that_dies_is_replaced(workers: LocalWorkers) -> None:
    assert reason(call(workers, dies)) == "crashed the program that reads it"
    assert [call(workers, double, n) for n in range(4)] == [0, 2, 4, 6]


def test_a_job_that_takes_too_long_is_ended(workers: LocalWorkers) -> None:
    started = time.monotonic()
    assert reason(call(workers, sleeps)) == "took longer than 1 s to read"
    assert time.monotonic() - started < 3


def test_a_job_that_never_lets_go_of_the_interpreter_is_ended_too(workers: LocalWorkers) -> None:
    assert reason(call(workers, holds_the_interpreter)) == "took longer than 1 s to read"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits address space")
def test_a_job_that_eats_memory_is_refused_it(workers: LocalWorkers) -> None:
    assert reason(call(workers, eats)) == "needs more memory than one page is given"


def test_endless_nesting_is_a_failure_like_any_other(workers: LocalWorkers) -> None:
    assert reason(call(workers, nests)) == "is nested too deeply"


def test_a_result_that_cannot_be_sent_is_a_failure_and_the_process_lives_on(workers: LocalWorkers) -> None:
    assert "could not be read (" in reason(call(workers, gives_what_cannot_be_sent))
    assert call(workers, double, 1) == 2


class Marked:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (str(self.path), 0o700)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"not msgpack",
        msgspec.msgpack.encode([None, "a text, not a number"]),
        msgspec.msgpack.encode([None, 1, 2, "more"]) + b"rest",
        msgspec.msgpack.encode({"failure": None}),
        b"\x91" * 5000 + b"\xc0",
    ],
)
def test_a_forged_answer_is_the_failure_of_its_page_alone(workers: LocalWorkers, reply: bytes) -> None:
    assert reason(call(workers, forges, reply)) == "crashed the program that reads it"
    assert call(workers, double, 21) == 42


def test_no_answer_of_a_worker_is_ever_unpickled(workers: LocalWorkers, tmp_path: Path) -> None:
    assert reason(call(workers, forges, pickle.dumps(Marked(tmp_path / "trap")))) == "crashed the program that reads it"
    assert not list(tmp_path.iterdir())


def test_a_forged_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_GRACE", 0.5)
    with LocalWorkers(processes=1, limit=0.5, preload=()) as local:
        assert reason(call(local, dribbles, 100)) == "took longer than 0.5 s to read"
        assert call(local, double, 21) == 42


def test_an_answer_larger_than_any_result_is_not_received(workers: LocalWorkers) -> None:
    assert reason(call(workers, dribbles, 65 << 20)) == "crashed the program that reads it"
    assert call(workers, double, 21) == 42


def test_a_stranger_s_directory_is_no_place_to_import_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "curator.py").write_text("raise SystemExit('stolen')")
    monkeypatch.chdir(tmp_path)
    with LocalWorkers(processes=1, preload=("curator.core.text.plain",)) as local:
        assert call(local, looks_in_the_current_directory) is False


def test_after_closing_no_process_is_left_not_even_a_busy_one() -> None:
    async def leave() -> Failure | None:
        async with LocalWorkers(processes=2, preload=()) as local:
            busy = asyncio.ensure_future(local.call("extract", PAGE, sleeps))
            await local.call("extract", PAGE, double, 1)
        return await busy

    before = set(psutil.Process().children(recursive=True))
    started = time.monotonic()
    assert reason(asyncio.run(leave())) == "crashed the program that reads it"
    assert time.monotonic() - started < 5
    assert set(psutil.Process().children(recursive=True)) <= before


def test_a_closed_pool_starts_nothing() -> None:
    local = LocalWorkers(processes=1)
    local.close()
    with pytest.raises(RuntimeError):
        call(local, double, 1)


def test_warming_up_returns_at_once_and_once_more_does_nothing() -> None:
    with LocalWorkers(processes=1, preload=()) as local:
        started = time.monotonic()
        local.warm()
        local.warm()
        assert time.monotonic() - started < 0.5
        assert call(local, double, 4) == 8


def test_however_many_cores_there_are_two_processes_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async def crowd(local: LocalWorkers) -> set[object]:
        return set(await asyncio.gather(*(local.call("parse", PAGE, who) for _ in range(50))))

    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    with LocalWorkers(preload=()) as local:
        assert len(asyncio.run(crowd(local))) <= 2


def test_what_reads_feeds_is_not_preloaded_with_what_reads_articles() -> None:
    with LocalWorkers(processes=1, preload=FEED_READERS) as local:
        loaded = call(local, modules)
    assert isinstance(loaded, set)
    assert {"curator.feeds.normalize", "lxml.etree"} <= loaded
    assert not {"trafilatura", "numpy", "aiohttp"} & loaded


def test_the_same_words_without_processes() -> None:
    assert call(InlineWorkers(), double, 21) == 42
    assert reason(call(InlineWorkers(), refuses)) == "kosong"


# Written as a beginner writes it: no `if __name__ == "__main__"`.
SCRIPT = """
import asyncio, signal
from curator.feeds.workers import LocalWorkers
from support.worker_jobs import size, sleeps

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what runs in the background ignore it

async def main():
    async with LocalWorkers(processes=2, preload=()) as local:
        await local.call("parse", "u", size, b"ready")
        print("ready", flush=True)
        await asyncio.gather(*(local.call("parse", "u", sleeps) for _ in range(2)))

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.fixture
def script() -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) == 3
    yield process, children
    for child in children:
        if child.is_running():
            child.kill()
    process.kill()
    process.communicate()


Script = tuple[subprocess.Popen[str], list[psutil.Process]]


def test_no_process_outlives_a_parent_that_is_killed(script: Script) -> None:
    process, children = script
    process.kill()
    _, alive = psutil.wait_procs(children, timeout=3)
    assert not alive


def test_an_interrupt_from_the_terminal_ends_all_of_it_quietly(script: Script) -> None:
    process, children = script
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=5)
    assert (out, err, process.returncode) == ("stopped\n", "", 0)
    assert not psutil.wait_procs(children, timeout=3)[1]
