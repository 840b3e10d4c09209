"""What the bundled world says: sites and their articles, read from `sites/*.toml`, and what is true of each of them."""

import tomllib
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

SITES = Path(__file__).parent / "sites"

Picture = Literal["hills", "cup", "leaf", "phone", "street"]
FeedFormat = Literal["rss2", "rss091", "rdf", "atom", "json", "podcast", "youtube", "gone", "html"]


class Label(Struct, frozen=True, kw_only=True):
    """The truth about one article, for judging what a program makes of it.

    `topic`: the name of the brand's topic it fits, or "". `story`: the same key means the same event, told anew, in
    whatever language. `reprint_of`: the "site/slug" it copies nearly word for word. `mention`: "certain" is about the
    brand, "passing" names it in passing, "false" says the words and means something else. `kind`: a key of the brand's
    mix. `muted`: says a word the brand mutes.
    """

    lang: str
    topic: str = ""
    story: str = ""
    reprint_of: str = ""
    mention: Literal["", "certain", "passing", "false"] = ""
    kind: str = ""
    muted: bool = False


class Piece(Struct, frozen=True, kw_only=True):
    """One article. `hours`: how long before the day's midnight it appeared. `minutes`: length of an episode or video."""

    slug: str
    path: str
    title: str
    author: str
    hours: int
    paragraphs: tuple[str, ...]
    label: Label
    section: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    comments: tuple[tuple[str, str], ...] = ()
    minutes: int = 0
    picture: Picture = "hills"

    @property
    def lead(self) -> str:
        return self.summary or self.paragraphs[0]


class Channel(Struct, frozen=True, kw_only=True):
    """How a site feeds its readers. Formats "gone" and "html" are feeds that are none any more.

    `full`: whole texts, not leads. `positions`: the ids only number the entries. `tracking`: a query added to links.
    `delay`: seconds until it answers.
    """

    path: str
    format: FeedFormat
    full: bool = False
    media: bool = False
    positions: bool = False
    indonesian_dates: bool = False
    tracking: str = ""
    delay: float = 0.0


class Site(Struct, frozen=True, kw_only=True):
    """One host. `folder`: where the brand's OPML keeps it, parts joined by "/"; `pieces` newest first."""

    key: str
    name: str
    tagline: str
    lang: str
    zone: timezone
    colour: str
    folder: str
    feed: Channel
    encoding: str = "utf-8"
    disallow: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()


class World(Struct, frozen=True, kw_only=True):
    sites: tuple[Site, ...]

    @property
    def labels(self) -> dict[str, Label]:
        """What is true of each article, by "site/slug"."""
        return {f"{site.key}/{piece.slug}": piece.label for site in self.sites for piece in site.pieces}


def load() -> World:
    """The whole world as data, sites in the order of their file names; nothing is served yet."""
    return World(sites=tuple(_site(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(SITES.glob("*.toml"))))


def _site(key: str, told: dict[str, Any]) -> Site:
    path, zone = told.pop("path"), timezone(timedelta(hours=told.pop("utc_offset")))
    pieces = (_piece(article, path, told["lang"]) for article in told.pop("articles", []))
    newest_first = tuple(sorted(pieces, key=lambda piece: piece.hours))
    disallow = tuple(told.pop("disallow", ()))
    return Site(key=key, zone=zone, feed=Channel(**told.pop("feed")), disallow=disallow, pieces=newest_first, **told)


def _piece(told: dict[str, Any], path: str, lang: str) -> Piece:
    paragraphs = tuple(told.pop("text").strip().split("\n\n"))
    label = Label(lang=lang, **told.pop("label", {}))
    comments = tuple((who, what) for who, what in told.pop("comments", []))
    told.setdefault("path", path.format(slug=told["slug"], section=told.get("section", "")))
    return Piece(paragraphs=paragraphs, label=label, comments=comments, tags=tuple(told.pop("tags", ())), **told)
