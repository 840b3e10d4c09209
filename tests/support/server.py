"""A web site on loopback for tests: real HTTP, in a thread of its own, that remembers how it was asked.

with Site() as site:
    site.serves("/feed.xml", RSS, etag='"1"')
    ...
    assert site.asked("/feed.xml")[0].headers["User-Agent"].startswith("curator/")
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web
from msgspec import Struct

_SILENT = logging.getLogger("tests.server")
_SILENT.disabled = True  # cut connections are the point here

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Asked(Struct, frozen=True, kw_only=True):
    """A request as it came: `at` in seconds on the site's clock, `together`: how many were open on the site, itself counted."""

    path: str
    headers: Mapping[str, str]
    at: float
    together: int


class Site:
    """Answers 404 until told better. Started and stopped by `with`; everything may be called from the test's thread."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.log: list[Asked] = []
        self._tls = tls
        self._handlers: dict[str, Handler] = {}
        self._open = 0

    def serves(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        type: str = "application/rss+xml",  # noqa: A002 - the header's own name
        delay: float = 0.0,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
    ) -> None:
        """One fixed answer; with `etag`, a 304 for whoever sends it back."""
        raw = body.encode() if isinstance(body, str) else body
        given = {**({"Content-Type": type} if type else {}), **({"ETag": etag} if etag else {}), **(headers or {})}

        async def answer(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(delay)
            if etag and request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers={"ETag": etag})
            return web.Response(body=raw, status=status, headers=given)

        self.handles(path, answer)

    def moves(self, path: str, to: str, status: int = 301) -> None:
        self.serves(path, status=status, headers={"Location": to})

    def sends(self, path: str, *pieces: bytes, pause: float = 0.0, hang: bool = False, cut: bool = False) -> None:
        """Bytes on the wire instead of HTTP, `pause` seconds between them; then silence (`hang`), a reset (`cut`) or the end."""

        async def answer(request: web.Request) -> web.StreamResponse:
            wire = request.transport
            assert wire is not None
            for piece in pieces:
                wire.write(piece)
                await asyncio.sleep(pause)
            if hang:
                await asyncio.sleep(3600)
            wire.abort() if cut else wire.close()
            return web.Response()

        self.handles(path, answer)

    def handles(self, path: str, handler: Handler) -> None:
        self._handlers[path] = handler

    def url(self, path: str = "/") -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{path}"

    @property
    def allow(self) -> str:
        """The line of `[fetch] allow` that lets curator in."""
        return f"127.0.0.1:{self.port}"

    def asked(self, path: str) -> list[Asked]:
        return [one for one in self.log if one.path == path]

    def __enter__(self) -> Self:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(started)), daemon=True)
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the test site did not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(10)

    async def _live(self, started: threading.Event) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._answer, access_log=None, logger=_SILENT, handler_cancellation=True), shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls).start()
        self.port: int = runner.addresses[0][1]
        started.set()
        await self._end.wait()
        await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self._open += 1
        self.log.append(Asked(path=request.raw_path, headers=request.headers.copy(), at=self._loop.time(), together=self._open))
        try:
            handler = self._handlers.get(request.raw_path)
            return await handler(request) if handler else web.Response(status=404, text="nothing here")  # type: ignore[arg-type]
        finally:
            self._open -= 1
