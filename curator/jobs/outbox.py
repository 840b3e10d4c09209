"""What a job adds to the outbox when it commits: notices of what it found, on every channel of the brand."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from curator.core.context import Context
from curator.core.notice import Notice
from curator.core.report import RunReport
from curator.jobs.batch import FetchBatch
from curator.publishing.notify import due
from curator.ranking.watch_terms import WatchList


class OutboxChange(Struct, frozen=True, kw_only=True):
    """Notices to keep, and ids of notices that are no longer needed."""

    new: tuple[Notice, ...] = ()
    expired: tuple[str, ...] = ()


def of_fetch(context: Context, batch: FetchBatch, now: datetime) -> tuple[Notice, ...]:
    """Return the notices of a fetch: mentions of the watch terms that are told at once, and feeds that are lost or back."""
    if not context.brand.notify.urls:
        return ()
    known = context.store.notices()
    return due.mentions(context.brand, known, _urgent(context, batch, now), now) + _feeds(context, known, batch, now)


def of_run(context: Context, batch: FetchBatch, report: RunReport, now: datetime) -> OutboxChange:
    """Return the notices of a daily run: its mentions, its list, and feeds that are lost or back."""
    brand = context.brand
    if not brand.notify.urls:
        return OutboxChange()
    known = context.store.notices()
    mentions = due.mentions(brand, known, [due.of_mention(each, now) for each in report.mentions], now)
    new = mentions + due.reading_list(brand, known, report, now) + _feeds(context, known, batch, now)
    return OutboxChange(new=new, expired=due.expired(known, now, brand.library.keep))


def _urgent(context: Context, batch: FetchBatch, now: datetime) -> list[Notice]:
    urgent = WatchList(watch for watch in context.brand.watch if watch.notify == "now")
    hits = (hit for edit in batch.edits.values() for hit in urgent.hits(edit.after, edit.text or edit.after.summary))
    return [due.of_item(hit.watch, hit.item, hit.sentence, now) for hit in hits]


def _feeds(context: Context, known: Sequence[Notice], batch: FetchBatch, now: datetime) -> tuple[Notice, ...]:
    titles = {feed.url: feed.title for feed in context.feeds}
    return due.feeds(context.brand, known, batch.states_to_keep, titles, now)
