"""Turn the entries of a feed into items: identity, plausible dates, language, and the text that came along."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from curator.core.feed import Article, Entry, Feed, FeedDocument
from curator.core.item import Item, Source
from curator.core.text import language, plain, urls

SUMMARY = 600
# An entry of this many words brings its article; a shorter one is a teaser, and one as long as a parser keeps was cut.
FULL_TEXT = 180
CUT = 4_900
_TEASER = re.compile(r"(?:\[?(?:…|\.\.\.)\]?|(?:read more|continue reading|selengkapnya)\W*)$", re.I)
_POSITION = re.compile(r"\d{0,5}$")


class NewItem(Struct, frozen=True, kw_only=True):
    """An item as a feed brought it, with the text that came along; its language is open where only statistics can tell."""

    item: Item
    text: str


class ParsedFeed(Struct, frozen=True, kw_only=True):
    """What one answer of a feed brought: what it says of itself, its entries as items, how many it held, and when those appeared."""

    document: FeedDocument
    arrivals: tuple[NewItem, ...]
    entries: int
    dates: tuple[datetime, ...]


def delivery(body: bytes, subscribed: Feed, now: datetime, *, url: str, content_type: str, timezone: str) -> ParsedFeed:
    """Parse a feed's bytes and normalize its entries, in a worker process. Raises Unreadable; hostile bytes may raise anything."""
    from curator.feeds import parse  # heavy, and the workers' affair

    document = parse.parse(body, url=url, content_type=content_type, timezone=timezone)
    return ParsedFeed(
        document=replace(document, entries=()),
        arrivals=tuple(arrivals(document, subscribed, now)),
        entries=len(document.entries),
        dates=tuple(entry.published for entry in document.entries if entry.published),
    )


def arrivals(document: FeedDocument, subscribed: Feed, now: datetime) -> list[NewItem]:
    """Return the entries of a document as items, each identity once, in the feed's order.

    The link names an entry, unless several entries of the document share it (a live page) or it has none: then its guid.
    """
    guids, links = (Counter(values) for values in ([e.id for e in document.entries], [_link(e) for e in document.entries]))
    made: dict[str, NewItem] = {}
    for entry in document.entries:
        guid = "" if guids[entry.id] > 1 or _POSITION.match(entry.id) else entry.id
        own_link = bool(entry.link) and (links[_link(entry)] == 1 or not guid)
        arrival = _arrival(entry, document, subscribed, now, guid=guid, own_link=own_link)
        if arrival.item.title:
            made.setdefault(arrival.item.id, arrival)
    return list(made.values())


def unknown(arrived: Sequence[NewItem], known_ids: set[str], known_guids: set[tuple[str, str]]) -> list[NewItem]:
    """Return the items that are new by id, and by guid for feeds that change the address of an entry."""
    return [a for a in arrived if a.item.id not in known_ids and (a.item.source.feed, a.item.guid) not in known_guids]


def settled(arrival: NewItem, lang: str) -> NewItem:
    """Return the item with its language detected. `lang`: the feed's.

    Not a worker's job: the language statistics take 90 MB, so they are loaded in one process only.
    """
    item = arrival.item
    return replace(arrival, item=replace(item, lang=item.lang or language.detect(f"{item.title}. {arrival.text}", lang)))


def with_article(item: Item, article: Article) -> Item:
    """Return the item with what its page adds to the data of the feed."""
    lang = language.detect(f"{item.title}. {article.text}"[:4000], article.lang or item.lang)
    undated = item.published == item.found
    return replace(
        item,
        url=_public(item.url, article),
        author=item.author or article.author,
        published=min(article.published, item.found) if undated and article.published else item.published,
        lang=lang,
        excerpt=plain.excerpt(article.text, lang),
        image=article.image or item.image,
        words=article.words,
        depth="article",
    )


def without_article(item: Item) -> Item:
    """Mark an item whose page could not be read, so that the page is not requested again."""
    return replace(item, depth="failed")


def _outlet(entry: Entry, document: FeedDocument, subscribed: Feed) -> str:
    """Return the outlet of an entry: the one it is taken from, where that is not the feed itself."""
    own = subscribed.title or document.title or urls.domain(subscribed.url)
    return own if not entry.outlet or plain.fold(entry.outlet) == plain.fold(document.title) else entry.outlet


def _public(url: str, article: Article) -> str:
    """Return the address to share: the one that the page gives itself, never a distributor's."""
    if article.canonical:
        return article.canonical
    return urls.tidy(article.url) if urls.is_distributed(url) and not urls.is_front(article.url) else url


def _link(entry: Entry) -> str:
    return urls.canonical(entry.link) if entry.link else ""


def _arrival(entry: Entry, document: FeedDocument, subscribed: Feed, now: datetime, *, guid: str, own_link: bool) -> NewItem:
    own = language.plain(f"{entry.title}. {entry.summary}")
    lang = own or document.lang
    title = entry.title or plain.line(plain.excerpt(entry.summary, lang, 120))
    lead, words = plain.excerpt(entry.summary, lang, SUMMARY), plain.word_count(entry.summary)
    full = words >= FULL_TEXT and len(entry.summary) < CUT and not _TEASER.search(entry.summary[-80:])
    item = Item(
        id=urls.item_id(entry.link) if own_link else urls.item_id(subscribed.url, guid or title),
        url=urls.tidy(entry.link or document.site or subscribed.url),
        title=title,
        source=Source(title=_outlet(entry, document, subscribed), feed=subscribed.url),
        published=min(entry.published or entry.updated or now, now),
        found=now,
        author=entry.author,
        lang=own,
        summary=lead,
        excerpt=plain.excerpt(lead, lang),
        image=entry.image,
        words=words,
        depth="article" if full or not own_link else "entry",
        guid="" if guid == entry.link else guid,
    )
    return NewItem(item=item, text=entry.summary)
