"""Results of commands: the run report, and the results of search, feeds and doctor."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field

from curator.core.feed import Failure
from curator.core.story import Card, Mention
from curator.core.trend import Trend


class SearchHit(Card, frozen=True, kw_only=True):
    """Item that matches a search.

    - `hit_score`: relevance to the query; 1 for an item that is first in every ranking that was combined.
    - `highlight`: the sentence that matches best. `found_by`: the rankings that contain the item.
    - `score`: that of the best fit, without freshness. `fits`: empty for an item that no run has embedded yet.
    """

    hit_score: float
    highlight: str
    found_by: tuple[str, ...]


class SearchResults(Struct, frozen=True, kw_only=True):
    """Page of search results. `total` counts all hits, `more` what was left out as less near to the query (`--all`)."""

    query: str
    mode: str
    took_ms: int
    total: int
    hits: tuple[SearchHit, ...]
    more: int = 0


class Counts(Struct, frozen=True, kw_only=True):
    """How many feeds, entries, articles and stories a run processed."""

    feeds: int = 0
    feeds_unchanged: int = 0
    feeds_failed: int = 0
    entries: int = 0
    new: int = 0
    articles: int = 0
    stories: int = 0
    listed: int = 0


class Seconds(Struct, frozen=True, kw_only=True):
    """Duration of each stage of a run, in seconds."""

    fetch: float = 0.0
    extract: float = 0.0
    embed: float = 0.0
    rank: float = 0.0
    total: float = 0.0


class RunReport(Struct, frozen=True, kw_only=True):
    """Reading list of one day, with the statistics of the run that made it.

    `date` is in the brand's time zone. `trends`: what surely rose in the last 24 hours.
    """

    brand: str
    date: date
    generated_at: datetime
    counts: Counts
    seconds: Seconds
    items: tuple[Card, ...] = ()
    mentions: tuple[Mention, ...] = ()
    failures: tuple[Failure, ...] = ()
    trends: tuple[Trend, ...] = ()


class Subscription(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Feed with its health. `listed` and `picked` count its items in the library that were on a reading list, or picked.

    `other_categories` are the further folders of feeds.opml that contain it.
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
    """One request of a redirect chain: URL and response status."""

    url: str
    status: int


class FeedCheck(Struct, frozen=True, kw_only=True):
    """Result of checking a feed. The fields after `warnings` are set for a URL only, not for a file.

    - `repeat`: status of a second, conditional request with the feed's validators; None without validators or response.
    - `latest`: date of the newest entry. `per_week`: entries per week. `next_due`: when a subscriber would fetch it again.
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
    """Entry of a checked feed.

    - `id`: the feed's identifier, in its canonical form where it is an address; the canonical link of an entry without one.
    - `link`: as published. `url`: the address as the library would keep it.
    """

    id: str
    url: str
    link: str
    title: str
    published: datetime | None
    updated: datetime | None
    summary: str


class DiscoveredFeed(Struct, frozen=True, kw_only=True):
    """Feed found on a site. `entries` is their number; `fit` the mean fit of the best few, None without a brand."""

    url: str
    title: str
    format: str
    entries: int
    latest: datetime | None
    per_week: float
    fit: float | None


class HealthCheck(Struct, frozen=True, kw_only=True):
    """Result of one check of `doctor`."""

    name: str
    ok: bool
    text: str
    hint: str = ""
