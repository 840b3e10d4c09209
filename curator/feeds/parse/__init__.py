"""Parse feeds: RSS, RDF, Atom, JSON Feed, podcasts and media feeds.

The readers (xml, jsonfeed, loose) return raw strings, and `entry` cleans them. This module chooses the reader and the entries,
and collects the warnings about a feed.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from curator.core.errors import Unreadable
from curator.core.feed import Entry, FeedDocument
from curator.core.text import charset, plain, urls
from curator.feeds import walls
from curator.feeds.parse import entry as drafts
from curator.feeds.parse import jsonfeed, loose, times, xml
from curator.feeds.parse.draft import RawFeed

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTROLS = bytes(c for c in range(32) if c not in (9, 10, 13))
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.S | re.I)
_ROOT = re.compile(rb"<((?:[\w-]+:)?(?:rss|rdf|feed|channel))[\s>/]", re.I)
_TAG = re.compile(rb"<(!doctype\s+html|[a-z][\w:-]*)", re.I)
_ENTITY = re.compile(rb"""<!ENTITY\s+(\w+)\s+["']([^"'&%<]{0,200}|&#\w{1,8};)["']\s*>""")
_STARTS = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
_WHOLE = re.compile(rb"</(?:\w+:)?(?:item|entry|link|guid|id)\s*>|<(?:\w+:)?link\b[^<>]*/>", re.I)
_PAGE = ("html", "!doctype", "head", "body")
_OTHERS = {"opml": "a list of feeds (OPML)", "urlset": "a sitemap", "sitemapindex": "a sitemap"}
_BINARY = {
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def parse(body: bytes, *, url: str, content_type: str = "", timezone: str = "UTC", limit: int = 200) -> FeedDocument:
    """Parse the feed in `body`, as fetched from `url`, and keep its newest `limit` entries in the feed's order.

    `timezone`: of times that name none, where nothing tells the feed's country.
    Raises Unreadable when it is not a feed; the hint for a web page is how to find the feeds of its site.
    """
    if kind := next((kind for start, kind in _BINARY.items() if body.startswith(start)), ""):
        raise Unreadable(f"this is {kind}, not a feed")
    document, slip = charset.utf8(body, content_type)
    draft = _draft(document.translate(None, _CONTROLS), url, limit)
    sites = [site for site in (urls.web(site, url) for site in draft.sites) if site]
    lang = plain.line(draft.lang, 35).lower().replace("_", "-")
    moments = times.read(draft, lang, (*sites, url), timezone)
    kept = _newest([moment.published for moment in moments], limit)
    bases = _bases(urls.web(url), sites)
    entries = tuple(drafts.finish(draft.entries[n], moments[n], bases) for n in kept)
    return FeedDocument(
        format=plain.line(draft.format, 40),
        title=drafts.headline(draft.title),
        site=next(iter(sites), ""),
        lang=lang,
        entries=entries,
        warnings=(*_warnings(draft, kept, entries, slip), *_assumed([moments[n].assumed for n in kept])),
        refresh=_refresh(draft),
        skip_hours=tuple(sorted({int(hour) % 24 for hour in draft.skip_hours if re.fullmatch(r"\d{1,2}", hour)})),
    )


def whole(body: bytes, content_type: str = "") -> bool:
    """Whether bytes are a whole feed: they begin as one, and end after its end."""
    document, _ = charset.utf8(body, content_type)
    document = document.strip()
    if document[:1] in (b"{", b"["):
        with suppress(Unreadable):
            return bool(jsonfeed.read(document))
        return False
    prolog = _PROLOG.match(document)
    root = _ROOT.match(document, prolog.end() if prolog else 0)
    return root is not None and document.rfind(b"</" + root[1]) > 0


# --- which reader -----------------------------------------------------------------------------------------------


def _draft(document: bytes, url: str, limit: int) -> RawFeed:
    start = document.lstrip()[:1]
    if not start:
        raise Unreadable("the answer is empty")
    if start in b"{[":
        return jsonfeed.read(document)
    prolog = _PROLOG.match(document)
    content = prolog.end() if prolog else 0
    root = _ROOT.search(document, content)
    first = _TAG.match(document, content)
    name = first[1].decode("ascii", "replace").lower().split()[0] if first else ""
    if not root or name in _PAGE:
        raise _no_feed(name, url, check=walls.is_check(document))
    return _xml(document[root.start() :], root[1], dict(_ENTITY.findall(document, 0, root.start())), url, limit)


def _xml(body: bytes, root: bytes, entities: dict[bytes, bytes], url: str, limit: int) -> RawFeed:
    """Read well-formed or easily mended XML with lxml, all other with feedparser. Content after the root's end is ignored."""
    end = body.rfind(b"</" + root)
    body = body[: body.find(b">", end) + 1 or None] if end > 0 else body
    tree, wrong = xml.parse(body, url)
    if wrong:
        body = xml.mend(body, entities)
        tree, wrong = xml.parse(body, url)
    if wrong or tree is None:
        return _broken(body, tree, wrong, end > 0, 5 * limit)
    draft = xml.read(tree) or loose.read(body, 5 * limit)
    if not draft:
        raise Unreadable("this is XML, but no feed")
    return draft


def _broken(body: bytes, tree: "_Element | None", wrong: str, closed: bool, most: int) -> RawFeed:
    """Return what is readable in broken XML. Raises Unreadable when that is nothing, or would be a guess."""
    reason = f"the feed is broken ({plain.line(wrong, 120)})"
    draft = xml.read(tree) if tree is not None else None
    if draft and not draft.entries and xml.swallowed(tree):
        raise Unreadable(f"{reason}: its entries stand inside an element that is never closed")
    named = len(_STARTS.findall(body))
    if not draft or len(draft.entries) < named:
        draft = loose.read(body, most)
    if not draft or (not draft.entries and (named or not closed)):
        raise Unreadable(f"{reason} and holds no entry that can be read")
    if not closed and _cut_off(body):
        return replace(draft, entries=draft.entries[:-1], notes=("the feed is cut off: its last entry is left out",))
    return replace(draft, notes=(f"{reason}, read as well as possible",))


def _cut_off(body: bytes) -> bool:
    """Whether the document ends inside an entry, before the entry's address is whole."""
    last = max((found.start() for found in _STARTS.finditer(body)), default=len(body))
    return last < len(body) and not _WHOLE.search(body, last)


def _no_feed(name: str, url: str, *, check: bool) -> Unreadable:
    """Return the error for a document that is not a feed; its first element says what it is instead.

    `check`: it is a check for robots.
    """
    if check:
        return Unreadable(f"this is {walls.CHECK}, not a feed", "open it in a browser, and ask the site to let feed readers in")
    if name in _PAGE:
        typed = urls.web(url) and len(url) <= 400  # a command cut short is worse than none
        return Unreadable("this is a web page, not a feed", f"curator feeds discover {shlex.quote(url)}" if typed else "")
    kind = _OTHERS.get(name) or (f"XML (<{plain.line(name, 40)}>)" if name else "plain text")
    return Unreadable(f"this is {kind}, not a feed")


# --- the feed as a whole ----------------------------------------------------------------------------------------


def _bases(here: str, sites: Sequence[str]) -> list[str]:
    """Return the addresses over which relative links may be resolved, the likeliest first.

    That is the address of the feed (RFC 3986, 5.1), unless a distributor serves it for the site.
    """
    distributed = bool(here and sites) and urls.domain(here) != urls.domain(sites[0])
    return [base for base in ((*sites, here) if distributed else (here, *sites)) if base]


def _newest(dates: Sequence[datetime | None], limit: int) -> list[int]:
    """Return the indices of the newest entries; entries without dates keep the feed's order."""
    ranked = sorted(range(len(dates)), key=lambda n: dates[n] or _LONG_AGO, reverse=True)
    return sorted(ranked[:limit])


def _refresh(draft: RawFeed) -> timedelta | None:
    """Return the pause that the feed asks for, at most a day.

    It is the longer of ttl (minutes) and the syndication module's period / frequency.
    """
    minutes = int(draft.ttl) if re.fullmatch(r"\d{1,6}", draft.ttl) else 0
    times = int(draft.frequency) if re.fullmatch(r"\d{1,4}", draft.frequency) else 1
    hours = _PERIODS.get(draft.period.strip().lower(), 0) / max(times, 1)
    asked = max(timedelta(minutes=minutes), timedelta(hours=hours))
    return min(asked, timedelta(hours=24)) or None


def _warnings(draft: RawFeed, kept: Sequence[int], entries: Sequence[Entry], slip: str) -> Iterator[str]:
    yield from (plain.line(note) for note in draft.notes)
    if slip:
        yield slip
    if len(draft.entries) > len(kept):
        yield f"only the newest {len(kept)} of {len(draft.entries)} entries are read"
    yield from _lacks("date that can be read", [entry.published is None for entry in entries])
    yield from _lacks("link", [not entry.link for entry in entries])
    ids = [found for n in kept if (found := draft.entries[n].id)]
    if len(ids) > 2 and sorted(ids) in (sorted(map(str, range(n, n + len(ids)))) for n in (0, 1)):
        yield f"the guids are only positions in the feed: {_telling(entries)} its entries apart"
    elif len(set(ids)) < len(ids):
        yield f"several entries share one guid: {_telling(entries)} its entries apart"


def _telling(entries: Sequence[Entry]) -> str:
    links = [urls.canonical(entry.link) for entry in entries if entry.link]
    return "links tell" if len(set(links)) == len(links) else "links, titles and dates tell"


def _assumed(zones: Sequence[str]) -> Iterator[str]:
    """`zones`: of each entry the zone that was assumed, "" for an entry that names its zone."""
    zone = max(zones, default="")
    yield from (f"{lack}: {zone} is assumed" for lack in _lacks("time zone", list(map(bool, zones))))


def _lacks(what: str, missing: list[bool]) -> Iterator[str]:
    if any(missing):
        yield f"no entry has a {what}" if all(missing) else f"{sum(missing)} of {len(missing)} entries have no {what}"
