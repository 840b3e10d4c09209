"""When notices are sent: paces, quiet hours, and the wait after a failure."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from curator.core.brand import Brand, Pace

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)


def zone(brand: Brand) -> ZoneInfo:
    """Return the brand's time zone."""
    return ZoneInfo(brand.timezone)


def first(pace: Pace, brand: Brand, now: datetime, *, told: bool) -> datetime:
    """Return when a notice is due that is made now. `told`: whether the channel has been told of today's list.

    A daily notice comes with the list of the day, or with that of the next day. A weekly one comes on the next Monday.
    """
    local = now.astimezone(zone(brand))
    if pace == "weekly":
        return _midnight(local, 7 - local.weekday())
    return _midnight(local, 1) if pace == "daily" and told else now


def is_quiet(brand: Brand, now: datetime) -> bool:
    """Return whether now is in the quiet hours of the brand, which may go over midnight."""
    if not brand.notify.quiet:
        return False
    begin, end = (time.fromisoformat(part) for part in brand.notify.quiet.split("-"))
    local = now.astimezone(zone(brand)).time()
    return begin <= local < end if begin < end else local >= begin or local < end


def opens(brand: Brand, when: datetime) -> datetime:
    """Return when a message that is due at `when` can go out: then, or at the end of the quiet hours."""
    if not is_quiet(brand, when):
        return when
    end, local = time.fromisoformat(brand.notify.quiet.split("-")[1]), when.astimezone(zone(brand))
    return datetime.combine(local.date() + timedelta(days=local.time() >= end), end, local.tzinfo).astimezone(UTC)


def next_try(now: datetime, tries: int) -> datetime:
    """Return when to try again after that many failures in a row: the wait doubles from 5 minutes to 6 hours."""
    return now + min(_FIRST_WAIT * (1 << min(tries - 1, 10)), _LONGEST_WAIT)


def _midnight(local: datetime, days: int) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), time(), local.tzinfo).astimezone(UTC)
