"""A calendar on a CalDAV server: what has to be done that it shows our events, and doing it.

Every change is conditional (RFC 9110 §13.1): what is not there is created only if it still is not, what is there is replaced
only if it is what was seen. So two pushes at once double nothing, and what others keep in the calendar is never touched.
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
from curator.publishing.caldav.client import AT_ONCE, Server, at
from curator.publishing.caldav.event import Deed, Event, Kind, Step, address, by_uid, step

__all__ = ["Account", "Deed", "Event", "Kind", "Pushed", "account", "push"]

_LATEST = datetime.max.replace(tzinfo=UTC)
# Statuses that say: something lies there that we did not know of (RFC 4791 §5.3.2.1, RFC 9110 §15.5.13).
_CHANGED_MEANWHILE = {403, 409, 412}
_REASONS = {
    403: "the server does not allow it: this calendar may be read-only for this user",
    409: "another event of the same name is in the way",
    412: "it is being changed by someone else: push again",
    413: "it is too long for the server",
    507: "the server has no space left",
}


class PushResult(Struct, frozen=True, kw_only=True):
    """What a push did to the calendar at `url`, or would do, the earliest first; `unchanged` counts what stood there as it should."""

    url: str
    name: str
    dry_run: bool
    unchanged: int
    deeds: tuple[Deed, ...]

    @property
    def unprotected(self) -> bool:
        """Whether what is sent can be read on its way."""
        return self.url.startswith("http:") and urlsplit(self.url).hostname not in {"localhost", "127.0.0.1", "::1"}

    @property
    def failed(self) -> int:
        return sum(bool(deed.trouble) for deed in self.deeds)

    def count(self, kind: Kind) -> int:
        return sum(deed.kind == kind and not deed.trouble for deed in self.deeds)


def push(url: str, account: Account, events: Sequence[Event], progress: Progress, *, dry_run: bool = False) -> PushResult:
    """Makes the calendar at `url` show these events. Raises CuratorError when it cannot be reached, read or written at all."""
    return asyncio.run(_push(url if url.endswith("/") else f"{url}/", account, events, progress, dry_run=dry_run))


async def _push(url: str, account: Account, events: Sequence[Event], progress: Progress, *, dry_run: bool) -> PushResult:
    async with at(url, account) as server:
        calendar = await server.calendar()
        kept = by_uid(await server.kept([address(url, event.uid) for event in events]))
        steps = [made for event in events if (made := step(event, kept.get(event.uid), url))]
        done = [made.deed for made in steps] if dry_run else await _all(server, steps, progress)
    deeds = sorted((deed for deed in done if deed), key=lambda deed: (deed.at or _LATEST, deed.uid))
    right = sum(bool(event.body) for event in events) - sum(deed.kind != "cancel" for deed in deeds)
    return PushResult(url=url, name=calendar.name, dry_run=dry_run, unchanged=right, deeds=tuple(deeds))


async def _all(server: Server, steps: Sequence[Step], progress: Progress) -> list[Deed | None]:
    """Does everything, a few at a time; None for what had been done meanwhile."""
    few = asyncio.Semaphore(AT_ONCE)
    progress.stage("pushing", len(steps))

    async def one(made: Step) -> Deed | None:
        async with few:
            deed = await _done(server, made)
        progress.step()
        return deed

    done = await asyncio.gather(*map(one, steps))
    _refuse_nothing([deed for deed in done if deed], server.address)
    return done


async def _done(server: Server, made: Step) -> Deed | None:
    """Does one step; where something else lies there than was seen, looks again and does what is needed then, once."""
    answer = await server.put(made.href, made.body, made.etag)
    if answer.status in _CHANGED_MEANWHILE and (found := by_uid(await server.named(made.event.uid)).get(made.event.uid)):
        again = step(made.event, found, server.address)
        if again is None:
            return None
        made, answer = again, await server.put(again.href, again.body, again.etag)
    good = 200 <= answer.status < 300
    return made.deed if good else replace(made.deed, trouble=_REASONS.get(answer.status, f"the server answered {answer.status}"))


def _refuse_nothing(deeds: Sequence[Deed], url: str) -> None:
    """Where the server took nothing at all, it is not about one event."""
    if deeds and all(deed.trouble for deed in deeds):
        raise CuratorError(f"the calendar took none of the changes: {deeds[0].trouble}", where=url, hint="curator push caldav --dry-run")
