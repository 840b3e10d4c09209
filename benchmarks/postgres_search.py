# ruff: noqa: S311, T201 - a script that draws nonsense and prints what it found
"""Search on Postgres: how fast, and how many of the nearest HNSW finds for each of many brands under row security.

    ./dev bench postgres_search [ITEMS] [--unvouched]

`--unvouched` leaves out the line of docs/postgres.md by which an administrator lets row security use the index of words. The
items are those of `search.py`; their vectors are drawn around 300 directions that all brands share, in 48 dimensions and a
little beside, as texts lie in the space of an encoder. recall@20 is against every vector compared: as searches are served, and
where the planner may not sort, so that it has to ask the HNSW graph. Three of the small brands share the graph of the large one.
Each search and each day is done REPEATS times and the fastest counts: other processes of a machine only ever make it slower.
"""

import argparse
import hashlib
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]

import numpy as np  # noqa: E402
from search import NOW, _item, _vocabulary  # noqa: E402
from support.parts import BRAND, Quiet, ensemble  # noqa: E402
from support.postgres import psycopg, server, stop  # noqa: E402

from curator.core.item import Item  # noqa: E402
from curator.core.protocols import Changes  # noqa: E402
from curator.core.text import query  # noqa: E402
from curator.search import service, sync  # noqa: E402
from curator.search.index.request import Mode, SearchRequest  # noqa: E402
from curator.search.postgres import PostgresIndex, vectors  # noqa: E402
from curator.search.sync import SearchContext  # noqa: E402
from curator.storage.postgres.address import address  # noqa: E402
from curator.storage.postgres.store import PostgresStore  # noqa: E402

DAY, PORTION, SMALL, REPEATS = 3_000, 2_000, 1_000, 3
DRAW = np.random.default_rng(0)
CENTRES, PLANE = (DRAW.standard_normal((n, vectors.INDEXED)) for n in (300, 48))
EXACT = vectors.EXACT
UNSORTED = "&options=-c%20enable_sort%3Doff"


class Drawn:
    """An encoder that draws the vector of a text near one of CENTRES."""

    name, dim = "drawn@1", vectors.INDEXED

    def embed(self, texts: Sequence[str], role: str) -> np.ndarray:
        return near([int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") for text in texts])


def near(seeds: Sequence[int]) -> np.ndarray:
    rows = np.stack([_drawn(np.random.default_rng(seed)) for seed in seeds])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _drawn(draw: np.random.Generator) -> np.ndarray:
    return CENTRES[draw.integers(300)] + draw.standard_normal(48) @ PLANE / 7 + 0.3 * draw.standard_normal(vectors.INDEXED)


def context(brand: str, options: str = "") -> SearchContext:
    where, encoders = address(server().url(brand, "desk") + options, "", {}), ensemble(Drawn())
    index = PostgresIndex(where)
    return SearchContext(
        brand=BRAND, store=PostgresStore(where), engine=lambda: encoders, index=index, vectors_stamp=lambda: "", progress=Quiet()
    )


def portions(count: int, first: int = 0) -> Iterator[list[tuple[Item, str]]]:
    draw = random.Random(count)
    words = {lang: _vocabulary(lang, draw) for lang in ("id", "en")}
    for start in range(first, first + count, PORTION):
        yield [_item(n, words, draw) for n in range(start, min(start + PORTION, first + count))]


def write(of: SearchContext, made: Sequence[tuple[Item, str]]) -> None:
    of.store.commit(Changes(items=tuple(item for item, _ in made), texts={item.id: text for item, text in made}))


def seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("items", type=int, nargs="?", default=100_000)
    parser.add_argument("--unvouched", action="store_true")
    args = parser.parse_args()
    PostgresStore(address(server().url("any"), "", {})).months()  # the owner makes the tables
    if not args.unvouched:
        _as_admin("ALTER FUNCTION ts_match_vq(tsvector, tsquery) LEAKPROOF")
    of = context("large")
    stored = sum(seconds(lambda made=made: write(of, made)) for made in portions(args.items))
    print(f"{args.items:,} items stored in {stored:.0f} s, indexed in {seconds(lambda: sync.refresh(of)):.0f} s", flush=True)
    _as_admin("VACUUM ANALYZE")
    days = [_day(of, args.items + n * DAY) for n in range(REPEATS)]
    stored, indexed = min(days, key=sum)
    print(f"a day of {DAY:,} items stored in {stored:.1f} s, indexed in {indexed:.1f} s", flush=True)
    _searches(of)
    _recall(["large", *_small("large", 19, sharing=3)])
    stop()


def _day(of: SearchContext, first: int) -> tuple[float, float]:
    made = list(portions(DAY, first))
    return seconds(lambda: [write(of, some) for some in made]), seconds(lambda: sync.refresh(of))


def _small(large: str, count: int, sharing: int) -> list[str]:
    """Names of brands, so many of which lie in the part of the large one and none of the others."""
    part = "SELECT n FROM generate_series(0, 63) AS n WHERE satisfies_hash_partition('curator.search_vectors'::regclass, 64, n, %s::text)"
    with psycopg.connect(server().admin("library")) as db:
        parts = {name: db.execute(part, (name,)).fetchone() for name in (large, *(f"small-{n}" for n in range(1_000)))}
    names = [name for name in parts if name != large]
    return [
        *[name for name in names if parts[name] == parts[large]][:sharing],
        *[name for name in names if parts[name] != parts[large]][: count - sharing],
    ]


def _as_admin(statement: str) -> None:
    with psycopg.connect(server().admin("library"), autocommit=True) as admin:
        admin.execute(statement)


def _searches(of: SearchContext) -> None:
    """Times of warm searches for words of texts, as often as texts have them, for pairs of them, and for misspelt ones."""
    texts = of.store.texts(item.id for item in of.store.items()[-300:])
    asked = sorted({*random.Random(7).sample(" ".join(texts.values()).replace(".", "").split(), 40)})
    misspelt = [f"{each[:2]}x{each[2:]}" for each in asked if len(each) > 4]
    for name, queries in (("one word", asked), ("two words", [" ".join(pair) for pair in pairwise(asked)]), ("misspelt", misspelt)):
        totals = sorted(of.index.fulltext.find(query.parse(each), (), 1).total for each in queries)
        print(f"{name}: {statistics.median(totals):,.0f} items have them, at most {totals[-1]:,}")
        for mode in ("words", "meaning", "both"):
            took = sorted(min(_took(of, each, mode) for _ in range(REPEATS)) for each in queries)
            print(f"    {mode:8} median {statistics.median(took):5.0f} ms, 9 of 10 within {took[len(took) * 9 // 10]:5.0f} ms", flush=True)


def _took(of: SearchContext, asked: str, mode: Mode) -> float:
    return 1000 * seconds(lambda: service.search(of, SearchRequest(query=asked, mode=mode), NOW))


def _recall(brands: Sequence[str]) -> None:
    """recall@20 of each brand: one large, one that is just asked of the graph and shares it with the large one, and small ones."""
    for n, brand in enumerate(brands[1:], 1):
        rows = near(range(10**6 * n, 10**6 * n + (SMALL if n > 1 else EXACT + SMALL)))
        context(brand).index.vectors.update({f"{number:08}": row for number, row in enumerate(rows)}, ())
    _as_admin("ANALYZE curator.search_vectors")
    exact = {brand: _found(context(brand), 10**9)[0] for brand in brands}
    for name, options, exact_up_to in (("as it serves", "", EXACT), ("by HNSW alone", UNSORTED, 0)):
        recalls, took = [], []
        for brand in brands:
            found, times = _found(context(brand, options), exact_up_to)
            recalls.append(statistics.mean(len(one & other) / 20 for one, other in zip(found, exact[brand], strict=True)))
            took += times
        large, middle, *small = recalls
        print(f"recall@20 {name}: large {large:.3f}, beside it {middle:.3f}, small {min(small):.3f}, {statistics.median(took):.0f} ms")


def _found(of: SearchContext, exact_up_to: int) -> tuple[list[set[str]], list[float]]:
    """The 20 nearest to each of 20 directions, and the milliseconds."""
    vectors.EXACT, found = exact_up_to, []

    def ask(direction: np.ndarray) -> None:
        found.append({id_ for id_, _ in of.index.vectors.nearest(direction, 20, -1)})

    return found, [1000 * seconds(partial(ask, direction)) for direction in near(range(77, 97))]


if __name__ == "__main__":
    main()
