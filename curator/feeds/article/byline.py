"""Read the title, authors and date of a page from its JSON-LD, meta elements, heading and visible dates."""

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import islice
from typing import Any

from msgspec import Struct

from curator.core.text import dates, language
from curator.core.text.plain import fold, line, plain
from curator.core.text.urls import is_front, site, tidy, web
from curator.feeds.article import scripts
from curator.feeds.article.blocks import Element
from curator.feeds.pictures import is_decoration

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
_JAKARTA = timezone(timedelta(hours=7))
_AS_UTC = timedelta(hours=6.5), timedelta(hours=9.5)  # the offsets of WIB, WITA and WIT, with some minutes of tolerance


class Byline(Struct, frozen=True, kw_only=True):
    """Metadata of an article. `lang`: the declared language, ISO 639-1.

    `body`: the text in the page's structured data. `scripted`: the text in the data of its scripts. `canonical`: as in Article.
    """

    title: str
    author: str
    published: datetime | None
    sitename: str
    image: str
    lang: str
    description: str
    body: str
    scripted: str
    canonical: str


def read(root: Element, url: str) -> Byline:
    """Return the byline of a parsed page. `url`: its address, or ""."""
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(root, url or None, dict(_SEARCH))
    meta, data = _meta(root), _data(root)
    lang = language.declared(root.get("lang") or meta.get("og:locale") or "")
    sitename = line(meta.get("og:site_name") or found.sitename or "")
    title = _title(root, found.title or "", sitename)
    return Byline(
        title=title,
        author=_author(data, found.author or ""),
        published=_published(root, meta, data, lang) or when(found.date or ""),
        sitename=sitename,
        image=_image((found.image or "", _first(data.get("image"), "url")), url),
        lang=lang,
        description=line(found.description or ""),
        body=plain(_first(data.get("articleBody"))),
        scripted=scripts.body(root, title),
        canonical=_canonical(root, url),
    )


def when(text: str, lang: str = "") -> datetime | None:
    """Parse the date in a text; return it in UTC, or None outside 1990–2099. In Indonesian, a time without a zone is Jakarta's."""
    moment = dates.stated(text, lang)
    if moment is None or not 1990 <= moment.year < 2100:
        return None
    indonesian = moment.time() != time() and (lang == "id" or _INDONESIAN.search(text))
    return dates.in_utc(moment, _JAKARTA if indonesian else UTC)


# --- the page's structured data ----------------------------------------------------------------------------------------


def _meta(root: Element) -> dict[str, str]:
    """Return the contents of the meta elements by lower-case name; the first of a name counts."""
    contents: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        contents.setdefault(name.strip().lower(), element.get("content") or "")
    return contents


def _canonical(root: Element, url: str) -> str:
    """Return the address that the page gives itself, if it gives one alone, on its own site, and not the front page."""
    named = {link.get("href") or "" for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()}
    address = web(named.pop(), url) if url and len(named) == 1 else ""
    return tidy(address) if address and site(address) == site(url) and not is_front(address) else ""


def _data(root: Element) -> Mapping[str, Any]:
    """Return the page's JSON-LD of the article (schema.org Article and its subtypes), or an empty mapping."""
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
    """Return the text of a schema.org value: a text, a thing with a name, or the first of a list of them."""
    while isinstance(value, list | dict):
        value = value.get(key) if isinstance(value, dict) else next(iter(value), "")
    return value if isinstance(value, str) else ""


# --- what the page shows -------------------------------------------------------------------------------------------


def _title(root: Element, title: str, sitename: str) -> str:
    """Return the h1 if it shares most of its words with the title of the metadata, else that title without the site's name."""
    words = set(fold(title).split())
    for heading in islice(root.iter("h1"), 5):
        shown = line("".join(heading.itertext())).strip("¶ ")
        own = set(fold(shown).split())
        if 2 * len(own & words) >= max(len(own), len(words)) and not words <= own:
            return shown
    name = re.escape(sitename)
    bare = re.sub(rf"\s+[-–—|·»:]\s*{name}\s*$|^\s*{name}\s*[-–—|·»:]\s+", "", title, flags=re.I) if sitename else title
    return line(bare)


def _image(named: Iterable[str], url: str) -> str:
    """Return the first picture; many a site names an empty one, or an avatar, where a page has none."""
    return next((found for each in named if not is_decoration(each) and (found := web(each, url))), "")


def _author(data: Mapping[str, Any], found: str) -> str:
    authors = data.get("author")
    names = [_first(each) for each in authors[:10]] if isinstance(authors, list) else [_first(authors)]
    people = [_ROLE.sub("", line(plain(name))) for name in (names if any(names) else found.split(";"))]
    known = {re.sub(r"\W", "", fold(name)): name for name in reversed(people) if name and not _NOBODY.search(name)}
    return line(", ".join(reversed(known.values())))


def _published(root: Element, meta: Mapping[str, str], data: Mapping[str, Any], lang: str) -> datetime | None:
    """Return the date of the metadata, or the visible one if only that has a time, or if the metadata labels local time as UTC."""
    marked = root.xpath(".//*[@itemprop='datePublished'] | .//time[@datetime]")[:3]
    declared = [
        _first(data.get("datePublished")),
        *(meta.get(name, "") for name in _DATED),
        *(element.get("datetime") or element.get("content") or element.text or "" for element in marked),
    ]
    moment, shown = (next(filter(None, (when(t, lang) for t in texts)), None) for texts in (declared, _around_heading(root)))
    if not moment or not shown:
        return moment or shown
    same_day = moment.time() == time() and abs(moment - shown) < timedelta(days=1)
    return shown if same_day or _AS_UTC[0] < moment - shown < _AS_UTC[1] else moment


def _around_heading(root: Element) -> list[str]:
    """Return the short texts after and before the first h1, nearest first: pages show their date there."""
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
