"""Feeds that only feedparser can read: broken XML and dialects nobody writes any more."""

import io
import re
from collections.abc import Iterator
from typing import Any

from curator.core.errors import Unreadable
from curator.feeds import pictures
from curator.feeds.parse import written
from curator.feeds.parse.draft import RawEntry, RawFeed

_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
_NAMES = {"rss20": "rss 2.0", "rss10": "rdf 1.0", "rss090": "rdf 0.9", "atom10": "atom 1.0", "atom03": "atom 0.3"}


def read(body: bytes, most: int) -> RawFeed | None:
    """Parse the feed in `body` (UTF-8, from the root's tag on) with its first `most` entries; None when feedparser finds no feed.

    Raises Unreadable where feedparser breaks. It would open a file if the bytes named one, hence the stream; it is slow, hence the cut.
    """
    import feedparser

    starts = [found.start() for found in _ENTRY.finditer(body)]
    cut = body[: starts[most]] if len(starts) > most else body
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        found = feedparser.parse(io.BytesIO(cut), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # it meets garbage with whatever comes: IndexError, UnicodeError, AssertionError …
        raise Unreadable(f"the feed is broken beyond reading ({type(error).__name__})") from error
    if not found.get("version") and not found.entries:
        return None
    return RawFeed(
        format=_NAMES.get(found.version, found.version.replace("rss0", "rss 0.")) or "rss",
        title=_title(found.feed, found.version),
        sites=(_get(found.feed, "link"),),
        lang=_get(found.feed, "language"),
        entries=tuple(_entry(entry, found.version) for entry in found.entries),
        ttl=_get(found.feed, "ttl"),
        period=_get(found.feed, "sy_updateperiod"),
        frequency=_get(found.feed, "sy_updatefrequency"),
    )


def _entry(entry: Any, version: str) -> RawEntry:
    contents = [content.get("value", "") for content in entry.get("content", [])]
    enclosures = [(e.get("href", ""), e.get("type", ""), str(e.get("length", ""))) for e in entry.get("enclosures", [])]
    links = [link.get("href", "") for link in entry.get("links", []) if link.get("rel") != "enclosure"]
    original = (_get(entry, "feedburner_origlink"), _get(entry, "pheedo_origlink"))
    return RawEntry(
        id=_get(entry, "id"),
        links=tuple(filter(None, (_get(entry, "link"), *links, *(url for url, _, _ in enclosures)))),
        originals=tuple(filter(None, original)),
        title=_title(entry, version),
        author=_get(entry, "author"),
        outlet=_get(entry.get("source") or {}, "title"),
        published=tuple(_dates(entry, "published")),
        updated=tuple(_dates(entry, "updated")),
        texts=(_get(entry, "summary"), *contents),
        images=(
            *pictures.contents(entry.get("media_content", [])),
            *map(pictures.Picture, pictures.attached(enclosures)),
            *pictures.thumbnails(entry.get("media_thumbnail", [])),
        ),
        media=tuple(enclosures),
        tags=tuple(tag.get("term") or "" for tag in entry.get("tags", [])),
    )


def _title(where: Any, version: str) -> str:
    """Return the title as markup. Only of Atom is known that it means plain text where it says so."""
    plain = version.startswith("atom") and where.get("title_detail", {}).get("type") == "text/plain"
    return written.text(_get(where, "title")) if plain else _get(where, "title")


def _get(where: Any, name: str) -> str:
    """Return the field itself: feedparser's own look-up substitutes other fields for absent ones."""
    value = dict.get(where, name)
    return value if isinstance(value, str) else ""


def _dates(entry: Any, name: str) -> Iterator[str]:
    """As published, and as feedparser reads it: it knows Greek, Hungarian and Korean ways."""
    if text := _get(entry, name):
        yield text
    if parsed := dict.get(entry, f"{name}_parsed"):
        yield "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6])
