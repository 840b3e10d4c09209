"""Save a page that no feed brought, and list what is kept."""

import logging
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import CuratorError, UsageError
from curator.core.feed import Article, Failure
from curator.core.item import Item, Source, Status
from curator.core.protocols import Changes, Store
from curator.core.story import Card
from curator.core.text import plain, urls
from curator.core.text.dates import full_hour
from curator.feeds import collect, normalize
from curator.jobs import fetch, merge
from curator.jobs.merge import ItemEdit
from curator.planning import decisions as planning_decisions
from curator.ranking.pipeline import Ranker, ledger

_LOG = logging.getLogger(__name__)


def save(context: Context, url: str, now: datetime, *, note: str = "", tags: Sequence[str] = ()) -> tuple[Card, str]:
    """Save the page at an address for good and score it; return its card and its text.

    A page that is in the library already is marked as saved, and read only where its text is missing. Raises UsageError when
    `url` is not a web address, CuratorError when the page cannot be read: then nothing is kept.
    """
    address = _address(url)
    found = _find(context, address, now)
    card = Ranker.of(context).cards([found.after], {found.after.id: found.text}, now)[0]
    with context.store.writing():
        saved = _commit(context, found, note, tags, now)
    return replace(card, status=saved.status, tags=saved.tags, kind=saved.kind or card.kind), found.text


def items(context: Context, status: Status, now: datetime) -> tuple[Card, ...]:
    """Return the items of a status, scored as of now, those found last first."""
    kept = [item for item in context.store.items() if item.status == status]
    texts = context.store.texts(item.id for item in kept)
    cards = ledger(Ranker.of(context).score(kept, texts, full_hour(now)))
    return tuple(sorted(cards, key=lambda card: (-card.found.timestamp(), card.id)))


def _address(url: str) -> str:
    address = urls.web(url if "://" in url else f"https://{url}")
    if not address:
        raise UsageError(f"not a web address: {plain.line(url, 200)!r}", hint="curator save https://example.org/story")
    return address


def _find(context: Context, address: str, now: datetime) -> ItemEdit:
    """Return the item of an address with its text, from the library where its article was read already, else from the page."""
    known = kept(context.store, address)
    text = context.store.texts(item.id for item in known).get(known[0].id, "") if known else ""
    if known and known[0].depth == "article":
        _LOG.info("in the library already, not read again: %s", known[0].title)
        return ItemEdit(before=known[0], after=known[0], text=text)
    article = fetch.run_loop(_read(context, address))
    if isinstance(article, Article):
        _LOG.info("page read: %s: %d words", article.title, article.words)
        address = article.canonical or article.url
        item = next(iter(known or kept(context.store, address)), None) or _fresh(article, address, now)
        return ItemEdit(before=item, after=normalize.with_article(item, article), text=article.text)
    if not known:
        raise CuratorError(f"the page is not kept: {article.reason}", where=address, hint=article.hint or f"curator extract {address}")
    return ItemEdit(before=known[0], after=normalize.without_article(known[0]), text=text)


def kept(store: Store, address: str) -> list[Item]:
    """Return the item that is kept of a page, whatever its id was made from."""
    page, known = urls.item_id(address), [item for id_ in urls.page_ids(address) for item in store.find(id_)]
    return known[:1] or [item for item in store.items() if normalize.page_id(item) == page][:1]


async def _read(context: Context, address: str) -> Article | Failure:
    context.progress.stage("the page", 1)
    async with fetch.services(context) as services:
        return await collect.read_page(address, services)


def _fresh(article: Article, address: str, now: datetime) -> Item:
    """Return a new item for a page that no feed brought. Its source is the site, with no feed."""
    return Item(
        id=urls.item_id(address),
        url=urls.tidy(address),
        title=article.title or plain.line(plain.excerpt(article.text, article.lang, 120)),
        source=Source(title=article.sitename or urls.domain(address), feed=""),
        published=now,
        found=now,
        summary=plain.excerpt(article.text, article.lang, normalize.SUMMARY),
    )


def _commit(context: Context, found: ItemEdit, note: str, tags: Sequence[str], now: datetime) -> Item:
    """Commit the item as a saved one, on top of what others have made of it meanwhile; return it."""
    kept = next(iter(context.store.find(found.after.id)), None)
    item, text = merge.applied(found, kept)
    saved = _marked(item, note, tags)
    posts = [post for post in context.store.posts() if post.item == saved.id]
    decisions = [planning_decisions.decision(item, posts, "save", now, context.store.decisions())] if saved != item else []
    context.store.commit(Changes(items=(saved,), texts={saved.id: text} if text else {}, decisions=tuple(decisions)))
    return saved


def _marked(item: Item, note: str, tags: Sequence[str]) -> Item:
    """Return the item marked as saved; one that is picked stays picked."""
    status: Status = "picked" if item.status == "picked" else "saved"
    return replace(item, status=status, note=plain.line(note, 2000) or item.note, tags=planning_decisions.joined(item.tags, tags))
