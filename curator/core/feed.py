"""Feeds: subscriptions, HTTP responses, parsed documents and articles."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct


class Feed(Struct, frozen=True, kw_only=True):
    """Subscription in feeds.opml.

    `category` is the path of the folders around it, joined by " / "; `other_categories` are those of its further places in
    the file. `site` is the website.
    """

    url: str
    title: str = ""
    category: str = ""
    other_categories: tuple[str, ...] = ()
    site: str = ""


Stage = Literal["fetch", "robots", "parse", "extract", "save"]


class Failure(Struct, frozen=True, kw_only=True):
    """What went wrong with one feed or page.

    - `reason`: one line of plain text. `hint`: what the user can do about it, "" if nothing.
    - `status`: HTTP status, if there was a response. `gone`: whether it was 410 Gone.
    - `hold`: how long the host asked not to be contacted (Retry-After).
    """

    url: str
    stage: Stage
    reason: str
    hint: str = ""
    status: int | None = None
    hold: timedelta | None = None
    gone: bool = False


class Page(Struct, frozen=True, kw_only=True):
    """Complete response.

    - `url`: as requested. `final_url`: after all redirects. `moved`: the new URL when every redirect was permanent.
    - `hops`: URLs of the redirects in order. `sent_on`: the statuses that led to them, in the same order.
    - `headers`: relevant headers only, by lower-case name. `body`: bytes after removal of the content encoding.
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
    """Response 304 to a conditional request."""

    url: str
    headers: Mapping[str, str]


class FeedState(Struct, frozen=True, kw_only=True):
    """State of one feed between runs, keyed by its URL in feeds.opml.

    - `address`: URL to request instead, after a permanent redirect.
    - `etag`, `last_modified`: validators, byte for byte as sent with the last body that was saved.
    - `held_until`: until then the host must not be contacted (Retry-After). `fresh_until`: until then the feed declared itself
      unchanged (Cache-Control, ttl, skipHours).
    - `rhythm`: polling interval estimated from the feed's own publishing rate. `next_due`: when to fetch it again.
    - `failures`: consecutive failures; `reason`: the last one. `seen`: number of entries seen so far.
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
    """Enclosure of an entry. `length` is in bytes."""

    url: str
    type: str = ""
    length: int | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """Parsed entry of a feed: plain text, `id` the feed's own identifier (guid).

    `link`: the address of the page, absolute or "". `feed_link`: the link of the feed where that is another one, a distributor's.
    `outlet`: who published it, where the feed collects from others and says so.
    """

    id: str
    link: str
    title: str
    feed_link: str = ""
    author: str = ""
    outlet: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    image: str = ""
    media: tuple[Media, ...] = ()
    tags: tuple[str, ...] = ()


class FeedDocument(Struct, frozen=True, kw_only=True):
    """Parsed feed. `refresh`: interval the publisher asks for (ttl, sy:updatePeriod). `skip_hours`: hours 0…23 in UTC."""

    format: str
    title: str = ""
    site: str = ""
    lang: str = ""
    entries: tuple[Entry, ...] = ()
    warnings: tuple[str, ...] = ()
    refresh: timedelta | None = None
    skip_hours: tuple[int, ...] = ()


class Article(Struct, frozen=True, kw_only=True):
    """Article extracted from its pages. `text` is plain, one paragraph per line; `words` is its word count.

    `partial`: the article has further pages that could not be read, or too many. `canonical`: the address that the page gives
    itself (rel=canonical), "" unless it is on the page's site and not its front. `links`: addresses of other sites that its text
    links to, one for each host.
    """

    url: str
    title: str = ""
    author: str = ""
    published: datetime | None = None
    lang: str = ""
    sitename: str = ""
    image: str = ""
    canonical: str = ""
    text: str = ""
    words: int = 0
    partial: bool = False
    links: tuple[str, ...] = ()
