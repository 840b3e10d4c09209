"""Rendering of every page, feed and picture of the demonstration. The bytes are the same for the whole of one UTC day."""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape
from msgspec import Struct

from curator.jobs.demo.content import Piece, Site, World

LAYOUTS = Path(__file__).parent / "layouts"
_TYPES = {
    "rss2": "application/rss+xml",
    "rss091": "text/xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "podcast": "application/rss+xml",
    "youtube": "text/xml",
    "gone": "text/html",
    "html": "text/html",
}
# What a page calls its feed: browsers know these three names.
_ANNOUNCED = {"atom": "application/atom+xml", "youtube": "application/atom+xml", "json": "application/feed+json"}
_HARI = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_BULAN = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
# A second of silence: 38 frames of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, each a header and nothing to play.
SILENCE = (b"\xff\xfb\x90\x64" + bytes(413)) * 38


class Sheet(Struct, frozen=True, kw_only=True):
    """The response for one path of a site. `type`: the whole Content-Type. `delay`: seconds to wait before it is sent."""

    body: bytes
    type: str
    modified: datetime
    status: int = 200
    delay: float = 0.0


class Press:
    """Renders responses on demand and keeps them."""

    def __init__(self, world: World, bases: Mapping[str, str], day: datetime) -> None:
        """Render nothing yet. `bases`: the address of each site by key, without a last slash. `day`: midnight in UTC."""
        self._bases, self._day = bases, day
        self._layouts = _environment()
        self._plates = {(site.key, path): plate for site in world.sites for path, plate in self._routes(site)}
        self._printed: dict[tuple[str, str], Sheet] = {}

    def sheet(self, site: Site, path: str) -> Sheet | None:
        """Return the response for a path and query, None where there is none. Parameters added by others are ignored."""
        known = (path, path.partition("&")[0], path.partition("?")[0])
        key = next(((site.key, p) for p in known if (site.key, p) in self._plates), None)
        if key is None:
            return None
        if key not in self._printed:
            self._printed[key] = self._plates[key]()
        return self._printed[key]

    def _routes(self, site: Site) -> Iterator[tuple[str, Callable[[], Sheet]]]:
        yield "/", partial(self._page, site, None)
        yield "/robots.txt", partial(self._robots, site)
        yield "/favicon.svg", partial(self._drawing, "favicon.svg", site=site)
        yield site.feed.path, partial(self._feed, site)
        for piece in site.pieces:
            yield piece.path, partial(self._page, site, piece)
            yield f"/img/{piece.slug}.svg", partial(self._drawing, "image.svg", **_scene(piece))
            if site.feed.format == "podcast":
                yield f"/audio/{piece.slug}.mp3", partial(Sheet, body=SILENCE, type="audio/mpeg", modified=self._day)

    def _page(self, site: Site, piece: Piece | None) -> Sheet:
        body = self._filled(f"{site.key}.html", site, piece).encode(site.encoding)
        modified = self._when(site, piece) if piece else self._newest(site)
        return Sheet(body=body, type=f"text/html; charset={site.encoding}", modified=modified)

    def _feed(self, site: Site) -> Sheet:
        kind = site.feed.format
        if kind in ("gone", "html"):
            notice = self._page(site, None)
            return Sheet(body=notice.body, type=notice.type, modified=notice.modified, status=410 if kind == "gone" else 200)
        text = self._json_feed(site) if kind == "json" else self._filled(f"feed.{kind}.xml", site, None)
        # An encoding of its own is told by the XML declaration alone, as old servers do.
        charset = "; charset=utf-8" if site.encoding == "utf-8" else ""
        body, told = text.encode(site.encoding), _TYPES[kind] + charset
        return Sheet(body=body, type=told, modified=self._newest(site), delay=site.feed.delay)

    def _json_feed(self, site: Site) -> str:
        """JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""
        base = self._bases[site.key]
        told: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": site.name, "description": site.tagline}
        told |= {"home_page_url": f"{base}/", "feed_url": base + site.feed.path, "language": site.lang}
        told |= {"items": [self._json_item(site, piece) for piece in site.pieces]}
        return json.dumps(told, ensure_ascii=False, indent=1)

    def _json_item(self, site: Site, piece: Piece) -> dict[str, Any]:
        base = self._bases[site.key]
        told: dict[str, Any] = {"id": base + piece.path, "url": base + piece.path, "title": piece.title, "tags": piece.tags}
        told |= {"summary": piece.lead, "content_html": _html(piece), "image": f"{base}/img/{piece.slug}.svg"}
        return told | {"date_published": _iso(self._when(site, piece)), "authors": [{"name": piece.author}]}

    def _robots(self, site: Site) -> Sheet:
        rules = [f"Disallow: {path}" for path in site.disallow] or ["Disallow:"]
        body = "\n".join(["User-agent: *", *rules, ""]).encode()
        return Sheet(body=body, type="text/plain; charset=utf-8", modified=self._day)

    def _drawing(self, layout: str, **told: Any) -> Sheet:
        body = self._layouts.get_template(layout).render(told).encode()
        return Sheet(body=body, type="image/svg+xml", modified=self._day)

    def _filled(self, layout: str, site: Site, piece: Piece | None) -> str:
        base = self._bases[site.key]
        alternate = _ANNOUNCED.get(site.feed.format, "application/rss+xml")
        words: dict[str, Any] = {"site": site, "base": base, "piece": piece, "pieces": site.pieces}
        words |= {"nearby": [other for other in site.pieces if other is not piece], "today": self._day.astimezone(site.zone)}
        words |= {"feed": {"url": base + site.feed.path, "type": alternate}, "channel": site.feed, "audio_bytes": len(SILENCE)}
        words |= {"url": lambda p: base + p.path, "when": lambda p: self._when(site, p)}
        words |= {"art": lambda p: f"{base}/img/{p.slug}.svg", "audio": lambda p: f"{base}/audio/{p.slug}.mp3"}
        return self._layouts.get_template(layout).render(words)

    def _when(self, site: Site, piece: Piece) -> datetime:
        return (self._day - timedelta(hours=piece.hours)).astimezone(site.zone)

    def _newest(self, site: Site) -> datetime:
        return self._when(site, site.pieces[0]) if site.pieces else self._day


def _environment() -> Environment:
    files = FileSystemLoader(LAYOUTS)
    layouts = Environment(loader=files, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    layouts.filters |= {"iso": _iso, "rfc822": format_datetime, "tanggal": _tanggal, "day": _day, "hizuke": _hizuke, "html": _html}
    layouts.filters |= {"pukul": lambda when: f"{when:%H.%M}"}
    return layouts


def _scene(piece: Piece) -> dict[str, Any]:
    """Return what the picture of an article shows, derived from its slug."""
    n = zlib.crc32(piece.slug.encode())
    return {
        "picture": piece.picture,
        "hue": n % 360,
        "sun": 140 + (n >> 9) % 680,
        "dip": 190 + (n >> 5) % 120,
        "ridge": 90 + (n >> 13) % 140,
    }


def _html(piece: Piece) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in piece.paragraphs)


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


# Month names are spelled out here because strftime speaks the language of whoever runs the program.
def _tanggal(when: datetime) -> str:
    return f"{_HARI[when.weekday()]}, {when.day} {_BULAN[when.month - 1]} {when.year}"


def _day(when: datetime) -> str:
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def _hizuke(when: datetime) -> str:
    return f"{when.year}年{when.month}月{when.day}日"
