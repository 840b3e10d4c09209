"""The server of the demonstration: real HTTP on loopback in a thread, with one port for each site so that each is a host."""

import asyncio
import gzip
import hashlib
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime, mktime_tz, parsedate_tz
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from curator.core.errors import CuratorError
from curator.core.text.urls import item_id
from curator.jobs.demo import directory
from curator.jobs.demo.content import Label, World, load

if TYPE_CHECKING:
    from aiohttp import web

    from curator.jobs.demo.press import Press, Sheet

__all__ = ["DemoRequest", "Label", "Running", "World", "load", "serving"]

HOST = "127.0.0.1"
_SMALL = 600  # bytes below which compressing is not worth its header


class DemoRequest(Struct, frozen=True, kw_only=True):
    """A request that was answered. `host`: "127.0.0.1:8601". `headers`: names in lower case. `status`: of the answer."""

    host: str
    path: str
    status: int
    headers: Mapping[str, str]


class Running(Struct, frozen=True, kw_only=True):
    """The sites while they are served. `sites`: the address of each by key. `requests`: the requests answered so far."""

    world: World
    sites: Mapping[str, str]
    requests: list[DemoRequest] = field(default_factory=list)

    @property
    def allow(self) -> tuple[str, ...]:
        """The addresses that `[fetch] allow` must contain."""
        return tuple(base.removeprefix("http://") for base in self.sites.values())

    @property
    def labels(self) -> dict[str, Label]:
        """The label of each article, by the id of its address."""
        return {item_id(self.sites[s.key] + p.path): p.label for s in self.world.sites for p in s.pieces}

    def opml(self) -> str:
        """Return the subscriptions as OPML."""
        return directory.opml(self.world, self.sites)

    def write_brand(self, into: Path) -> None:
        """Make a directory a brand that reads these sites (`directory.write`)."""
        directory.write(into, self.opml(), self.allow)


@contextmanager
def serving(world: World, *, now: datetime, base_port: int = 8601) -> Iterator[Running]:
    """Serve the sites until the block is left. All dates count from the midnight (UTC) before `now`.

    The ports are the first free block of neighbours at `base_port`, `base_port` + 100 and so on, normally the same ones, so that
    addresses and ids stay the same. Raises CuratorError when no block is free.
    """
    from curator.jobs.demo.press import Press

    sockets = _neighbours(len(world.sites), base_port)
    bases = {site.key: f"http://{HOST}:{s.getsockname()[1]}" for site, s in zip(world.sites, sockets, strict=True)}
    running = Running(world=world, sites=bases)
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with _loop_in_a_thread() as loop:
        desk = _FrontDesk(Press(world, bases, day), running)
        runner = asyncio.run_coroutine_threadsafe(desk.open(sockets), loop).result()
        try:
            yield running
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()


class _FrontDesk:
    """Answers requests to all sites, which it tells apart by their port."""

    def __init__(self, press: "Press", running: Running) -> None:
        self._press, self._running = press, running
        self._by_host = dict(zip(running.allow, running.world.sites, strict=True))

    async def open(self, sockets: list[socket.socket]) -> "web.ServerRunner":
        from aiohttp import web

        runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=2.0)
        await runner.setup()
        for bound in sockets:
            await web.SockSite(runner, bound).start()
        return runner

    async def _handle(self, request: "web.BaseRequest") -> "web.Response":
        from aiohttp import web

        host = "{}:{}".format(*request.get_extra_info("sockname"))
        sheet = self._press.sheet(self._by_host[host], request.path_qs) if request.method in ("GET", "HEAD") else None
        headers = {name.lower(): value for name, value in request.headers.items()}
        if sheet and sheet.delay:
            await asyncio.sleep(sheet.delay)
        status, answered, body = _answer(sheet, headers)
        self._running.requests.append(DemoRequest(host=host, path=request.path_qs, status=status, headers=headers))
        return web.Response(status=status, headers=answered, body=body)


def _answer(sheet: "Sheet | None", asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a response: conditional (RFC 9110, 13.1), and compressed where the request accepts it."""
    if sheet is None:
        return 404, {"Content-Type": "text/plain; charset=utf-8"}, b"Halaman tidak ditemukan. Nothing here.\n"
    told = {"Content-Type": sheet.type, "Vary": "Accept-Encoding"}
    packed = "gzip" in asked.get("accept-encoding", "") and len(sheet.body) > _SMALL
    if sheet.status == 200:
        # Two encodings of one page are two representations and need two strong tags (RFC 9110, 8.8.3.3).
        tag = hashlib.blake2b(sheet.body, digest_size=12).hexdigest() + ("-gz" if packed else "")
        told |= {"ETag": f'"{tag}"', "Last-Modified": format_datetime(sheet.modified.astimezone(UTC), usegmt=True)}
        if _unchanged(f'"{tag}"', sheet.modified, asked):
            return 304, told, b""
    if packed:
        return sheet.status, told | {"Content-Encoding": "gzip"}, gzip.compress(sheet.body, mtime=0)
    return sheet.status, told, sheet.body


def _unchanged(tag: str, modified: datetime, asked: Mapping[str, str]) -> bool:
    """Return whether the client has this version: by If-None-Match where it is sent, else by If-Modified-Since (RFC 9110, 13.2.2)."""
    if "if-none-match" in asked:
        tags = [known.strip().removeprefix("W/") for known in asked["if-none-match"].split(",")]
        return tag in tags or "*" in tags
    since = parsedate_tz(asked.get("if-modified-since", ""))
    return since is not None and mktime_tz(since) >= modified.timestamp()


def _neighbours(n: int, base_port: int) -> list[socket.socket]:
    """Return listening sockets on the first free block of `n` neighbouring ports."""
    for first in range(base_port, 65536 - n, directory.BLOCK):
        with suppress(OSError), ExitStack() as opened:
            sockets = [opened.enter_context(socket.create_server((HOST, port))) for port in range(first, first + n)]
            opened.pop_all()
            return sockets
    raise CuratorError(f"no {n} free ports beside each other from {base_port} on", hint="end what is listening there, then: curator demo")


@contextmanager
def _loop_in_a_thread() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo-world", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
