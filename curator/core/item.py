"""Items: what the library keeps of an entry or a page."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

Status = Literal["new", "listed", "picked", "skipped", "saved"]


Depth = Literal["entry", "article", "failed"]


class Source(Struct, frozen=True, kw_only=True):
    """`title`: the outlet's name; `feed`: the address of the feed that brought the item."""

    title: str
    feed: str


class Item(Struct, frozen=True, kw_only=True):
    """One thing worth knowing of, kept under its short id (`urls.item_id`). Its text lies beside, `Store.text`.

    `depth` says how far it was read: the feed's entry, its article, or an article that could not be had.
    `published` is never in the future: a date ahead of the clock, or none, is the time it was found.
    `listed`: the day of the reading list it was on last. `guid`: the feed's own name for it, where that is one.
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


class Tombstone(Struct, frozen=True, kw_only=True):
    """What stays of an item that has left the library: enough to know it again.

    `name` stands for its feed and the feed's own name for it (`ageing.name`); 0 where it had none.
    """

    id: str
    name: int = 0
