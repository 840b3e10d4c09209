"""Name resolution in threads of its own, and sockets that are opened only to permitted addresses."""

import asyncio
import concurrent.futures
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from curator.feeds.http import errors, guard
from curator.feeds.http.guard import Allowed

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""One result of `socket.getaddrinfo`: family, type, protocol, canonical name, socket address."""


class ThreadedResolver(AbstractResolver):
    """Resolver for aiohttp that gives every lookup a thread of its own."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """Return the addresses of a host. Raises OSError when it has none."""
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=address[0], port=port, family=kin, proto=protocol, flags=flags)
            for kin, _, protocol, _, address in await lookup(host, port, family)
        ]

    async def close(self) -> None:
        """Do nothing: the threads end by themselves."""


async def lookup(host: str, port: int, family: int = socket.AF_UNSPEC) -> list[AddressInfo]:
    """Look up a host in a thread that nobody waits for.

    A name server that does not answer delays neither other lookups (asyncio's own thread pool is small) nor the end of a run.
    """
    found: concurrent.futures.Future[list[AddressInfo]] = concurrent.futures.Future()

    def look_up() -> None:
        found.set_running_or_notify_cancel()
        try:
            found.set_result([*socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)])
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    threading.Thread(target=look_up, name=f"lookup {host}", daemon=True).start()
    return await asyncio.wrap_future(found)


async def resolve_allowed(entries: Iterable[Allowed]) -> list[Allowed]:
    """Replace the host names of an allow list by their present addresses; a name without an address is left out."""
    resolved: list[Allowed] = []
    for entry in entries:
        if not isinstance(entry.place, str):
            resolved.append(entry)
            continue
        with suppress(OSError, UnicodeError):
            resolved += [guard.allowed(f"[{info[4][0]}]:{entry.port}") for info in await lookup(entry.place, entry.port)]
    return resolved


def guarded_socket(info: AddressInfo, allow: Iterable[Allowed]) -> socket.socket:
    """Open a socket for the very address that was checked, so that no second lookup can replace it (DNS rebinding).

    Raises Refused when the address must not be contacted.
    """
    family, kind, protocol, _, address = info
    if why := guard.refusal(address[0], address[1], allow):
        raise errors.Refused(f"{why}, not contacted")
    return socket.socket(family, kind, protocol)
