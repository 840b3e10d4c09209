"""The links of an article to other sites: those in its text, one for each host."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct

from curator.core.text import urls
from curator.feeds.article.blocks import TEXTUAL, Element, letters

MOST: Final = 12  # links kept of an article
_SOUGHT: Final = 3_000  # links looked at
_KEY: Final = 60  # letters by which a paragraph is found in the text
_LEAST: Final = 30  # letters of a paragraph: a shorter one is a name in a list
_ADVERTS: Final = frozenset(("sponsored", "ugc"))  # https://developers.google.com/search/docs/crawling-indexing/qualify-outbound-links


class OutLink(Struct, frozen=True, kw_only=True):
    """A link to another site, and the letters of the paragraph that it stands in."""

    url: str
    around: str


def found(page: Element, url: str) -> list[OutLink]:
    """Return the links of a page to other sites, in order. To be called before the page is taken apart."""
    here = urls.domain(url)
    links: list[OutLink] = []
    for anchor in islice(page.iter("a"), _SOUGHT) if here else ():
        address = urls.web(anchor.get("href") or "", url)
        if address and not _related(urls.domain(address), here) and _ADVERTS.isdisjoint((anchor.get("rel") or "").lower().split()):
            links.append(OutLink(url=address, around=letters("".join(_paragraph(anchor).itertext()))[:_KEY]))
    return links


def within(links: Sequence[OutLink], text: str) -> tuple[str, ...]:
    """Return the addresses of those links whose paragraph is in the text of the article, one for each host."""
    whole = letters(text) if links else ""
    return tuple(islice(_one_each(link.url for link in links if len(link.around) >= _LEAST and link.around in whole), MOST))


def _one_each(addresses: Iterable[str]) -> Iterable[str]:
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(urls.domain(address), urls.tidy(address))
    return first.values()


def _paragraph(anchor: Element) -> Element:
    return next((each for each in anchor.iterancestors() if each.tag in TEXTUAL), anchor)


def _related(host: str, here: str) -> bool:
    """Whether two hosts are the same, or one is a part of the other's domain."""
    return host == here or host.endswith(f".{here}") or here.endswith(f".{host}")
