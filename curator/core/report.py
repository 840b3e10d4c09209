"""What commands return: the run report and the shapes of search, feeds and doctor."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field

from curator.core.feed import Failure
from curator.core.story import Card, Mention


class SearchHit(Card, frozen=True, kw_only=True):
    """A card that a search found. `hit_score`: 1 for the first in every way it was looked for; `highlight`: its best sentence.

    Its score is that of its best fit, without age; fits are empty where no run has read it yet.
    """

    hit_score: float
    highlight: str
    found_by: tuple[str, ...]


class SearchResults(Struct, frozen=True, kw_only=True):
    """The answer to a search: how many were found, and a page of them."""

    query: str
    mode: str
    took_ms: int
    total: int
    hits: tuple[SearchHit, ...]


class Counts(Struct, frozen=True, kw_only=True):
    feeds: int = 0
    feeds_unchanged: int = 0
    feeds_failed: int = 0
    entries: int = 0
    new: int = 0
    articles: int = 0
    stories: int = 0
    listed: int = 0


class Seconds(Struct, frozen=True, kw_only=True):
    fetch: float = 0.0
    extract: float = 0.0
    embed: float = 0.0
    rank: float = 0.0
    total: float = 0.0


class RunReport(Struct, frozen=True, kw_only=True):
    """One reading list: what a run leaves behind and every format shows. `date` is the day in the brand's time zone."""

    brand: str
    date: date
    generated_at: datetime
    counts: Counts
    seconds: Seconds
    items: tuple[Card, ...] = ()
    mentions: tuple[Mention, ...] = ()
    failures: tuple[Failure, ...] = ()


class Subscription(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A feed with its health; `listed` and `picked` count what is kept of it and was on a list, or picked.

    `other_categories` are the further folders of feeds.opml that hold it.
    """

    url: str
    title: str
    category: str
    last_success: datetime | None
    failures: int
    reason: str
    next_due: datetime | None
    seen: int
    listed: int
    picked: int
    other_categories: tuple[str, ...] = ()


class Hop(Struct, frozen=True, kw_only=True):
    """An address on the way to a page, and the status it answered."""

    url: str
    status: int


class FeedCheck(Struct, frozen=True, kw_only=True):
    """What one look at a feed shows; an entry's `link` is as published, its `url` as it would be kept.

    What follows the warnings is of a feed with an address, not of a file. `repeat`: the status of a second ask that sent the
    feed's own validators back; None where it has none, or did not answer. `next_due`: when a subscriber would ask again.
    """

    url: str
    final_url: str
    format: str
    title: str
    site: str
    entries: tuple["CheckedEntry", ...]
    warnings: tuple[str, ...]
    hops: tuple[Hop, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    repeat: int | None = None
    latest: datetime | None = None
    per_week: float = 0.0
    next_due: datetime | None = None


class CheckedEntry(Struct, frozen=True, kw_only=True):
    """`id` is the feed's own name for the entry."""

    id: str
    url: str
    link: str
    title: str
    published: datetime | None
    updated: datetime | None
    summary: str


class DiscoveredFeed(Struct, frozen=True, kw_only=True):
    """A feed of a site. `entries` counts those it shows; `fit`: that of its best few entries, None without a brand."""

    url: str
    title: str
    format: str
    entries: int
    latest: datetime | None
    per_week: float
    fit: float | None


class HealthCheck(Struct, frozen=True, kw_only=True):
    """One thing that was examined."""

    name: str
    ok: bool
    text: str
    hint: str = ""
