"""The slots of the weeks ahead.

A time of day is on the clocks of the brand's time zone. One that a change of the clocks skips is read an hour later, and one that it
repeats is the first of the two (RFC 5545, 3.3.5).
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.brand import CalendarRules
from curator.core.post import Post
from curator.core.text import dates

ANYWHERE = "any"  # the network of a brand that names none


class Slot(Struct, frozen=True, kw_only=True, order=True):
    """A time, in UTC, at which the brand posts on a network."""

    when: datetime
    network: str


def ahead(rules: CalendarRules, now: datetime, weeks: int, timezone: str) -> tuple[Slot, ...]:
    """Return the slots of the weeks after `now`, by time: each slot of the week comes once per week."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).replace(tzinfo=None)
    last = today + timedelta(weeks=weeks)
    times = (datetime.combine(day, at) for day in _days(today.date(), last.date()) for at in _times(rules.slots, day))
    moments = sorted({utc(local, timezone) for local in times if today < local <= last})
    return tuple(Slot(when=when, network=network) for when in moments for network in rules.networks or (ANYWHERE,))


def open_on(day: date, rules: CalendarRules, posts: Iterable[Post], networks: Collection[str], timezone: str) -> list[datetime]:
    """Return the slots of a day, by time in UTC, at which none of these networks has one of the posts."""
    taken = {post.at for post in posts if post.network in networks}
    moments = (utc(datetime.combine(day, at), timezone) for at in sorted(_times(rules.slots, day)))
    return [when for when in moments if when not in taken]


def utc(local: datetime, timezone: str) -> datetime:
    """Return a local time of that zone in UTC."""
    return local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _times(slots: tuple[str, ...], day: date) -> Iterator[time]:
    """Yield the times of a day among slots such as "Mon 09:00"."""
    named = (slot.split() for slot in slots)
    return (time.fromisoformat(at) for name, at in named if dates.weekday(name) == day.weekday())
