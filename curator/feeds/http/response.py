"""One HTTP response, judged and read: what kind of body is taken, how much of it, and where a redirect leads."""

from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime
from urllib.parse import quote

import aiohttp
from msgspec import Struct
from yarl import URL

from curator.core.errors import Unreadable
from curator.core.feed import NotModified, Page
from curator.core.protocols import FetchRequest
from curator.core.text import plain, urls
from curator.feeds.http import decoding, errors
from curator.feeds.http.errors import FetchError

_MiB = 1024 * 1024
_LARGE = _MiB // 2
_MOVED = {301: True, 302: False, 303: False, 307: False, 308: True}  # status: whether it is for good (RFC 9110 §15.4)
_KEPT = ("content-type", "etag", "last-modified", "cache-control", "retry-after", "age")
_PLAIN_ASCII = "/%:@!$&'()*+,;=~?-._[]#"


class Kind(Struct, frozen=True, kw_only=True):
    """What is asked for: how many bytes of it are taken (or `cut` to), in what types, and whether robots.txt has a say."""

    cap: int
    accept: str
    types: tuple[str, ...] = ()
    robots: bool = False
    cut: bool = False


FEED = Kind(
    cap=10 * _MiB,
    accept="application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
)
ARTICLE = Kind(
    cap=4 * _MiB,
    accept="text/html, application/xhtml+xml;q=0.9",
    types=("text/html", "application/xhtml+xml", ""),
    robots=True,
)
ROBOTS = Kind(cap=512 * 1024, accept="text/plain, */*;q=0.5", cut=True)  # RFC 9309 §2.5: at least 500 KiB


class Redirect(Struct, frozen=True, kw_only=True):
    to: URL
    status: int

    @property
    def for_good(self) -> bool:
        return _MOVED[self.status]


async def read(
    response: aiohttp.ClientResponse, ask: FetchRequest, kind: Kind, room: AbstractAsyncContextManager[object]
) -> Page | NotModified | Redirect:
    """The page in a response, or where it has moved; a large one waits for `room`. Raises Trouble for everything else."""
    headers = {name: value for name in _KEPT if _sound(value := response.headers.get(name, ""))}
    if response.status in _MOVED:
        return Redirect(to=_target(response), status=response.status)
    if response.status == 304 and (ask.etag or ask.last_modified):
        return NotModified(url=ask.url, headers=headers)
    if response.status not in (200, 203):
        raise errors.of_status(response.status, response.headers.get("Retry-After", ""), datetime.now(UTC))
    _check_type(response, kind)
    body = await _body(response, kind, room)
    return Page(url=ask.url, final_url=str(response.url), status=response.status, headers=headers, body=body)


def address(url: str, base: str = "") -> URL:
    """Where a request goes: http(s), host in ASCII (IDNA), no name and password, no fragment. Raises Trouble."""
    try:
        return URL(urls.web(url, base)).with_user(None).with_fragment(None)
    except ValueError as error:
        raise FetchError(f"moved to {plain.line(url, 80)}, which is no web address" if base else "no web address") from error


async def _body(response: aiohttp.ClientResponse, kind: Kind, room: AbstractAsyncContextManager[object]) -> bytes:
    if (response.content_length or 0) > kind.cap and not kind.cut:
        raise _too_large(kind)
    try:
        body = decoding.Body(", ".join(response.headers.getall("Content-Encoding", ())), kind.cap)
        async with AsyncExitStack() as held:
            async for chunk in response.content.iter_chunked(65_536):
                before = len(body.data)
                if not body.add(chunk):
                    break
                if before <= _LARGE < len(body.data):
                    await held.enter_async_context(room)
        if not body.full:
            return body.whole()
    except Unreadable as error:
        raise FetchError(error.reason) from error
    if not kind.cut:
        raise _too_large(kind)
    return bytes(body.data).rpartition(b"\n")[0]


def _too_large(kind: Kind) -> FetchError:
    return FetchError(f"larger than {kind.cap // _MiB} MiB")


def _check_type(response: aiohttp.ClientResponse, kind: Kind) -> None:
    given = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind.types and given not in kind.types:
        raise FetchError("a PDF, not a web page" if given == "application/pdf" else f"{given}, not a web page")


def _target(response: aiohttp.ClientResponse) -> URL:
    location = response.headers.get("Location", "").strip()
    if not location:
        raise FetchError(f"answered {response.status}: moved, but not where to")
    return address(_readable(location), base=str(response.url))


def _readable(location: str) -> str:
    """A Location as servers send it, with spaces and raw bytes in UTF-8 or any other code, as an address."""
    raw = location.encode("utf-8", "surrogateescape")
    try:
        return raw.decode().replace(" ", "%20")
    except UnicodeDecodeError:
        return quote(raw, safe=_PLAIN_ASCII)


def _sound(value: str) -> bool:
    """Whether a header can be kept, sent back and shown: of sane length, without controls or bytes that are no text."""
    return 0 < len(value) <= 1024 and value.isprintable()
