"""Dates as the web writes them: RFC 822 and RFC 3339, their common misspellings, Indonesian and other Latin month names."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_MONTH_NAMES = (
    "jan ene gen",
    "feb fev",
    "mar maa mrt",
    "apr avr abr",
    "mei may mai mag",
    "jun juin giu",
    "jul juil lug",
    "agu aug aou ago ags agt",
    "sep set",
    "okt oct out ott",
    "nov nop",
    "des dec dez dic",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_WEEK = ("monday senin", "tuesday selasa", "wednesday rabu", "thursday kamis", "friday jumat", "saturday sabtu", "sunday minggu ahad")
_HOURS = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10}
_HOURS |= {"BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "PKT": 5, "ICT": 7, "WIB": 7, "WITA": 8, "WIT": 9}
_HOURS |= {"MYT": 8, "SGT": 8, "HKT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13}

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)日?")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_DAY_WORD = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er)?\.?[\s-]*(?:de\s+)?([^\W\d_]{3,12})\.?,?[\s-]*(?:de\s+)?(\d{4}|\d{2})(?![\d:])", re.I
)
_WORD_DAY = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?![\d:])", re.I)
_ASCTIME = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\s+(\d{1,2})\s+(?=\d\d?:.*?(?<!\d)(\d{4})$)", re.I)
_TIME = re.compile(r"(?<![-+\d])(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?(?:\s*([ap])\.?m\b)?", re.I)
_ZONE = re.compile(r"([-+])(\d{2}):?(\d{2})?(?!\d)|([-+])(\d)(?!\d)|(?<![A-Z])([A-Z]{3,4})(?![A-Z])")
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def parse(text: str, lang: str = "") -> datetime | None:
    """Parse a date and time, and return it in UTC, or None. The zone defaults to UTC, the time to midnight.

    `lang` decides on 10/11/2026: month first in English, day first elsewhere. Years outside 1900…2199 are rejected:
    programs write 0001-01-01 and the like for "none".
    """
    words = text.strip()
    if not 4 <= len(words) <= 80:
        return None
    try:
        found = _iso(words) or _stated(words, lang)
        return found if found and 1900 <= found.year < 2200 else None
    except (ValueError, OverflowError):
        return None


def _iso(words: str) -> datetime | None:
    if not words[:4].isdigit():
        return None
    if _EPOCH.fullmatch(words):
        return datetime.fromtimestamp(int(words[:10]), UTC)
    if partial := _PARTIAL.fullmatch(words):
        return datetime(int(partial[1]), int(partial[2] or 1), 1, tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _stated(words: str, lang: str) -> datetime | None:
    for pattern, order in _PATTERNS:
        for found in pattern.finditer(words):
            day = order(found, lang)
            if day:
                start, end = found.span()
                return _at(datetime(*day, tzinfo=UTC), f"{words[:start]} {words[end:]}")
    return None


def _at(day: datetime, rest: str) -> datetime:
    """`day` at the time and zone that `rest` names, if any. Hour 24 is the next day's 0, second 60 is 59."""
    found = _TIME.search(rest)
    if not found:
        return day
    hour, minute, second = int(found[1]), int(found[2]), min(int(found[3] or 0), 59 if found[3] == "60" else 99)
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "pP" else 0)
    if hour > 24 or minute > 59 or second > 59:
        raise ValueError(rest)
    return day + timedelta(hours=hour, minutes=minute, seconds=second) - _offset(rest[found.end() :])


def _offset(rest: str) -> timedelta:
    for found in _ZONE.finditer(rest):
        if found[6] in _HOURS:
            return timedelta(hours=_HOURS[found[6]])
        hours, minutes = int(found[2] or found[5] or 0), int(found[3] or 0)
        if (found[1] or found[4]) and minutes < 60:
            return timedelta(hours=hours, minutes=minutes) * (-1 if (found[1] or found[4]) == "-" else 1)
    return timedelta()


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
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 69 else 1900)


def _by_year(found: re.Match[str], _lang: str) -> tuple[int, int, int] | None:
    return int(found[1]), int(found[2]), int(found[3])


def _by_language(found: re.Match[str], lang: str) -> tuple[int, int, int] | None:
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    month_first = second > 12 or (first <= 12 and lang.lower().startswith("en") and "/" in found[0])
    return (year, first, second) if month_first else (year, second, first)


def _by_day(found: re.Match[str], _lang: str) -> tuple[int, int, int] | None:
    number = month(found[2])
    return (_year(found[3]), number, int(found[1])) if number else None


def _by_month(found: re.Match[str], _lang: str) -> tuple[int, int, int] | None:
    number = month(found[1])
    return (int(found[3]), number, int(found[2])) if number else None


_PATTERNS = ((_DAY_WORD, _by_day), (_YEAR_FIRST, _by_year), (_WORD_DAY, _by_month), (_ASCTIME, _by_month), (_YEAR_LAST, _by_language))
