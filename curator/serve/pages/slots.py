"""Open slots: the next one of each network, which places a post with one press."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from curator.library import Library

if TYPE_CHECKING:
    from curator.planning.plan import CalendarEntry

_AHEAD: Final = 8  # weeks in which an open slot is looked for


def next_open(desk: Library, now: datetime) -> dict[str, CalendarEntry]:
    """Return the next open slot of each network that has one in the coming weeks."""
    entries = desk.calendar.plan(weeks=_AHEAD, now=now).slots
    return {entry.network: entry for entry in reversed(entries) if not entry.item}
