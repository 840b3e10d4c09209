"""A local web server for the brand's calendar and its latest reading list, both rendered anew for every request.

Requests change nothing: no file is written. Errors are answered in one line and looked at again with the next request.
"""

import asyncio
import hashlib
import logging
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from aiohttp import web
from msgspec import Struct, field
from msgspec.structs import replace

from curator.core.errors import CuratorError, Locked
from curator.core.text.plain import line
from curator.library import Library
from curator.publishing.formats import page
from curator.serve.access import ServerAddress, listen

CALENDAR: Final = "feed.ics"
_ALWAYS = {"Server": "curator", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_CLOSED = "default-src 'none'"
_NO_LIST = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>curator</title>
<p>There is no reading list yet. This makes one: <code>curator run</code></p></html>
"""
_DISABLED = logging.getLogger(f"{__name__}.aiohttp")
_DISABLED.disabled = True  # aiohttp would log the address of a bad request, and with it the token


class Reply(Struct, frozen=True, kw_only=True):
    """Answer to a request. `policy` is its Content-Security-Policy."""

    body: bytes
    status: int = 200
    type: str = "text/plain"
    policy: str = _CLOSED
    headers: Mapping[str, str] = field(default_factory=dict)


def serve(home: Path, address: ServerAddress, opened: Callable[[ServerAddress], None], failed: Callable[[str], None]) -> None:
    """Answer requests until a signal ends the process.

    `opened` is called once with the address and its real port, `failed` with the reason of every answer of 500 or above.
    Raises UsageError and CuratorError as `access.listen` does.
    """
    bound = listen(address)
    address = replace(address, port=bound.getsockname()[1])
    loop = asyncio.new_event_loop()
    runner = loop.run_until_complete(_start(bound, Handler(home, address, failed)))
    try:
        opened(address)
        loop.run_forever()
    finally:
        loop.run_until_complete(runner.cleanup())
        loop.close()


async def _start(bound: socket.socket, handler: "Handler") -> web.ServerRunner:
    runner = web.ServerRunner(web.Server(handler.answer, access_log=None, logger=_DISABLED), shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, bound).start()
    return runner


class Handler:
    """Handler of all requests. Documents are rendered in a thread, each path by one request at a time."""

    def __init__(self, home: Path, address: ServerAddress, failed: Callable[[str], None]) -> None:
        """Serve the brand directory `home`."""
        self._home, self._address, self._failed = home, address, failed
        self._locks = {path: asyncio.Lock() for path in _RENDERERS}

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one request."""
        host, token = request.headers.get("Host", ""), request.query.get("token", "")
        reply = refusal(self._address, host, token, request.method, request.path) or await self._rendered(request.path)
        return _response(reply, request)

    async def _rendered(self, path: str) -> Reply:
        async with self._locks[path]:
            reply = await asyncio.to_thread(render, self._home, path)
        if reply.status >= 500:
            self._failed(reply.body.decode().rstrip())
        return reply


def refusal(address: ServerAddress, host: str, token: str, method: str, path: str) -> Reply | None:
    """Return why a request is refused, None where it is not."""
    if not address.answers_to(host):
        return _plain(421, f"this is {address.url} and answers to no other name (curator serve --host NAME)")
    if not address.admits(token):
        return _plain(403, "the address must end in ?token= and the token that curator serve was given")
    if method not in ("GET", "HEAD"):
        return replace(_plain(405, "only GET and HEAD are answered"), headers={"Allow": "GET, HEAD"})
    if path not in _RENDERERS:
        return _plain(404, f"there is nothing here: / is the reading list, /{CALENDAR} the calendar")
    return None


def render(home: Path, path: str) -> Reply:
    """Render the document at a path from the brand and the library as they are now. Errors become replies."""
    try:
        with Library(home) as desk:
            return _RENDERERS[path](desk)
    except CuratorError as error:
        return _plain(503 if isinstance(error, Locked) else 500, _message(error))
    except Exception as error:
        return _plain(500, f"something unexpected: {type(error).__name__}: {error}")


def _render_list(desk: Library) -> Reply:
    shown = desk.front_page()
    body = (shown or _NO_LIST).encode("utf-8", "replace")
    return Reply(body=body, type="text/html", policy=page.policy() if shown else _CLOSED)


def _render_calendar(desk: Library) -> Reply:
    return Reply(body=desk.publishing.calendar(), type="text/calendar")


_RENDERERS: Final[Mapping[str, Callable[[Library], Reply]]] = {"/": _render_list, f"/{CALENDAR}": _render_calendar}


def _message(error: CuratorError) -> str:
    first = error.problems[0]
    return f"{first.where}: {error}".removeprefix(": ") + (f" ({first.hint})" if first.hint else "")


def _plain(status: int, text: str) -> Reply:
    return Reply(body=f"{line(text, 1000)}\n".encode(), status=status)


def _response(reply: Reply, request: web.BaseRequest) -> web.Response:
    """Convert a reply. A good one may be cached but is revalidated each time, by its ETag (RFC 9111, 5.2.2.4; RFC 9110, 13.1.2)."""
    tag, good = hashlib.blake2b(reply.body, digest_size=12).hexdigest(), reply.status == 200
    same = good and any(known.value in (tag, "*") for known in request.if_none_match or ())
    sent = web.Response(status=304) if same else web.Response(status=reply.status, body=reply.body)
    sent.content_type, sent.charset, sent.etag = reply.type, "utf-8", tag if good else None
    sent.headers.update({**_ALWAYS, **reply.headers, "Content-Security-Policy": f"{reply.policy}; frame-ancestors 'none'"})
    sent.headers["Cache-Control"] = "private, no-cache" if good else "no-store"
    return sent
