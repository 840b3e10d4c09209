"""Contents of the demonstration: sites with their feeds and articles from `sites/*.toml`, and labels for every article."""

import tomllib
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

SITES = Path(__file__).parent / "sites"

Picture = Literal["hills", "cup", "leaf", "phone", "street"]
FeedFormat = Literal["rss2", "rss091", "rdf", "atom", "json", "podcast", "youtube", "gone", "html"]


class Label(Struct, frozen=True, kw_only=True):
    """The right answers for one article, by which the ranking is judged.

    - `topic`: the name of the brand's topic that it fits, or "". `kind`: its kind of content, a key of the brand's mix.
    - `story`: a key that articles on the same event share, whatever their language.
    - `reprint_of`: the "site/slug" of the article that it copies nearly word for word.
    - `mention`: "certain" for an article about the brand, "passing" for one that names it, "false" for one with the same words
      in another meaning.
    - `muted`: whether it contains a word that the brand mutes.
    """

    lang: str
    topic: str = ""
    story: str = ""
    reprint_of: str = ""
    mention: Literal["", "certain", "passing", "false"] = ""
    kind: str = ""
    muted: bool = False


class Piece(Struct, frozen=True, kw_only=True):
    """An article. `hours`: hours from its publication to midnight. `minutes`: the length of an episode or video."""

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
        """The summary, else the first paragraph."""
        return self.summary or self.paragraphs[0]


class Channel(Struct, frozen=True, kw_only=True):
    """The feed of a site. A feed of format "gone" answers 410, one of format "html" a page.

    `full`: entries have the whole text and not its lead. `positions`: ids only number the entries. `tracking`: a query that is
    added to links. `delay`: seconds until the server answers.
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
    """A site with a host of its own. `folder`: its folder in the brand's OPML, parts joined by "/". `pieces`: newest first."""

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
    """All sites of the demonstration."""

    sites: tuple[Site, ...]

    @property
    def labels(self) -> dict[str, Label]:
        """The label of each article, by "site/slug"."""
        return {f"{site.key}/{piece.slug}": piece.label for site in self.sites for piece in site.pieces}


def load() -> World:
    """Read the sites, in the order of their file names."""
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
