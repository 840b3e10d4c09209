"""One event of a calendar: what it says, whether two say the same, and what has to be done that a calendar shows ours."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from icalendar import Calendar, Component, vDDDTypes
from msgspec import Struct

from curator.core.text.plain import line

Kind = Literal["create", "update", "cancel"]
# The server's and the client's own bookkeeping, and what DTEND says; all else that ours says must stand there as it says it.
_BOOKS = {"DTSTAMP", "LAST-MODIFIED", "CREATED", "SEQUENCE", "DURATION"}


class Event(Struct, frozen=True, kw_only=True):
    """An event as it should be: `body` is a whole VCALENDAR with one VEVENT of that `uid`, and empty where it is called off."""

    uid: str
    body: bytes = b""


class ServerEvent(Struct, frozen=True, kw_only=True):
    """An event as the server has it."""

    href: str
    etag: str
    body: bytes


class Deed(Struct, frozen=True, kw_only=True):
    """What is done to one event, or would be; `trouble`: why it was not."""

    kind: Kind
    uid: str
    title: str
    at: datetime | None
    trouble: str = ""


class Step(Struct, frozen=True, kw_only=True):
    """A deed with what to send for it: an `etag` of None creates, any other replaces exactly that state."""

    deed: Deed
    event: Event
    href: str
    etag: str | None
    body: bytes


def address(collection: str, uid: str) -> str:
    """Where an event of ours is put."""
    return f"{collection}{quote(uid, safe='@')}.ics"


def step(event: Event, kept: ServerEvent | None, collection: str) -> Step | None:
    """What brings the event to the calendar at `collection`; None when it stands there so, or is called off and was never there.

    One that is called off stays, as cancelled: it is seen to be off, and its UID, which some servers never take again, can come back.
    """
    theirs = vevent(kept.body) if kept else None
    body = event.body or (_called_off(kept.body) if kept and theirs else b"")
    ours = vevent(body)
    if ours is None or (theirs is not None and _says(ours).items() <= _says(theirs).items()):
        return None
    kind: Kind = "create" if kept is None else "update" if event.body else "cancel"
    return Step(
        deed=Deed(kind=kind, uid=event.uid, title=line(str(ours.get("SUMMARY", ""))), at=_start(ours)),
        event=event,
        href=kept.href if kept else address(collection, event.uid),
        etag=kept.etag if kept else None,
        body=_following(body, theirs) if theirs is not None and event.body else body,
    )


def by_uid(found: Iterable[ServerEvent]) -> dict[str, ServerEvent]:
    """What the server has, under the name that an event has everywhere; what cannot be read has none."""
    events = ((kept, vevent(kept.body)) for kept in found)
    return {str(event["UID"]): kept for kept, event in events if event is not None and "UID" in event}


def vevent(body: bytes) -> Component | None:
    """The first VEVENT of a calendar, or None when this is no calendar or has none."""
    try:
        return next(iter(Calendar.from_ical(body).walk("VEVENT")), None)
    except (ValueError, IndexError, KeyError):
        return None


def _says(event: Component) -> Mapping[str, tuple[str, ...]]:
    """Every property but the bookkeeping and the X- ones, which many servers drop: its values in an order of their own."""
    told = {**{name.upper(): value for name, value in event.items()}, **_ends(event)}
    kept = ((name, value) for name, value in told.items() if name not in _BOOKS and not name.startswith("X-"))
    return {name: tuple(sorted(map(_value, value if isinstance(value, list) else [value]))) for name, value in kept}


def _ends(event: Component) -> Mapping[str, Any]:
    """Its end: how long it lasts is that told otherwise, and some servers do."""
    start, lasts = (getattr(event.get(name), "dt", None) for name in ("DTSTART", "DURATION"))
    return {"DTEND": vDDDTypes(start + lasts)} if isinstance(start, datetime) and isinstance(lasts, timedelta) else {}


def _value(value: Any) -> str:
    """A value for comparing: a moment by the instant, whatever the zone it is told in."""
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(UTC).isoformat()
    told = value.to_ical() if hasattr(value, "to_ical") else value
    return (told.decode(errors="replace") if isinstance(told, bytes) else str(told)).strip()


def _start(event: Component) -> datetime | None:
    start = getattr(event.get("DTSTART"), "dt", None)
    return start.astimezone(UTC) if isinstance(start, datetime) else None


def _following(body: bytes, theirs: Component) -> bytes:
    """Ours as the successor of theirs: a higher SEQUENCE, and the reminders that were set there stay."""
    calendar = Calendar.from_ical(body)
    ours = calendar.walk("VEVENT")[0]
    _set(ours, "SEQUENCE", max(int(ours.get("SEQUENCE", 0)), int(theirs.get("SEQUENCE", 0)) + 1))
    ours.subcomponents += [part for part in theirs.subcomponents if part.name == "VALARM"]
    return bytes(calendar.to_ical())


def _called_off(body: bytes) -> bytes:
    """The event as it is there, with STATUS:CANCELLED (RFC 5545, 3.8.1.11) and the next SEQUENCE."""
    calendar = Calendar.from_ical(body)
    event = calendar.walk("VEVENT")[0]
    _set(event, "STATUS", "CANCELLED")
    _set(event, "SEQUENCE", int(event.get("SEQUENCE", 0)) + 1)
    return bytes(calendar.to_ical())


def _set(event: Component, name: str, value: str | int) -> None:
    event.pop(name, None)
    event.add(name, value)
