"""The daily run: ask the feeds that are due, read the best pages, score, choose, and commit everything at once."""

import logging
from collections import Counter
from collections.abc import Container, Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.item import Item
from curator.core.report import RunReport
from curator.core.scouting import ScoutedSite
from curator.core.story import Card, Mention
from curator.core.text.dates import full_hour
from curator.feeds import collect
from curator.jobs import merge, outbox, scout, trends
from curator.jobs.batch import FetchBatch
from curator.jobs.fetch import PATIENCE, StageTimer, ask_feeds, build_report, keep_if_interrupted, run_loop, services
from curator.jobs.merge import ItemEdit
from curator.ranking import content_type, history, pipeline, preference, selection
from curator.ranking import mentions as telling
from curator.ranking.history import SeenItem
from curator.ranking.pipeline import History, Listing, Ranker
from curator.ranking.scored_items import ScoredItems
from curator.ranking.trends import with_momentum
from curator.storage import retention

_ACTIONS: Final = {"picked": "you shared this", "skipped": "you skipped this", "saved": "you saved this"}
_LOG = logging.getLogger(__name__)


def run(context: Context, now: datetime, *, fetch: bool = True, limit: int | None = None) -> RunReport:
    """Make the reading list of the day and commit it with everything that was fetched for it.

    `fetch`: whether to contact anyone. `limit`: how many cards the list may have, at most. Raises NothingFetched when not one
    feed answered, Locked when another run is at work.
    """
    batch, timer, found = FetchBatch(), StageTimer(), list[scout.Found]()
    with context.store.running():
        with keep_if_interrupted(context, batch, now):
            if fetch:
                found = run_loop(_fetch_and_read(context, batch, timer, now))
            window = _window(context, batch, now)
            scored = _score(context, window, batch.texts, timer, now)
            ranker = Ranker.of(context)
            with timer.stage("rank"):
                listing = ranker.shortlist(scored, followed(context, now), limit=limit)
                mentions = _mentions(context, ranker, scored, batch, now)
                rising = trends.of_today(context, window, listing, now)
                scouted = scout.judged(context, found, now)
        _log_choice(listing)
        cards = [with_momentum(card, rising) for card in listing.cards]
        report = build_report(
            context, batch, timer, now, cards=cards, mentions=mentions, trends=rising[: trends.LISTED], stories=listing.stories
        )
        _commit(context, batch, window, report, scouted, now)
    return report


def rank(context: Context, now: datetime, *, all_: bool = False, near: bool = False) -> tuple[Card, ...]:
    """Return what fits, best first, one card for each story.

    `all_`: one card for each item of the window instead, with the reason why a list made now would leave it out.
    """
    scored = judged(context, now)
    ranker = Ranker.of(context)
    if near:
        return ranker.near_misses(scored)
    return ranker.account(scored, followed(context, now)) if all_ else ranker.ranking(scored)


def judged(context: Context, now: datetime) -> ScoredItems:
    """Return what a list made now is chosen from: the items of the window with their scores."""
    return _score(context, _window(context, FetchBatch(), now), {}, StageTimer(), now)


def followed(context: Context, now: datetime) -> History:
    """Return what a list made now follows: what the user has handled of late, and how often each feed was listed in that time."""
    today, memory = context.today(now), history.SHARED + context.brand.shortlist.window
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


async def _fetch_and_read(context: Context, batch: FetchBatch, timer: StageTimer, now: datetime) -> list[scout.Found]:
    """Ask the feeds, then read the pages of the items that look best by title and summary. Returns what was scouted meanwhile."""
    async with services(context) as opened, scout.beside(context, opened, now) as found:
        with timer.stage("fetch"):
            await ask_feeds(context, opened, batch, now, "person")
        with timer.stage("embed"):
            window = list(_window(context, batch, now).values())
            worth = Ranker.of(context).worth_reading(window, now)
        with timer.stage("extract"):
            await collect.articles(worth, opened, batch.add_article)
    return found


def _window(context: Context, batch: FetchBatch, now: datetime) -> dict[str, Item]:
    """Return what may be on a list now, by id: in the library or in hand, published within the window.

    The order is that of `Store.items`, not that in which servers answered: sums over items are then the same to the last bit.
    """
    since = now - context.brand.shortlist.window
    kept = {item.id: item for item in context.store.items(since)}
    in_hand = {id_: merge.applied(edit, kept.get(id_))[0] for id_, edit in batch.edits.items()}
    either = sorted((kept | in_hand).values(), key=lambda item: (item.found, item.id))
    return {item.id: item for item in either if item.published >= since}


def _score(context: Context, window: Mapping[str, Item], texts: Mapping[str, str], timer: StageTimer, now: datetime) -> ScoredItems:
    """Score the window's items by their texts, then by the user's taste; propose their kinds of content.

    `texts`: those that are not in the library yet. Ages count from the full hour, so that a list made again within it is the same.
    """
    items = list(window.values())
    context.progress.stage("reading", len(items))
    with timer.stage("embed"):
        kept = context.store.texts([id_ for id_ in window if id_ not in texts])
        hour = full_hour(now)
        judged = Ranker.of(context).score(items, {**kept, **texts}, hour)
    with timer.stage("rank"):
        swayed = preference.with_preference(judged, context.brand, context.engine(), context.store, now)
        return content_type.with_content_types(swayed, context.brand, context.engine(), context.store, now, floor=pipeline.FLOOR)


def _handled(item: Item, text: str, decided: datetime | None, timezone: str) -> SeenItem:
    listed = datetime.combine(item.listed, time(), ZoneInfo(timezone)) if item.listed else item.found
    shared = item.status == "picked"
    return SeenItem(item=item, text=text, action=_ACTIONS.get(item.status, "this was listed"), at=decided or listed, shared=shared)


def _mentions(context: Context, ranker: Ranker, scored: ScoredItems, batch: FetchBatch, now: datetime) -> tuple[Mention, ...]:
    """Return the mentions that no list has told: those in the window, and those found since that are too old for a list."""
    if not context.brand.watch:
        return ()
    taught, after = telling.verdicts(context.store.decisions()), _last_list(context, now)
    late = _late(context, {s.item.id for s in scored.ranked}, batch, after, now)
    texts = {**context.store.texts(late), **batch.texts}
    hits = [item for item in late.values() if ranker.watching.hits(item, texts.get(item.id, ""))]
    tables = (scored, ranker.score(hits, texts, full_hour(now)))
    named = [mention for table in tables for mention in telling.mentions(ranker, table, taught, after=after)]
    return telling.ordered((*named, *telling.unnamed(ranker, scored, taught, after=after)))


def _late(context: Context, window: Container[str], batch: FetchBatch, after: datetime, now: datetime) -> dict[str, Item]:
    """Return what was found after the last list and was published before the window; none where this is the first list."""
    if context.store.report() is None:
        return {}
    kept = {item.id: item for item in context.store.items(after)}
    in_hand = {id_: merge.applied(edit, kept.get(id_))[0] for id_, edit in batch.edits.items()}
    oldest = now - context.brand.library.keep
    return {id_: item for id_, item in (kept | in_hand).items() if id_ not in window and item.found > after and item.published > oldest}


def _last_list(context: Context, now: datetime) -> datetime:
    """Return when the list before today's was made: no list has told of what was found after it."""
    today = context.today(now)
    days = range(1, context.brand.shortlist.window.days + 1)
    earlier = (report for n in days if (report := context.store.report(today - timedelta(days=n))))
    return next((report.generated_at for report in earlier), datetime.min.replace(tzinfo=now.tzinfo))


def _log_choice(listing: Listing) -> None:
    for card in listing.cards:
        _LOG.info("listed: %s (%s)", card.title, card.id)
    for left in listing.left_out:
        _LOG.log(logging.DEBUG if left.why == selection.UNFIT else logging.INFO, "left out: %s: %s", left.story.lead.item.title, left.why)


def _commit(
    context: Context, batch: FetchBatch, window: Mapping[str, Item], report: RunReport, scouted: tuple[ScoutedSite, ...], now: datetime
) -> None:
    """Commit the list with what was fetched for it, and let expired items go; decisions made meanwhile stay as they are."""
    listed = {card.id: _listed(window[card.id], card, batch.edits.get(card.id), report) for card in report.items}
    with context.store.writing(PATIENCE):
        changes = merge.changes(context.store, (batch.edits | listed).values())
        expired = retention.leaving(context.store, context.brand, now, report.date)
        told = outbox.of_run(context, batch, report, now)
        context.store.commit(
            replace(
                changes,
                states=batch.states_to_keep,
                report=report,
                removed=expired,
                notices=told.new,
                dropped=told.expired,
                scouted=scouted,
                unscouted=scout.forgotten(context, now),
            )
        )
    _LOG.info("committed the list of %s: %d items, %d expired", report.date, len(changes.items), len(expired))


def _listed(item: Item, card: Card, fetched: ItemEdit | None, report: RunReport) -> ItemEdit:
    """Return the edit that marks an item of the window as listed, on top of what was fetched of it."""
    after = replace(item, status="listed", listed=report.date, kind=card.kind)
    return ItemEdit(before=item, after=after, text=fetched.text if fetched else "")
