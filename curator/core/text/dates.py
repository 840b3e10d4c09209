"""Dates as the web writes them: RFC 822 and RFC 3339, their common misspellings, Indonesian and other Latin month names."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

_MONTH_NAMES = (
    "jan ene gen dja",
    "feb fev peb",
    "mar maa mrt",
    "apr avr abr",
    "mei may mai mag",
    "jun juin giu djun",
    "jul juil lug djul",
    "agu aug aou ago ags agt",
    "sep set",
    "okt oct out ott",
    "nov nop",
    "des dec dez dic",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_WEEK = ("monday senin", "tuesday selasa", "wednesday rabu", "thursday kamis", "friday jumat", "saturday sabtu", "sunday minggu ahad")
_HOURS = {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WIB": 7, "WITA": 8, "WIT": 9, "IST": 5.5, "PKT": 5, "ICT": 7}
_HOURS |= {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10}
_HOURS |= {"BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3}
_HOURS |= {"MYT": 8, "SGT": 8, "HKT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13}
_MONTH_FIRST = frozenset(("en", "en-us", "en-ph"))  # other English speakers put the day first
_NONE = datetime(1970, 1, 1, tzinfo=UTC)  # what programs write for "no date", in whatever zone

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)日?")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4})(?!\d)|/(\d{2})(?![\d:/]))")
_DAY_WORD = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er)?\.?[\s/-]*(?:de\s+)?([^\W\d_]{3,12})\.?,?[\s/-]*(?:de\s+)?(\d{4}|['’]?\d{2})(?![\d:])", re.I
)
_WORD_DAY = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?![\d:])", re.I)
_ASCTIME = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\s+(\d{1,2})\s+(?=\d\d?:.*?(?<!\d)(\d{4})$)", re.I)
_TIME = re.compile(r"(?<![-+\d])(\d{1,2})[:.](\d{2}|\d(?=:))(?:[:.](\d{1,2})(?:[.,]\d+)?)?(?:\s*([ap])\.?m\b)?", re.I)
_OFFSET = re.compile(r"([-+])(0?\d|1[0-4]):?([0-5]\d)?(?!\d)")
_WORD = re.compile(r"[^\W\d_]['’\w]{2,11}")
_ZONE = re.compile(r"(?<![^\W\d_])[A-Z]{1,4}(?![^\W\d_])", re.I)
_PLACE = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+\b")  # a zone of the tz database
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,9})?")
_DOTTED = re.compile(r".{10}[T ]\d\d\.", re.I)  # 07.30, which ISO 8601 takes for .3 of a second
_DAY_ALONE = 10  # characters of 2026-11-23, which no date with a time is shorter than


def parse(text: str, lang: str = "") -> datetime | None:
    """Parse a date and time as `stated` does; return it in UTC, also where it names no zone, or None."""
    found = stated(text, lang)
    return in_utc(found) if found else None


def stated(text: str, lang: str = "", *, month_first: bool | None = None) -> datetime | None:
    """Parse a date and time; return it in UTC, or without a zone where the text names none, or None.

    `month_first` decides on 10/11/2026, else `lang` does, a tag such as "en-US". A day without a time is its midnight in UTC.
    Years outside 1900…2199 and the days around 1970-01-01 are rejected: programs write those for "none".
    """
    words = text.strip()
    if not 4 <= len(words) <= 80:
        return None
    try:
        found = _iso(words) or _in_words(words, _usual(words, lang) if month_first is None else month_first)
    except (ValueError, OverflowError):
        return None
    return found if found and 1900 <= found.year < 2200 and not _is_zero(found) else None


def in_utc(moment: datetime, zone: tzinfo = UTC) -> datetime:
    """Return the moment in UTC. `zone`: that of a moment without one."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def month_first(texts: Iterable[str]) -> bool | None:
    """Whether dates of one source have the month first; None where none of them settles it, or they contradict each other.

    A figure above 12 settles it, and so does a weekday that fits one of the two days alone.
    """
    found = (_YEAR_LAST.search(text[:80]) for text in texts)
    orders = {order for each in found if each and (order := _order(each)) is not None}
    return orders.pop() if len(orders) == 1 else None


def _order(found: re.Match[str]) -> bool | None:
    """Whether the month comes first in a date in figures; None where it may be either."""
    named = next((day for word in _WORD.findall(found.string[:80]) if (day := weekday(word)) is not None), None)
    possible = [first for first in (True, False) if _fits(found, first, named)]
    return possible[0] if len(possible) == 1 else None


def _fits(found: re.Match[str], month_first: bool, named: int | None) -> bool:
    """Whether a date in figures exists when it is read in one order, on the weekday that is named, if any is."""
    first, second, year = int(found[1]), int(found[2]), _year(found[3] or found[4])
    number, day = (first, second) if month_first else (second, first)
    try:
        return date(year, number, day).weekday() == named or named is None
    except ValueError:
        return False


def _is_zero(moment: datetime) -> bool:
    return 1969 <= moment.year <= 1970 and abs(in_utc(moment) - _NONE) < timedelta(days=1)


def _usual(words: str, lang: str) -> bool:
    """Whether those who write this language mean October 11 by such figures; with dots or dashes nobody does."""
    return "/" in words and lang.lower() in _MONTH_FIRST


def _iso(words: str) -> datetime | None:
    if not words[:4].isdigit():
        return None
    if _EPOCH.fullmatch(words):
        return datetime.fromtimestamp(int(words[:10]), UTC)
    if partial := _PARTIAL.fullmatch(words):
        return datetime(int(partial[1]), int(partial[2] or 1), 1, tzinfo=UTC)
    if _DOTTED.match(words):
        return None
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return in_utc(moment) if moment.tzinfo or len(words) <= _DAY_ALONE else moment


def _in_words(words: str, month_first: bool) -> datetime | None:
    for pattern, order in _PATTERNS:
        for found in pattern.finditer(words):
            day = order(found, month_first)
            if day:
                start, end = found.span()
                return _at(datetime(*day), f"{words[:start]} {words[end:]}")
    return None


def _at(day: datetime, rest: str) -> datetime:
    """Return `day` at the time and zone that `rest` names, if any. Hour 24 is the next day's 0, second 60 is 59."""
    found = _TIME.search(rest)
    if not found:
        return day.replace(tzinfo=UTC)
    hour, minute, second = int(found[1]), int(found[2]), min(int(found[3] or 0), 59 if found[3] == "60" else 99)
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "pP" else 0)
    if hour > 24 or minute > 59 or second > 59:
        raise ValueError(rest)
    moment, zone = day + timedelta(hours=hour, minutes=minute, seconds=second), _zone(rest[found.end() :])
    return in_utc(moment, zone) if zone else moment


def _zone(rest: str) -> tzinfo | None:
    """Return the zone that is named after a time, by its offset, or else by its place or its name."""
    if found := _OFFSET.search(rest):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(-offset if found[1] == "-" else offset)
    if (place := _PLACE.search(rest)) and place[0] in _places():
        return ZoneInfo(place[0])
    hours = (_HOURS.get(name.upper()) for name in _ZONE.findall(rest))
    return next((timezone(timedelta(hours=known)) for known in hours if known is not None), None)


@cache
def _places() -> frozenset[str]:
    return frozenset(available_timezones())  # walks the database of zones each time


def full_hour(moment: datetime) -> datetime:
    """Return the beginning of the hour. Scores are computed for it, so that they are the same for the whole hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def weekday(name: str) -> int | None:
    """Return 0…6 for Monday…Sunday in English or Indonesian, in full or by at least three first letters; None for other words."""
    plain = name.lower().replace("'", "").replace("’", "")
    days = (day for day, names in enumerate(_WEEK) if any(full.startswith(plain) for full in names.split()))
    return next(days, None) if len(plain) >= 3 else None


@lru_cache(maxsize=256)
def month(name: str) -> int:
    """Return 1…12 for a month's name or its first letters, 0 for other words."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3], 0)


def _year(digits: str) -> int:
    year = int(digits.lstrip("'’"))
    return year if len(digits) == 4 else year + (2000 if year < 69 else 1900)


def _by_year(found: re.Match[str], _month_first: bool) -> tuple[int, int, int] | None:
    return int(found[1]), int(found[2]), int(found[3])


def _by_order(found: re.Match[str], month_first: bool) -> tuple[int, int, int] | None:
    first, second, year = int(found[1]), int(found[2]), _year(found[3] or found[4])
    return (year, first, second) if second > 12 or (first <= 12 and month_first) else (year, second, first)


def _by_day(found: re.Match[str], _month_first: bool) -> tuple[int, int, int] | None:
    number = month(found[2])
    return (_year(found[3]), number, int(found[1])) if number else None


def _by_month(found: re.Match[str], _month_first: bool) -> tuple[int, int, int] | None:
    number = month(found[1])
    return (int(found[3]), number, int(found[2])) if number else None


_PATTERNS = ((_DAY_WORD, _by_day), (_YEAR_FIRST, _by_year), (_WORD_DAY, _by_month), (_ASCTIME, _by_month), (_YEAR_LAST, _by_order))
