"""Read pages and feeds, each an address or a file, without storing anything.

    address --HTTP--> Page --workers--> Article, or FeedDocument --> FeedCheck

A target that cannot be read is a Failure in its place.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from curator.core.errors import Unreadable
from curator.core.feed import Article, Entry, Failure, Feed, FeedDocument, FeedState, NotModified, Page
from curator.core.protocols import Fetcher, FetchRequest, Workers
from curator.core.report import CheckedEntry, FeedCheck, Hop
from curator.core.text import urls
from curator.feeds import cadence, normalize, paged, parse, reading, schedule
from curator.feeds.reading import Kind

# Entries of a feed to show: all of them in practice. A run keeps only the newest.
SHOWN = 5000


async def articles(targets: Sequence[str], fetcher: Fetcher, workers: Workers) -> list[Article | Failure]:
    """Return the article of each page, over its further pages, in order."""

    async def one(target: str) -> Article | Failure:
        page = await page_at(target, "article", fetcher)
        return page if isinstance(page, Failure) else await paged.article(page, fetcher, workers)

    return list(await asyncio.gather(*map(one, targets)))


async def feeds(targets: Sequence[str], fetcher: Fetcher, workers: Workers, now: datetime, timezone: str) -> list[FeedCheck | Failure]:
    """Return what each feed holds and how its server behaves, in order.

    `timezone`: of times that name none and whose country is not known. A feed that came with validators is requested again with them.
    """

    async def one(target: str) -> FeedCheck | Failure:
        page = await page_at(target, "feed", fetcher)
        if isinstance(page, Failure):
            return page
        document = await reading.read(page, parse.parse, workers, "parse", timezone=timezone, limit=SHOWN)
        if isinstance(document, Failure):
            return document
        check = _check(page, document, now)
        return replace(check, repeat=await _repeat(page, fetcher), next_due=_next_due(page, document, now)) if check.hops else check

    return list(await asyncio.gather(*map(one, targets)))


async def page_at(target: str, kind: Kind, fetcher: Fetcher) -> Page | Failure:
    """Return the page at an address, or in a file."""
    if not urls.web(target):
        return _file(target, kind)
    return await reading.get(target, kind, fetcher)


def _file(name: str, kind: Kind) -> Page | Failure:
    from curator.feeds.http import decoding
    from curator.feeds.http.response import FEED

    try:
        body = Path(name).read_bytes()
        body = decoding.unpacked_file(body, FEED.cap) if kind == "feed" else body
        return Page(url=name, final_url=name, status=200, headers={}, body=body)
    except OSError as error:
        reason, hint = f"cannot be read: {error.strerror}", "type a file that exists, or an address with http://"
    except Unreadable as error:
        reason, hint = error.reason, error.hint
    return Failure(url=name, stage="parse" if kind == "feed" else "extract", reason=reason, hint=hint)


def _check(page: Page, document: FeedDocument, now: datetime) -> FeedCheck:
    published = times(document)
    return FeedCheck(
        url=page.url,
        final_url=page.final_url,
        format=document.format,
        title=document.title,
        site=document.site,
        entries=tuple(map(_entry, document.entries)),
        warnings=(*document.warnings, *_repeated(document, page.url)),
        hops=_hops(page) if urls.web(page.url) else (),
        headers=page.headers,
        latest=max(published, default=None),
        per_week=round(cadence.per_week(published, now), 1),
    )


def _repeated(document: FeedDocument, url: str) -> Iterator[str]:
    """Yield a warning when the library would keep several entries as one item, or an entry as none."""
    ids = [identity.id for identity in normalize.identities(document, Feed(url=url))]
    if more := len(ids) - len(set(ids)):
        yield f"{more} of {len(ids)} entries repeat another one word for word and are kept once"
    if empty := sum(not entry.title and not entry.summary for entry in document.entries):
        yield f"{empty} of {len(ids)} entries have neither title nor text and are not kept"


def times(document: FeedDocument) -> list[datetime]:
    """Return the publication times of the entries that have one."""
    return [time for entry in document.entries if (time := entry.published or entry.updated)]


def _entry(entry: Entry) -> CheckedEntry:
    return CheckedEntry(
        id=urls.canonical(entry.id),
        url=urls.tidy(entry.link) if entry.link else "",
        link=entry.feed_link or entry.link,
        title=entry.title,
        published=entry.published,
        updated=entry.updated,
        summary=entry.summary,
    )


def _hops(page: Page) -> tuple[Hop, ...]:
    """Return every address that was requested, with the status of its response."""
    places, answers = (page.url, *page.hops), (*page.sent_on, page.status)
    return tuple(Hop(url=place, status=status) for place, status in zip(places, answers, strict=True))


async def _repeat(page: Page, fetcher: Fetcher) -> int | None:
    """Return the status of a second request with the server's validators, None if it sent none."""
    ask = FetchRequest(url=page.url, etag=page.headers.get("etag", ""), last_modified=page.headers.get("last-modified", ""))
    if not ask.etag and not ask.last_modified:
        return None
    answer = await fetcher.get(ask)
    return 304 if isinstance(answer, NotModified) else answer.status


def _next_due(page: Page, document: FeedDocument, now: datetime) -> datetime | None:
    """Return when a subscriber that reads the feed now would request it again."""
    asked, new = Feed(url=page.url), FeedState(url=page.url, last_success=now)
    dates = [entry.published for entry in document.entries if entry.published]
    return schedule.after(asked, new, page, document, now, dates=dates).next_due
