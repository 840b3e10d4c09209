"""The scout: sites that good articles link to, tried for feeds while a run fetches.

    links of picked and listed articles ──► sites not followed, nor tried of late ── a few pages each, robots.txt obeyed ──► feeds
    ──► what each brought in a month ── the ranking of a run ──► how much of it fits and was new ──► ScoutedSite

A run that has nothing to scout asks nobody and loads nothing. What was tried is remembered for a month, found or not.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from curator.core.context import Context
from curator.core.feed import Failure, Feed
from curator.core.item import Item
from curator.core.scouting import ScoutedSite
from curator.core.text import urls
from curator.core.text.plain import line
from curator.feeds import inspect, normalize, platforms
from curator.feeds.collect import Services
from curator.feeds.normalize import NewItem
from curator.jobs import discover
from curator.jobs.discover import FeedCandidate
from curator.ranking import preference
from curator.ranking.pipeline import FLOOR, Ranker

SITES: Final = 5  # tried in a run
AGAIN: Final = timedelta(days=30)  # until a site is tried once more
MONTH: Final = timedelta(days=30)  # of articles whose links count, and of entries that are judged
FORGET: Final = timedelta(days=90)  # until a site that nothing links to any more is forgotten
NEWEST: Final = 30  # entries of a feed that are judged
EXAMPLES: Final = 3
PICKED, LISTED = 3, 1  # what a link counts by the article it stands in
LEAST: Final = 2  # that the links to a site must count
PATIENCE: Final = 20.0  # seconds that a run waits for sites after its own pages
_LOG = logging.getLogger(__name__)


class Lead(Struct, frozen=True, kw_only=True):
    """A site that is worth a try. `url`: the page that was linked to first. `links`: ids of the articles that link there."""

    site: str
    url: str
    links: tuple[str, ...]


class Found(Struct, frozen=True, kw_only=True):
    """What a site answered."""

    lead: Lead
    answer: list[FeedCandidate] | Failure


def leads(context: Context, now: datetime) -> list[Lead]:
    """Return the sites to try now, the most promising first: those that picked and listed articles of a month link to."""
    if not context.brand.fetch.scout:
        return []
    values, worth = _values(context, now), dict[str, int]()
    found: dict[str, list[tuple[str, str]]] = {}
    for item in _items(context, values, now):
        for url in item.links:
            site = urls.site(url)
            worth[site] = worth.get(site, 0) + values[item.id]
            found.setdefault(site, []).append((url, item.id))
    if not found:
        return []
    closed = _followed(context) | {each.site for each in context.store.scouted() if now - each.tried < AGAIN}
    open_ = [site for site in found if worth[site] >= LEAST and site not in closed and not _unwanted(found[site][0][0], context)]
    best = sorted(open_, key=lambda site: (-worth[site], site))[:SITES]
    return [Lead(site=s, url=found[s][0][0], links=tuple(dict.fromkeys(id_ for _, id_ in found[s]))) for s in best]


@asynccontextmanager
async def beside(context: Context, services: Services, now: datetime) -> AsyncIterator[list[Found]]:
    """Try sites for feeds while the block works, and a little longer. The list fills as they answer."""
    found: list[Found] = []
    tries = [asyncio.ensure_future(_try(lead, services, found)) for lead in leads(context, now)]
    try:
        yield found
        if tries:
            await asyncio.wait(tries, timeout=PATIENCE)
    finally:
        for each in tries:
            each.cancel()
        await asyncio.gather(*tries, return_exceptions=True)


def judged(context: Context, found: Sequence[Found], now: datetime) -> tuple[ScoutedSite, ...]:
    """Return the record of each site that answered: its best feed, and how much of what it brought in a month fits and was new."""
    return tuple(_judged(each, context, now) for each in found)


def forgotten(context: Context, now: datetime) -> tuple[str, ...]:
    """Return the sites whose record is no longer needed."""
    return tuple(each.site for each in context.store.scouted() if now - each.tried >= FORGET)


async def _try(lead: Lead, services: Services, found: list[Found]) -> None:
    answer = await discover.named(lead.url, services.fetcher, services.workers)
    found.append(Found(lead=lead, answer=answer))
    _LOG.info("scouted %s: %s", lead.site, answer.reason if isinstance(answer, Failure) else f"{len(answer)} feeds")


def _values(context: Context, now: datetime) -> dict[str, int]:
    """Return what a link in each picked and listed item counts, by id; that of another item of a listed story as that of the shown one."""
    said = {id_: decision.verdict for id_, decision in preference.latest_decisions(context.store.decisions(), now).items()}
    values = {id_: PICKED for id_, verdict in said.items() if verdict != "skip"}
    first = context.today(now - MONTH)
    reports = (context.store.report(day) for day in context.store.days() if day >= first)
    for card in (card for each in reports if each for card in each.items):
        value = 0 if said.get(card.id) == "skip" else values.get(card.id, LISTED)
        values |= {id_: max(value, values.get(id_, 0)) for id_ in (card.id, *(other.id for other in card.story.others))}
    return {id_: value for id_, value in values.items() if value}


def _items(context: Context, values: Mapping[str, int], now: datetime) -> list[Item]:
    """Return those items of the last month, the newest first."""
    months = context.store.months() if values else ()
    found = [item for month in months for item in context.store.month_items(month, values) if item.found >= now - MONTH]
    return sorted(found, key=lambda item: (item.found, item.id), reverse=True)


def _followed(context: Context) -> set[str]:
    return {urls.site(address) for feed in context.feeds for address in (feed.url, feed.site) if address}


def _unwanted(url: str, context: Context) -> bool:
    """Whether an address is muted, or on no site of its own: a short link, a network, an account of a platform."""
    domain = urls.domain(url)
    nowhere = urls.is_short(url) or urls.is_everywhere(url) or platforms.account(url) is not None
    return nowhere or any(domain == each or domain.endswith(f".{each}") for each in context.brand.mute.domains)


def _judged(found: Found, context: Context, now: datetime) -> ScoutedSite:
    plain = ScoutedSite(site=found.lead.site, tried=now, url=found.lead.url, links=found.lead.links)
    if isinstance(found.answer, Failure):
        return replace(plain, reason=line(found.answer.reason, 200))
    followed = {urls.canonical(feed.url) for feed in context.feeds}
    tried = [_weighed(one, plain, context, now) for one in found.answer if urls.canonical(one.url) not in followed]
    return max(tried, key=lambda site: (site.fitting, site.entries), default=replace(plain, reason="it names no feed"))


def _weighed(one: FeedCandidate, plain: ScoutedSite, context: Context, now: datetime) -> ScoutedSite:
    """Return the record of a site with one of its feeds, its new stories of a month ranked as a run would, whatever their age."""
    arrived = [each for each in normalize.arrivals(one.document, Feed(url=one.url), now) if now - each.item.published <= MONTH][:NEWEST]
    new = _unknown(arrived, context)
    ageless = replace(context.brand, shortlist=replace(context.brand.shortlist, half_life=timedelta(0)))
    ranker = Ranker(ageless, context.engine(), context.progress)
    scored = ranker.score([each.item for each in new], {each.item.id: each.text for each in new}, now)
    titles = [line(story.lead.item.title, 100) for story in ranker.stories(scored) if story.lead.score.total > FLOOR] if new else []
    return replace(
        plain,
        feed=one.url,
        title=line(one.document.title, 100),
        entries=len(arrived),
        fitting=len(titles),
        latest=max(inspect.times(one.document), default=None),
        examples=tuple(titles[:EXAMPLES]),
    )


def _unknown(arrived: Sequence[NewItem], context: Context) -> list[NewItem]:
    """Return the entries that no followed feed has brought."""
    names: Mapping[str, set[str]] = {each.item.id: {each.item.id, *(urls.page_ids(each.page) if each.page else ())} for each in arrived}
    known = context.store.known({id_ for ids in names.values() for id_ in ids}) if arrived else set[str]()
    return [each for each in arrived if known.isdisjoint(names[each.item.id])]
