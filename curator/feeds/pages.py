"""The feeds that a web page names: in its links, and in the headers that came with it."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from curator.core.text import charset, plain, urls

FEEDISH = re.compile(r"(?:^|[/._-])(?:rss|atom|rdf|feeds?)\d?(?:[/._-]|$)", re.I)
"""What the path of a feed looks like."""

_CALLED = re.compile(r"\b(?:rss|atom|web ?feeds?)\b", re.I)  # the words of a link to a feed
_REFRESH = re.compile(r"\s*\d{1,2}\s*[;,]\s*url\s*=\s*[\"']?([^\"'\s]{1,2000})", re.I)
_MOST_LINKS, _MOST_LIKELY = 10_000, 100
_MOST = 1_000_000  # bytes of a page that are read
_TYPES = {
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml"),
    *("application/feed+json", "application/json"),
}
_VALUE = re.compile(r'<([^<>]{1,2000})>((?:\s*;[^,;"<>]{0,200}(?:"[^"]{0,500}")?){0,20})')
_PARAMETER = re.compile(r';\s*(\w+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))')

Element = Any  # lxml has no types


def links(body: bytes, *, url: str, content_type: str = "") -> tuple[str, ...]:
    """Return the addresses that a page names as feeds, then those that it links to and that look or are called like one, each once.

    Last comes the page that a page without anything to read leads on to.
    """
    root = _parsed(body, content_type)
    if root is None:
        return ()
    base = _base(root, url)
    elements = list(islice(root.iter("link", "a", "area"), _MOST_LINKS))
    named = [each.get("href", "") for each in elements if _names_feed(each.get("rel", ""), each.get("type", ""))]
    likely = [address for each in elements if each.tag != "link" and _seems_feed(each, address := _web(each.get("href", ""), base))]
    return tuple(once([*(_web(href, base) for href in named), *likely[:_MOST_LIKELY], *(_web(href, base) for href in _onward(root))]))


def header_links(link: str, url: str) -> tuple[str, ...]:
    """Return the addresses that a Link header names as feeds (RFC 8288)."""
    return tuple(urls.web(target, url) for target, values in _header(link) if _names_feed(values.get("rel", ""), values.get("type", "")))


def once(addresses: Iterable[str]) -> list[str]:
    """Return each address as it came first, without the empty ones."""
    first: dict[str, str] = {}
    for address in filter(None, addresses):
        first.setdefault(urls.canonical(address), address)
    return list(first.values())


def _parsed(body: bytes, content_type: str) -> Element | None:
    from lxml import etree

    page, _ = charset.utf8(body[:_MOST], content_type)
    return etree.HTML(page, etree.HTMLParser(encoding="utf-8", no_network=True)) if page.strip() else None


def _base(root: Element, url: str) -> str:
    """Return the address that the links of a page are relative to (HTML, 4.2.3)."""
    href = next((each.get("href", "") for each in root.iter("base") if each.get("href")), "")
    return _web(href, url) or url


def _onward(root: Element) -> list[str]:
    """Return where a page sends its reader by itself (HTML, 4.2.5.3, "refresh")."""
    orders = (each.get("content", "") for each in root.iter("meta") if each.get("http-equiv", "").lower() == "refresh")
    return [found[1] for order in orders if (found := _REFRESH.match(order))][:1]


def _seems_feed(link: Element, address: str) -> bool:
    """Whether a link looks like one to a feed, by its address, its scheme or its first words."""
    written = link.get("href", "").strip().lower().startswith("feed:") or FEEDISH.search(urlsplit(address).path)
    return bool(written or _CALLED.search("".join(islice(link.itertext(), 5))[:60]))


def _web(href: str, base: str) -> str:
    return urls.web(urls.without_feed_scheme(plain.clean(href)), base)


def _header(link: str) -> Iterator[tuple[str, dict[str, str]]]:
    for target, parameters in _VALUE.findall(link):
        yield target, {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(parameters)}


def _names_feed(rel: str, kind: str) -> bool:
    words = rel.lower().split()
    return "feed" in words or ("alternate" in words and kind.lower().partition(";")[0].strip() in _TYPES)
