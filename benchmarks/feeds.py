# ruff: noqa: S603, T201 - a script that starts what it is told to measure and prints what it found
"""How fast `curator fetch` is, beside other feed readers: the same feeds, the same machine, turn by turn.

    python benchmarks/feeds.py [--feeds 200] [--items 20] [--latency 50 200] [--runs 3] [--reader PYTHON] [--newsboat PATH]

Each reader starts from nothing and is a new process each time: one asks every feed for the first time, one more lets it settle,
uncounted, and one asks again when nothing has changed. Seconds are from start to end; CPU and memory are of all its processes.
More than 200 feeds are measured beside 200, to tell how time grows. Ends with 1 when a reader stored other than it was served.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from importlib import metadata
from pathlib import Path
from statistics import median

import feed_world
import psutil  # type: ignore[import-untyped]
from msgspec import Struct

from curator.config import opml
from curator.core.feed import Feed
from curator.storage import open_store

HOSTS, USUAL = 50, 200
BRAND = '[brand]\nname = "Benchmark"\n[[topics]]\nname = "Coffee"\nabout = "small coffee houses"\n[fetch]\nallow = {}\n'
ADD = "import sys, reader\nwith reader.make_reader('db') as r:\n for url in sys.stdin.read().split(): r.add_feed(url)"
UPDATE = "import reader\nwith reader.make_reader('db') as r: r.update_feeds(scheduled=False, workers=40)"
ENVIRONMENT = os.environ | dict.fromkeys(("no_proxy", "NO_PROXY"), feed_world.HOST)

Turn = dict[str, float]  # what was measured of one reader, by column
Asked = Callable[[], feed_world.Tally]


class Reader(Struct, frozen=True, kw_only=True):
    """What makes its folder for some feeds, what asks them when run there, and how many items it has stored then."""

    name: str
    prepare: Callable[[Path, Sequence[str]], object]
    command: tuple[str, ...]
    stored: Callable[[Path], int]


def main() -> int:
    wish = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wish.add_argument("--feeds", type=int, default=USUAL)
    wish.add_argument("--items", type=int, default=20, help="in each feed, at most 200: of more, curator keeps the newest")
    wish.add_argument("--latency", type=float, nargs=2, default=(50, 200), metavar=("FROM", "TO"), help="ms that an answer takes")
    wish.add_argument("--runs", type=int, default=3)
    wish.add_argument("--reader", metavar="PYTHON", default=os.environ.get("READER_PYTHON", sys.executable), help="one with `reader`")
    wish.add_argument("--newsboat", metavar="PATH", default="newsboat")
    given = wish.parse_args()
    readers = [_curator(), *filter(None, (_reader(given.reader), _newsboat(given.newsboat)))]
    counts = sorted({min(USUAL, given.feeds), given.feeds})
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    with feed_world.serving(given.feeds, given.items, HOSTS, tuple(given.latency)) as (urls, asked):
        results = {count: _turns(readers, urls[:count], given.items, asked, given.runs) for count in counts}
    print(f"load {os.getloadavg()[0]:.1f} after")
    for count in counts:
        print(f"\n{count} feeds × {given.items} items, {given.latency[0]:g}–{given.latency[1]:g} ms; median of {given.runs} (range)")
        _show(readers, results[count])
    if len(counts) > 1:
        _show_growth(readers, *results.items())
    return int(any(turn["served"] != turn["stored"] for turns in results.values() for each in turns for turn in each))


def _curator() -> Reader:
    def prepare(home: Path, urls: Sequence[str]) -> None:
        (home / "brand.toml").write_text(BRAND.format(json.dumps(sorted({url.split("/")[2] for url in urls}))), "utf-8")
        (home / "feeds.opml").write_bytes(opml.build([Feed(url=url) for url in urls], title="Benchmark"))

    name = f"curator {metadata.version('curator')}"
    command = (sys.executable, "-m", "curator", "fetch", "--all", "--quiet", "--home", ".")
    return Reader(name=name, prepare=prepare, command=command, stored=lambda home: len(open_store("tinydb", home / "library").items()))


def _reader(python: str) -> Reader | None:
    question = [python, "-c", "import reader; print(reader.__version__)"]
    found = subprocess.run(question, capture_output=True, text=True) if shutil.which(python) else None
    if not found or found.returncode:
        print(f"reader: not found in {python}; for a Python that has it (pip install reader): --reader PYTHON, or READER_PYTHON")
        return None

    def prepare(home: Path, urls: Sequence[str]) -> None:
        subprocess.run([python, "-c", ADD], cwd=home, input="\n".join(urls), text=True, check=True)

    name = f"reader {found.stdout.strip()}, 40 workers"
    return Reader(name=name, prepare=prepare, command=(python, "-c", UPDATE), stored=lambda home: _rows(home / "db", "entries"))


def _newsboat(path: str) -> Reader | None:
    if not (found := shutil.which(path)):
        print(f"newsboat: {path} not found; apt-get install newsboat, or --newsboat PATH")
        return None

    def prepare(home: Path, urls: Sequence[str]) -> None:
        (home / "urls").write_text("\n".join(urls) + "\n", "utf-8")
        (home / "config").write_text("reload-threads 32\n", "utf-8")

    name = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.split(" - ")[0] + ", 32 threads"
    command = ("env", "HOME=.", found, "-q", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload")
    return Reader(name=name, prepare=prepare, command=command, stored=lambda home: _rows(home / "cache.db", "rss_item"))


def _rows(database: Path, table: str) -> int:
    with closing(sqlite3.connect(database)) as opened:
        return int(opened.execute(f"select count(*) from {table}").fetchone()[0])  # noqa: S608 - two names of our own


def _turns(readers: list[Reader], urls: list[str], items: int, asked: Asked, runs: int) -> list[list[Turn]]:
    """The turns of each reader; all have had their first before one has its second."""
    rounds = [[_turn(each, urls, items, asked) for each in readers] for _ in range(runs)]
    return [list(turns) for turns in zip(*rounds, strict=True)]


def _turn(reader: Reader, urls: list[str], items: int, asked: Asked) -> Turn:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        reader.prepare(home, urls)
        # Newsboat 2.21 remembers the ETag of a feed only from the second time on: hence one lap that is not counted.
        (first, early), _, (again, late) = ((Lap(reader, home), asked()) for _ in range(3))
        measured = {"first s": first.seconds, "again s": again.seconds, "first CPU s": first.cpu, "again CPU s": again.cpu}
        measured |= {"peak MiB": max(first.memory, again.memory) / (1 << 20)}
        measured |= {"served": items * len(early.full | late.full), "stored": reader.stored(home)}
        measured |= {"requests": early.requests + late.requests, "304s": early.unchanged + late.unchanged}
        return measured | {"at one host": max(early.busiest, late.busiest)}


class Lap:
    """A reader's process from start to end: seconds, CPU seconds, and most bytes resident (shared pages count in each process)."""

    def __init__(self, reader: Reader, home: Path) -> None:
        self.memory, self._spent = 0, dict[int, float]()
        with (home / "said").open("w+", encoding="utf-8") as said:
            started = time.perf_counter()
            process = subprocess.Popen(reader.command, cwd=home, env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
            looking = threading.Thread(target=self._look, args=(psutil.Process(process.pid),))
            looking.start()
            _, status, used = os.wait4(process.pid, 0)
            self.seconds = time.perf_counter() - started
            looking.join()
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                raise SystemExit(f"{reader.name} ended with {process.returncode}: {said.read()[-2000:]}")
        # The system counts the processes that were waited for, the looks all that lived long enough to be seen.
        self.cpu = max(used.ru_utime + used.ru_stime, sum(self._spent.values()))

    def _look(self, root: psutil.Process) -> None:
        with suppress(psutil.Error):
            while root.is_running():
                self.memory = max(self.memory, sum(map(self._seen, [root, *root.children(recursive=True)])))
                time.sleep(0.03)

    def _seen(self, process: psutil.Process) -> int:
        with suppress(psutil.Error), process.oneshot():
            self._spent[process.pid] = sum(process.cpu_times()[:2])
            return int(process.memory_info().rss)
        return 0


def _show(readers: list[Reader], results: list[list[Turn]]) -> None:
    """A line for each reader and, for a peer, one with its medians as multiples of curator's."""
    columns = list(results[0][0])
    table = [["", *columns]]
    for each, turns in zip(readers, results, strict=True):
        table.append([each.name, *(_cell(column, [turn[column] for turn in turns]) for column in columns)])
        if turns is not results[0]:
            times = [f"{_middle(turns, column) / _middle(results[0], column):.2f}" for column in columns[:5]]
            table.append(["  times curator's", *times, *("" for _ in columns[5:])])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print(*(text.rjust(width) if n else text.ljust(width) for n, (text, width) in enumerate(zip(row, widths, strict=True))), sep="  ")


def _cell(column: str, values: list[float]) -> str:
    low, middle, high = (
        f"{value:.2f}" if column.endswith(" s") else f"{value:.0f}" for value in (min(values), median(values), max(values))
    )
    return middle if low == high else f"{middle} ({low}–{high})"


def _middle(turns: list[Turn], column: str) -> float:
    return median(turn[column] for turn in turns)


def _show_growth(readers: list[Reader], few: tuple[int, list[list[Turn]]], many: tuple[int, list[list[Turn]]]) -> None:
    print(f"\n{many[0]} feeds against {few[0]}, {many[0] / few[0]:.1f} times as many, take")
    for reader, less, more in zip(readers, few[1], many[1], strict=True):
        times = (f"{_middle(more, lap) / _middle(less, lap):.1f} times as long {lap[:-2]}" for lap in ("first s", "again s"))
        print(f"  {reader.name}: {', '.join(times)}")


if __name__ == "__main__":
    sys.exit(main())
