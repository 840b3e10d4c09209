"""The daily run: which feeds are due; fetch; parse; what is new; read; embed; score; group; choose; save once.

A run that is stopped, or cannot judge, still keeps what it fetched whole; nothing is ever kept half.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from curator import intake, judge, pull, schedule
from curator.errors import ConfigError, CuratorError, NothingFetched
from curator.intake import Arrival
from curator.judge import Judged
from curator.model import Brand, Card, Counts, Feed, Item, Mention, RunReport, Seconds
from curator.pull import Basket, Tools
from curator.seams import Changes, Engine, Fetcher, Progress, Store, Workers

# A feed may give an entry a new address; for this long the feed's own name for it is remembered.
REMEMBER = timedelta(days=120)
NOTHING = judge.Listing()


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A brand with the parts its stories need; `engine`, door and workers are made when first wanted."""

    brand: Brand
    feeds: tuple[Feed, ...]
    store: Store
    engine: Callable[[], Engine]
    door: Callable[[], AbstractAsyncContextManager[Fetcher]]
    workers: Callable[[], AbstractAsyncContextManager[Workers]]
    progress: Progress

    def today(self, now: datetime) -> date:
        """The day a person in the brand's time zone calls today."""
        return now.astimezone(ZoneInfo(self.brand.timezone)).date()


def run(desk: Desk, now: datetime, *, fetch: bool = True, limit: int | None = None) -> RunReport:
    """The daily job. Raises NothingFetched when not one feed answered, Locked when another command is writing."""
    with desk.store.writing():
        basket, clock = Basket(), Clock()
        with _kept_when_cut_short(desk, basket):
            if fetch:
                asyncio.run(_gather(desk, basket, clock, now))
            judged = _judged(desk, basket, clock, now)
            listing = judge.listing(judged, desk.brand, desk.engine(), desk.today(now), limit=limit)
            mentions = judge.mentions(judged, desk.brand, desk.engine(), after=_last_list(desk, now))
        clock.lap("rank")
        report = _report(desk, basket, clock, now, listing, mentions)
        desk.store.commit(_changes(desk, basket, report))
        return report


def fetch(desk: Desk, now: datetime, *, all_: bool = False) -> RunReport:
    """The cheap part, for an hourly cron: asks the due feeds (all: every feed) and keeps what is new; no page, no model."""
    with desk.store.writing():
        basket, clock = Basket(), Clock()
        with _kept_when_cut_short(desk, basket):
            asyncio.run(_gather(desk, basket, clock, now, only_due=not all_))
        desk.store.commit(_changes(desk, basket))
        return _report(desk, basket, clock, now)


def rank(desk: Desk, now: datetime, *, all_: bool = False) -> tuple[Card, ...]:
    """The window, best first: what fits, a card a story; all: a card an item, unfit ones too."""
    judged = _judged(desk, Basket(), Clock(), now)
    return judge.ledger(judged) if all_ else judge.ranking(judged, desk.brand, desk.engine())


def show(desk: Desk, prefix: str, now: datetime) -> tuple[Card, str]:
    """One item and its text: as the latest list had it, or judged anew. Raises CuratorError when the id names none or several."""
    item = _one(desk, prefix)
    text = desk.store.texts([item.id]).get(item.id, "")
    latest = desk.store.report()
    listed = next((card for card in latest.items if card.id == item.id), None) if latest else None
    return listed or judge.single(item, text, desk.brand, desk.engine(), now), text


def _one(desk: Desk, prefix: str) -> Item:
    found = desk.store.find(prefix.strip().lower())
    if not found:
        raise CuratorError(f"no item has an id that begins with {prefix!r}", hint="curator list shows the ids of the latest reading list")
    if len(found) > 1:
        some = ", ".join(item.id for item in found[:4])
        raise CuratorError(f"{len(found)} items have an id that begins with {prefix!r}: {some}", hint="type one more character")
    return found[0]


async def _gather(desk: Desk, basket: Basket, clock: "Clock", now: datetime, *, only_due: bool | None = None) -> None:
    """Feeds, then (in a whole run, where `only_due` is None) the pages of the items that look best."""
    if not desk.feeds:
        raise ConfigError("feeds.opml names no feed", hint="curator feeds add https://example.org/feed.xml")
    asyncio.get_running_loop().set_exception_handler(_unless_stopped)
    states = desk.store.states()
    due = schedule.due(desk.feeds, states, now, all_=not only_due)
    async with desk.door() as door, desk.workers() as workers:
        tools = Tools(door=door, workers=workers, progress=desk.progress)
        await pull.feeds(due, states, _new_only(desk, basket, now), tools, basket, now)
        clock.lap("fetch")
        _refuse_nothing(basket, due)
        if only_due is None:
            window = _window(desk, basket, now)
            worth = judge.worth_reading(window, desk.brand, desk.engine(), now)
            clock.lap("embed")
            await pull.articles(worth, tools, basket)
            clock.lap("extract")


def _unless_stopped(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """A signal ends the loop by SystemExit, which asyncio then reports as an error nobody fetched: that one is no error."""
    if not isinstance(context.get("exception"), SystemExit):
        loop.default_exception_handler(context)


def _new_only(desk: Desk, basket: Basket, now: datetime) -> pull.IsNew:
    """Tells arrivals that were never kept, neither in the library nor by another feed of this run."""
    guids = {(i.source.feed, i.guid) for i in desk.store.items(now - REMEMBER) if i.guid}

    def new(arrived: list[Arrival]) -> list[Arrival]:
        known = desk.store.known(a.item.id for a in arrived) | basket.items.keys()
        return intake.unknown(arrived, known, guids)

    return new


def _window(desk: Desk, basket: Basket, now: datetime) -> list[Item]:
    """What may be on a list now: kept or in hand, published within the window."""
    since = now - desk.brand.shortlist.window
    kept = {item.id: item for item in desk.store.items(since)} | basket.items
    return [item for item in kept.values() if item.published >= since]


def _judged(desk: Desk, basket: Basket, clock: "Clock", now: datetime) -> Judged:
    """The window's items with their scores; ages count from the full hour, so that a list made again within it is the same."""
    items = _window(desk, basket, now)
    texts = desk.store.texts([i.id for i in items if i.id not in basket.texts]) | basket.texts
    desk.progress.stage("reading", len(items))
    judged = judge.judge(items, texts, desk.brand, desk.engine(), now.replace(minute=0, second=0, microsecond=0))
    clock.lap("embed")
    return judged


def _last_list(desk: Desk, now: datetime) -> datetime:
    """When the list before today's was made: what was found after it was not told yet."""
    today = desk.today(now)
    days = range(1, desk.brand.shortlist.window.days + 1)
    earlier = (report for n in days if (report := desk.store.report(today - timedelta(days=n))))
    return next((report.generated_at for report in earlier), datetime.min.replace(tzinfo=now.tzinfo))


def _refuse_nothing(basket: Basket, due: list[Feed]) -> None:
    """Not one feed reached is no day's news but a broken line: nothing is kept of it, no feed is blamed."""
    if due and len(basket.failures) == len(due) and all(f.status is None for f in basket.failures):
        basket.states.clear()
        raise NothingFetched(
            f"none of {len(due)} feeds could be reached: {basket.failures[0].reason}",
            where=basket.failures[0].url,
            hint="check the network, then curator run; curator run --no-fetch ranks what is kept",
        )


@contextmanager
def _kept_when_cut_short(desk: Desk, basket: Basket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if basket.items or basket.states:
            desk.store.commit(_changes(desk, basket))
        raise


def _changes(desk: Desk, basket: Basket, report: RunReport | None = None) -> Changes:
    listed = {item.id: item for item in _as_listed(desk, basket, report)} if report else {}
    return Changes(
        items=tuple((basket.items | listed).values()),
        texts=basket.texts,
        states=tuple(basket.states.values()),
        report=report,
    )


def _as_listed(desk: Desk, basket: Basket, report: RunReport) -> list[Item]:
    """The items on the list as they are kept from now on."""
    items = [basket.items.get(card.id) or desk.store.find(card.id)[0] for card in report.items]
    return [replace(item, status="listed", listed=report.date) for item in items]


def _report(
    desk: Desk, basket: Basket, clock: "Clock", now: datetime, listing: judge.Listing = NOTHING, mentions: tuple[Mention, ...] = ()
) -> RunReport:
    counts = Counts(
        feeds=len(desk.feeds),
        feeds_unchanged=basket.unchanged,
        feeds_failed=sum(f.stage in {"fetch", "parse"} and f.url in basket.states for f in basket.failures),
        entries=basket.entries,
        new=basket.new,
        articles=basket.articles,
        stories=listing.stories,
        listed=len(listing.cards),
    )
    return RunReport(
        brand=desk.brand.name,
        date=desk.today(now),
        generated_at=now.replace(microsecond=0),
        counts=counts,
        seconds=clock.seconds(),
        items=listing.cards,
        mentions=mentions,
        failures=tuple(basket.failures),
    )


class Clock:
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
