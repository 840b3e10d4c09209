"""Times of a feed's entries, read with what the whole feed tells: which figure is the month, and whose clocks are meant."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.text import dates, language, urls, zones
from curator.feeds.parse.draft import RawEntry, RawFeed

_TITLES, _TITLE = 20, 200  # entries and characters of each that tell a feed's language


class EntryTimes(Struct, frozen=True, kw_only=True):
    """When an entry was published and updated; a single date counts as the publication. `assumed`: zone of a time that names none."""

    published: datetime | None
    updated: datetime | None
    assumed: str = ""


def read(draft: RawFeed, lang: str, addresses: Sequence[str], timezone: str) -> list[EntryTimes]:
    """Return the times of each entry, in UTC.

    A time without a zone is in that of the country of the site, or else of the language; a feed with the month first is from
    the United States; one of no country is in `timezone`. `addresses`: of the site and the feed.
    """
    month_first = dates.month_first(text for entry in draft.entries for text in (*entry.published, *entry.updated))
    stated = [[_first(texts, lang, month_first) for texts in (entry.published, entry.updated)] for entry in draft.entries]
    if all(moment.tzinfo for pair in stated for moment in pair if moment):
        return [EntryTimes(published=published or updated, updated=updated) for published, updated in stated]
    american = zones.of_country("US") if month_first else ""
    zone = _zone(draft.entries, lang, addresses) or american or timezone
    return [_times(published, updated, zone) for published, updated in stated]


def _first(texts: Iterable[str], lang: str, month_first: bool | None) -> datetime | None:
    return next(filter(None, (dates.stated(text, lang, month_first=month_first) for text in texts)), None)


def _zone(entries: Sequence[RawEntry], lang: str, addresses: Iterable[str]) -> str:
    """Return the zone of the country that a feed is from, or "".

    Titles are asked where the language is said to be English: programs write that for want of another.
    """
    countries = (zones.of_domain(urls.domain(address)) for address in addresses)
    titles = " ".join(entry.title[:_TITLE] for entry in entries[:_TITLES])
    spoken = language.plain(titles) if language.primary(lang) in ("", "en") else ""
    return next(filter(None, (*countries, zones.of_language(spoken), zones.of_language(lang))), "")


def _times(published: datetime | None, updated: datetime | None, zone: str) -> EntryTimes:
    assumed = any(moment and not moment.tzinfo for moment in (published, updated))
    where = ZoneInfo(zone)
    first, last = (dates.in_utc(moment, where) if moment else None for moment in (published, updated))
    return EntryTimes(published=first or last, updated=last, assumed=zone if assumed else "")
