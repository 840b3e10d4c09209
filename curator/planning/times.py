"""The time that words such as "tue 09:00", "besok pagi" or "in 2 hours" mean, for those who plan posts in English or Indonesian.

    text --plainly--> one word for each thing --> the time of day, the part of the day, the days that may be meant --> PostTime

What can mean two days is refused with both, for a post that goes out a week early cannot be called back.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.errors import UsageError
from curator.core.text.plain import fold, line
from curator.planning._days import SPAN, UNIT, Days, named_days
from curator.planning._time_words import DAWN, NIGHT, PARTS, UNITS, ZONES, Part, plainly
from curator.planning.slots import utc

HINT = "say it like one of these: 'tue 09:00', 'besok 9.00', 'lusa sore', '27/11 12:00', '2026-11-27 12:00', 'in 2 hours', '2 jam lagi'"
_USUAL = Part(tuple(range(24)), 9)  # the hour of a day that is named without a time
OpenOn = Callable[[date], Iterable[datetime]]
_PART = "|".join(PARTS)
_EXACT_SPAN = re.compile(rf"(?:(?:now|sekarang) ?)?\+ ?(?P<count>\d{{1,4}}) ?{UNIT}")
_CLOCK = re.compile(
    r"(?:^|(?<= ))(?P<at>at jam |at |jam )?(?P<half>setengah )?(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?"
    rf" ?(?P<part>{_PART})?(?= |$)"
)


class PostTime(Struct, frozen=True, kw_only=True):
    """The time that words mean, in UTC. `note`: what they leave open and how it was filled, or ""."""

    at: datetime
    note: str = ""


class _Said(Struct, frozen=True, kw_only=True):
    """What was said, when and where. `text`: as it was typed, for errors."""

    text: str
    now: datetime
    timezone: str

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.timezone)).date()

    def ahead(self, days: Iterable[date], at: time) -> list[datetime]:
        """Return the moments at that time of these days that are still to come, in UTC."""
        moments = (utc(datetime.combine(day, at), self.timezone) for day in days)
        return [moment for moment in moments if moment > self.now]


def when(text: str, now: datetime, timezone: str, open_on: OpenOn = lambda _: ()) -> PostTime:
    """Return the time a person means. `open_on` gives the open slots of a day: a day without a time takes the first of them.

    Raises UsageError when there is no time in the text, when it can mean several, and when it is past.
    """
    folded = " ".join(fold(text).replace(",", " ").split())
    words, _, zone = folded.rpartition(" ")
    said = _Said(text=line(text, 60), now=now, timezone=ZONES.get(zone, timezone))
    try:
        found = _meant(words if zone in ZONES else folded, said, open_on)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise UsageError(f'unknown time "{said.text}"', hint=HINT)
    return found


def _meant(words: str, said: _Said, open_on: OpenOn) -> PostTime | None:
    if exact := _exact(words, said.timezone):
        return _if_ahead(exact, said)
    words = plainly(words)
    if span := _span(words):
        return _if_ahead(said.now + span, said)
    clock = _clock(words)
    rest = (words[: clock.start()] + words[clock.end() :] if clock else words).split()
    parts = {PARTS[word] for word in (clock and clock["part"], *rest) if word in PARTS}
    named = " ".join(word for word in rest if word not in PARTS)
    if len(parts) > 1 or not (clock or rest):
        return None
    part = next(iter(parts), None)
    return _on(named_days(named, said.today), _time(clock, part) if clock else None, part, said, open_on, bool(named))


def _exact(words: str, timezone: str) -> datetime | None:
    """Return a time as computers write it: "2026-11-27T12:00", with or without a zone."""
    if not re.match(r"\d{4}-\d\d-\d\d[t ]\d\d:?\d\d", words):
        return None
    found = datetime.fromisoformat(words.upper())
    return found.astimezone(UTC) if found.tzinfo else utc(found, timezone)


def _span(words: str) -> timedelta | None:
    """Return a length of time from now; in words that is minutes or hours, for days and weeks name days."""
    exact = _EXACT_SPAN.fullmatch(words)
    found = exact or SPAN.fullmatch(words)
    if not found or not (exact or (UNITS[found["unit"]] in ("minutes", "hours") and (found["before"] or found["after"]))):
        return None
    return timedelta(**{UNITS[found["unit"]]: int(found["count"])})


# --- the time of day ------------------------------------------------------------------------------------------------


def _clock(words: str) -> re.Match[str] | None:
    """Return the time of day: a number alone is none."""
    return next((found for found in _CLOCK.finditer(words) if any(found[g] for g in ("at", "half", "minute", "part"))), None)


def _time(found: re.Match[str], part: Part | None) -> time:
    """Return the time of day of a match of `_CLOCK`. Raises ValueError."""
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if part:
        (hour,) = ({hour} if hour > 12 else {hour, hour % 12, hour % 12 + 12}) & set(part.hours)
    at = time(hour, minute)
    return time((hour - 1) % 24, 30) if found["half"] else at


def _on(found: Days, at: time | None, part: Part | None, said: _Said, open_on: OpenOn, named: bool) -> PostTime | None:
    """Return the first of the days that is still to come, at a time of day or in a part of the day."""
    if found.unclear:
        raise _several(f"can mean {found.unclear}", found.days, at, said)
    if not found.days:
        return None
    if at is None:
        return _in_slot(found, part or _USUAL, said, open_on)
    if named and part == NIGHT and at.hour < DAWN:
        return _at_night(found, at, said)
    moments = said.ahead(found.days, at)
    return _noted(moments[0], found, part, said) if moments else _past(said)


def _in_slot(found: Days, part: Part, said: _Said, open_on: OpenOn) -> PostTime:
    """Return the first open slot in that part of the first day that is to come, or else the usual hour, and say which."""
    zone = ZoneInfo(said.timezone)
    for day in found.days:
        slots = [at for at in open_on(day) if at > said.now and at.astimezone(zone).hour in part.hours]
        for at in slots[:1] or said.ahead([day], time(part.usual)):
            why = "the next open slot of that day" if slots else "as no slot is open then"
            note = f"no time was said: {at.astimezone(zone):%H:%M}, {why}"
            return PostTime(at=at, note="; ".join(filter(None, (found.note, note))))
    return _past(said, f" without a time is {found.days[-1]:%Y-%m-%d} {part.usual:02}:00, and that")


def _at_night(found: Days, at: time, said: _Said) -> PostTime:
    """Return a time after midnight of the night that a day means, which may begin it or end it."""
    for day in found.days:
        ahead = [night for night in (day, day + timedelta(days=1)) if said.ahead([night], at)]
        if len(ahead) > 1:
            raise _several("can mean two nights", tuple(ahead), at, said)
        if ahead:
            return _noted(said.ahead(ahead, at)[0], found, NIGHT, said)
    return _past(said)


def _noted(at: datetime, found: Days, part: Part | None, said: _Said) -> PostTime:
    """Return the time with what the user should know; after midnight that is the night it belongs to."""
    local = at.astimezone(ZoneInfo(said.timezone))
    eve = local - timedelta(days=1)
    night = f"{local:%H:%M} in the night after {eve:%a} {eve.day} {eve:%b}" if part == NIGHT and local.hour < DAWN else ""
    return PostTime(at=at, note="; ".join(filter(None, (found.note, night))))


def _several(what: str, days: Iterable[date], at: time | None, said: _Said) -> UsageError:
    """Return the error that tells all readings, each as it can be typed."""
    readings = (f"'{day}{f' {at:%H:%M}' if at else ''}' ({day:%a})" for day in days)
    return UsageError(f'"{said.text}" {what}', hint=f"type {' or '.join(readings)}")


def _if_ahead(moment: datetime, said: _Said) -> PostTime:
    return PostTime(at=moment) if moment > said.now else _past(said)


def _past(said: _Said, why: str = "") -> NoReturn:
    there = said.now.astimezone(ZoneInfo(said.timezone))
    raise UsageError(f'"{said.text}"{why} is past', hint=f"in {said.timezone} it is {there:%Y-%m-%d %H:%M} now: name a later time")
