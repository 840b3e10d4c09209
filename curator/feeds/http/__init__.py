"""The one door to the network: feeds, articles and robots.txt go through it, and nothing else opens a socket for a URL.

It is polite (few requests at once, fewer per host, validators, robots.txt, a host that asks for rest is left alone) and it is
wary (only public addresses, bounded time, bounded bytes, no cookies, no proxies, certificates always checked).
"""

import asyncio
import concurrent.futures
import random
import socket
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct, field
from msgspec.structs import replace
from yarl import URL

from curator.core.brand import FetchRules
from curator.core.feed import Failure, NotModified, Page
from curator.core.protocols import FetchRequest
from curator.core.text import plain, urls
from curator.core.version import VERSION
from curator.feeds.http import decoding, errors, guard, robots
from curator.feeds.http import response as http_response
from curator.feeds.http.errors import FetchError
from curator.feeds.http.guard import Allowed
from curator.feeds.http.response import Kind, Redirect


class Limits(Struct, frozen=True, kw_only=True):
    """Seconds (`total` is for one ask with all its hops and tries, waiting for its turn not counted) and numbers of requests.

    `large`: how many bodies of more than half a MiB are taken at once.
    """

    total: float = 35.0
    connect: float = 10.0
    read: float = 15.0
    pause: float = 1.0
    hops: int = 5
    tries: int = 2
    at_once: int = 96
    large: int = 16
    per_host: int = 2


_Info = tuple[int, int, int, str, tuple[Any, ...]]  # as socket.getaddrinfo gives it
_LIMITS = Limits()
_KINDS = {"feed": http_response.FEED, "article": http_response.ARTICLE}


class _RequestState(Struct, kw_only=True):
    """One ask on its way: where it is, and what is left of its time and tries."""

    ask: FetchRequest
    kind: Kind
    url: URL
    left: float
    tries: int
    hops: list[str] = field(default_factory=list)
    sent_on: list[int] = field(default_factory=list)
    for_good: bool = True

    def headers(self) -> dict[str, str]:
        sent = {"Accept": self.kind.accept, "If-None-Match": self.ask.etag, "If-Modified-Since": self.ask.last_modified}
        return {name: value for name, value in sent.items() if value}

    def moved(self) -> str | None:
        return self.hops[-1] if self.hops and self.for_good else None


class HttpFetcher:
    """`async with HttpFetcher(brand.fetch) as door: await door.get(Ask(url=…))`.

    One door is one run: what it learns of hosts (robots.txt, who asked for rest) is forgotten when it closes.
    Raises ConfigError for an `allow` that cannot be read.
    """

    def __init__(self, rules: FetchRules, limits: Limits = _LIMITS) -> None:
        self._limits = limits
        self._contact = plain.line(rules.contact, 200).encode("ascii", "ignore").decode()
        self._allow = [guard.allowed(entry) for entry in rules.allow]
        self._all = asyncio.Semaphore(limits.at_once)
        self._room = asyncio.Semaphore(limits.large)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(limits.per_host))
        self._held: dict[str, timedelta] = {}
        self._robots: dict[URL, Callable[[str], bool] | FetchError] = {}
        self._robots_locks: defaultdict[URL, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        allow = await _resolved(self._allow)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=600, resolver=_Names(), socket_factory=lambda info: _socket(info, allow)),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect, sock_read=self._limits.read),
            headers={"User-Agent": _user_agent(self._contact), "Accept-Encoding": decoding.ACCEPTED},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            max_line_size=32_768,
            max_field_size=32_768,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.close()

    async def get(self, ask: FetchRequest) -> Page | NotModified | Failure:
        """The answer, or why there is none. Never raises for what the network does."""
        try:
            return await self._fetched(ask, _KINDS[ask.kind])
        except FetchError as why:
            return why.failure(ask)

    async def _fetched(self, ask: FetchRequest, kind: Kind) -> Page | NotModified:
        journey = _RequestState(ask=ask, kind=kind, url=http_response.address(ask.url), left=self._limits.total, tries=self._limits.tries)
        try:
            return await self._travelled(journey)
        except FetchError as why:
            why.hint = why.hint or _how_to_allow(why, journey)
            why.reason = f"moved to {journey.url.raw_host}: {why.reason}" if _elsewhere(journey) else why.reason
            raise

    async def _travelled(self, journey: _RequestState) -> Page | NotModified:
        while True:
            if journey.kind.robots:
                await self._permitted(journey.url)
            try:
                found = await self._asked(journey)
            except FetchError as why:
                journey.tries -= 1
                if not why.again or not journey.tries:
                    raise
                await asyncio.sleep(self._limits.pause * random.uniform(0.5, 1.5))  # noqa: S311 - a jitter, not a secret
                continue
            if isinstance(found, Redirect):
                self._follow(journey, found)
            elif isinstance(found, Page):
                return replace(found, moved=journey.moved(), hops=tuple(journey.hops), sent_on=tuple(journey.sent_on))
            else:
                return found

    def _follow(self, journey: _RequestState, moved: Redirect) -> None:
        if len(journey.hops) == self._limits.hops:
            raise FetchError("moved too often")
        journey.url, journey.for_good = moved.to, journey.for_good and moved.for_good
        journey.hops.append(str(moved.to))
        journey.sent_on.append(moved.status)

    async def _asked(self, journey: _RequestState) -> Page | NotModified | Redirect:
        limits = self._limits
        async with self._turn(urls.host(str(journey.url))):
            started = asyncio.get_running_loop().time()
            try:
                async with (
                    asyncio.timeout(journey.left),
                    self._session.get(journey.url, headers=journey.headers(), allow_redirects=False) as response,
                ):
                    return await http_response.read(response, journey.ask, journey.kind, self._room)
            except (aiohttp.ClientError, OSError, UnicodeError) as error:
                raise errors.of_error(error, connect=limits.connect, read=limits.read, total=limits.total) from error
            finally:
                journey.left -= asyncio.get_running_loop().time() - started

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """Waits for the host first and for the door second: of one host, however much is wanted, only two stand in the common line."""
        async with self._hosts[host], self._all:
            if host in self._held:
                raise FetchError(f"{host} asked to be left alone for {errors.span(self._held[host])}", hold=self._held[host])
            try:
                yield
            except FetchError as why:
                if why.hold:
                    self._held[host] = why.hold
                raise

    async def _permitted(self, url: URL) -> None:
        site = url.origin()
        async with self._robots_locks[site]:
            if site not in self._robots:
                self._robots[site] = await self._robots_of(site)
        rules = self._robots[site]
        if isinstance(rules, FetchError):
            raise FetchError(f"its robots.txt could not be read: {rules.reason}", stage="robots", hold=rules.hold)
        if not rules(str(url)):
            raise FetchError("its robots.txt asks that this page not be read", stage="robots")

    async def _robots_of(self, site: URL) -> Callable[[str], bool] | FetchError:
        """No robots.txt forbids nothing; one that cannot be had now forbids everything (RFC 9309 §2.3.1.3, §2.3.1.4)."""
        try:
            page = await self._fetched(FetchRequest(url=str(site / "robots.txt")), http_response.ROBOTS)
        except FetchError as why:
            absent = why.status is not None and 400 <= why.status < 500 and not why.hold
            return robots.rules(b"") if absent else why
        return robots.rules(page.body if isinstance(page, Page) else b"")


def _elsewhere(journey: _RequestState) -> bool:
    return bool(journey.hops) and urls.host(str(journey.url)) != urls.host(urls.web(journey.ask.url))


def _how_to_allow(why: FetchError, journey: _RequestState) -> str:
    """Only for an address that a person wrote: where a redirect leads is not hers to vouch for."""
    if not isinstance(getattr(why.__cause__, "os_error", None), errors.Refused) or journey.hops:
        return ""
    return f'add "{journey.url.host_subcomponent}:{journey.url.port}" to allow under [fetch] in brand.toml, if it is yours'


def _user_agent(contact: str) -> str:
    name = f"{robots.PRODUCT}/{VERSION}"
    return f"{name} (+{contact})" if contact else name


def _socket(info: _Info, allow: list[Allowed]) -> socket.socket:
    """Made for each address that is about to be contacted, and used for it: no second look-up can slip in another."""
    family, kind, protocol, _, address = info
    if why := guard.refusal(address[0], address[1], allow):
        raise errors.Refused(f"{why}, not contacted")
    return socket.socket(family, kind, protocol)


async def _resolved(allow: list[Allowed]) -> list[Allowed]:
    """The allow list with host names as the addresses they have now; a name without one allows nothing."""
    found: list[Allowed] = []
    for one in allow:
        if not isinstance(one.place, str):
            found.append(one)
            continue
        with suppress(OSError, UnicodeError):
            found += [guard.allowed(f"[{info[4][0]}]:{one.port}") for info in await _looked_up(one.place, one.port)]
    return found


class _Names(AbstractResolver):
    """The HTTP client's way to `_looked_up`."""

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=port,
                family=kin,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kin, _, protocol, _, address in await _looked_up(host, port, family)
        ]

    async def close(self) -> None:
        return None


async def _looked_up(host: str, port: int, family: int = socket.AF_UNSPEC) -> list[_Info]:
    """The addresses of a name. Each look-up has a thread that nobody waits for: a silent name server holds up neither the
    other names (the loop's own threads are few) nor the end of the run.
    """
    found: concurrent.futures.Future[list[_Info]] = concurrent.futures.Future()

    def look() -> None:
        found.set_running_or_notify_cancel()
        try:
            found.set_result([*socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)])
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    threading.Thread(target=look, name=f"name {host}", daemon=True).start()
    return await asyncio.wrap_future(found)
