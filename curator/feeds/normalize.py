"""Turn the entries of a feed into items: identity, plausible dates, language, and the text that came along."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin

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
_SCHEME = re.compile(r"^https?:(?=//)", re.I)


class NewItem(Struct, frozen=True, kw_only=True):
    """An item as a feed brought it, with the text that came along; its language is open where only statistics can tell.

    `page`: the link as published if it alone names the item, else "".
    """

    item: Item
    text: str
    page: str


class Identity(Struct, frozen=True, kw_only=True):
    """Identity of an entry: its item's id, its guid if that names it in its feed, and whether its link names it alone."""

    id: str
    guid: str
    own_link: bool


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
    """Return the entries of a document as items, each identity once, in the feed's order."""
    made: dict[str, NewItem] = {}
    for entry, identity in zip(document.entries, identities(document, subscribed), strict=True):
        arrival = _arrival(entry, document, subscribed, now, identity)
        if arrival.item.title:
            made.setdefault(identity.id, arrival)
    return list(made.values())


def identities(document: FeedDocument, subscribed: Feed) -> list[Identity]:
    """Return the identity of each entry; entries that repeat another word for word have the same.

    The link names an entry, unless several entries share it (a live page), it is the front page, or there is none. Then its guid
    does; without a usable one, its title and date do, and its text where other entries have those too.
    """
    fronts = {"", urls.canonical(document.site), urls.canonical(urljoin(subscribed.url, "/"))}
    said = list(map(_said, document.entries))
    distinct = set(said)
    guids, links = Counter(each.guid for each in distinct), Counter(each.link for each in distinct)
    words = Counter((each.link, each.title, each.date) for each in distinct)
    return [
        _identity(
            each,
            entry.link or subscribed.url,
            subscribed,
            guid=each.guid if guids[each.guid] == 1 else "",
            own_link=links[each.link] == 1 and each.link not in fronts,
            dated=words[each.link, each.title, each.date] == 1,
        )
        for entry, each in zip(document.entries, said, strict=True)
    ]


def unknown(arrived: Sequence[NewItem], known_ids: Collection[str], known_names: Collection[tuple[str, str]]) -> list[NewItem]:
    """Return the items that are new by id and by name."""
    return [a for a in arrived if a.item.id not in known_ids and name(a.item) not in known_names]


def name(item: Item) -> tuple[str, str]:
    """Return what an item is known by in its feed when its address or id changes, with the feed.

    That is its guid, whether it begins with http or https; without one, its canonical address, title and date, or text if undated.
    """
    if item.guid:
        return item.source.feed, _SCHEME.sub("", item.guid)
    date_or_text = item.summary if item.published == item.found else item.published.isoformat()
    return item.source.feed, f"{urls.canonical(item.url)}\n{item.title}\n{date_or_text}"


def page_id(item: Item) -> str:
    """Return the id that an item's page has by today's rules; "" for an item that its page does not name."""
    return urls.item_id(item.url) if item.id in urls.page_ids(item.url) else ""


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
        links=article.links,
    )


def without_article(item: Item) -> Item:
    """Mark an item whose page could not be read, so that the page is not requested again."""
    return replace(item, depth="failed")


def _without_outlet(entry: Entry) -> Entry:
    """Return the entry of a news search with its headline alone: without the outlet's name, and without a summary that repeats it."""
    if not entry.outlet:
        return entry
    title = re.sub(rf"\s+[-–—|]\s+{re.escape(entry.outlet)}$", "", entry.title, flags=re.I) or entry.title
    repeated = plain.fold(entry.summary) in (plain.fold(title), plain.fold(f"{title} {entry.outlet}"))
    return replace(entry, title=title, summary="" if repeated else entry.summary)


def _outlet(entry: Entry, document: FeedDocument, subscribed: Feed) -> str:
    """Return the outlet of an entry: the one it is taken from, where that is not the feed itself."""
    own = subscribed.title or document.title or urls.domain(subscribed.url)
    return own if not entry.outlet or plain.fold(entry.outlet) == plain.fold(document.title) else entry.outlet


def _public(url: str, article: Article) -> str:
    """Return the address to share: the one that the page gives itself, never a distributor's."""
    if article.canonical:
        return article.canonical
    return urls.tidy(article.url) if urls.is_distributed(url) and not urls.is_front(article.url) else url


class _Said(NamedTuple):
    """What an entry says that may tell it apart; its link is canonical, its guid "" when that is the link or a position."""

    link: str
    guid: str
    title: str
    date: str
    text: str


def _said(entry: Entry) -> _Said:
    nameless = bool(_POSITION.match(entry.id)) or (entry.id == entry.link and "#" not in entry.id)
    return _Said(
        link=urls.canonical(entry.link) if entry.link else "",
        guid="" if nameless else entry.id,
        title=entry.title or entry.summary,
        date=entry.published.isoformat() if entry.published else "",
        text=entry.summary,
    )


def _identity(said: _Said, link: str, subscribed: Feed, *, guid: str, own_link: bool, dated: bool) -> Identity:
    """Return the identity by the first that tells the entry apart: `own_link`, `guid`, or what it says, `dated` without its text."""
    words = (said.title, said.date) if dated else (said.title, said.date, said.text)
    page, name_there = (link, "") if own_link else (subscribed.url, guid) if guid else (link, "\n".join(words))
    return Identity(id=urls.item_id(page, name_there), guid=guid, own_link=own_link)


def _arrival(entry: Entry, document: FeedDocument, subscribed: Feed, now: datetime, identity: Identity) -> NewItem:
    entry = _without_outlet(entry)
    own = language.plain(f"{entry.title}. {entry.summary}")
    lang = own or document.lang
    title = entry.title or plain.line(plain.excerpt(entry.summary, lang, 120))
    lead, words = plain.excerpt(entry.summary, lang, SUMMARY), plain.word_count(entry.summary)
    full = words >= FULL_TEXT and len(entry.summary) < CUT and not _TEASER.search(entry.summary[-80:])
    item = Item(
        id=identity.id,
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
        depth="article" if full or not identity.own_link else "entry",
        guid=identity.guid,
    )
    return NewItem(item=item, text=entry.summary, page=entry.link if identity.own_link else "")
