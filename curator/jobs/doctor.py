"""Health checks of a brand directory: brand.toml, feeds.opml, model, library, search index and feeds.

A check that cannot even begin, because a file or a model is missing, is a check that failed: the others still run.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from curator.config import opml
from curator.core.brand import Brand
from curator.core.errors import CuratorError, Problem
from curator.core.protocols import EmbeddingEngine, Store
from curator.core.report import HealthCheck, Subscription
from curator.search import sync
from curator.search.sync import SearchContext


class Examined(Struct, frozen=True, kw_only=True):
    """What the checks look at. Each callable opens its part, and may raise CuratorError."""

    brand: Brand
    feeds_file: Callable[[], bytes]
    subscriptions: Callable[[], Iterable[Subscription]]
    store: Callable[[], Store]
    engine: Callable[[], EmbeddingEngine]
    search: Callable[[], SearchContext]


def examine(examined: Examined, *, fix: bool = False) -> tuple[HealthCheck, ...]:
    """Return the result of every check. `fix` repairs the library and the search index first, and reports what was done."""
    brand = examined.brand
    return (
        HealthCheck(name="brand.toml", ok=True, text=f"{brand.name}: {len(brand.topics)} topics"),
        *_guarded("feeds.opml", lambda: _check_feeds_file(examined.feeds_file())),
        *_guarded("model", lambda: _check_model(brand, examined.engine())),
        *_guarded("library", lambda: _check_store(examined.store(), fix)),
        *_guarded("ageing", lambda: _check_retention(brand, examined.store())),
        *_guarded("outbox", lambda: _check_outbox(brand, examined.store())),
        *_guarded("search", lambda: _check_index(examined.search(), fix)),
        *_guarded("feeds", lambda: _check_health(tuple(examined.subscriptions()))),
    )


def failed(name: str, error: CuratorError) -> tuple[HealthCheck, ...]:
    """Return every problem of an error as a failed check of this name."""
    return tuple(_bad(name, problem) for problem in error.problems)


def _guarded(name: str, check: Callable[[], Iterable[HealthCheck]]) -> tuple[HealthCheck, ...]:
    try:
        return tuple(check())
    except CuratorError as error:
        return failed(name, error)


def _bad(name: str, problem: Problem) -> HealthCheck:
    return HealthCheck(name=name, ok=False, text=f"{problem.where}: {problem.what}" if problem.where else problem.what, hint=problem.hint)


def _check_feeds_file(body: bytes) -> Iterator[HealthCheck]:
    read = opml.parse(body)
    yield from (_bad("feeds.opml", problem) for problem in read.problems)
    yield HealthCheck(name="feeds.opml", ok=bool(read.feeds), text=f"{len(read.feeds)} feeds", hint="curator feeds add URL")


def _check_model(brand: Brand, engine: EmbeddingEngine) -> Iterator[HealthCheck]:
    rows = engine.embed_texts(["kopi"])
    yield HealthCheck(name="model", ok=True, text=f"{brand.engine.model}: {', '.join(rows)}")
    if engine.reranker:
        engine.reranker.score([("kopi", "kopi")])
        curve = engine.reranker.curve()
        learned = f"its curve was learned from {curve.pairs} pairs" if curve else "it moves no fit before a run has learned its curve"
        yield HealthCheck(name="reranker", ok=True, text=f"{brand.engine.reranker}: {learned}")


def _check_store(store: Store, fix: bool) -> Iterator[HealthCheck]:
    if fix:
        yield from (HealthCheck(name="library", ok=True, text=f"mended: {done}") for done in store.repair())
    problems = store.check()
    yield from (_bad("library", problem) for problem in problems)
    if not problems:
        yield HealthCheck(name="library", ok=True, text=f"{len(store.items())} items, whole")


def _check_retention(brand: Brand, store: Store) -> Iterator[HealthCheck]:
    left, keep = sum(1 for _ in store.tombstones()), brand.library.keep
    told = f"what nobody decided on stays {keep.days} days" if keep.days else f"what nobody decided on stays {keep}"
    yield HealthCheck(name="ageing", ok=True, text=f"{told}; {left:,} stories have left and are known when they come again")


def _check_outbox(brand: Brand, store: Store) -> Iterator[HealthCheck]:
    """Check the outbox of a brand that has channels."""
    if brand.notify.urls:
        failed = [notice for notice in store.notices() if notice.state == "failed"]
        told = f"notices that could not be told: {len(failed)}; {failed[-1].reason}" if failed else "every notice that was due was told"
        yield HealthCheck(name="outbox", ok=not failed, text=told, hint="curator notify --pending")


def _check_index(context: SearchContext, fix: bool) -> Iterator[HealthCheck]:
    found = sync.check(context)
    if fix and not found.ok:
        yield HealthCheck(
            name="search", ok=True, text=f"mended: the search index is made anew, of {sync.refresh(context, rebuild=True):,} items"
        )
    else:
        yield found


def _check_health(rows: tuple[Subscription, ...]) -> Iterator[HealthCheck]:
    failing = [row for row in rows if row.failures]
    text = f"{len(failing)} of {len(rows)} failed last time" if failing else f"none of {len(rows)} failed last time"
    yield HealthCheck(name="feeds", ok=len(failing) * 2 <= len(rows), text=text, hint="curator feeds list --failed")
