# ruff: noqa: T201 - a script that prints what it found
"""From what a feed, a page and an item cost on this machine to the cores of a large one, and a simulated day of it.

    ./dev bench scaling [--feeds 1000000] [--items 10000000] [--brands 300]

Costs are seconds of one core, the least of three tries, but for the store and the leases, where a server works too: there they are
seconds of the clock. The day is simulated in minutes: work arrives in the rhythm of newsrooms, each stage does what its cores can, the
rest waits. docs/scaling.md says what the figures mean.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from math import ceil, cos, pi
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # the Postgres server that the tests use

import feed_world  # noqa: E402
import stores  # noqa: E402
from msgspec import Struct  # noqa: E402
from support.postgres import server  # noqa: E402

from curator.core.brand import FetchRules  # noqa: E402
from curator.core.feed import Feed, Page  # noqa: E402
from curator.core.protocols import Changes, FetchRequest  # noqa: E402
from curator.feeds import article, normalize  # noqa: E402
from curator.feeds.http import DEFAULT_LIMITS, HttpFetcher  # noqa: E402
from curator.library import Library  # noqa: E402
from curator.ranking.passages import READ  # noqa: E402
from curator.storage import open_store  # noqa: E402
from curator.storage.postgres.address import address  # noqa: E402
from curator.storage.postgres.leases import PostgresLeases  # noqa: E402

BRAND = '[brand]\nname = "Scaling"\n[[topics]]\nname = "Coffee"\nabout = "small coffee houses"\n'
PAGES = sorted((ROOT / "tests" / "data" / "pages").glob("*.html"))
POLLS = 12  # requests of a feed in a day
PAGES_A_BRAND = 600  # pages that a brand reads in a day: a run reads a few hundred at most
WHOLE = 0.3  # share of items whose feed brings the article
PASSAGES = 3  # of an article, as they are embedded
RANKED = 0.0024  # seconds of a core for an item of the window of one brand: the last line of `./dev bench fleet`
WINDOW, FOLLOWERS = 7, 1.5  # days of the window; brands that follow a feed
SHARED = 0.5  # share of those pages that another brand has read already
PEAK = 1.8  # times the mean, at the busiest minute
BUSY = 0.7  # share of its time that a core may work at the peak
LARGEST_HOST = 0.02  # share of all feeds that one host serves
LATENCY = 0.3  # seconds of a request at that host


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, usual in (("feeds", 1_000_000), ("items", 10_000_000), ("brands", 300)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    costs = measured()
    print(f"{'cost':>34} {'ms':>10}")
    for name, cost in costs.items():
        print(f"{name:>34} {cost * 1000:>10.3f}")
    stages = day(costs, asked.feeds, asked.items, asked.brands)
    print(f"\n{'stage':>10} {'a day':>14} {'core hours':>12} {'cores':>7} {'longest wait, min':>19}")
    for stage in stages:
        wait = simulated(stage, stage.cores)
        print(f"{stage.name:>10} {stage.units:>14,} {stage.hours:>12,.1f} {stage.cores:>7,} {wait:>19.1f}")
    even = simulated(stages[0], stages[0].mean)
    print(f"with the cores that a day would take if it came evenly, work waits up to {even:.0f} minutes")
    polite(asked.feeds)


# --- what it costs ---


def measured() -> dict[str, float]:
    with feed_world.serving(200, 10, 50, (0, 0)) as (urls, _), TemporaryDirectory(prefix="curator-scaling-") as folder:
        whole, unchanged, bodies = asyncio.run(fetched(urls))
        (Path(folder) / "brand.toml").write_text(BRAND, "utf-8")
        (Path(folder) / "feeds.opml").write_text('<opml version="2.0"><body/></opml>', "utf-8")
        desk = Library.open(folder)
        return {
            "request, answered unchanged": unchanged,
            "request, answered in full": whole,
            "feed of ten items parsed": best(lambda: [parsed(page) for page in bodies]) / len(bodies),
            "page extracted": best(lambda: [extracted(path) for path in PAGES for _ in range(5)]) / (5 * len(PAGES)),
            **embedded(desk),
            **kept(desk),
        }


async def fetched(urls: list[str]) -> tuple[float, float, list[Page]]:
    """Return the cost of a request that is answered in full, of one that is not, and the pages."""
    rules = FetchRules(allow=tuple({url.split("/")[2] for url in urls}))
    async with HttpFetcher(rules) as fetcher:

        async def ask(requests: list[FetchRequest]) -> tuple[float, list[Any]]:
            begun = time.process_time()
            answers = await asyncio.gather(*map(fetcher.get, requests))
            return (time.process_time() - begun) / len(requests), answers

        rounds = [await ask([FetchRequest(url=url) for url in urls]) for _ in range(3)]
        pages: list[Page] = rounds[0][1]
        again = [FetchRequest(url=page.url, etag=page.headers["etag"]) for page in pages]
        return min(cost for cost, _ in rounds), min([(await ask(again))[0] for _ in range(3)]), pages


def parsed(page: Page) -> None:
    feed = Feed(url=page.url)
    kind = page.headers["content-type"]
    found = normalize.delivery(page.body, feed, stores.NOW, url=page.final_url, content_type=kind, timezone="UTC")
    for each in found.arrivals:
        normalize.settled(each, found.document.lang)


def extracted(path: Path) -> None:
    article.read(path.read_bytes(), url=f"https://kabar.example/{path.name}", content_type="text/html; charset=utf-8")


def embedded(desk: Library) -> dict[str, float]:
    """Return what the bundled models take for texts that they have not seen."""
    number = count()

    def texts(length: int) -> list[str]:
        return [f"{next(number)} {stores.TEXT}"[:length] for _ in range(64)]

    desk.engine.embed_documents(texts(100))  # loads the models
    return {
        "entry embedded, fastest model": best(lambda: desk.engine.embed_texts(texts(350), quick=True)) / 64,
        "entry embedded, all models": best(lambda: desk.engine.embed_documents(texts(350))) / 64,
        f"passage of {READ} characters embedded": best(lambda: desk.engine.embed_documents(texts(READ))) / 64,
    }


def kept(desk: Library) -> dict[str, float]:
    """Return what an item takes in the store and in the search index, and a request its lease."""
    database = open_store(server().url(f"scaling-{time.time()}"), desk.home / "library")
    days = [list(stores.day(500, ago)) for ago in range(3)]
    stored = min(clock(lambda some=some: [database.commit(changes) for changes in some]) for some in days) / 500
    for some in days:
        for changes in some:
            desk.store.commit(Changes(items=changes.items, texts=changes.texts))
    begun = time.process_time()
    desk.search("panen", mode="words")
    indexed = (time.process_time() - begun) / sum(len(changes.items) for some in days for changes in some)
    return {"item stored in Postgres": stored, "item indexed by its words": indexed, "lease taken and given back": leased()}


def leased() -> float:
    leases = PostgresLeases(address(server().url("scaling"), "", {}), DEFAULT_LIMITS.per_host)

    async def turns() -> float:
        await leases.take("warm.example")
        begun = time.perf_counter()
        for n in range(200):
            lease = await leases.take(f"host-{n % 20}.example")
            assert lease
            await leases.give_back(lease)
        return (time.perf_counter() - begun) / 200

    return min(asyncio.run(turns()) for _ in range(3))


def best(work: Callable[[], object]) -> float:
    """Return the seconds of a core that something takes, the least of three tries."""

    def once() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return min(once() for _ in range(3))


def clock(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- what a day takes ---


class Stage(Struct, frozen=True, kw_only=True):
    """A stage of the day's work. `cost`: seconds of a core for one of its `units`."""

    name: str
    units: int
    cost: float

    @property
    def hours(self) -> float:
        return self.units * self.cost / 3600

    @property
    def cores(self) -> int:
        """Cores that are `BUSY` at the peak."""
        return ceil(self.mean * PEAK / BUSY)

    @property
    def mean(self) -> float:
        """Cores that the day would take if it came evenly."""
        return self.units * self.cost / 86_400


def day(costs: Mapping[str, float], feeds: int, items: int, brands: int) -> list[Stage]:
    """Return the stages of a day in which feeds bring items, and brands read the best pages."""
    cost = list(costs.values())
    unchanged, whole, parse, extract, _, entry, passage, store, index, lease = cost
    requests = feeds * POLLS
    full = min(requests, items)  # at best one new item is met at a time
    pages = int(brands * PAGES_A_BRAND * (1 - SHARED))
    fetch = ((requests - full) * unchanged + full * whole + pages * whole) / (requests + pages)
    return [
        Stage(name="fetch", units=requests + pages, cost=fetch),
        Stage(name="parse", units=full, cost=parse),
        Stage(name="extract", units=pages, cost=extract),
        Stage(name="embed", units=items, cost=entry + (WHOLE + pages / items) * PASSAGES * passage),
        Stage(name="store", units=items, cost=store),
        Stage(name="index", units=items, cost=index),
        Stage(name="rank", units=int(items * WINDOW * FOLLOWERS), cost=RANKED),
        Stage(name="leases", units=requests + pages, cost=lease),
    ]


def arrivals(units: int) -> Iterator[float]:
    """Yield what arrives in each minute of a day: a wave with its top in the afternoon, and a tenth more at each full hour."""
    wave = [1 - (PEAK / 1.1 - 1) * cos(2 * pi * minute / 1440) for minute in range(1440)]
    spiked = [each * (1.1 if minute % 60 < 5 else 1.0) for minute, each in enumerate(wave)]
    yield from (units * each / sum(spiked) for each in spiked)


def simulated(stage: Stage, cores: float) -> float:
    """Return the longest time that work waits, in minutes, over two days: what one leaves undone the next finds."""
    able, backlog, longest = cores * 60 / stage.cost, 0.0, 0.0
    for _ in range(2):
        for came in arrivals(stage.units):
            backlog = max(0.0, backlog + came - able)
            longest = max(longest, backlog / able)
    return longest


def polite(feeds: int) -> None:
    """Print what politeness lets one host be asked, beside what its feeds want."""
    there, allowed = feeds * LARGEST_HOST, 86_400 / LATENCY * DEFAULT_LIMITS.per_host
    print(f"\nthe largest host has {there:,.0f} feeds, which want {there * POLLS:,.0f} requests a day; two at once allow {allowed:,.0f},")
    print(f"so {allowed / POLLS:,.0f} feeds of one host are the most that can be asked {POLLS} times a day")


if __name__ == "__main__":
    main()
