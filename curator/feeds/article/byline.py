"""Who wrote what when, as a page tells it: its own data (JSON-LD, meta), its heading, the dates it shows."""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from msgspec import Struct

from curator.core.text import dates
from curator.core.text.plain import fold, line, plain
from curator.core.text.urls import web
from curator.feeds.article.blocks import Element

_SEARCH = {"extensive_search": False, "original_date": True}
_MOST_DATA = 1_000_000  # characters of one JSON-LD script worth reading
_ARTICLE = re.compile(r"Article|Posting|Report", re.I)
_ROLE = re.compile(r"^\W*(?:pewarta|penulis|reporter|oleh|editor|kontributor|laporan|written by|words by|by|von|par)\b\W*", re.I)
_NOBODY = re.compile(r"https?:|www\.|@|\.(?:com|co|id|net|org)\b|^(?:undefined|null|none|admin\w*|deleted member|facebook com)$", re.I)
_DATED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "parsely-pub-date",
    "content_publisheddate",
    "sailthru.date",
    "date",
)
_INDONESIAN = re.compile(r"\b(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|maret|agustus|desember|pukul)\b", re.I)
_ZONED = re.compile(r"[:.]\d\d(?:\.\d+)?\s*(?:Z|[+-]\d\d:?\d\d|[A-Z]{3,4})\b", re.I)
_LOCAL = re.compile(r"\b(?:wib|wita|wit)\b", re.I)
_JAKARTA = timedelta(hours=7)
_AS_UTC = timedelta(hours=6.5), timedelta(hours=9.5)  # what WIB, WITA and WIT are ahead, and some minutes


class Byline(Struct, frozen=True, kw_only=True):
    """What is told of an article outside its text. `lang`: as declared, ISO 639-1; `body`: the text in the page's data."""

    title: str
    author: str
    published: datetime | None
    sitename: str
    image: str
    lang: str
    description: str
    body: str


def read(root: Element, url: str) -> Byline:
    """The byline of a parsed page; `url` is where it was found, or ""."""
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(root, url or None, dict(_SEARCH))
    meta, data = _meta(root), _data(root)
    declared = re.match(r"[a-z]{2}(?![a-z])", (root.get("lang") or meta.get("og:locale") or "").strip().lower())
    lang = declared[0] if declared else ""
    sitename = line(meta.get("og:site_name") or found.sitename or "")
    return Byline(
        title=_title(root, found.title or "", sitename),
        author=_author(data, found.author or ""),
        published=_published(root, meta, data, lang) or when(found.date or ""),
        sitename=sitename,
        image=web(found.image or _first(data.get("image"), "url"), url),
        lang=lang,
        description=line(found.description or ""),
        body=plain(_first(data.get("articleBody"))),
    )


def when(text: str, lang: str = "") -> datetime | None:
    """The date in a text, in UTC; in Indonesian an hour without a zone is Jakarta's. None before 1990 and after 2099."""
    text = _LOCAL.sub(lambda zone: zone[0].upper(), text)
    moment = dates.parse(text, lang)
    if moment is None or not 1990 <= moment.year < 2100:
        return None
    indonesian = lang == "id" or bool(_INDONESIAN.search(text))
    return moment - _JAKARTA if indonesian and moment.time() != time() and not _ZONED.search(text) else moment


# --- the page's own data ----------------------------------------------------------------------------------------


def _meta(root: Element) -> dict[str, str]:
    """What the meta elements say, by lower-case name; the first of a name counts."""
    told: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        told.setdefault(name.strip().lower(), element.get("content") or "")
    return told


def _data(root: Element) -> Mapping[str, Any]:
    """The page's JSON-LD of the article (schema.org Article and its kinds), or nothing."""
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or len(script.text or "") > _MOST_DATA:
            continue
        try:
            document = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(document):
            if _ARTICLE.search(_first(thing.get("@type"))):
                return thing
    return {}


def _things(document: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [document]
    while waiting:
        thing = waiting.pop(0)
        if isinstance(thing, list):
            waiting.extend(thing[:50])
        elif isinstance(thing, dict):
            yield thing
            waiting.extend(thing[key] for key in ("@graph", "mainEntity") if key in thing)


def _first(value: Any, key: str = "name") -> str:
    """The text of a schema.org value, which may be a text, a thing with a name, or a list of them."""
    while isinstance(value, list | dict):
        value = value.get(key) if isinstance(value, dict) else next(iter(value), "")
    return value if isinstance(value, str) else ""


# --- what people read -------------------------------------------------------------------------------------------


def _title(root: Element, title: str, sitename: str) -> str:
    """The headline as the page shows it: its h1 where that says much the same as its data, without the site's name."""
    words = set(fold(title).split())
    for heading in islice(root.iter("h1"), 5):
        shown = line("".join(heading.itertext())).strip("¶ ")
        own = set(fold(shown).split())
        if 2 * len(own & words) >= max(len(own), len(words)) and not words <= own:
            return shown
    name = re.escape(sitename)
    bare = re.sub(rf"\s+[-–—|·»:]\s*{name}\s*$|^\s*{name}\s*[-–—|·»:]\s+", "", title, flags=re.I) if sitename else title
    return line(bare)


def _author(data: Mapping[str, Any], found: str) -> str:
    told = data.get("author")
    names = [_first(each) for each in told[:10]] if isinstance(told, list) else [_first(told)]
    people = [_ROLE.sub("", line(plain(name))) for name in (names if any(names) else found.split(";"))]
    known = {re.sub(r"\W", "", fold(name)): name for name in reversed(people) if name and not _NOBODY.search(name)}
    return line(", ".join(reversed(known.values())))


def _published(root: Element, meta: Mapping[str, str], data: Mapping[str, Any], lang: str) -> datetime | None:
    """The page's data first, and what it shows where that has the hour too, or the data has it as if Jakarta's were UTC."""
    marked = root.xpath(".//*[@itemprop='datePublished'] | .//time[@datetime]")[:3]
    told = [
        _first(data.get("datePublished")),
        *(meta.get(name, "") for name in _DATED),
        *(element.get("datetime") or element.get("content") or element.text or "" for element in marked),
    ]
    moment, shown = (next(filter(None, (when(t, lang) for t in texts)), None) for texts in (told, _around_heading(root)))
    if not moment or not shown:
        return moment or shown
    same_day = moment.time() == time() and abs(moment - shown) < timedelta(days=1)
    return shown if same_day or _AS_UTC[0] < moment - shown < _AS_UTC[1] else moment


def _around_heading(root: Element) -> list[str]:
    """The short texts after and before the first h1, nearest first: where pages show their date."""
    walk = root.iter()
    before: deque[Element] = deque(maxlen=20)
    for element in walk:
        if element.tag == "h1":
            break
        before.append(element)
    else:
        return []
    near = [*islice(walk, 60), *reversed(before)]
    texts = (text for element in near if element.tag != "script" for text in ("" if element.tag == "a" else element.text, element.tail))
    return [short for text in texts if 8 <= len(short := (text or "").strip()) <= 80]
