"""The first half of a day: ask the feeds that are due and keep what is new. `curator fetch` is this half alone.

A run that is stopped, or cannot judge, still keeps what it fetched whole; nothing is ever kept half.
"""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from time import perf_counter
from typing import TypeVar

from msgspec import Struct

from curator.core.context import Context
from curator.core.errors import ConfigError, NothingFetched
from curator.core.feed import Feed
from curator.core.item import Item, Tombstone
from curator.core.protocols import Changes
from curator.core.report import Counts, RunReport, Seconds
from curator.core.story import Card, Mention
from curator.feeds import collect, normalize, schedule
from curator.feeds.collect import FetchBatch, Services
from curator.feeds.normalize import NewItem
from curator.storage import retention

T = TypeVar("T")

# A feed may give an entry a new address; for this long the feed's own name for it is remembered.
REMEMBER = timedelta(days=120)


class RunOutcome(Struct, frozen=True, kw_only=True):
    """What a day came to beside what was fetched; `stories` counts those the cards were chosen from."""

    cards: tuple[Card, ...] = ()
    mentions: tuple[Mention, ...] = ()
    stories: int = 0


def fetch(context: Context, now: datetime, *, all_: bool = False) -> RunReport:
    """The cheap part, for an hourly cron: asks the due feeds (all: every feed) and keeps what is new; no page, no model."""
    with context.store.running(), context.store.writing():
        basket, clock = FetchBatch(), StageTimer()
        with kept_when_cut_short(context, basket):
            in_loop(_feeds_alone(context, basket, now, "insistent" if all_ else "job"))
        clock.lap("fetch")
        context.store.commit(changes(basket))
        return report(context, basket, clock, now, RunOutcome())


async def feeds(context: Context, tools: Services, basket: FetchBatch, now: datetime, who: schedule.Who) -> None:
    """Puts into the basket what the due feeds bring. Raises NothingFetched when not one answered."""
    if not context.feeds:
        raise ConfigError("feeds.opml names no feed", hint="curator feeds add https://example.org/feed.xml")
    context.store.known(())  # a damaged library is told before anyone is asked
    states = context.store.states()
    due = schedule.due(context.feeds, states, now, who)
    if who == "person" and len(due) < len(context.feeds):
        rest = f"{len(context.feeds) - len(due)} of {len(context.feeds)} feeds"
        context.progress.note(f"{rest} were not asked: they said when to come back (curator feeds list)")
    await collect.feeds(due, states, _new_only(context, basket, now), tools, basket, now)
    _refuse_nothing(basket, due)


def in_loop(job: Coroutine[None, None, T]) -> T:
    """Runs a coroutine to its end, or until a signal ends it by SystemExit, of which asyncio then makes no noise."""

    async def quietly() -> T:
        asyncio.get_running_loop().set_exception_handler(_unless_stopped)
        return await job

    return asyncio.run(quietly())


@contextmanager
def kept_when_cut_short(context: Context, basket: FetchBatch) -> Iterator[None]:
    """Whatever ends the block early, what the basket holds is kept."""
    try:
        yield
    except BaseException:
        if basket.items or basket.states:
            context.store.commit(changes(basket))
        raise


def changes(basket: FetchBatch, listed: Sequence[Item] = (), report: RunReport | None = None, left: tuple[Tombstone, ...] = ()) -> Changes:
    """All that a run changes; `listed` are the items of its list as they are kept from now on, `left` what it lets go."""
    items = basket.items | {item.id: item for item in listed}
    return Changes(items=tuple(items.values()), texts=basket.texts, states=tuple(basket.states.values()), report=report, left=left)


def report(context: Context, basket: FetchBatch, clock: "StageTimer", now: datetime, outcome: RunOutcome) -> RunReport:
    """What a run leaves behind."""
    counts = Counts(
        feeds=len(context.feeds),
        feeds_unchanged=basket.unchanged,
        feeds_failed=sum(f.stage in {"fetch", "parse"} and f.url in basket.states for f in basket.failures),
        entries=basket.entries,
        new=basket.new,
        articles=basket.articles,
        stories=outcome.stories,
        listed=len(outcome.cards),
    )
    return RunReport(
        brand=context.brand.name,
        date=context.today(now),
        generated_at=now.replace(microsecond=0),
        counts=counts,
        seconds=clock.seconds(),
        items=outcome.cards,
        mentions=outcome.mentions,
        failures=tuple(basket.failures),
    )


async def _feeds_alone(context: Context, basket: FetchBatch, now: datetime, who: schedule.Who) -> None:
    async with context.workers() as workers, context.door() as door:
        await feeds(context, Services(door=door, workers=workers, progress=context.progress), basket, now, who)


def _new_only(context: Context, basket: FetchBatch, now: datetime) -> collect.IsNew:
    """Tells arrivals that were never kept, neither in the library nor by another feed of this run."""

    @cache
    def guids() -> set[tuple[str, str]]:
        return {(i.source.feed, i.guid) for i in context.store.items(now - REMEMBER) if i.guid}

    def new(arrived: Sequence[NewItem]) -> list[NewItem]:
        known = context.store.known(a.item.id for a in arrived) | basket.items.keys()
        fresh = normalize.unknown(arrived, known, guids())
        names = retention.names(a.item for a in fresh)
        return normalize.unknown(fresh, set(), {names[name] for name in context.store.recalled(names)})

    return new


def _refuse_nothing(basket: FetchBatch, due: list[Feed]) -> None:
    """Not one feed that could be read is no day's news. Where not even a server answered, no feed is blamed for it."""
    if not due or len(basket.failures) < len(due):
        return
    if all(failure.status is None for failure in basket.failures):
        basket.states.clear()
    first = basket.failures[0]
    raise NothingFetched(
        f"none of {len(due)} feeds could be reached: {first.reason}",
        where=first.url,
        hint="check the network, then curator run; curator run --no-fetch ranks what is kept",
    )


def _unless_stopped(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """A signal ends the loop by SystemExit, which asyncio then reports as an error nobody fetched: that one is no error."""
    if not isinstance(context.get("exception"), SystemExit):
        loop.default_exception_handler(context)


class StageTimer:
    """Where a run's time went, in seconds by stage."""

    def __init__(self) -> None:
        self._start = self._last = perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Counts the time since the last lap to a stage."""
        now = perf_counter()
        self._laps[stage] = self._laps.get(stage, 0.0) + now - self._last
        self._last = now

    def seconds(self) -> Seconds:
        laps = {stage: round(spent, 2) for stage, spent in self._laps.items()}
        return Seconds(**laps, total=round(perf_counter() - self._start, 2))
