"""The HTTP client: polite to servers, wary of what they send.

It sends few requests at once and fewer to each host, uses validators, obeys robots.txt for articles, and leaves hosts alone
that ask for it. It contacts public addresses only, bounds time and bytes, uses no proxies and verifies every certificate. A
cookie that comes with a redirect goes back to the same host until the request ends, and nowhere else. Nothing else in the
package opens a socket for an address from outside.
"""

import asyncio
import logging
import random
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any, Self

import aiohttp
from msgspec import Struct, field
from msgspec.structs import replace
from yarl import URL

from curator.core.brand import FetchRules
from curator.core.feed import Failure, NotModified, Page
from curator.core.protocols import FetchRequest, HostLeases
from curator.core.text import plain, urls
from curator.core.version import VERSION
from curator.feeds.credentials import loggable
from curator.feeds.http import decoding, errors, guard, resolver, robots
from curator.feeds.http import response as http_response
from curator.feeds.http.errors import FetchError
from curator.feeds.http.hosts import HostQueue
from curator.feeds.http.response import Redirect, ResponseKind
from curator.feeds.http.robots import RobotsRules

_LOG = logging.getLogger(__name__)
_KINDS = {"feed": http_response.FEED, "article": http_response.ARTICLE}
_LONGEST_HEADER = 32_768  # bytes


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of a client: times in seconds, and numbers of requests.

    `total` is for one request with its redirects and retries, not counting the wait for a slot. `pause` is the mean wait
    before a retry. `large`: how many bodies of more than half a MiB are read at once.
    """

    total: float = 35.0
    connect: float = 10.0
    read: float = 15.0
    pause: float = 1.0
    redirects: int = 5
    tries: int = 2
    concurrent: int = 96
    large: int = 16
    per_host: int = 2


DEFAULT_LIMITS = Limits()


class _RequestState(Struct, kw_only=True):
    """A request under way: its present address, and the time and tries it has left.

    `jar`: the cookies of its redirects, None when there are none. `asked`: the addresses asked so far, with the cookies sent.
    """

    request: FetchRequest
    kind: ResponseKind
    url: URL
    seconds_left: float
    tries_left: int
    redirects: list[Redirect] = field(default_factory=list)
    jar: aiohttp.CookieJar | None = None
    asked: set[tuple[URL, str]] = field(default_factory=set)

    def headers(self) -> dict[str, str]:
        request = self.request
        headers = {"Accept": self.kind.accept, "If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
        return {name: value for name, value in (headers | {"Cookie": self.cookie()}).items() if value}

    def cookie(self) -> str:
        """Return the Cookie header for the present address."""
        cookies = self.jar.filter_cookies(self.url).values() if self.jar else ()
        pairs = (f"{cookie.key}={cookie.coded_value}" for cookie in cookies)
        return "; ".join(pair for pair in pairs if http_response.is_clean(pair))

    def follow(self, redirect: Redirect) -> None:
        """Go where a redirect leads, with its cookies. Raises FetchError when it leads back to what was asked before."""
        self.asked.add((self.url, self.cookie()))
        if redirect.cookies:
            self._keep(redirect.cookies)
        self.url = redirect.to
        self.redirects.append(redirect)
        if (self.url, self.cookie()) in self.asked:
            raise FetchError(f"moved in a circle, back to {plain.line(str(self.url), 120)}")

    def _keep(self, cookies: SimpleCookie) -> None:
        self.jar = self.jar or aiohttp.CookieJar(unsafe=True)
        for cookie in cookies.values():
            cookie["domain"] = ""  # for the host that set it alone
        self.jar.update_cookies(cookies, self.url)

    def completed(self, page: Page) -> Page:
        """Return the page with the redirects that led to it."""
        hops = tuple(str(each.to) for each in self.redirects)
        permanent = bool(hops) and all(each.permanent for each in self.redirects) and not self.jar
        return replace(page, moved=hops[-1] if permanent else None, hops=hops, sent_on=tuple(each.status for each in self.redirects))

    def is_elsewhere(self) -> bool:
        """Whether redirects led to another host."""
        return bool(self.redirects) and urls.host(str(self.url)) != urls.host(urls.web(self.request.url))


class HttpFetcher:
    """HTTP client for one run: `async with HttpFetcher(rules) as fetcher: await fetcher.get(FetchRequest(url=…))`.

    What it learns about hosts (robots.txt, requested pauses) is forgotten when it closes.
    `leases` count its requests to a host together with those of other machines.
    Raises ConfigError for an entry of `[fetch] allow` that cannot be read.
    """

    def __init__(self, rules: FetchRules, limits: Limits = DEFAULT_LIMITS, leases: HostLeases[Any] | None = None) -> None:
        self._limits = limits
        self._contact = plain.line(rules.contact, 200).encode("ascii", "ignore").decode()
        self._allow = [guard.allowed(entry) for entry in rules.allow]
        self._hosts = HostQueue(limits.concurrent, limits.per_host, leases)
        self._large = asyncio.Semaphore(limits.large)
        self._robots = RobotsRules(self._fetch_robots)

    async def __aenter__(self) -> Self:
        allow = await resolver.resolve_allowed(self._allow)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                ttl_dns_cache=600,
                resolver=resolver.ThreadedResolver(),
                socket_factory=lambda info: resolver.guarded_socket(info, allow),
            ),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect, sock_read=self._limits.read),
            headers={"User-Agent": _user_agent(self._contact), "Accept-Encoding": decoding.ACCEPTED},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.close()

    async def get(self, request: FetchRequest) -> Page | NotModified | Failure:
        """Return the answer to a request, or the reason why there is none. Never raises for what the network does."""
        try:
            answer = await self._fetch(request, _KINDS[request.kind])
        except FetchError as error:
            failure = error.failure(request)
            _LOG.info("%s: failed: %s", loggable(request.url), failure.reason)
            return failure
        if isinstance(answer, NotModified):
            _LOG.info("%s: unchanged (304)", loggable(request.url))
        else:
            _LOG.info("%s: read %d bytes", loggable(request.url), len(answer.body))
        return answer

    async def _fetch(self, request: FetchRequest, kind: ResponseKind) -> Page | NotModified:
        limits = self._limits
        url = http_response.parse_url(request.url)
        state = _RequestState(request=request, kind=kind, url=url, seconds_left=limits.total, tries_left=limits.tries)
        try:
            return await self._follow_redirects(state)
        except FetchError as error:
            error.hint = error.hint or _allow_hint(error, state)
            error.reason = f"moved to {state.url.raw_host}: {error.reason}" if state.is_elsewhere() else error.reason
            raise

    async def _follow_redirects(self, state: _RequestState) -> Page | NotModified:
        while True:
            if state.kind.robots:
                await self._robots.check(state.url)
            answer = await self._send_with_retries(state)
            if isinstance(answer, Redirect):
                self._redirect(state, answer)
            else:
                return state.completed(answer) if isinstance(answer, Page) else answer

    def _redirect(self, state: _RequestState, redirect: Redirect) -> None:
        if len(state.redirects) == self._limits.redirects:
            raise FetchError("moved too often")
        _LOG.info("%s: redirected (%d) to %s", loggable(str(state.url)), redirect.status, loggable(str(redirect.to)))
        state.follow(redirect)

    async def _send_with_retries(self, state: _RequestState) -> Page | NotModified | Redirect:
        while True:
            try:
                return await self._send(state)
            except FetchError as error:
                state.tries_left -= 1
                if not error.retry or not state.tries_left:
                    raise
                pause = self._limits.pause * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
                _LOG.info("%s: %s; trying again in %.1f s", loggable(str(state.url)), plain.line(error.reason), pause)
                await asyncio.sleep(pause)

    async def _send(self, state: _RequestState) -> Page | NotModified | Redirect:
        limits = self._limits
        async with self._hosts.slot(urls.host(str(state.url))):
            started = asyncio.get_running_loop().time()
            _LOG.debug("%s: GET %s", loggable(str(state.url)), _validators(state.request))
            try:
                async with (
                    asyncio.timeout(state.seconds_left),
                    self._session.get(state.url, headers=state.headers(), allow_redirects=False) as response,
                ):
                    return await http_response.read(response, state.request, state.kind, self._large)
            except (aiohttp.ClientError, OSError, UnicodeError) as error:
                raise errors.from_exception(error, connect=limits.connect, read=limits.read, total=limits.total) from error
            finally:
                state.seconds_left -= asyncio.get_running_loop().time() - started

    async def _fetch_robots(self, url: URL) -> bytes:
        page = await self._fetch(FetchRequest(url=str(url)), http_response.ROBOTS)
        assert isinstance(page, Page), "no validator was sent"
        return page.body


def _allow_hint(error: FetchError, state: _RequestState) -> str:
    """Return how to allow a refused address, unless it is the target of a redirect: that one the user did not choose."""
    if not isinstance(getattr(error.__cause__, "os_error", None), errors.Refused) or state.redirects:
        return ""
    return f'add "{state.url.host_subcomponent}:{state.url.port}" to allow under [fetch] in brand.toml, if it is yours'


def _user_agent(contact: str) -> str:
    name = f"{robots.PRODUCT}/{VERSION}"
    return f"{name} (+{contact})" if contact else name


def _validators(request: FetchRequest) -> str:
    sent = [name for name, value in (("ETag", request.etag), ("Last-Modified", request.last_modified)) if value]
    return f"with {' and '.join(sent)}" if sent else "without validators"
