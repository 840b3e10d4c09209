"""The time that words such as "tue 09:00" or "besok 9.00" mean, for those who plan posts in English or Indonesian."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from curator.core.errors import UsageError
from curator.core.text import dates
from curator.core.text.plain import fold, line
from curator.planning.slots import utc

HINT = "say it like one of these: 'tue 09:00', 'besok 9.00', '27/11 12:00', '2026-11-27 12:00', '+2h'"
_DAWN = 4  # the hour at which "malam" ends
_USUAL = time(9)  # of a day that is named without a time
_DAYS_ON = {"today": 0, "hari ini": 0, "nanti": 0, "tomorrow": 1, "besok": 1, "esok": 1, "lusa": 2, "day after tomorrow": 2}
_LEAP_CYCLE = 8  # the most years from one 29 February to the next
_UNITS = {"m": "minutes", "h": "hours", "j": "hours", "d": "days", "w": "weeks"}
# The hours of the day that a word can mean; "11 siang" is 11:00 and "1 siang" 13:00.
_PARTS_OF_DAY = {
    "am": range(12), "pagi": range(12), "pm": range(12, 24),
    "siang": range(10, 16), "sore": range(14, 19), "malam": (*range(18, 24), *range(_DAWN)),
}  # fmt: skip
_SPAN = re.compile(r"(?:(?:now|sekarang) ?)?\+ ?(\d{1,4}) ?([mhjdw])")
_TIME = re.compile(r"(?:^|(?<= ))(at |pukul |pkl |jam )?(\d{1,2})(?:[:.](\d{2}))? ?(am|pm|pagi|siang|sore|malam)?$")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}))?")
_IN_WORDS = re.compile(r"(\d{1,2}) ([a-z]{3,9})\.?(?: (\d{4}))?")


def when(text: str, now: datetime, timezone: str) -> datetime:
    """The time a person means, in UTC. Raises UsageError when there is none in the text, or when it is past."""
    said = fold(text).replace(",", " ")
    try:
        found = _moment(" ".join(said.split()), now, timezone)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise UsageError(f'unknown time "{line(text, 60)}"', hint=HINT)
    if found <= now:
        there = now.astimezone(ZoneInfo(timezone))
        raise UsageError(f'"{line(text, 60)}" is past', hint=f"in {timezone} it is {there:%Y-%m-%d %H:%M} now: name a later time")
    return found


def _moment(said: str, now: datetime, timezone: str) -> datetime | None:
    if span := _SPAN.fullmatch(said):
        return now + timedelta(**{_UNITS[span[2]]: int(span[1])})
    if exact := _exact(said, timezone):
        return exact
    local = now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    clock = _clock(said)
    at = _time(clock) if clock else _USUAL
    named = (said[: clock.start()] if clock else said).strip()
    if not said:
        return None
    days = _named(named, local.date())
    if named and clock and clock[4] == "malam" and at.hour < _DAWN:
        return _at_night(said, days, at, now, timezone)
    found = [utc(datetime.combine(day, at), timezone) for day in days]
    return next((moment for moment in found if moment > now), found[-1] if found else None)


def _at_night(said: str, days: list[date], at: time, now: datetime, timezone: str) -> datetime | None:
    """Return a time after midnight of the night that a day means, which may begin it or end it.

    Raises UsageError with both readings where both are still to come.
    """
    for day in days:
        readings = [datetime.combine(day + timedelta(days=n), at) for n in (0, 1)]
        ahead = [reading for reading in readings if utc(reading, timezone) > now]
        if len(ahead) > 1:
            first, second = (f"'{reading:%Y-%m-%d %H:%M}'" for reading in ahead)
            raise UsageError(f'"{line(said, 60)}" can mean two nights', hint=f"{first} or {second}")
        if ahead:
            return utc(ahead[0], timezone)
    return None


def _exact(said: str, timezone: str) -> datetime | None:
    """A time as computers write it: "2026-11-27T12:00", with or without a zone."""
    if not re.match(r"\d{4}-\d\d-\d\d[t ]\d\d:?\d\d", said):
        return None
    found = datetime.fromisoformat(said.upper())
    return found.astimezone(UTC) if found.tzinfo else utc(found, timezone)


def _clock(said: str) -> re.Match[str] | None:
    """The time of day at the end: a number alone is none."""
    found = _TIME.search(said)
    return found if found and (found[1] or found[3] or found[4]) else None


def _time(found: re.Match[str]) -> time:
    """The time of day of a match of `_TIME`. Raises ValueError."""
    hour, part = int(found[2]), found[4]
    if part:
        (hour,) = ({hour} if hour > 12 else {hour, hour % 12, hour % 12 + 12}) & set(_PARTS_OF_DAY[part])
    return time(hour, int(found[3] or 0))


def _named(day: str, today: date) -> list[date]:
    """The days that may be meant, in the order of being tried: the first one that is still to come is."""
    if not day:
        return [today, today + timedelta(days=1)]
    if day in _DAYS_ON:
        return [today + timedelta(days=_DAYS_ON[day])]
    if (number := dates.weekday(day)) is not None:
        next_ = today + timedelta(days=(number - today.weekday()) % 7)
        return [next_, next_ + timedelta(weeks=1)]
    return _dated(day, today)


def _dated(day: str, today: date) -> list[date]:
    """Return a date in figures, day before month, or with the month in words; without a year, those of the years ahead."""
    if found := _YEAR_FIRST.fullmatch(day):
        return [date(int(found[1]), int(found[2]), int(found[3]))]
    if not (found := _DAY_FIRST.fullmatch(day) or _IN_WORDS.fullmatch(day)):
        return []
    month = int(found[2]) if found[2].isdigit() else dates.month(found[2])
    if found[3]:
        return [date(int(found[3]), month, int(found[1]))]
    years = range(today.year, today.year + _LEAP_CYCLE + 1)
    return [date(year, month, int(found[1])) for year in years if _exists(year, month, int(found[1]))]


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
