"""Push events to a calendar on a CalDAV server.

Every change is conditional (RFC 9110, 13.1): an event is created only if it still does not exist, and replaced only if it is
still the version that was read. So simultaneous pushes create nothing twice, and other events of the calendar are not touched.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from curator.core.errors import CuratorError
from curator.core.protocols import Progress
from curator.publishing.caldav.account import Account, account
from curator.publishing.caldav.client import CONNECTIONS, CalDavClient, connect
from curator.publishing.caldav.event import Event, EventChange, Kind, PendingChange, by_uid, event_url, pending_change

__all__ = ["Account", "Event", "EventChange", "Kind", "PushResult", "account", "push"]

_LATEST = datetime.max.replace(tzinfo=UTC)
# The statuses of an event that was created or changed since it was read (RFC 4791, 5.3.2.1; RFC 9110, 15.5.13).
_CONFLICT = {403, 409, 412}
_REASONS = {
    403: "the server does not allow it: this calendar may be read-only for this user",
    409: "another event of the same name is in the way",
    412: "it is being changed by someone else: push again",
    413: "it is too long for the server",
    507: "the server has no space left",
}


class PushResult(Struct, frozen=True, kw_only=True):
    """The changes that a push made to the calendar at `url`, or would make, by time. `unchanged`: the number of events up to date."""

    url: str
    name: str
    dry_run: bool
    unchanged: int
    changes: tuple[EventChange, ...]

    @property
    def unprotected(self) -> bool:
        """Whether the events are sent over a network without encryption."""
        return self.url.startswith("http:") and urlsplit(self.url).hostname not in {"localhost", "127.0.0.1", "::1"}

    @property
    def failed(self) -> int:
        """The number of changes that were not made."""
        return sum(bool(change.failure) for change in self.changes)

    def count(self, kind: Kind) -> int:
        """Return the number of changes of a kind that were made."""
        return sum(change.kind == kind and not change.failure for change in self.changes)


def push(url: str, account: Account, events: Sequence[Event], progress: Progress, *, dry_run: bool = False) -> PushResult:
    """Make the calendar at `url` show these events. Raises CuratorError where it cannot be reached, read or written at all."""
    return asyncio.run(_push(url if url.endswith("/") else f"{url}/", account, events, progress, dry_run=dry_run))


async def _push(url: str, account: Account, events: Sequence[Event], progress: Progress, *, dry_run: bool) -> PushResult:
    async with connect(url, account) as client:
        calendar = await client.calendar()
        existing = by_uid(await client.events_at([event_url(url, event.uid) for event in events]))
        pending = [p for event in events if (p := pending_change(event, existing.get(event.uid), url))]
        done = [p.change for p in pending] if dry_run else await _make_all(client, pending, progress)
    changes = sorted((change for change in done if change), key=lambda change: (change.at or _LATEST, change.uid))
    unchanged = sum(bool(event.body) for event in events) - sum(change.kind != "cancel" for change in changes)
    return PushResult(url=url, name=calendar.name, dry_run=dry_run, unchanged=unchanged, changes=tuple(changes))


async def _make_all(client: CalDavClient, pending: Sequence[PendingChange], progress: Progress) -> list[EventChange | None]:
    """Make the changes, a few at a time. A result is None where another push had made the change meanwhile."""
    connections = asyncio.Semaphore(CONNECTIONS)
    progress.stage("pushing", len(pending))

    async def make(each: PendingChange) -> EventChange | None:
        async with connections:
            change = await _make(client, each)
        progress.step()
        return change

    done = await asyncio.gather(*map(make, pending))
    _check_any_made([change for change in done if change], client.url)
    return done


async def _make(client: CalDavClient, pending: PendingChange) -> EventChange | None:
    """Make one change. Where the event was changed meanwhile, read it again and make the change that is needed then, once."""
    response = await client.put(pending.href, pending.body, pending.etag)
    uid = pending.event.uid
    if response.status in _CONFLICT and (existing := by_uid(await client.events_with_uid(uid)).get(uid)):
        again = pending_change(pending.event, existing, client.url)
        if again is None:
            return None
        pending, response = again, await client.put(again.href, again.body, again.etag)
    if 200 <= response.status < 300:
        return pending.change
    return replace(pending.change, failure=_REASONS.get(response.status, f"the server answered {response.status}"))


def _check_any_made(changes: Sequence[EventChange], url: str) -> None:
    """Raise CuratorError where every change failed: then the fault is the calendar's, not an event's."""
    if changes and all(change.failure for change in changes):
        what = f"the calendar took none of the changes: {changes[0].failure}"
        raise CuratorError(what, where=url, hint="curator push caldav --dry-run")
