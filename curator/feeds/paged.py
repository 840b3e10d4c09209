"""Read an article over all its pages, within a bound.

Page --worker: article.read--> Reading --http--> next Page, or the Page that shows all --> Article
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from curator.core.feed import Article, Failure, Page
from curator.core.protocols import Fetcher, Workers
from curator.core.text import urls
from curator.core.text.plain import fold, word_count
from curator.feeds import reading

if TYPE_CHECKING:
    from curator.feeds.article import Reading

PAGES = 5
"""The most pages of one article that are asked for."""

_LONGEST = 200_000  # characters of text kept
_REFRAIN = 60  # characters from which on a line that was read before is left out


async def article(page: Page, fetcher: Fetcher, workers: Workers) -> Article | Failure:
    """Return the article that begins on a page. It is `partial` when further pages of it could not be read."""
    first = await _read(page, page.final_url, workers)
    if isinstance(first, Failure):
        return first
    if first.onward.whole and (whole := await _whole(first, page, fetcher, workers)):
        return whole
    parts = [first]
    asked = {page.final_url}
    while (further := parts[-1].onward.next) and further not in asked and len(parts) < PAGES:
        asked.add(further)
        following = await _at(further, page, fetcher, workers)
        if following is None:
            break
        if not _adds([part.article for part in parts], following.article):
            return _joined(parts, partial=False)
        parts.append(following)
    return _joined(parts, partial=bool(further) or first.onward.number > 1)


async def _read(page: Page, first: str, workers: Workers) -> "Reading | Failure":
    from curator.feeds import article  # heavy, and the workers' affair

    return await reading.read(page, article.read, workers, "extract", first=first)


async def _at(url: str, start: Page, fetcher: Fetcher, workers: Workers) -> "Reading | None":
    """Return what is read at another page of the article; None where it cannot be read or lies on another host."""
    if urls.host(url) != urls.host(start.final_url):
        return None
    page = await reading.get(url, "article", fetcher)
    if not isinstance(page, Page) or urls.host(page.final_url) != urls.host(start.final_url):
        return None
    found = await _read(page, start.final_url, workers)
    return None if isinstance(found, Failure) else found


async def _whole(first: "Reading", start: Page, fetcher: Fetcher, workers: Workers) -> Article | None:
    """Return the article from the page that shows all of it; None where that page has no more, or goes on itself."""
    whole = await _at(first.onward.whole, start, fetcher, workers)
    if whole is None or whole.onward.next or whole.article.words <= first.article.words:
        return None
    return replace(whole.article, url=first.article.url)


def _joined(parts: "Sequence[Reading]", *, partial: bool) -> Article:
    articles = [part.article for part in parts]
    if len(articles) == 1:
        return replace(articles[0], partial=partial)
    lines = [line for n, each in enumerate(articles) for line in _new(articles[:n], each)]
    text = "\n".join(lines)[:_LONGEST]
    links = tuple(dict.fromkeys(link for each in articles for link in each.links))
    return replace(articles[0], text=text, words=word_count(text), partial=partial, links=links)


def _adds(before: Sequence[Article], each: Article) -> bool:
    """Whether a page has a line that no page before it has. A pager of comments shows the same article again."""
    return not {fold(line) for line in each.text.split("\n")} <= {fold(line) for one in before for line in one.text.split("\n")}


def _new(before: Sequence[Article], each: Article) -> Iterator[str]:
    """Yield the lines of a page without the long ones that pages before it have too."""
    known = {fold(line) for one in before for line in one.text.split("\n") if len(line) >= _REFRAIN}
    return (line for line in each.text.split("\n") if line and fold(line) not in known)
