"""The feeds of a site: those it names, and those that lie where feeds usually lie.

    address --> the place of its platform, or its page and its front page --> what they and robots.txt name, and the usual places
            --> feeds --> by fit

Each is asked and read before it is shown. robots.txt has no say over `find`: a person asks, once, for what is made to be asked
for. It has over `named`, which no person asks for.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import accumulate
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from curator.core.feed import Failure, Feed, FeedDocument, Page
from curator.core.protocols import Fetcher, Progress, Workers
from curator.core.report import DiscoveredFeed
from curator.core.text import urls
from curator.core.text.plain import fold
from curator.feeds import cadence, inspect, normalize, pages, parse, platforms, reading
from curator.ranking.passages import first_passage
from curator.ranking.relevance import Relevance

USUAL = ("feed", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "feeds/posts/default", "feed.json")
# Addresses asked, robots.txt apart.
MOST = 32
FEW = 5  # of the feeds that a page names
# A feed is worth what its best few entries are, among its newest: it is read for those, whatever else it brings.
NEWEST, BEST = 30, 5
_NEVER = datetime.min.replace(tzinfo=UTC)

_SITEMAP = re.compile(r"^[ \t]*+sitemap[ \t]*:[ \t]*(\S+)", re.I | re.M)  # https://www.sitemaps.org/protocol.html#submit_robots
_COMMENTS = re.compile(r"\b(?:comments?|komentar)\b", re.I)


class FeedCandidate(Struct, frozen=True, kw_only=True):
    """A feed that was asked and read; `url`: the address to subscribe to."""

    url: str
    document: FeedDocument


async def find(url: str, fetcher: Fetcher, workers: Workers, progress: Progress) -> list[FeedCandidate] | Failure:
    """Return the feeds of the site at an address, those first that it names itself, or the Failure of that address.

    An address that is a feed is its own answer, and so is the feed of an account that its platform keeps at a known place. Few
    addresses are asked, as many at once as the fetcher allows.
    """
    account = platforms.account(url)
    if account and not account.platform.feed:
        return account.without_feed(url)
    if account and (own := await _at(account.feed(), fetcher, workers)):
        return [own]
    page = await inspect.page_at(url, "feed", fetcher)
    if isinstance(page, Failure):
        return page if page.status is None else await _around(url, page, fetcher, workers, progress)
    if itself := await _read(page, workers):
        return [itself]
    if account and (own := await _at(account.feed(page.body), fetcher, workers)):
        return [own]
    return await _around(page.final_url, page, fetcher, workers, progress)


async def named(url: str, fetcher: Fetcher, workers: Workers) -> list[FeedCandidate] | Failure:
    """Return the feeds that a page and the front page of its site name, or the Failure of that page.

    Few addresses are asked, and no usual place is tried. A page that robots.txt wants unread is a Failure.
    """
    page = await reading.get(url, "article", fetcher)
    if isinstance(page, Failure):
        return page
    front = urljoin(page.final_url, "/")
    other = None if urls.canonical(front) == urls.canonical(page.final_url) else await reading.get(front, "article", fetcher)
    places = [address for one in (page, other) if isinstance(one, Page) for address in await _named(one, workers)]
    answers = await asyncio.gather(*(_at(place, fetcher, workers) for place in pages.once(places)[:FEW]))
    return merged(one for one in answers if one and not _comments(one))


def usual(url: str) -> list[str]:
    """Return where feeds usually lie: below the address, and at the front of its site."""
    path = urlsplit(url).path
    below = urljoin(url, "./" if "." in path.rpartition("/")[2] else f"{path.rstrip('/')}/")
    return [urljoin(folder, name) for folder in dict.fromkeys((below, urljoin(url, "/"))) for name in USUAL]


def merged(found: Iterable[FeedCandidate]) -> list[FeedCandidate]:
    """Return each feed once, as it came first. Feeds with the same title and entries are the same, whatever their address and format."""
    kept: list[FeedCandidate] = []
    for one in found:
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return kept


def ranked(found: Sequence[FeedCandidate], now: datetime, relevance: Relevance | None = None) -> tuple[DiscoveredFeed, ...]:
    """Return the feeds as they are shown, best first: by fit to the brand where there is one, then by their newest entry.

    Feeds of comments come last.
    """
    fits = _fits(found, relevance, now) if relevance else [None] * len(found)
    order = sorted(zip(found, fits, strict=True), key=lambda row: (_comments(row[0]), -(row[1] or 0), -_latest(row[0]).timestamp()))
    return tuple(_shown(one, fit, now) for one, fit in order)


# --- asking -----------------------------------------------------------------------------------------------------


async def _around(here: str, page: Page | Failure, fetcher: Fetcher, workers: Workers, progress: Progress) -> list[FeedCandidate] | Failure:
    """Return the feeds around an address. `page`: its answer, which is returned when it is a Failure and there is no feed."""
    read = [one for one in (page, await _front(here, fetcher)) if isinstance(one, Page)]
    named = [address for one in read for address in await _named(one, workers)]
    places = [*named, *await _of_robots(here, fetcher), *usual(here)]
    found = await _among(places, {urls.canonical(one.final_url) for one in read}, fetcher, workers, progress)
    return page if isinstance(page, Failure) and not found else merged(found)


async def _at(place: str, fetcher: Fetcher, workers: Workers) -> FeedCandidate | None:
    """Return the feed at an address, None where there is none."""
    answer = await inspect.page_at(place, "feed", fetcher) if place else None
    return await _read(answer, workers) if isinstance(answer, Page) else None


async def _among(places: Iterable[str], asked: set[str], fetcher: Fetcher, workers: Workers, progress: Progress) -> list[FeedCandidate]:
    """Return the feeds among these addresses, and among those that a page found there names: some sites list their feeds at /rss."""
    found: list[FeedCandidate] = []

    async def ask(place: str) -> FeedCandidate | tuple[str, ...]:
        answer = await inspect.page_at(place, "feed", fetcher)
        progress.step()
        return (await _read(answer, workers) or await _named(answer, workers)) if isinstance(answer, Page) else ()

    for _ in range(2):
        wave = [place for place in pages.once(places) if urls.canonical(place) not in asked][: MOST - len(asked)]
        asked = asked | set(map(urls.canonical, wave))
        progress.stage("places", len(asked))
        answers = await asyncio.gather(*map(ask, wave))
        found += [answer for answer in answers if isinstance(answer, FeedCandidate)]
        places = [place for answer in answers if isinstance(answer, tuple) for place in answer]
    return found


async def _read(page: Page, workers: Workers) -> FeedCandidate | None:
    document = await reading.read(page, parse.parse, workers, "parse")
    return None if isinstance(document, Failure) else FeedCandidate(url=page.moved or page.url, document=document)


async def _front(url: str, fetcher: Fetcher) -> Page | Failure | None:
    front = urljoin(url, "/")
    return None if urls.canonical(front) == urls.canonical(url) else await inspect.page_at(front, "feed", fetcher)


async def _named(page: Page, workers: Workers) -> tuple[str, ...]:
    """Return the addresses that the headers of a page and the page itself name as feeds."""
    in_page = await reading.read(page, pages.links, workers, "parse")
    return (*pages.header_links(page.headers.get("link", ""), page.final_url), *(() if isinstance(in_page, Failure) else in_page))


async def _of_robots(url: str, fetcher: Fetcher) -> list[str]:
    """Return the addresses of feeds among the sitemaps that robots.txt names, as blogs do."""
    page = await inspect.page_at(urljoin(url, "/robots.txt"), "feed", fetcher)
    body = page.body[:500_000].decode("utf-8", "replace") if isinstance(page, Page) else ""
    named = (urls.web(address, url) for address in _SITEMAP.findall(body))
    return [address for address in named if pages.FEEDISH.search(urlsplit(address).path)]


# --- judging ----------------------------------------------------------------------------------------------------


def _same(one: FeedCandidate, other: FeedCandidate) -> bool:
    if urls.canonical(one.url) == urls.canonical(other.url):
        return True
    fewer, more = sorted((_entries(one), _entries(other)), key=len)
    return fold(one.document.title) == fold(other.document.title) and fewer <= more


def _entries(found: FeedCandidate) -> set[str]:
    return {urls.canonical(entry.link) if entry.link else entry.id for entry in found.document.entries}


def _comments(found: FeedCandidate) -> bool:
    return bool(_COMMENTS.search(f"{urlsplit(found.url).path} {found.document.title}"))


def _latest(found: FeedCandidate) -> datetime:
    return max(inspect.times(found.document), default=_NEVER)


def _fits(found: Sequence[FeedCandidate], relevance: Relevance, now: datetime) -> list[float]:
    """Return the mean fit of the best few of each feed's newest entries, as a run would score them.

    The fastest encoder finds the best few; each pass is one batch for all feeds.
    """
    newest = [normalize.arrivals(one.document, Feed(url=one.url), now)[:NEWEST] for one in found]
    flat = [entry for entries in newest for entry in entries]
    rough = relevance.of_texts([first_passage(entry.item, entry.text) for entry in flat], quick=True).max(axis=1, initial=0.0)
    guess = {id(entry): fit for entry, fit in zip(flat, rough.tolist(), strict=True)}
    best = [sorted(entries, key=lambda entry: -guess[id(entry)])[:BEST] for entries in newest]
    _, fits = relevance.of_items([e.item for some in best for e in some], {e.item.id: e.text for some in best for e in some})
    ends = accumulate(map(len, best))
    return [_mean(fits[end - len(some) : end].max(axis=1, initial=0.0).tolist()) for some, end in zip(best, ends, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _shown(found: FeedCandidate, fit: float | None, now: datetime) -> DiscoveredFeed:
    document, published = found.document, inspect.times(found.document)
    return DiscoveredFeed(
        url=found.url,
        title=document.title,
        format=document.format,
        entries=len(document.entries),
        latest=max(published, default=None),
        per_week=round(cadence.per_week(published, now), 1),
        fit=fit,
    )
