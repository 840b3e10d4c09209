"""Where an article goes on: the addresses of its next page, and of all of it on one page.

A link counts when its address is that of the article with a page number added. rel=next alone does not: on many sites it names
the next article.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from curator.core.text import urls
from curator.feeds.article.blocks import Element

_NUMBERED = {"page", "paged", "pagenum", "pageno", "halaman", "hal", "pg", "seite", "pagina"}  # parameters that hold a page's number
_WHOLE = {"all", "semua", "full", "single"}  # what they hold for all pages in one
_TAIL = re.compile(r"(?:(?:page|halaman|hal)[/-]?)?(\d{1,2})", re.I)
_PAGER = re.compile(r"\W*(?:\d{1,2}|(?:next|selanjutnya|berikutnya|lanjut(?:kan)?|halaman|page|hal)\b.{0,30})\W*", re.I | re.S)
_NUMBERED_NAME = re.compile(r"(.*[^/\d])[-_](\d{1,2})(\.\w{3,5})", re.S)  # artikel-2.html
_MOST_LINKS = 3000
_WHOLE_PAGE = 0


class Onward(Struct, frozen=True, kw_only=True):
    """Where a page of an article leads: the next page and all pages in one, "" where it links to none. `number`: its own."""

    next: str = ""
    whole: str = ""
    number: int = 1


def onward(root: Element, url: str, first: str) -> Onward:
    """Return where a page of the article at `first` leads."""
    if not urls.web(url):
        return Onward()
    article = front(first)
    here = _number(url, article) or 1
    pages: dict[int, str] = {}
    for address in _linked(root, url):
        if (number := _number(address, article)) is not None:
            pages.setdefault(number, address)
    return Onward(next=pages.get(here + 1, ""), whole=pages.get(_WHOLE_PAGE, ""), number=here)


def front(url: str) -> str:
    """Return the canonical address of an article without the page number in its query."""
    return urls.canonical(_split(url)[0])


def _linked(root: Element, url: str) -> Iterator[str]:
    """Yield the addresses that rel=next names, then those of links that look like a pager's."""
    links = [link for _, link in zip(range(_MOST_LINKS), root.iter("link", "a"), strict=False)]
    for link in links:
        if "next" in link.get("rel", "").lower().split():
            yield urls.web(link.get("href", ""), url)
    for link in links:
        address = urls.web(link.get("href", ""), url) if link.tag == "a" else ""
        if address and (_split(address)[1].lower() in _WHOLE or _PAGER.fullmatch("".join(link.itertext())[:60])):
            yield address


def _number(url: str, article: str) -> int | None:
    """Return the number of a page of the article, 0 for all pages in one; None for another address."""
    bare, page = _split(url)
    bare = urls.canonical(bare)
    if bare == article:
        return _WHOLE_PAGE if page.lower() in _WHOLE else int(page) if re.fullmatch(r"\d{1,2}", page, re.A) else None if page else 1
    tail = _TAIL.fullmatch(bare.removeprefix(f"{article.rstrip('/')}/"))
    named = _NUMBERED_NAME.fullmatch(bare)
    return int(tail[1]) if tail else int(named[2]) if named and named[1] + named[3] == article else None


def _split(url: str) -> tuple[str, str]:
    """Return an address without its page parameter, and the value of that."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    page = next((value for name, value in pairs if name.lower() in _NUMBERED), "")
    rest = urlencode([(name, value) for name, value in pairs if name.lower() not in _NUMBERED])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, rest, "")), page
