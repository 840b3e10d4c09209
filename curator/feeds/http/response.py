"""Reading one HTTP response: which types and sizes are accepted, and where a redirect leads."""

import asyncio
import re
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from urllib.parse import quote

import aiohttp
from msgspec import Struct, field
from yarl import URL

from curator.core.errors import Unreadable
from curator.core.feed import NotModified, Page
from curator.core.protocols import FetchRequest
from curator.core.text import plain, urls
from curator.feeds import parse, walls
from curator.feeds.http import decoding, errors
from curator.feeds.http.errors import FetchError

_MiB = 1024 * 1024
_LARGE = _MiB // 2
_REDIRECTS = {301: True, 302: False, 303: False, 307: False, 308: True}  # status: whether it is permanent (RFC 9110 §15.4)
_KEPT_HEADERS = ("content-type", "etag", "last-modified", "cache-control", "retry-after", "age")
_WHOLE_OR_NOT = (202, 206, 226)  # statuses of a body that may be whole, late or a part
_WALLED = (202, 403, 405, 503)  # statuses that checks for robots answer with
_BEGINNING, _BRIEF = 16_384, 2.0  # bytes and seconds of a refusal that are read for what it says
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.I)
_LONGEST_LINKS = 4096  # characters of all Link headers together
_PLAIN_ASCII = "/%:@!$&'()*+,;=~?-._[]#"


class ResponseKind(Struct, frozen=True, kw_only=True):
    """What a request is for: the most bytes accepted, the media types, and whether robots.txt applies.

    `cut`: a body that is too large is truncated instead of refused. `feed`: a feed is asked for. What holds a whole feed is
    taken as one, under an unusual status, in a gzip file, or in an encoding that nobody knows.
    """

    cap: int
    accept: str
    types: tuple[str, ...] = ()
    robots: bool = False
    cut: bool = False
    feed: bool = False


FEED = ResponseKind(
    cap=10 * _MiB,
    accept="application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    feed=True,
)
ARTICLE = ResponseKind(
    cap=4 * _MiB,
    accept="text/html, application/xhtml+xml;q=0.9",
    types=("text/html", "application/xhtml+xml", ""),
    robots=True,
)
ROBOTS = ResponseKind(cap=512 * 1024, accept="text/plain, */*;q=0.5", cut=True)  # RFC 9309 §2.5: at least 500 KiB


class Redirect(Struct, frozen=True, kw_only=True):
    """An answer that names another address, with the cookies that it sets."""

    to: URL
    status: int
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    @property
    def permanent(self) -> bool:
        """Whether the status says that the new address replaces the old one."""
        return _REDIRECTS[self.status]


async def read(
    response: aiohttp.ClientResponse, request: FetchRequest, kind: ResponseKind, large: AbstractAsyncContextManager[object]
) -> Page | NotModified | Redirect:
    """Return the page in a response, or its redirect. A large body waits for `large`. Raises FetchError for all other answers."""
    headers = _kept_headers(response)
    if response.status in _REDIRECTS:
        return Redirect(to=_target(response), status=response.status, cookies=response.cookies)
    if response.status == 304 and (request.etag or request.last_modified):
        return NotModified(url=request.url, headers=headers)
    unsure = kind.feed and response.status in _WHOLE_OR_NOT
    if response.status not in (200, 203) and not unsure:
        raise _refusal(response, await _beginning(response) if response.status in _WALLED else b"")
    _check_type(response, kind)
    body = await _body(response, kind, large)
    if unsure and not parse.whole(body, headers.get("content-type", "")):
        raise _refusal(response, body[:_BEGINNING])
    return Page(url=request.url, final_url=str(response.url), status=response.status, headers=headers, body=body)


def _kept_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    kept = {name: value for name in _KEPT_HEADERS if is_clean(value := response.headers.get(name, ""))}
    links = ", ".join(filter(is_clean, response.headers.getall("Link", ())))
    return kept | {"link": links[:_LONGEST_LINKS]} if links else kept


def parse_url(url: str, base: str = "") -> URL:
    """Parse an http(s) address to request: host in ASCII (IDNA), no user name or password, no fragment. Raises FetchError."""
    try:
        return URL(urls.web(url, base)).with_user(None).with_fragment(None)
    except ValueError as error:
        raise FetchError(f"moved to {plain.line(url, 80)}, which is not a web address" if base else "not a web address") from error


async def _body(response: aiohttp.ClientResponse, kind: ResponseKind, large: AbstractAsyncContextManager[object]) -> bytes:
    try:
        if (response.content_length or 0) > kind.cap and not kind.cut:
            raise decoding.too_large(kind.cap)
        body = decoding.Body(", ".join(response.headers.getall("Content-Encoding", ())), kind.cap)
        async with AsyncExitStack() as stack:
            async for chunk in response.content.iter_chunked(65_536):
                before = len(body.data)
                if not body.add(chunk):
                    break
                if before <= _LARGE < len(body.data):
                    await stack.enter_async_context(large)
        if body.full and kind.cut:
            return bytes(body.data).rpartition(b"\n")[0]
        if body.full:
            raise decoding.too_large(kind.cap)
        return _read_through(body, kind, response.headers.get("Content-Type", ""))
    except Unreadable as error:
        raise FetchError(error.reason) from error


def _read_through(body: decoding.Body, kind: ResponseKind, content_type: str) -> bytes:
    """Return the whole of a body, that of a gzip file unpacked. Raises Unreadable when its encoding hides what it is."""
    whole = body.whole()
    if kind.feed:
        whole = decoding.unpacked_file(whole, kind.cap)
    if body.strange and not (parse.whole(whole, content_type) if kind.feed else _HTML.match(whole)):
        raise decoding.strange(body.strange)
    return whole


def _refusal(response: aiohttp.ClientResponse, beginning: bytes) -> FetchError:
    wall = walls.before(response.headers, beginning) if response.status in _WALLED else ""
    return errors.from_status(response.status, response.headers.get("Retry-After", ""), datetime.now(UTC), wall=wall)


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """Return the first bytes of a refusal. One that is slow, cut off or packed badly has said enough by its status."""
    body = decoding.Body("", 0)
    with suppress(TimeoutError, aiohttp.ClientError, OSError, Unreadable):
        body = decoding.Body(", ".join(response.headers.getall("Content-Encoding", ())), _BEGINNING)
        async with asyncio.timeout(_BRIEF):
            async for chunk in response.content.iter_chunked(_BEGINNING):
                if not body.add(chunk):
                    break
    return bytes(body.data)


def _check_type(response: aiohttp.ClientResponse, kind: ResponseKind) -> None:
    given = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind.types and given not in kind.types:
        raise FetchError("a PDF, not a web page" if given == "application/pdf" else f"{given}, not a web page")


def _target(response: aiohttp.ClientResponse) -> URL:
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchError(f"answered {response.status}: moved, but not where to")
    return parse_url(_escaped(location), base=str(response.url))


def _escaped(location: str) -> str:
    """Return a Location header as an address; servers send spaces and raw bytes in any encoding."""
    raw = location.encode("utf-8", "surrogateescape")
    try:
        return raw.decode().replace(" ", "%20")
    except UnicodeDecodeError:
        return quote(raw, safe=_PLAIN_ASCII)


def is_clean(value: str) -> bool:
    """Whether a header can be kept, sent back and shown: at most 1 KiB, printable text only."""
    return 0 < len(value) <= 1024 and value.isprintable()
