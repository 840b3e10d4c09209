"""Answers of the server, and the headers that every one of them carries."""

import hashlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from aiohttp import web
from msgspec import Struct, field

from curator.core.errors import CuratorError
from curator.core.text.plain import line

CLOSED: Final = "default-src 'none'"
OPEN: Final = "; ".join(  # what a page of the desk may load and do: everything of this server, nothing else
    (
        CLOSED,
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect", "manifest")),
        "form-action 'self'",
        "base-uri 'none'",
    )
)
_ALWAYS: Final = {
    "Server": "curator",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Reply(Struct, frozen=True, kw_only=True):
    """Answer to a request. `policy` is its Content-Security-Policy."""

    body: bytes = b""
    status: int = 200
    type: str = "text/plain"
    policy: str = CLOSED
    headers: Mapping[str, str] = field(default_factory=dict)


def plain(status: int, text: str) -> Reply:
    """Return one line of text."""
    return Reply(body=f"{line(text, 1000)}\n".encode(), status=status)


def redirect(to: str) -> Reply:
    """Return what sends a browser to another page of the desk by GET."""
    return Reply(status=303, headers={"Location": to})


def download(name: str, body: bytes, type_: str = "application/octet-stream") -> Reply:
    """Return a file to keep. `name` is one of ours."""
    return Reply(body=body, type=type_, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def archive(contents: Mapping[str, bytes]) -> bytes:
    """Return files as one ZIP file."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        for name, body in contents.items():
            file.writestr(name, body)
    return packed.getvalue()


def message(error: CuratorError, say: Callable[[str], str] = str) -> str:
    """Return an error as one line: where, what, and what to type. `say` tells what is wrong in the language of a page.

    The input with a caret below the error, which some have on further lines, is left out: a page does not show it in columns.
    """
    first = error.problems[0]
    what = str(error).partition("\n")[0] if first.multiline else str(error)
    return f"{first.where}: {say(what)}".removeprefix(": ") + (f" ({say(first.hint)})" if first.hint else "")


def response(reply: Reply, request: web.BaseRequest) -> web.Response:
    """Convert a reply. A good one may be cached but is revalidated each time, by its ETag (RFC 9111, 5.2.2.4; RFC 9110, 13.1.2)."""
    good = reply.status == 200 and request.method in ("GET", "HEAD")
    tag = hashlib.blake2b(reply.body, digest_size=12).hexdigest()
    same = good and any(known.value in (tag, "*") for known in request.if_none_match or ())
    sent = web.Response(status=304) if same else web.Response(status=reply.status, body=reply.body)
    sent.content_type, sent.etag = reply.type, tag if good else None
    if reply.type.startswith("text/"):
        sent.charset = "utf-8"
    sent.headers.update({**_ALWAYS, **reply.headers, "Content-Security-Policy": f"{reply.policy}; frame-ancestors 'none'"})
    sent.headers["Cache-Control"] = "private, no-cache" if good else "no-store"
    return sent


async def stream(request: web.Request, type_: str) -> web.StreamResponse:
    """Begin a reply that is written bit by bit, with the headers of every reply."""
    sent = web.StreamResponse(headers={**_ALWAYS, "Content-Security-Policy": CLOSED, "Cache-Control": "no-store"})
    sent.content_type = type_
    await sent.prepare(request)
    return sent
