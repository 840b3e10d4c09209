"""The daily run: which feeds are due; fetch; parse; what is new; read; embed; score; group; choose; save once."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from curator import ageing, gather
from curator.core.context import Context
from curator.core.item import Item
from curator.core.report import RunReport
from curator.core.story import Card
from curator.core.text import language
from curator.feeds import collect
from curator.feeds.collect import Basket, Tools
from curator.gather import Clock, Outcome
from curator.ranking import history, pipeline, proposing, tasting
from curator.ranking.history import Handled
from curator.ranking.pipeline import Judged, Past

_DEEDS: Final = {"picked": "you shared this", "skipped": "you skipped this", "saved": "you saved this"}


def run(desk: Context, now: datetime, *, fetch: bool = True, limit: int | None = None) -> RunReport:
    """The daily job. Raises NothingFetched when not one feed answered, Locked when another command is writing."""
    with desk.store.writing():
        basket, clock = Basket(), Clock()
        with gather.kept_when_cut_short(desk, basket):
            if fetch:
                gather.in_loop(_gather(desk, basket, clock, now))
            judged = _judged(desk, basket, clock, now)
            listing = pipeline.listing(judged, _past(desk, now), desk.brand, desk.engine(), limit=limit)
            mentions = pipeline.mentions(judged, desk.brand, desk.engine(), after=_last_list(desk, now))
        clock.lap("rank")
        outcome = Outcome(cards=listing.cards, mentions=mentions, stories=listing.stories)
        report = gather.report(desk, basket, clock, now, outcome)
        left = ageing.leaving(desk.store, desk.brand, now, desk.today(now))
        desk.store.commit(gather.changes(basket, _as_listed(desk, basket, report), report, left))
        return report


def rank(desk: Context, now: datetime, *, all_: bool = False) -> tuple[Card, ...]:
    """The window, best first: what fits, a card a story; all: a card an item, with the reason why it would not be listed now."""
    judged = _judged(desk, Basket(), Clock(), now)
    if all_:
        return pipeline.account(judged, _past(desk, now), desk.brand, desk.engine())
    return pipeline.ranking(judged, desk.brand, desk.engine())


def show(desk: Context, prefix: str, now: datetime) -> tuple[Card, str]:
    """One item and its text: as the latest list had it, or judged anew. Raises CuratorError when the id names none or several."""
    item = desk.one(prefix)
    text = desk.store.texts([item.id]).get(item.id, "")
    latest = desk.store.report()
    listed = next((card for card in latest.items if card.id == item.id), None) if latest else None
    return (_decided(listed, item) if listed else _unlisted(desk, item, text, latest, now)), text


def _decided(card: Card, item: Item) -> Card:
    """The card with what a person decided since."""
    return replace(card, status=item.status, tags=item.tags, kind=item.kind or card.kind)


def _unlisted(desk: Context, item: Item, text: str, latest: RunReport | None, now: datetime) -> Card:
    """An item judged anew, with the reason why it is on no list."""
    alone = pipeline.single(item, text, desk.brand, desk.engine(), now)
    if latest is None or item.found >= latest.generated_at + timedelta(seconds=1):
        return pipeline.because(alone, "no list was made since it was found")
    if item.published < now - desk.brand.shortlist.window:
        return pipeline.because(alone, "older than what a list looks back on")
    entry = next(card for card in rank(desk, now, all_=True) if card.id == item.id)
    return replace(entry, evidence=alone.evidence)


async def _gather(desk: Context, basket: Basket, clock: Clock, now: datetime) -> None:
    """The feeds, then the pages of the items that look best."""
    async with desk.workers() as workers, desk.door() as door:
        tools = Tools(door=door, workers=workers, progress=desk.progress)
        await gather.feeds(desk, tools, basket, now, "person")
        clock.lap("fetch")
        worth = pipeline.worth_reading(_window(desk, basket, now), desk.brand, desk.engine(), now)
        clock.lap("embed")
        await collect.articles(worth, tools, basket)
        language.forget()  # the model needs the room
        clock.lap("extract")


def _window(desk: Context, basket: Basket, now: datetime) -> list[Item]:
    """What may be on a list now: kept or in hand, published within the window."""
    since = now - desk.brand.shortlist.window
    kept = {item.id: item for item in desk.store.items(since)} | basket.items
    return [item for item in kept.values() if item.published >= since]


def _judged(desk: Context, basket: Basket, clock: Clock, now: datetime) -> Judged:
    """The window's items with their scores; ages count from the full hour, so that a list made again within it is the same."""
    items = _window(desk, basket, now)
    texts = desk.store.texts([i.id for i in items if i.id not in basket.texts]) | basket.texts
    desk.progress.stage("reading", len(items))
    judged = pipeline.judge(items, texts, desk.brand, desk.engine(), now.replace(minute=0, second=0, microsecond=0))
    clock.lap("embed")
    swayed = tasting.with_taste(judged, desk.brand, desk.engine(), desk.store, now)
    return proposing.with_kinds(swayed, desk.brand, desk.engine(), desk.store, now)


def _past(desk: Context, now: datetime) -> Past:
    """What a person has handled of late, and how often each feed was listed in that time."""
    today, memory = desk.today(now), history.SHADOW + desk.brand.shortlist.window
    kept = desk.store.items(now - memory)
    done = [item for item in kept if not pipeline.is_open(item, today)]
    texts = desk.store.texts([item.id for item in done])
    decided = {decision.item: decision.at for decision in desk.store.decisions() if decision.verdict in {"pick", "skip", "save"}}
    listed = Counter(item.source.feed for item in kept if item.listed and item.listed < today)
    return Past(
        now=now,
        today=today,
        handled=tuple(_handled(item, texts.get(item.id, item.summary), decided.get(item.id), desk.brand.timezone) for item in done),
        listed={feed.url: listed[feed.url] for feed in desk.feeds},
    )


def _handled(item: Item, text: str, decided: datetime | None, timezone: str) -> Handled:
    listed = datetime.combine(item.listed, time(), ZoneInfo(timezone)) if item.listed else item.found
    shared = item.status == "picked"
    return Handled(item=item, text=text, deed=_DEEDS.get(item.status, "this was listed"), at=decided or listed, shared=shared)


def _last_list(desk: Context, now: datetime) -> datetime:
    """When the list before today's was made: what was found after it was not told yet."""
    today = desk.today(now)
    days = range(1, desk.brand.shortlist.window.days + 1)
    earlier = (report for n in days if (report := desk.store.report(today - timedelta(days=n))))
    return next((report.generated_at for report in earlier), datetime.min.replace(tzinfo=now.tzinfo))


def _as_listed(desk: Context, basket: Basket, report: RunReport) -> list[Item]:
    """The items on the list as they are kept from now on."""
    items = [(basket.items.get(card.id) or desk.store.find(card.id)[0], card.kind) for card in report.items]
    return [replace(item, status="listed", listed=report.date, kind=kind) for item, kind in items]
