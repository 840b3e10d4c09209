"""Items: the entries and pages that the library keeps."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct, field

Status = Literal["new", "listed", "picked", "skipped", "saved"]
Depth = Literal["entry", "article", "failed"]


class Source(Struct, frozen=True, kw_only=True):
    """Origin of an item. `title` is the name of the outlet, `feed` the URL of the feed that delivered the item."""

    title: str
    feed: str


class Item(Struct, frozen=True, kw_only=True):
    """One entry of a feed, or one saved page. Its text is kept apart from it (`Store.texts`).

    - `id`: 8 letters and digits, derived from the canonical URL (`text.urls.item_id`); it stays when the URL changes.
    - `published`: never later than `found`; an entry without a date, or with one in the future, gets the time it was found.
    - `depth`: what was read: the feed's entry only, the article, or an article that failed to load.
    - `listed`: day of the last reading list that showed the item.
    - `links`: addresses of other sites that its article links to, one for each host.
    - `guid`: identifier that the feed gave the entry, "" when it gave none.
    """

    id: str
    url: str
    title: str
    source: Source
    published: datetime
    found: datetime
    author: str = ""
    lang: str = ""
    kind: str = ""
    summary: str = ""
    excerpt: str = ""
    image: str = ""
    words: int = 0
    depth: Depth = "entry"
    status: Status = "new"
    tags: tuple[str, ...] = ()
    note: str = ""
    listed: date | None = None
    guid: str = ""
    links: tuple[str, ...] = ()


class Tombstone(Struct, frozen=True, kw_only=True):
    """What remains of an item that was removed from the library: enough to recognise it in a feed.

    `entry_hash` identifies the entry by feed URL and guid (`storage.retention.entry_hash`); 0 for an item without a guid.
    """

    id: str
    entry_hash: int = field(default=0, name="name")
