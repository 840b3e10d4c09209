"""The daily run: which feeds are due; fetch; parse; what is new; read; embed; score; group; choose; save once."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.item import Item
from curator.core.report import RunReport
from curator.core.story import Card
from curator.core.text import language
from curator.feeds import collect
from curator.feeds.collect import FetchBatch, Services
from curator.jobs import fetch as jobs_fetch
from curator.jobs.fetch import RunOutcome, StageTimer
from curator.ranking import history, pipeline, proposing, tasting
from curator.ranking.history import SeenItem
from curator.ranking.pipeline import History, ScoredItems
from curator.storage import retention

_DEEDS: Final = {"picked": "you shared this", "skipped": "you skipped this", "saved": "you saved this"}


def run(context: Context, now: datetime, *, fetch: bool = True, limit: int | None = None) -> RunReport:
    """The daily job. Raises NothingFetched when not one feed answered, Locked when another command is writing."""
    with context.store.running(), context.store.writing():
        basket, clock = FetchBatch(), StageTimer()
        with jobs_fetch.kept_when_cut_short(context, basket):
            if fetch:
                jobs_fetch.in_loop(_gather(context, basket, clock, now))
            judged = _judged(context, basket, clock, now)
            listing = pipeline.listing(judged, _past(context, now), context.brand, context.engine(), limit=limit)
            mentions = pipeline.mentions(judged, context.brand, context.engine(), after=_last_list(context, now))
        clock.lap("rank")
        outcome = RunOutcome(cards=listing.cards, mentions=mentions, stories=listing.stories)
        report = jobs_fetch.report(context, basket, clock, now, outcome)
        left = retention.leaving(context.store, context.brand, now, context.today(now))
        context.store.commit(jobs_fetch.changes(basket, _as_listed(context, basket, report), report, left))
        return report


def rank(context: Context, now: datetime, *, all_: bool = False) -> tuple[Card, ...]:
    """The window, best first: what fits, a card a story; all: a card an item, with the reason why it would not be listed now."""
    judged = _judged(context, FetchBatch(), StageTimer(), now)
    if all_:
        return pipeline.account(judged, _past(context, now), context.brand, context.engine())
    return pipeline.ranking(judged, context.brand, context.engine())


def show(context: Context, prefix: str, now: datetime) -> tuple[Card, str]:
    """One item and its text: as the latest list had it, or judged anew. Raises CuratorError when the id names none or several."""
    item = context.one(prefix)
    text = context.store.texts([item.id]).get(item.id, "")
    latest = context.store.report()
    listed = next((card for card in latest.items if card.id == item.id), None) if latest else None
    return (_decided(listed, item) if listed else _unlisted(context, item, text, latest, now)), text


def _decided(card: Card, item: Item) -> Card:
    """The card with what a person decided since."""
    return replace(card, status=item.status, tags=item.tags, kind=item.kind or card.kind)


def _unlisted(context: Context, item: Item, text: str, latest: RunReport | None, now: datetime) -> Card:
    """An item judged anew, with the reason why it is on no list."""
    alone = pipeline.single(item, text, context.brand, context.engine(), now)
    if latest is None or item.found >= latest.generated_at + timedelta(seconds=1):
        return pipeline.because(alone, "no list was made since it was found")
    if item.published < now - context.brand.shortlist.window:
        return pipeline.because(alone, "older than what a list looks back on")
    entry = next(card for card in rank(context, now, all_=True) if card.id == item.id)
    return replace(entry, evidence=alone.evidence)


async def _gather(context: Context, basket: FetchBatch, clock: StageTimer, now: datetime) -> None:
    """The feeds, then the pages of the items that look best."""
    async with context.workers() as workers, context.door() as door:
        tools = Services(door=door, workers=workers, progress=context.progress)
        await jobs_fetch.feeds(context, tools, basket, now, "person")
        clock.lap("fetch")
        worth = pipeline.worth_reading(_window(context, basket, now), context.brand, context.engine(), now)
        clock.lap("embed")
        await collect.articles(worth, tools, basket)
        language.forget()  # the model needs the room
        clock.lap("extract")


def _window(context: Context, basket: FetchBatch, now: datetime) -> list[Item]:
    """What may be on a list now: kept or in hand, published within the window."""
    since = now - context.brand.shortlist.window
    kept = {item.id: item for item in context.store.items(since)} | basket.items
    return [item for item in kept.values() if item.published >= since]


def _judged(context: Context, basket: FetchBatch, clock: StageTimer, now: datetime) -> ScoredItems:
    """The window's items with their scores; ages count from the full hour, so that a list made again within it is the same."""
    items = _window(context, basket, now)
    texts = context.store.texts([i.id for i in items if i.id not in basket.texts]) | basket.texts
    context.progress.stage("reading", len(items))
    judged = pipeline.judge(items, texts, context.brand, context.engine(), now.replace(minute=0, second=0, microsecond=0))
    clock.lap("embed")
    swayed = tasting.with_taste(judged, context.brand, context.engine(), context.store, now)
    return proposing.with_kinds(swayed, context.brand, context.engine(), context.store, now)


def _past(context: Context, now: datetime) -> History:
    """What a person has handled of late, and how often each feed was listed in that time."""
    today, memory = context.today(now), history.SHADOW + context.brand.shortlist.window
    kept = context.store.items(now - memory)
    done = [item for item in kept if not pipeline.is_open(item, today)]
    texts = context.store.texts([item.id for item in done])
    decided = {decision.item: decision.at for decision in context.store.decisions() if decision.verdict in {"pick", "skip", "save"}}
    listed = Counter(item.source.feed for item in kept if item.listed and item.listed < today)
    return History(
        now=now,
        today=today,
        handled=tuple(_handled(item, texts.get(item.id, item.summary), decided.get(item.id), context.brand.timezone) for item in done),
        listed={feed.url: listed[feed.url] for feed in context.feeds},
    )


def _handled(item: Item, text: str, decided: datetime | None, timezone: str) -> SeenItem:
    listed = datetime.combine(item.listed, time(), ZoneInfo(timezone)) if item.listed else item.found
    shared = item.status == "picked"
    return SeenItem(item=item, text=text, deed=_DEEDS.get(item.status, "this was listed"), at=decided or listed, shared=shared)


def _last_list(context: Context, now: datetime) -> datetime:
    """When the list before today's was made: what was found after it was not told yet."""
    today = context.today(now)
    days = range(1, context.brand.shortlist.window.days + 1)
    earlier = (report for n in days if (report := context.store.report(today - timedelta(days=n))))
    return next((report.generated_at for report in earlier), datetime.min.replace(tzinfo=now.tzinfo))


def _as_listed(context: Context, basket: FetchBatch, report: RunReport) -> list[Item]:
    """The items on the list as they are kept from now on."""
    items = [(basket.items.get(card.id) or context.store.find(card.id)[0], card.kind) for card in report.items]
    return [replace(item, status="listed", listed=report.date, kind=kind) for item, kind in items]
