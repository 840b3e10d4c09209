"""The days that words may mean: names of days, weekdays, dates, the ends of months, weeks from now."""

import re
from calendar import monthrange
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from curator.core.errors import UsageError
from curator.core.text import dates
from curator.planning._time_words import DAYS, UNITS

UNIT = rf"(?P<unit>{'|'.join(UNITS)})\b"
_LEAP_CYCLE = 8  # the most years from one 29 February to the next
SPAN = re.compile(rf"(?P<before>in |dalam )?(?P<count>\d{{1,4}}) ?{UNIT}(?P<after> lagi| from now| ke next)?")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_DAY_FIRST = re.compile(r"(?:tgl )?(?P<day>\d{1,2})[/-](?P<month>\d{1,2})(?:[/-](?P<year>\d{4}|\d{2}))?")
_IN_WORDS = re.compile(r"(?:tgl )?(?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<month>[a-z]{3,9})\.?(?: (?P<year>\d{4}))?")
_MONTH_WORD = re.compile(r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>\d{4}))?")
_OF_MONTH = re.compile(r"tgl (?P<day>\d{1,2})|(?P<nth>\d{1,2})(?:st|nd|rd|th)")
_DAY_OF = re.compile(
    r"(?P<before>(?:next|this) month |month (?:next|this) )?(?:tgl )?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"(?P<after> (?:next|this) month| month (?:next|this))?"
)


class Days(Struct, frozen=True, kw_only=True):
    """The days that may be meant, in the order of being tried: the first one that is still to come is.

    `unclear`: what the words can mean, where only the user can say which of the days.
    """

    days: tuple[date, ...] = ()
    unclear: str = ""
    note: str = ""


def named_days(words: str, today: date) -> Days:
    """Return the days that words without a time of day may mean, none where they name no day."""
    if not words:
        return Days(days=(today, today + timedelta(days=1)))
    if words in DAYS:
        return Days(days=(today + timedelta(days=DAYS[words]),))
    if (span := SPAN.fullmatch(words)) and UNITS[span["unit"]] in ("days", "weeks") and (span["before"] or span["after"]):
        return Days(days=(today + timedelta(**{UNITS[span["unit"]]: int(span["count"])}),))
    of_week = _of_week(words.split(), today) or _of_month(words.split(), today)
    return of_week or _of_weekday(words, today) or _dated(words, today)


def _of_week(words: list[str], today: date) -> Days | None:
    """Return a day of the week, of this one or the next, or None. The words of a whole week name no day."""
    monday, names = today - timedelta(days=today.weekday()), [word for word in words if word not in ("next", "this", "week", "hari")]
    in_week = "week" in words
    if len(names) == 2 and "minggu" in names:
        names.remove("minggu")
        in_week = True
    elif names == ["weekend"] or names == ["minggu"] != words or (in_week and not names):
        return _whole_week(names, "next" in words, today, monday)
    number = dates.weekday(names[0]) if len(names) == 1 else None
    if number is None:
        return None
    this, next_ = (monday + timedelta(days=number, weeks=week) for week in (0, 1))
    if in_week or "this" in words:
        return Days(days=(next_ if "next" in words else this,))
    if "next" in words and this > today:
        return Days(days=(this, next_), unclear="two days")
    return Days(days=(this, next_) if this >= today and "next" not in words else (next_,))


def _of_weekday(words: str, today: date) -> Days | None:
    """Return the day of a date that is named with its weekday, or None; unclear where the two do not agree."""
    named, _, rest = words.removeprefix("hari ").partition(" ")
    number = dates.weekday(named)
    if number is None or not rest or not (found := _dated(rest, today)).days:
        return None
    days = [day for day in found.days if day >= today] or list(found.days)
    if _OF_MONTH.fullmatch(rest):
        return Days(days=tuple(day for day in days if day.weekday() == number)[:1])
    if days[0].weekday() == number:
        return replace(found, days=(days[0],))
    others = [day for day in days if day.weekday() == number][:1] or [days[0] + timedelta(days=(number - days[0].weekday()) % 7)]
    return Days(days=(days[0], *others), unclear="two days, as that date is another day of the week")


def _whole_week(names: list[str], is_next: bool, today: date, monday: date) -> Days:
    """Return the days that the words of a week can mean. "Minggu" is both a week and a Sunday."""
    sunday = monday + timedelta(days=6)
    first = monday + timedelta(weeks=1) if is_next else today + timedelta(days=1)
    saturday = sunday - timedelta(days=1) + timedelta(weeks=is_next)
    if names == ["weekend"]:
        days = tuple(day for day in (saturday, saturday + timedelta(days=1)) if day >= today)
        return Days(days=days, unclear="Saturday or Sunday" if len(days) > 1 else "")
    if names != ["minggu"]:
        return Days(days=(first,), unclear="any day of a week")
    sundays = [day for day in (sunday, sunday + timedelta(weeks=is_next)) if day > today]
    return Days(days=tuple(dict.fromkeys((first, *sundays))), unclear="a week, or a Sunday")


def _of_month(words: list[str], today: date) -> Days | None:
    """Return the first or last day of a month or year, or None. A whole month names no day."""
    if (found := _DAY_OF.fullmatch(" ".join(words))) and (found["before"] or found["after"]):
        first = _first(today, "next" in words)
        return Days(days=(_of_year(first.year, first.month, int(found["day"])),))
    if not set(words) <= {"start", "end", "next", "this", "month", "year"} or len({"month", "year"} & set(words)) != 1:
        return None
    unit = "year" if "year" in words else "month"
    length, base = (12, today.replace(month=1, day=1)) if unit == "year" else (1, today)
    later = "next" in words or ("start" in words and "this" not in words)
    start, end = _first(base, later * length), _first(base, (later + 1) * length) - timedelta(days=1)
    if {"start", "end"} & set(words):
        return Days(days=(end if "end" in words else start,))
    return Days(days=(max(start, today + timedelta(days=1)),), unclear=f"any day of a {unit}")


def _first(day: date, months: int) -> date:
    """Return the first day of the month that is so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _dated(words: str, today: date) -> Days:
    """Return a date in figures, day before month, or with the month in words; without a year, those of the years ahead."""
    if found := _OF_MONTH.fullmatch(words):
        firsts, number = [_first(today, ahead) for ahead in range(13)], int(found["day"] or found["nth"])
        return Days(days=tuple(first.replace(day=number) for first in firsts if _exists(first.year, first.month, number)))
    forms = (pattern.fullmatch(words) for pattern in (_YEAR_FIRST, _DAY_FIRST, _IN_WORDS, _MONTH_WORD))
    found = next(filter(None, forms), None)
    if not found:
        return Days()
    day, month = int(found["day"]), int(found["month"]) if found["month"].isdigit() else dates.month(found["month"])
    if found.re is _DAY_FIRST and day <= 12 < month <= 31:
        raise UsageError(f"there is no month {month}: the day comes first", hint=f"type '{month}/{day}'")
    if found["year"]:
        return Days(days=(_of_year(int(f"20{found['year']}"[-4:]), month, day),))
    years = [year for year in range(today.year, today.year + _LEAP_CYCLE + 1) if _exists(year, month, day)]
    days = tuple(date(year, month, day) for year in years) or (_of_year(today.year, month, day),)
    leap = next((day for day in days if day >= today and (day.month, day.day) == (2, 29)), None)
    return Days(days=days, note=f"the next 29 February is in {leap.year}" if leap else "")


def _of_year(year: int, month: int, day: int) -> date:
    """Return a date. Raises UsageError with the days that may be meant where there is no such one, and ValueError."""
    if 1 <= month <= 12 and monthrange(year, month)[1] < day <= 31:
        last = date(year, month, monthrange(year, month)[1])
        hint = f"type '{last}' or '{last + timedelta(days=1)}'"
        raise UsageError(f"{last:%B %Y} has {last.day} days", hint=hint)
    return date(year, month, day)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
