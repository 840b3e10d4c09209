"""Sites that articles link to, and the feeds that were found there."""

from datetime import datetime

from msgspec import Struct


class ScoutedSite(Struct, frozen=True, kw_only=True):
    """A site that was tried for a feed.

    - `site`: registered domain. `tried`: when. `url`: the page that was linked to. `links`: ids of the articles that link there.
    - `feed` and `title`: of the site's best feed, "" where none was found; `reason` then says why.
    - `entries`: entries of the feed in the 30 days before. `fitting`: those that fit a topic and that no followed feed brought.
    - `latest`: its newest entry. `examples`: titles of the fitting entries, the best first.
    """

    site: str
    tried: datetime
    url: str
    links: tuple[str, ...] = ()
    feed: str = ""
    title: str = ""
    entries: int = 0
    fitting: int = 0
    latest: datetime | None = None
    examples: tuple[str, ...] = ()
    reason: str = ""
