"""Compare an event with the one on the server, and work out the request that brings the server up to date."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from icalendar import Calendar, Component, vDDDTypes
from msgspec import Struct

from curator.core.text.plain import line

Kind = Literal["create", "update", "cancel"]
# Properties that are not compared: the bookkeeping of server and client, and DURATION, which is compared as DTEND.
_IGNORED = {"DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "DURATION"}


class Event(Struct, frozen=True, kw_only=True):
    """An event as it should be: `body` is a VCALENDAR with one VEVENT of that `uid`, or empty for an event to be cancelled."""

    uid: str
    body: bytes = b""


class ServerEvent(Struct, frozen=True, kw_only=True):
    """An event as it is on the server."""

    href: str
    etag: str
    body: bytes


class EventChange(Struct, frozen=True, kw_only=True):
    """A change of one event, made or to be made. `failure`: why it was not made."""

    kind: Kind
    uid: str
    title: str
    at: datetime | None
    failure: str = ""


class PendingChange(Struct, frozen=True, kw_only=True):
    """A change with what to send for it. An `etag` of None creates the event; any other replaces exactly that version."""

    change: EventChange
    event: Event
    href: str
    etag: str | None
    body: bytes


def event_url(calendar_url: str, uid: str) -> str:
    """Return the URL at which an event is created."""
    return f"{calendar_url}{quote(uid, safe='@')}.ics"


def pending_change(event: Event, existing: ServerEvent | None, calendar_url: str) -> PendingChange | None:
    """Return the change that brings an event to the calendar.

    Returns None where nothing is to be done: the event is up to date, or is cancelled and was never there. A cancelled event stays
    on the server with STATUS:CANCELLED, as some servers do not accept the UID of a deleted one again.
    """
    theirs = vevent(existing.body) if existing else None
    body = event.body or (_cancelled(existing.body) if existing and theirs else b"")
    ours = vevent(body)
    if ours is None or (theirs is not None and _comparable(ours).items() <= _comparable(theirs).items()):
        return None
    kind: Kind = "create" if existing is None else "update" if event.body else "cancel"
    return PendingChange(
        change=EventChange(kind=kind, uid=event.uid, title=line(str(ours.get("SUMMARY", ""))), at=_start(ours)),
        event=event,
        href=existing.href if existing else event_url(calendar_url, event.uid),
        etag=existing.etag if existing else None,
        body=_successor(body, theirs) if theirs is not None and event.body else body,
    )


def by_uid(found: Iterable[ServerEvent]) -> dict[str, ServerEvent]:
    """Return the server's events by UID, without those that cannot be parsed."""
    events = ((existing, vevent(existing.body)) for existing in found)
    return {str(event["UID"]): existing for existing, event in events if event is not None and "UID" in event}


def vevent(body: bytes) -> Component | None:
    """Return the first VEVENT of a calendar, or None where it has none or is not a calendar."""
    try:
        return next(iter(Calendar.from_ical(body).walk("VEVENT")), None)
    except (ValueError, IndexError, KeyError):
        return None


def _comparable(event: Component) -> Mapping[str, tuple[str, ...]]:
    """Return the sorted values of each property, without the ignored ones and the X- ones, which many servers drop."""
    properties = {**{name.upper(): value for name, value in event.items()}, **_end(event)}
    compared = ((name, value) for name, value in properties.items() if name not in _IGNORED and not name.startswith("X-"))
    return {name: tuple(sorted(map(_value, value if isinstance(value, list) else [value]))) for name, value in compared}


def _end(event: Component) -> Mapping[str, Any]:
    """Return the DTEND of an event with a DURATION, for servers replace the one with the other."""
    start, duration = (getattr(event.get(name), "dt", None) for name in ("DTSTART", "DURATION"))
    return {"DTEND": vDDDTypes(start + duration)} if isinstance(start, datetime) and isinstance(duration, timedelta) else {}


def _value(value: Any) -> str:
    """Return a value for comparison; a time as its instant, whatever its zone."""
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(UTC).isoformat()
    text = value.to_ical() if hasattr(value, "to_ical") else value
    return (text.decode(errors="replace") if isinstance(text, bytes) else str(text)).strip()


def _start(event: Component) -> datetime | None:
    start = getattr(event.get("DTSTART"), "dt", None)
    return start.astimezone(UTC) if isinstance(start, datetime) else None


def _successor(body: bytes, theirs: Component) -> bytes:
    """Return our event as the successor of theirs: with a higher SEQUENCE, and with the reminders that were set there."""
    calendar = Calendar.from_ical(body)
    ours = calendar.walk("VEVENT")[0]
    _set(ours, "SEQUENCE", max(int(ours.get("SEQUENCE", 0)), int(theirs.get("SEQUENCE", 0)) + 1))
    ours.subcomponents += [part for part in theirs.subcomponents if part.name == "VALARM"]
    return bytes(calendar.to_ical())


def _cancelled(body: bytes) -> bytes:
    """Return the event with STATUS:CANCELLED (RFC 5545, 3.8.1.11) and the next SEQUENCE."""
    calendar = Calendar.from_ical(body)
    event = calendar.walk("VEVENT")[0]
    _set(event, "STATUS", "CANCELLED")
    _set(event, "SEQUENCE", int(event.get("SEQUENCE", 0)) + 1)
    return bytes(calendar.to_ical())


def _set(event: Component, name: str, value: str | int) -> None:
    event.pop(name, None)
    event.add(name, value)
