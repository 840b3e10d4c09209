"""The daily run: which feeds are due; fetch; parse; what is new; read; embed; score; group; choose; save once."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from curator import gather, judge, language, pull
from curator.gather import Clock, Desk, Outcome
from curator.judge import Judged
from curator.model import Card, Item, RunReport
from curator.pull import Basket, Tools


def run(desk: Desk, now: datetime, *, fetch: bool = True, limit: int | None = None) -> RunReport:
    """The daily job. Raises NothingFetched when not one feed answered, Locked when another command is writing."""
    with desk.store.writing():
        basket, clock = Basket(), Clock()
        with gather.kept_when_cut_short(desk, basket):
            if fetch:
                gather.in_loop(_gather(desk, basket, clock, now))
            judged = _judged(desk, basket, clock, now)
            listing = judge.listing(judged, desk.brand, desk.engine(), desk.today(now), limit=limit)
            mentions = judge.mentions(judged, desk.brand, desk.engine(), after=_last_list(desk, now))
        clock.lap("rank")
        outcome = Outcome(cards=listing.cards, mentions=mentions, stories=listing.stories)
        report = gather.report(desk, basket, clock, now, outcome)
        desk.store.commit(gather.changes(basket, _as_listed(desk, basket, report), report))
        return report


def rank(desk: Desk, now: datetime, *, all_: bool = False) -> tuple[Card, ...]:
    """The window, best first: what fits, a card a story; all: a card an item, unfit ones too."""
    judged = _judged(desk, Basket(), Clock(), now)
    return judge.ledger(judged) if all_ else judge.ranking(judged, desk.brand, desk.engine())


def show(desk: Desk, prefix: str, now: datetime) -> tuple[Card, str]:
    """One item and its text: as the latest list had it, or judged anew. Raises CuratorError when the id names none or several."""
    item = desk.one(prefix)
    text = desk.store.texts([item.id]).get(item.id, "")
    latest = desk.store.report()
    listed = next((card for card in latest.items if card.id == item.id), None) if latest else None
    return listed or judge.single(item, text, desk.brand, desk.engine(), now), text


async def _gather(desk: Desk, basket: Basket, clock: Clock, now: datetime) -> None:
    """The feeds, then the pages of the items that look best."""
    async with desk.workers() as workers, desk.door() as door:
        tools = Tools(door=door, workers=workers, progress=desk.progress)
        await gather.feeds(desk, tools, basket, now, "person")
        clock.lap("fetch")
        worth = judge.worth_reading(_window(desk, basket, now), desk.brand, desk.engine(), now)
        clock.lap("embed")
        await pull.articles(worth, tools, basket)
        language.forget()  # the model needs the room
        clock.lap("extract")


def _window(desk: Desk, basket: Basket, now: datetime) -> list[Item]:
    """What may be on a list now: kept or in hand, published within the window."""
    since = now - desk.brand.shortlist.window
    kept = {item.id: item for item in desk.store.items(since)} | basket.items
    return [item for item in kept.values() if item.published >= since]


def _judged(desk: Desk, basket: Basket, clock: Clock, now: datetime) -> Judged:
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


def _as_listed(desk: Desk, basket: Basket, report: RunReport) -> list[Item]:
    """The items on the list as they are kept from now on."""
    items = [basket.items.get(card.id) or desk.store.find(card.id)[0] for card in report.items]
    return [replace(item, status="listed", listed=report.date) for item in items]
