"""RSS 0.9 to 2.0, RDF and Atom in well-formed XML, or in XML whose usual slips can be mended, read with lxml.

feedparser reads all this too and more, at several times the cost; it gets what stands outside these rules (feedloose).
"""

import base64
import binascii
import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from curator.core.text import urls
from curator.feeds import pictures
from curator.feeds.parse import written
from curator.feeds.parse.draft import RawEntry, RawFeed

if TYPE_CHECKING:
    from lxml.etree import _Element

    Children = dict[str, list[_Element]]

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Namespaces in lower case and without a last slash, as they are misspelled in both ways. RSS's own, of which there are many, is "".
_PREFIXES = {
    "http://www.w3.org/2005/atom": "atom",
    "https://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://search.yahoo.com/mrss": "media",
    "https://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.itunes.com/dtds/podcast": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.pheedo.com/namespace/pheedo": "pheedo",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
}
_RSS = re.compile(r"purl\.org/(?:rss/1\.0|net/rss1\.1#?)/?$|(?:my|channel)\.netscape\.com|backend\.userland\.com|blogs\.law\.harvard\.edu")

_ORIGINAL = ("feedburner:origlink", "pheedo:origlink")
_PLAIN = ("text", "text/plain", "plain")
_PLAIN_UNLESS_TYPED = ("atom:title", "atom:summary", "atom:content", "media:title", "media:description")
_TITLE = ("title", "atom:title", "dc:title", "media:title", "itunes:title")
_ID = ("guid", "atom:id", "id")
_PUBLISHED = (
    *("pubdate", "atom:published", "atom:issued", "published", "dc:date", "dcterms:issued"),
    *("atom:created", "dcterms:created", "date"),
)
_UPDATED = ("atom:updated", "atom:modified", "updated", "dcterms:modified", "lastbuilddate")
_TEXTS = (
    *("description", "atom:summary", "summary", "dc:description", "content:encoded", "atom:content", "content", "xhtml:body", "xhtml:div"),
    *("itunes:summary", "media:description", "itunes:subtitle"),
)
_AUTHOR = ("atom:author", "dc:creator", "author", "itunes:author", "media:credit")
_TAGS = ("category", "atom:category", "dc:subject", "itunes:keywords")
_IMAGES = ("image", "itunes:image")
_ENTRIES = ("item", "atom:entry", "entry", "atom:item")
_FEEDS = {"rss", "rdf", "feed"}

_CDATA = re.compile(r"\A<!\[CDATA\[(.*)\]\]>\Z", re.S)  # its marks were escaped with the text
_REFERENCE = re.compile(rb"&#(x?)([0-9a-f]{1,8});", re.I)
_SLIP = re.compile(
    rb"(?P<keep><!\[CDATA\[(?:.*?\]\]>|.*\Z)|<!--(?:.*?-->|.*\Z)|&#\d+;)|&(?:(?P<name>\w{1,32});)?"
    rb"|(?P<stray><)(?![a-z_/!?])|(?P<void><(?:br|hr|img|wbr)\b[^<>]{0,2000}?)/?>",
    re.I | re.S,
)


def parse(body: bytes, url: str) -> "tuple[_Element | None, str]":
    """Return the document's root and what is wrong with it ("" if nothing); `body` is UTF-8 and begins with the root's tag.

    `url`: the address over which a relative xml:base is resolved.

    Nothing outside the document is ever read, and no entity but those of XML is known; prefixes need not be declared.
    """
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        root = etree.fromstring(body, parser, base_url=url or None)
    except etree.XMLSyntaxError as error:
        return None, str(error)
    namespaces = etree.ErrorDomains.NAMESPACE
    wrong = next((f"line {e.line}: {e.message}" for e in parser.error_log if e.domain != namespaces), "")
    return root, wrong


def mend(body: bytes, entities: dict[bytes, bytes]) -> bytes:
    """Mend the usual errors: bare & and <, HTML's entities, illegal characters, <br>. `entities`: those the document declares."""
    return _SLIP.sub(lambda slip: _mended(slip, entities), _REFERENCE.sub(_possible, body))


def _possible(reference: re.Match[bytes]) -> bytes:
    """Keep a reference to a character of XML 1.0 (§2.2), else remove it; in comments and CDATA too, which broken markup may expose."""
    digits = reference[2]
    number = int(digits, 16) if reference[1] else int(digits) if digits.isdigit() else 0
    legal = number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
    return b"&#%d;" % number if legal else b""


def _mended(slip: re.Match[bytes], entities: dict[bytes, bytes]) -> bytes:
    name = slip["name"]
    if slip["keep"] or name in (b"amp", b"lt", b"gt", b"quot", b"apos"):
        return slip[0]
    if slip["void"]:
        return slip["void"] + b"/>"
    if slip["stray"]:
        return b"&lt;"
    if name in entities:
        return entities[name]
    resolved = html.unescape(slip[0].decode())
    return b"&amp;" + slip[0][1:] if resolved.startswith("&") else html.escape(resolved).encode()


def read(root: "_Element") -> RawFeed | None:
    """Return the feed with this root, or None if it is not a feed. Entries are children of the channel or the root, never deeper."""
    _unwrap(root)
    kind = _name(root.tag).rpartition(":")[2]
    if kind not in _FEEDS:
        return None
    top = _children(root)
    channel = next(iter(top["channel"]), root) if kind != "feed" else root
    about = _children(channel)
    items = [item for parent in ([about] if channel is root else [about, top]) for name in _ENTRIES for item in parent[name]]
    return RawFeed(
        format=_format(root, kind, channel),
        title=next(_titles(about), ""),
        sites=tuple(_links(about)),
        lang=_first(about, ("language", "dc:language")) or root.get(_LANG, "") or channel.get(_LANG, ""),
        entries=tuple(_entry(item) for item in items),
        ttl=_first(about, ("ttl",)),
        period=_first(about, ("sy:updateperiod",)),
        frequency=_first(about, ("sy:updatefrequency",)),
        skip_hours=tuple(_text(hour) for skip in about["skiphours"] for hour in _children(skip)["hour"]),
    )


def swallowed(root: "_Element") -> bool:
    """Whether entries stand where none belong: inside what was opened before them and never closed."""
    return any(_name(element.tag) in _ENTRIES for element in root.iter("{*}*"))


def _format(root: "_Element", kind: str, channel: "_Element") -> str:
    if kind == "feed":
        return "atom 0.3" if root.tag.startswith("{http://purl.org/atom/ns#}") or root.get("version") == "0.3" else "atom 1.0"
    if kind == "rdf":
        return "rdf 0.9" if "netscape" in channel.tag else "rdf 1.0"
    return f"rss {root.get('version', '')}".strip()


def _entry(item: "_Element") -> RawEntry:
    kids = _children(item)
    ids = [text for name in _ID for el in kids[name] if (text := _text(el))] or [item.get(f"{_RDF}about", "")]
    permanent = [_text(guid) for guid in kids["guid"] if guid.get("isPermaLink", "true").strip().lower() != "false"]
    enclosed = list(_media([*kids["enclosure"], *(link for link in kids["atom:link"] if link.get("rel") == "enclosure")]))
    media = [*enclosed, *_media(kids["media:content"])]
    return RawEntry(
        id=ids[0],
        links=(*_links(kids, permanent), *(i for i in (*ids, item.get(f"{_RDF}about", "")) if _is_web(i)), *(url for url, _, _ in media)),
        originals=tuple(link for link in _all(kids, _ORIGINAL) if _is_web(link)),
        title=next(_titles(kids), ""),
        author=", ".join(dict.fromkeys(_people(kids))),
        outlet=next(_outlets(kids), ""),
        published=tuple(_all(kids, _PUBLISHED)),
        updated=tuple(_all(kids, _UPDATED)),
        texts=tuple(_texts(kids)),
        images=tuple(_images(kids, enclosed)),
        base=_base(next(iter((*kids["atom:content"], *kids["atom:summary"], *kids["content:encoded"], *kids["description"])), item)),
        media=tuple(media),
        tags=tuple(_tags(kids)),
    )


def _children(parent: "_Element") -> "Children":
    """Return the children by name; those inside media:group and media:content belong to the entry."""
    found: Children = defaultdict(list)
    for child in parent.iterchildren("{*}*"):
        name = _name(child.tag)
        found[name].append(child)
        if name in ("media:group", "media:content"):
            for inner, elements in _children(child).items():
                found[inner] += elements
    return found


@lru_cache(maxsize=512)
def _name(tag: str) -> str:
    """Return the lower-case local name with the usual prefix of its namespace; undeclared prefixes count as the usual ones."""
    namespace, _, local = tag.rpartition("}")
    if not namespace:
        return local.lower()
    uri = namespace[1:].lower().rstrip("/")
    prefix = _PREFIXES.get(uri, "" if _RSS.search(uri) else "?")
    return f"{prefix}:{local}".lower() if prefix else local.lower()


def _unwrap(root: "_Element") -> None:
    """Remove a default namespace that the feed invented."""
    default = root.nsmap.get(None)
    if default and _name(f"{{{default}}}x") == "?:x":
        for element in root.iter(f"{{{default}}}*"):
            with suppress(ValueError):  # broken markup holds names that may be read but not written
                element.tag = element.tag.rpartition("}")[2]


def _text(element: "_Element") -> str:
    """Return the text of an element, including markup that was not escaped."""
    text = element.text or ""
    if len(element):
        from lxml import etree

        text = html.escape(text, quote=False) + "".join(etree.tostring(child, encoding="unicode") for child in element)
    kind = element.get("type", "")
    if element.get("mode") == "base64" or ("/" in kind and not kind.startswith("text/") and not kind.endswith("xml")):
        return _decoded(text)
    return _CDATA.sub(r"\1", text.strip())


def _decoded(text: str) -> str:
    """Atom 0.3 says mode="base64", Atom 1.0 (RFC 4287, 4.1.3.3) means it by any media type that is no text."""
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace").strip()
    except (binascii.Error, ValueError):
        return text.strip()


def _all(kids: "Children", names: Iterable[str]) -> Iterator[str]:
    return (text for name in names for element in kids[name] if (text := _text(element)))


def _first(kids: "Children", names: Iterable[str]) -> str:
    return next(_all(kids, names), "")


def _titles(kids: "Children") -> Iterator[str]:
    """Yield the titles as markup. Atom's are plain text unless they say otherwise (RFC 4287, 3.1.1), and so are those of Media RSS."""
    for name in _TITLE:
        for element in kids[name]:
            if text := _text(element):
                yield written.text(text) if _is_plain(element, name) else text


def _texts(kids: "Children") -> Iterator[str]:
    """Yield the texts as markup. One that does not say what it is may be either: many a feed forgets to say "html"."""
    for name in _TEXTS:
        for element in kids[name]:
            if text := _text(element):
                as_plain = written.text if element.get("type") else written.perhaps_html
                yield as_plain(text) if _is_plain(element, name) else written.opened(text)


def _is_plain(element: "_Element", name: str) -> bool:
    kind = element.get("type", "").strip().lower()
    return not len(element) and (kind in _PLAIN or (not kind and name in _PLAIN_UNLESS_TYPED))


def _links(kids: "Children", permanent: Iterable[str] = ()) -> Iterator[str]:
    """Yield the links, the likeliest first.

    RSS's own comes first: an atom:link beside it is often the feed's. Then follow the guid that is a permalink and Atom's links
    by fitness.
    """
    bare = [_href(link, link.get("href") or _text(link)) for link in kids["link"] if link.get("rel", "alternate") == "alternate"]
    atom = [link for link in (*kids["atom:link"], *kids["link"]) if link.get("href")]
    fit = sorted(atom, key=_fitness)
    yield from (link for link in bare if link)
    yield from (guid for guid in permanent if _is_web(guid))
    yield from (_href(link, link.get("href", "")) for link in fit if _fitness(link) < 3)


def _fitness(link: "_Element") -> int:
    """0 a page, 1 another alternate, 2 anything else that may be read, 3 what is no page of the entry."""
    rel, kind = link.get("rel", "alternate").lower(), link.get("type", "text/html").lower()
    if rel == "alternate":
        return 0 if "html" in kind else 1
    return 3 if rel in ("enclosure", "edit", "hub", "self", "replies", "next", "license", "icon") else 2


def _href(element: "_Element", href: str) -> str:
    """Return the link resolved against xml:base; other bases are applied later."""
    return href.strip() if not href or _is_web(href) else urls.web(href, _base(element)) or href.strip()


def _base(element: "_Element") -> str:
    """Return what xml:base says here, resolved over the address of the feed; "" where it says nothing."""
    base: str = element.base or ""
    return "" if base == element.getroottree().docinfo.URL else base


def _is_web(link: str) -> bool:
    return link.lstrip().lower().startswith(("http://", "https://"))


def _people(kids: "Children") -> Iterator[str]:
    """All who are named in the first way that names anyone."""
    for way in _AUTHOR:
        names = [name for element in kids[way] if (name := _first(_children(element), ("atom:name", "name")) or _own(element))]
        if names:
            yield from names
            return


def _outlets(kids: "Children") -> Iterator[str]:
    """Return the names of the feeds that the entry was first in (RSS 2.0 and RFC 4287, 4.2.11): source."""
    for element in (*kids["source"], *kids["atom:source"]):
        if name := _first(_children(element), ("atom:title", "title")) or _own(element):
            yield name


def _own(element: "_Element") -> str:
    return "" if len(element) else _text(element)


def _tags(kids: "Children") -> Iterator[str]:
    for name in _TAGS:
        for element in kids[name]:
            words = element.get("label") or element.get("term") or _text(element)
            yield from words.split(",") if name == "itunes:keywords" else [words]


def _media(elements: "Iterable[_Element]") -> Iterator[tuple[str, str, str]]:
    """Yield address, type and length of what enclosure, media:content and atom:link name."""
    for element in elements:
        if url := _href(element, element.get("url") or element.get("href") or ""):
            yield url, element.get("type") or element.get("medium", ""), element.get("length") or element.get("fileSize", "")


def _images(kids: "Children", enclosed: Iterable[tuple[str, str, str]]) -> Iterator[pictures.Picture]:
    """Yield the pictures that the entry names, the likeliest first: thumbnails come last."""
    yield from pictures.contents(_resolved(element) for element in kids["media:content"])
    yield from (pictures.Picture(_image(element)) for name in _IMAGES for element in kids[name])
    yield from map(pictures.Picture, pictures.attached(enclosed))
    yield from pictures.thumbnails(_resolved(element) for element in kids["media:thumbnail"])
    yield from (pictures.Picture(_image(element)) for element in kids["thumbnail"])


def _resolved(element: "_Element") -> dict[str, str]:
    return dict(element.attrib) | {"url": _href(element, element.get("url") or _own(element))}


def _image(element: "_Element") -> str:
    return element.get("url") or element.get("href") or _first(_children(element), ("url",)) or _own(element)
