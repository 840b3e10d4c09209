"""What a reader of feeds hands on: strings as published, the best candidate first, nothing cleaned, resolved or judged.

Only plain text is changed: it is escaped, and so markup like the rest.
"""

from msgspec import Struct

from curator.feeds.pictures import Picture


class RawEntry(Struct, frozen=True, kw_only=True):
    """One entry. `title`, `texts`, `author` and `outlet` are markup; `media` is (address, type, length in bytes).

    `originals`: addresses of the page at its publisher, which distributors name beside their own. `base`: what the markup of its
    texts is relative to, "" where that is not said.
    """

    id: str = ""
    links: tuple[str, ...] = ()
    originals: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    outlet: str = ""
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    images: tuple[Picture, ...] = ()
    media: tuple[tuple[str, str, str], ...] = ()
    tags: tuple[str, ...] = ()
    base: str = ""


class RawFeed(Struct, frozen=True, kw_only=True):
    """A feed. `ttl` counts minutes; `period` and `frequency` are those of the syndication module of RSS 1.0."""

    format: str
    title: str = ""
    sites: tuple[str, ...] = ()
    lang: str = ""
    entries: tuple[RawEntry, ...] = ()
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    skip_hours: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
