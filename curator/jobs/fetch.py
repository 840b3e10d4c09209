"""The fetch job: ask the feeds that are due and keep their new entries. The daily run begins with it.

No page is read and no model is loaded. A job that is interrupted keeps what it has fetched so far.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from time import perf_counter
from typing import Literal, TypeVar

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import ConfigError, NothingFetched
from curator.core.feed import Feed, FeedState
from curator.core.item import Item
from curator.core.protocols import Store
from curator.core.report import RunReport, Seconds
from curator.core.story import Card, Mention
from curator.core.text import language, urls
from curator.core.trend import Trend
from curator.feeds import collect, normalize, schedule
from curator.feeds.collect import FeedResult, Services
from curator.feeds.normalize import NewItem
from curator.jobs import merge, outbox
from curator.jobs.batch import FetchBatch, label
from curator.storage import retention

T = TypeVar("T")
Stage = Literal["fetch", "extract", "embed", "rank"]

# A feed may give an entry a new address; for this long the feed's own name for it is remembered.
REMEMBER = timedelta(days=120)
# Seconds that a job with its results in hand waits for another command to finish writing.
PATIENCE = 60.0
_LOG = logging.getLogger(__name__)


def fetch(context: Context, now: datetime, *, all_: bool = False) -> RunReport:
    """Ask the feeds that are due (`all_`: every feed) and keep what is new.

    Raises ConfigError when there is no feed, NothingFetched when not one answered, Locked when another run is at work.
    """
    batch, timer = FetchBatch(), StageTimer()
    with context.store.running():
        with keep_if_interrupted(context, batch, now), timer.stage("fetch"):
            run_loop(_ask_feeds(context, batch, now, "insistent" if all_ else "job"))
        commit(context, batch, now)
    return build_report(context, batch, timer, now)


async def ask_feeds(context: Context, services: Services, batch: FetchBatch, now: datetime, who: schedule.Who) -> None:
    """Ask the feeds that are due and add their answers to the batch.

    Raises ConfigError when there is no feed, NothingFetched when all failed, StoreError when the library cannot be read.
    """
    if not context.feeds:
        raise ConfigError("feeds.opml names no feed", hint="curator feeds add https://example.org/feed.xml")
    known, states = KnownEntries(context.store, now), context.store.states()
    context.store.known(())  # a damaged library is reported before any feed is asked
    due = schedule.due(context.feeds, states, now, who)
    _tell_not_due(context, states, due, now, who)

    def receive(result: FeedResult) -> None:
        document, dates = (result.parsed.document, result.parsed.dates) if result.parsed else (None, ())
        new = [normalize.settled(each, document.lang if document else "") for each in known.without(result.arrivals, batch)]
        state = states.get(result.feed.url) or FeedState(url=result.feed.url)
        batch.add_feed(result, schedule.after(result.feed, state, result.outcome, document, now, new=len(new), dates=dates), new)

    await collect.feeds(due, states, services, now, receive, timezone=context.brand.timezone)
    if due and batch.feeds_failed == len(due):
        raise _nothing_fetched(batch)


@asynccontextmanager
async def services(context: Context) -> AsyncIterator[Services]:
    """Open what collecting needs; free it at the end, the statistics by which languages are told apart (60 MB) among it."""
    try:
        async with context.workers() as workers, context.fetcher() as fetcher:
            yield Services(fetcher=fetcher, workers=workers, progress=context.progress)
    finally:
        language.unload()


def run_loop(job: Coroutine[None, None, T]) -> T:
    """Run a coroutine to its end, or until a signal handler raises SystemExit."""

    async def quietly() -> T:
        asyncio.get_running_loop().set_exception_handler(_ignore_system_exit)
        return await job

    return asyncio.run(quietly())


@contextmanager
def keep_if_interrupted(context: Context, batch: FetchBatch, now: datetime) -> Iterator[None]:
    """Commit the batch when an exception or a signal ends the block early."""
    try:
        yield
    except BaseException:
        if batch.edits or batch.states_to_keep:
            _LOG.info("interrupted: keeping what was fetched")
            commit(context, batch, now)
        raise


def commit(context: Context, batch: FetchBatch, now: datetime) -> None:
    """Merge the batch into the library as it is now, with the notices of what it brings. Raises Locked, StoreError."""
    begun, store = perf_counter(), context.store
    with store.writing(PATIENCE):
        notices = outbox.of_fetch(context, batch, now)
        store.commit(replace(merge.changes(store, batch.edits.values()), states=batch.states_to_keep, notices=notices))
    _LOG.info("committed %d items and %d feed states in %.2f s", len(batch.edits), len(batch.states_to_keep), perf_counter() - begun)


def build_report(
    context: Context,
    batch: FetchBatch,
    timer: "StageTimer",
    now: datetime,
    *,
    cards: Sequence[Card] = (),
    mentions: Sequence[Mention] = (),
    trends: Sequence[Trend] = (),
    stories: int = 0,
) -> RunReport:
    """Return the report of a job; `stories` counts those that the cards were chosen from."""
    return RunReport(
        brand=context.brand.name,
        date=context.today(now),
        generated_at=now.replace(microsecond=0),
        counts=batch.counts(feeds=len(context.feeds), stories=stories, listed=len(cards)),
        seconds=timer.seconds(),
        items=tuple(cards),
        mentions=tuple(mentions),
        failures=batch.ordered_failures,
        trends=tuple(trends),
    )


class KnownEntries:
    """The entries that are known: kept in the library, once kept and expired, or brought by another feed of the same job."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store, self._since = store, now - REMEMBER

    def without(self, arrived: Sequence[NewItem], batch: FetchBatch) -> list[NewItem]:
        """Return the entries that are new, by address and by what else names them in their feed."""
        if not arrived:
            return []
        ids = self._store.known(each.item.id for each in arrived) | batch.edits.keys()
        unseen = self._unseen(normalize.unknown(arrived, ids, ()))
        fresh = normalize.unknown(unseen, self._pages, self._names) if unseen else []
        hashes = retention.entry_hashes(each.item for each in fresh)
        return normalize.unknown(fresh, {hashes[each] for each in self._store.removed_entries(hashes)}, ())

    def _unseen(self, arrived: Sequence[NewItem]) -> list[NewItem]:
        """Return the items whose page is not known by the id that it had under former rules."""
        ids = {each.item.id: urls.page_ids(each.page) for each in arrived if each.page}
        known = self._store.known({id_ for each in ids.values() for id_ in each})
        return [each for each in arrived if known.isdisjoint(ids.get(each.item.id, ()))]

    @cached_property
    def _lately(self) -> Sequence[Item]:
        return self._store.items(self._since)

    @cached_property
    def _names(self) -> set[tuple[str, str]]:
        return {normalize.name(item) for item in self._lately}

    @cached_property
    def _pages(self) -> set[str]:
        return {normalize.page_id(item) for item in self._lately}


class StageTimer:
    """Adds up the seconds that a job spends in each stage."""

    def __init__(self) -> None:
        self._begun = perf_counter()
        self._spent: defaultdict[Stage, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        """Count the time that the block takes to the stage."""
        begun = perf_counter()
        try:
            yield
        finally:
            self._spent[name] += perf_counter() - begun
            _LOG.info("stage %s: %.2f s", name, perf_counter() - begun)

    def seconds(self) -> Seconds:
        """Return the seconds of each stage so far, and in total since the timer was made."""
        return Seconds(**{name: round(spent, 2) for name, spent in self._spent.items()}, total=round(perf_counter() - self._begun, 2))


async def _ask_feeds(context: Context, batch: FetchBatch, now: datetime, who: schedule.Who) -> None:
    async with services(context) as opened:
        await ask_feeds(context, opened, batch, now, who)


def _tell_not_due(context: Context, states: Mapping[str, FeedState], due: Sequence[Feed], now: datetime, who: schedule.Who) -> None:
    """Log why feeds are not asked; note to the user how many they are, unless a cron job asks."""
    asked = {feed.url for feed in due}
    for feed in context.feeds:
        if feed.url not in asked:
            _LOG.info("%s: not asked: %s", label(feed), schedule.why_not_due(states.get(feed.url), now, who))
    if who == "person" and len(due) < len(context.feeds):
        rest = f"{len(context.feeds) - len(due)} of {len(context.feeds)} feeds"
        context.progress.note(f"{rest} were not asked: they said when to come back (curator feeds list)")


def _nothing_fetched(batch: FetchBatch) -> NothingFetched:
    first = batch.failures[0]
    return NothingFetched(
        f"none of {batch.feeds_failed} feeds could be reached: {first.reason}",
        where=first.url,
        hint="check the network, then curator run; curator run --no-fetch ranks what is kept",
    )


def _ignore_system_exit(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Ignore SystemExit from a signal handler, which asyncio reports as an error that was never retrieved."""
    if not isinstance(context.get("exception"), SystemExit):
        loop.default_exception_handler(context)
