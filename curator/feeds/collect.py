"""Ask feeds and read articles, many at once; each result is handed over as soon as it is whole.

    Feed --http--> Page --worker: parse, normalize--> FeedResult
    Item --http--> Page --worker: extract--> ArticleResult

A failure of one feed or page is a result like any other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from curator.core.feed import Article, Failure, Feed, FeedState, NotModified, Page
from curator.core.item import Item
from curator.core.protocols import Fetcher, Progress, Workers
from curator.feeds import normalize, paged, reading, schedule
from curator.feeds.credentials import loggable
from curator.feeds.normalize import NewItem, ParsedFeed

J = TypeVar("J")
_LOG = logging.getLogger(__name__)

# Tasks that take work from one list; the HTTP client itself bounds what is in flight at once and per host.
WIDTH = 128


class Services(Struct, frozen=True, kw_only=True):
    """What collecting needs of the outside: the HTTP client, the worker processes, and the progress shown to the user."""

    fetcher: Fetcher
    workers: Workers
    progress: Progress


class FeedResult(Struct, frozen=True, kw_only=True):
    """What one feed answered. `parsed` is None unless it sent a document that could be parsed."""

    feed: Feed
    outcome: Page | NotModified | Failure
    parsed: ParsedFeed | None = None

    @property
    def arrivals(self) -> Sequence[NewItem]:
        """The entries of the document as items, known ones too."""
        return self.parsed.arrivals if self.parsed else ()


class ArticleResult(Struct, frozen=True, kw_only=True):
    """What became of reading an item's page."""

    item: Item
    outcome: Article | Failure


async def feeds(
    due: Sequence[Feed],
    states: Mapping[str, FeedState],
    services: Services,
    now: datetime,
    receive: Callable[[FeedResult], None],
    *,
    timezone: str,
) -> None:
    """Ask every due feed. `receive` is called once for each, in the order of their answers and never twice at a time.

    `timezone`: of times that name none and whose country is not known.
    """
    services.progress.stage("feeds", len(due))

    async def one(feed: Feed) -> None:
        receive(await _ask(feed, states.get(feed.url) or FeedState(url=feed.url), services, now, timezone))
        services.progress.step()

    await _each(due, one)


async def articles(items: Iterable[Item], services: Services, receive: Callable[[ArticleResult], None]) -> None:
    """Read the page of every item, hosts taking turns. `receive` is called as by `feeds`."""
    wanted = schedule.by_turns(items, lambda item: item.url)
    services.progress.stage("articles", len(wanted))

    async def one(item: Item) -> None:
        receive(ArticleResult(item=item, outcome=await read_page(item.url, services)))
        services.progress.step()

    await _each(wanted, one)


async def read_page(url: str, services: Services) -> Article | Failure:
    """Read the article at an address, over its pages."""
    page = await reading.get(url, "article", services.fetcher)
    if isinstance(page, Failure):
        return page
    found = await paged.article(page, services.fetcher, services.workers)
    if isinstance(found, Article) and found.partial:
        _LOG.info("%s: only a part of the article could be read, %d words", loggable(url), found.words)
    return found


async def _ask(feed: Feed, state: FeedState, services: Services, now: datetime, timezone: str) -> FeedResult:
    outcome = await services.fetcher.get(schedule.ask(feed, state))
    if not isinstance(outcome, Page):
        return FeedResult(feed=feed, outcome=outcome)
    subscribed = Feed(url=feed.url, title=feed.title)  # what decides on its items, so that brands with other folders share the result
    parsed = await reading.read(outcome, normalize.delivery, services.workers, "parse", subscribed=subscribed, now=now, timezone=timezone)
    return FeedResult(feed=feed, outcome=parsed) if isinstance(parsed, Failure) else FeedResult(feed=feed, outcome=outcome, parsed=parsed)


async def _each(jobs: Iterable[J], do: Callable[[J], Awaitable[None]]) -> None:
    shared = iter(jobs)

    async def worker() -> None:
        for job in shared:
            await do(job)

    async with asyncio.TaskGroup() as group:
        for _ in range(WIDTH):
            group.create_task(worker())
