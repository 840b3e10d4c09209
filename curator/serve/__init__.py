"""The brand's calendar and its latest reading list on an address of this machine, made anew for whoever asks.

Asking changes nothing: no file is written. What is wrong today is told in one line, and looked at again the next time.
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
_UNHEARD = logging.getLogger(__name__)
_UNHEARD.disabled = True  # what the server would tell of a request has its token in it


class Reply(Struct, frozen=True, kw_only=True):
    """What is answered. `policy`: what a browser may do with it."""

    body: bytes
    status: int = 200
    type: str = "text/plain"
    policy: str = _CLOSED
    headers: Mapping[str, str] = field(default_factory=dict)


def serve(home: Path, place: ServerAddress, opened: Callable[[ServerAddress], None], failed: Callable[[str], None]) -> None:
    """Answers until a signal ends the process. `opened` hears where, `failed` each reason why something could not be made.

    Raises UsageError and CuratorError as `place.listen` does.
    """
    bound = listen(place)
    place = replace(place, port=bound.getsockname()[1])
    loop = asyncio.new_event_loop()
    runner = loop.run_until_complete(_running(bound, Handler(home, place, failed)))
    try:
        opened(place)
        loop.run_forever()
    finally:
        loop.run_until_complete(runner.cleanup())
        loop.close()


async def _running(bound: socket.socket, counter: "Handler") -> web.ServerRunner:
    runner = web.ServerRunner(web.Server(counter.answer, access_log=None, logger=_UNHEARD), shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, bound).start()
    return runner


class Handler:
    """Where one is answered; what is asked for is made beside the loop, each of it for one at a time."""

    def __init__(self, home: Path, place: ServerAddress, failed: Callable[[str], None]) -> None:
        self._home, self._place, self._failed = home, place, failed
        self._turns = {path: asyncio.Lock() for path in _MAKERS}

    async def answer(self, request: web.BaseRequest) -> web.Response:
        host, token = request.headers.get("Host", ""), request.query.get("token", "")
        reply = refusal(self._place, host, token, request.method, request.path) or await self._made(request.path)
        return _sent(reply, request)

    async def _made(self, path: str) -> Reply:
        async with self._turns[path]:
            reply = await asyncio.to_thread(made, self._home, path)
        if reply.status >= 500:
            self._failed(reply.body.decode().rstrip())
        return reply


def refusal(place: ServerAddress, host: str, token: str, method: str, path: str) -> Reply | None:
    """Why nothing is made for such a request; None when something is."""
    if not place.is_named(host):
        return _plain(421, f"this is {place.url} and answers to no other name (curator serve --host NAME)")
    if not place.admits(token):
        return _plain(403, "the address must end in ?token= and the token that curator serve was given")
    if method not in ("GET", "HEAD"):
        return replace(_plain(405, "this can be read, and nothing else"), headers={"Allow": "GET, HEAD"})
    if path not in _MAKERS:
        return _plain(404, f"there is nothing here: / is the reading list, /{CALENDAR} the calendar")
    return None


def made(home: Path, path: str) -> Reply:
    """What lies at a path, of the brand and the library as they are now."""
    try:
        with Library(home) as desk:
            return _MAKERS[path](desk)
    except CuratorError as error:
        return _plain(503 if isinstance(error, Locked) else 500, _told(error))
    except Exception as error:
        return _plain(500, f"something unexpected: {type(error).__name__}: {error}")


def _list(desk: Library) -> Reply:
    shown = desk.front_page()
    body = (shown or _NO_LIST).encode("utf-8", "replace")
    return Reply(body=body, type="text/html", policy=page.policy() if shown else _CLOSED)


def _calendar(desk: Library) -> Reply:
    return Reply(body=desk.publishing.calendar(), type="text/calendar")


_MAKERS: Final[Mapping[str, Callable[[Library], Reply]]] = {"/": _list, f"/{CALENDAR}": _calendar}


def _told(error: CuratorError) -> str:
    first = error.problems[0]
    return f"{first.where}: {error}".removeprefix(": ") + (f" ({first.hint})" if first.hint else "")


def _plain(status: int, text: str) -> Reply:
    return Reply(body=f"{line(text, 1000)}\n".encode(), status=status)


def _sent(reply: Reply, request: web.BaseRequest) -> web.Response:
    """What is good may be kept but is asked for again each time, which costs no bytes where it is the same (RFC 9111, 5.2.2.4)."""
    tag, good = hashlib.blake2b(reply.body, digest_size=12).hexdigest(), reply.status == 200
    same = good and any(known.value in (tag, "*") for known in request.if_none_match or ())
    sent = web.Response(status=304) if same else web.Response(status=reply.status, body=reply.body)
    sent.content_type, sent.charset, sent.etag = reply.type, "utf-8", tag if good else None
    sent.headers.update({**_ALWAYS, **reply.headers, "Content-Security-Policy": f"{reply.policy}; frame-ancestors 'none'"})
    sent.headers["Cache-Control"] = "private, no-cache" if good else "no-store"
    return sent
