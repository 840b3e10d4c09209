"""Feeds and pages, from an address to parsed entries and articles."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct


class Feed(Struct, frozen=True, kw_only=True):
    """A feed of feeds.opml.

    `category` is the path of the folders around it, joined by " / ". `other_categories` are those of its further places in
    the file.
    """

    url: str
    title: str = ""
    category: str = ""
    other_categories: tuple[str, ...] = ()
    site: str = ""


Stage = Literal["fetch", "robots", "parse", "extract", "save"]


class Failure(Struct, frozen=True, kw_only=True):
    """One of many went wrong. `reason` is plain words, cleaned, one line; `hint` is what a person can do, if anything.

    `status`: the HTTP status, if there was one. `hold`: the host asked to be left alone for this long. `gone`: a 410.
    """

    url: str
    stage: Stage
    reason: str
    hint: str = ""
    status: int | None = None
    hold: timedelta | None = None
    gone: bool = False


class Page(Struct, frozen=True, kw_only=True):
    """A whole answer. `url` as asked; `moved`: the new address when every hop was a permanent redirect.

    `hops`: where it was sent on to; `sent_on`: the statuses that did it, in the same order. `headers` have lower-case
    names and only those that matter; `body` is decoded from its content encoding.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved: str | None = None
    hops: tuple[str, ...] = ()
    sent_on: tuple[int, ...] = ()


class NotModified(Struct, frozen=True, kw_only=True):
    """The 304 we asked for."""

    url: str
    headers: Mapping[str, str]


class FeedState(Struct, frozen=True, kw_only=True):
    """What is remembered of one feed between runs; keyed by the address in feeds.opml.

    `etag` and `last_modified` are byte for byte what the server sent with the body that was kept last.
    `held_until`: its host asked to be left alone until then, whoever asks. `fresh_until`: it said that nothing new is to be
    had before then (Cache-Control, ttl, skipHours). `rhythm`: how long its own pace lets it be left alone.
    """

    url: str
    title: str = ""
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    last_try: datetime | None = None
    last_success: datetime | None = None
    next_due: datetime | None = None
    fresh_until: datetime | None = None
    held_until: datetime | None = None
    rhythm: timedelta | None = None
    failures: int = 0
    reason: str = ""
    gone: bool = False
    seen: int = 0


class Media(Struct, frozen=True, kw_only=True):
    url: str
    type: str = ""
    length: int | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a feed, as published: texts plain, `link` absolute or empty, `id` the feed's own (guid)."""

    id: str
    link: str
    title: str
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    image: str = ""
    media: tuple[Media, ...] = ()
    tags: tuple[str, ...] = ()


class FeedDocument(Struct, frozen=True, kw_only=True):
    """A parsed feed. `refresh`: how long it asks to be left alone (ttl, sy:updatePeriod); `skip_hours` in UTC."""

    format: str
    title: str = ""
    site: str = ""
    lang: str = ""
    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()
    refresh: timedelta | None = None
    skip_hours: tuple[int, ...] = ()


class Article(Struct, frozen=True, kw_only=True):
    """What the extractor gets out of a page: plain text with paragraphs parted by newlines; `words` counts it."""

    url: str
    title: str = ""
    author: str = ""
    published: datetime | None = None
    lang: str = ""
    sitename: str = ""
    image: str = ""
    text: str = ""
    words: int = 0
