"""Keeping what no feed brought, and looking at what is kept.

address --pull.read_page--> Article --intake--> Item, its text --judge--> Card --> one commit
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.feed import Article, Failure
from curator.core.item import Item, Source, Status
from curator.core.protocols import Changes
from curator.core.story import Card
from curator.core.text import plain, urls
from curator.feeds import collect, normalize
from curator.jobs import fetch
from curator.planning import decisions as planning_decisions
from curator.ranking import pipeline


def save(context: Context, url: str, now: datetime, *, note: str = "", tags: Sequence[str] = ()) -> tuple[Card, str]:
    """Puts a page into the library for good, and judges it; one that is known is only marked. The card, and the text.

    Raises UsageError for what is no address, CuratorError for a page that cannot be read: then nothing is kept.
    """
    address = _address(url)
    with context.store.writing():
        found, told = _found(context, address, now)
        saved = _marked(found, note, tags)
        card = pipeline.single(saved, told, context.brand, context.engine(), now)
        context.store.commit(_changes(context, found, saved, told, now))
        return card, told


def items(context: Context, status: Status, now: datetime) -> tuple[Card, ...]:
    """The items of a status, judged as of now, the last found first."""
    kept = [item for item in context.store.items() if item.status == status]
    texts = context.store.texts(item.id for item in kept)
    cards = pipeline.ledger(pipeline.judge(kept, texts, context.brand, context.engine(), now.replace(minute=0, second=0, microsecond=0)))
    return tuple(sorted(cards, key=lambda card: (-card.found.timestamp(), card.id)))


def _address(url: str) -> str:
    address = urls.web(url if "://" in url else f"https://{url}")
    if not address:
        raise UsageError(f"{plain.line(url, 200)!r} is no web address", hint="curator save https://example.org/story")
    return address


def _found(context: Context, address: str, now: datetime) -> tuple[Item, str]:
    """The item of an address with its text: as it is kept, when its article was read already, or else as the page tells it."""
    known = context.store.find(urls.item_id(address))
    kept = context.store.texts(item.id for item in known)
    if known and known[0].depth == "article":
        return known[0], kept.get(known[0].id, "")
    article = fetch.in_loop(_article(context, address))
    if isinstance(article, Article):
        item = next(iter(known or context.store.find(urls.item_id(article.url))), None) or _fresh(article, now)
        return normalize.with_article(item, article), article.text
    if not known:
        raise CuratorError(f"the page is not kept: {article.reason}", where=address, hint=article.hint or f"curator extract {address}")
    return normalize.without_article(known[0]), kept.get(known[0].id, "")


async def _article(context: Context, address: str) -> Article | Failure:
    context.progress.stage("the page", 1)
    async with context.workers() as workers, context.door() as door:
        return await collect.read_page(address, collect.Services(door=door, workers=workers, progress=context.progress))


def _fresh(article: Article, now: datetime) -> Item:
    """A page that no feed brought: its source is the site, and the source's feed is none."""
    return Item(
        id=urls.item_id(article.url),
        url=urls.tidy(article.url),
        title=article.title or plain.line(plain.excerpt(article.text, article.lang, 120)),
        source=Source(title=article.sitename or urls.domain(article.url), feed=""),
        published=now,
        found=now,
        summary=plain.excerpt(article.text, article.lang, normalize.SUMMARY),
    )


def _marked(item: Item, note: str, tags: Sequence[str]) -> Item:
    """The item as a saved one; a pick is more than that and stays a pick."""
    status: Status = "picked" if item.status == "picked" else "saved"
    return replace(item, status=status, note=plain.line(note, 2000) or item.note, tags=planning_decisions.joined(item.tags, tags))


def _changes(context: Context, found: Item, saved: Item, told: str, now: datetime) -> Changes:
    posts = [post for post in context.store.posts() if post.item == saved.id]
    decisions = [planning_decisions.decision(found, posts, "save", now, context.store.decisions())] if saved != found else []
    return Changes(items=(saved,), texts={saved.id: told} if told else {}, decisions=tuple(decisions))
