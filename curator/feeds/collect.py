"""From the network to items: ask the feeds, keep what is new, read the articles worth reading. Failures travel along.

    Feed --door--> Page --workers--> intake.Delivery --what is new--> Items
    Item --door--> Page --workers--> Article --intake--> Item and its text   Read

What is whole is put into the basket at once, so that a run that is stopped keeps it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from msgspec import Struct, field

from curator.core.feed import Article, Failure, Feed, FeedState, NotModified, Page
from curator.core.item import Item
from curator.core.protocols import Fetcher, FetchRequest, Progress, Workers
from curator.feeds import normalize, schedule
from curator.feeds.normalize import NewItem, ParsedFeed

J = TypeVar("J")
IsNew = Callable[[Sequence[NewItem]], list[NewItem]]

# Tasks that take work from one list; the door itself bounds what is in flight at once and per host.
WIDTH = 128


class FetchBatch(Struct, kw_only=True):
    """What one run has in hand so far: items and texts by id, feed states by address."""

    items: dict[str, Item] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    states: dict[str, FeedState] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    unchanged: int = 0
    entries: int = 0
    new: int = 0
    articles: int = 0

    def keep(self, item: Item, text: str) -> None:
        self.items[item.id] = item
        if text:
            self.texts[item.id] = text


class Services(Struct, frozen=True, kw_only=True):
    """What pulling needs of the world."""

    door: Fetcher
    workers: Workers
    progress: Progress


async def feeds(
    due: list[Feed], states: Mapping[str, FeedState], is_new: IsNew, tools: Services, basket: FetchBatch, now: datetime
) -> None:
    """Asks every due feed; puts its state and its new items into the basket."""
    tools.progress.stage("feeds", len(due))

    async def one(subscribed: Feed) -> None:
        state = states.get(subscribed.url) or FeedState(url=subscribed.url)
        outcome, delivered = await _ask(subscribed, state, tools, now)
        new = [normalize.settled(arrival, delivered.document.lang) for arrival in is_new(delivered.arrivals)] if delivered else []
        for arrival in new:
            basket.keep(arrival.item, arrival.text)
        document, dates = (delivered.document, delivered.dates) if delivered else (None, ())
        basket.states[subscribed.url] = schedule.after(subscribed, state, outcome, document, now, new=len(new), dates=dates)
        basket.new += len(new)
        basket.entries += delivered.entries if delivered else 0
        basket.unchanged += isinstance(outcome, NotModified)
        if isinstance(outcome, Failure):
            basket.failures.append(outcome)
        tools.progress.step()

    await _each(due, one)


async def articles(items: Iterable[Item], tools: Services, basket: FetchBatch) -> None:
    """Reads the pages of these items; an item whose page cannot be had stays as its feed brought it, marked as tried."""
    wanted = schedule.by_turns(items, lambda item: item.url)
    tools.progress.stage("articles", len(wanted))

    async def one(item: Item) -> None:
        read = await read_page(item.url, tools)
        if isinstance(read, Failure):
            basket.items[item.id] = normalize.without_article(item)
            basket.failures.append(read)
        else:
            basket.keep(normalize.with_article(item, read), read.text)
            basket.articles += 1
        tools.progress.step()

    await _each(wanted, one)


async def read_page(url: str, tools: Services) -> Article | Failure:
    """The article at an address."""
    page = await tools.door.get(FetchRequest(url=url, kind="article"))
    if not isinstance(page, Page):
        return (
            page if isinstance(page, Failure) else Failure(url=url, stage="fetch", reason="answered 304 to a question that was not asked")
        )
    from curator.feeds import article  # heavy, and the workers' affair

    job = partial(article.extract, page.body, url=page.final_url, content_type=page.headers.get("content-type", ""))
    return await tools.workers.call("extract", url, job)


async def _ask(
    subscribed: Feed, state: FeedState, tools: Services, now: datetime
) -> tuple[Page | NotModified | Failure, ParsedFeed | None]:
    outcome = await tools.door.get(schedule.ask(subscribed, state))
    if not isinstance(outcome, Page):
        return outcome, None
    content_type = outcome.headers.get("content-type", "")
    job = partial(normalize.delivery, outcome.body, subscribed, now, url=outcome.final_url, content_type=content_type)
    delivered = await tools.workers.call("parse", subscribed.url, job)
    return (delivered, None) if isinstance(delivered, Failure) else (outcome, delivered)


async def _each(jobs: Iterable[J], do: Callable[[J], Awaitable[None]]) -> None:
    shared = iter(jobs)

    async def worker() -> None:
        for job in shared:
            await do(job)

    async with asyncio.TaskGroup() as group:
        for _ in range(WIDTH):
            group.create_task(worker())
