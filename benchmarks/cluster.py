# ruff: noqa: T201 - a script that prints what it found
"""What one worker of a cluster does, and what two do: pages read by a Dask scheduler and its workers on loopback.

    ./dev bench cluster [--pages 300] [--runs 3]

Each page costs the processor time of the command, the scheduler, the worker and its sandboxed reader; these are measured for short
pages and for long ones. Where the two workers, the scheduler and the command share few cores, these cores bound what the workers can
do, and the clock tells of the machine. So pages that take as long, but sleep, are read as well: what is then lost from one worker to
two is lost by the cluster.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # the cluster that the tests use

import psutil  # noqa: E402
from support import worker_jobs  # noqa: E402
from support.cluster import Dask  # noqa: E402

from curator.feeds import article  # noqa: E402
from curator.feeds.collect import WIDTH  # noqa: E402
from curator.feeds.workers import RemoteWorkers  # noqa: E402

PAGES = sorted((ROOT / "tests" / "data" / "pages").glob("*.html"))
PARAGRAPH = "<p>Paragraph {} of page {}: farmers, harvest and prices, told at some length and with figures such as {}.</p>"
LONG = 200  # paragraphs that make a page long

Job = tuple[Callable[..., Any], tuple[object, ...]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    kinds = {
        "short": partial(reading, 0),
        "long": partial(reading, LONG),
        "5 ms asleep": partial(asleep, 0.005),
        "20 ms asleep": partial(asleep, 0.02),
    }
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    print(f"{'ms a page':>14} {'workers':>8} {'command':>8} {'scheduler':>10} {'workers':>8} {'readers':>8} {'clock':>7}")
    for count in (1, 2):
        with Dask(workers=count) as dask:
            remote = connected(dask, count)
            asyncio.run(read(remote, list(reading(0, "warm", 20 * count))))
            for kind, jobs in kinds.items():
                rows = [spent(dask, remote, list(jobs(f"{count} {run}", asked.pages))) for run in range(asked.runs)]
                costs = [median(column) for column in zip(*rows, strict=True)]
                took[kind].append(costs[-1])
                print(f"{kind:>14} {count:>8}", *(f"{cost:>{width}.2f}" for cost, width in zip(costs, (8, 10, 8, 8, 7), strict=True)))
    for kind, (one, two) in took.items():
        print(f"{kind}: two workers read {one / two:.2f} times as fast as one, efficiency {one / two / 2:.2f}")


def connected(dask: Dask, count: int) -> RemoteWorkers:
    cluster = dask.connect()
    dask.joined(cluster, count)
    return RemoteWorkers(cluster, lambda: count)


def reading(paragraphs: int, run: str, count: int) -> Iterator[Job]:
    """Pages that no other run has read."""
    for n in range(count):
        more = "".join(PARAGRAPH.format(k, n, n * k) for k in range(paragraphs))
        body = PAGES[n % len(PAGES)].read_text("utf-8").replace("</body>", f"<p>{run} {n}</p>{more}</body>")
        yield partial(article.read, url=f"https://kabar.example/{n}", content_type="text/html; charset=utf-8"), (body.encode(),)


def asleep(seconds: float, run: str, count: int) -> Iterator[Job]:
    for n in range(count):
        yield worker_jobs.sleeps, (seconds, f"{run} {n}")


async def read(workers: RemoteWorkers, jobs: Sequence[Job]) -> None:
    """Read pages as a run does, WIDTH at once."""
    left = iter(jobs)

    async def one() -> None:
        for job, args in left:
            await workers.call("extract", "https://kabar.example/", job, *args)

    await asyncio.gather(*(one() for _ in range(WIDTH)))


def spent(dask: Dask, workers: RemoteWorkers, jobs: Sequence[Job]) -> list[float]:
    """Return the milliseconds of a page: processor time of the command, scheduler, workers and readers, and the clock."""

    def clocks() -> list[float]:
        processes = [psutil.Process(worker.pid) for worker in dask.workers]
        readers = [child for process in processes for child in process.children(recursive=True)]
        return [time.process_time(), busy([psutil.Process(dask.scheduler.pid)]), busy(processes), busy(readers), time.perf_counter()]

    before = clocks()
    asyncio.run(read(workers, jobs))
    return [1000 * (after - begun) / len(jobs) for begun, after in zip(before, clocks(), strict=True)]


def busy(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


if __name__ == "__main__":
    main()
