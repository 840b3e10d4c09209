"""Is everything in order? brand.toml, feeds.opml, model, library, search and feeds, each with what to type where it is not."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from curator.config import opml
from curator.core.errors import ConfigError, CuratorError, Problem
from curator.core.protocols import Store
from curator.core.report import HealthCheck
from curator.library import Library


def examine(home: Path | None = None, *, fix: bool = False) -> tuple[HealthCheck, ...]:
    """Checks brand.toml, feeds.opml, model, library and feeds; fix: mends the library first and says what was done."""
    try:
        desk = Library.open(home)
    except ConfigError as error:
        return tuple(_bad("brand.toml", problem) for problem in error.problems)
    with desk:
        return (
            HealthCheck(name="brand.toml", ok=True, text=f"{desk.brand.name}: {len(desk.brand.topics)} topics"),
            *_guarded("feeds.opml", lambda: _examine_subscriptions(desk)),
            *_guarded("model", lambda: _examine_model(desk)),
            *_guarded("library", lambda: _examine_store(desk.store, fix)),
            *_guarded("ageing", lambda: _examine_ageing(desk)),
            *_guarded("search", lambda: _examine_index(desk, fix)),
            *_guarded("feeds", lambda: _examine_feeds(desk)),
        )


def _guarded(name: str, look: Callable[[], Iterable[HealthCheck]]) -> tuple[HealthCheck, ...]:
    try:
        return tuple(look())
    except CuratorError as error:
        return tuple(_bad(name, problem) for problem in error.problems)


def _bad(name: str, problem: Problem) -> HealthCheck:
    return HealthCheck(name=name, ok=False, text=f"{problem.where}: {problem.what}" if problem.where else problem.what, hint=problem.hint)


def _examine_subscriptions(desk: Library) -> Iterator[HealthCheck]:
    subscriptions = opml.parse(desk.opml())
    yield from (_bad("feeds.opml", problem) for problem in subscriptions.problems)
    yield HealthCheck(
        name="feeds.opml", ok=bool(subscriptions.feeds), text=f"{len(subscriptions.feeds)} feeds", hint="curator feeds add URL"
    )


def _examine_model(desk: Library) -> Iterator[HealthCheck]:
    rows = desk.engine.look(["kopi"])
    yield HealthCheck(name="model", ok=True, text=f"{desk.brand.engine.model}: {', '.join(rows)}")


def _examine_store(store: Store, fix: bool) -> Iterator[HealthCheck]:
    if fix:
        yield from (HealthCheck(name="library", ok=True, text=f"mended: {done}") for done in store.repair())
    problems = store.check()
    yield from (_bad("library", problem) for problem in problems)
    if not problems:
        yield HealthCheck(name="library", ok=True, text=f"{len(store.items())} items, whole")


def _examine_index(desk: Library, fix: bool) -> Iterator[HealthCheck]:
    from curator.search import sync

    found = sync.check(desk.shelf())
    if fix and not found.ok:
        yield HealthCheck(name="search", ok=True, text=f"mended: the search index is made anew, of {desk.reindex():,} items")
    else:
        yield found


def _examine_ageing(desk: Library) -> Iterator[HealthCheck]:
    left, keep = sum(1 for _ in desk.store.traces()), desk.brand.library.keep
    told = f"what nobody decided on stays {keep.days} days" if keep.days else f"what nobody decided on stays {keep}"
    yield HealthCheck(name="ageing", ok=True, text=f"{told}; {left:,} stories have left and are known when they come again")


def _examine_feeds(desk: Library) -> Iterator[HealthCheck]:
    rows = desk.subscriptions()
    failing = [row for row in rows if row.failures]
    text = f"{len(failing)} of {len(rows)} failed last time" if failing else f"none of {len(rows)} failed last time"
    yield HealthCheck(name="feeds", ok=len(failing) * 2 <= len(rows), text=text, hint="curator feeds list --failed")
