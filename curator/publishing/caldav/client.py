"""A client for the parts of WebDAV (RFC 4918) and CalDAV (RFC 4791) that a push needs, over aiohttp.

It contacts the configured host alone: it follows no redirect, checks every certificate, uses no proxy, cookie or password file
of the machine, and bounds the size of responses. It sends the password only after the server has asked for one.
"""

import errno
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import aiohttp
from lxml import etree
from lxml.builder import ElementMaker
from msgspec import Struct

from curator.core.errors import CuratorError
from curator.core.text import plain
from curator.publishing.caldav.account import Account
from curator.publishing.caldav.event import ServerEvent

CONNECTIONS = 4  # few, as many calendar servers are small machines
_TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=10)
_MAX_RESPONSE = 64 << 20  # bytes
_PORTION = 100  # events per request
DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_D = ElementMaker(namespace="DAV:", nsmap={"D": "DAV:", "C": CAL[1:-1]})
_C = ElementMaker(namespace=CAL[1:-1], nsmap={"D": "DAV:", "C": CAL[1:-1]})
_UNREACHABLE = {errno.ECONNREFUSED: "nobody answers there", errno.ETIMEDOUT: "it did not answer"}


class DavResponse(Struct, frozen=True, kw_only=True):
    """A response, whatever its status, with its header names in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class DavResource(Struct, frozen=True):
    """A resource of a multistatus response (RFC 4918, 13): its URL and the properties that were found."""

    href: str
    props: Mapping[str, "etree._Element"]

    def text(self, name: str) -> str:
        """Return the text of a property, "" where it is missing."""
        return self.props[name].text or "" if name in self.props else ""

    def href_of(self, name: str) -> str:
        """Return the URL inside a property, "" where there is none."""
        href = self.props[name].find(f"{DAV}href") if name in self.props else None
        return urljoin(self.href, (href.text or "").strip()) if href is not None else ""

    @property
    def name(self) -> str:
        """The display name."""
        return plain.line(self.text(f"{DAV}displayname"), 100)

    @property
    def is_calendar(self) -> bool:
        """Whether the resource is a calendar (RFC 4791, 4.2)."""
        return f"{DAV}resourcetype" in self.props and self.props[f"{DAV}resourcetype"].find(f"{CAL}calendar") is not None


@asynccontextmanager
async def connect(url: str, account: Account) -> "AsyncIterator[CalDavClient]":
    """Open a client for the calendar at `url`."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(
        connector=connector, timeout=_TIMEOUT, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": "curator"}
    ) as session:
        yield CalDavClient(session, url, account)


class CalDavClient:
    """A client for one calendar. Its methods raise CuratorError where the server cannot be reached or refuses."""

    def __init__(self, session: aiohttp.ClientSession, url: str, account: Account) -> None:
        """Use the session for the calendar at `url`."""
        self.url = url
        self._session, self._account = session, account
        self._headers: dict[str, str] = {}
        self._digest: tuple[aiohttp.DigestAuthMiddleware, ...] = ()

    async def calendar(self) -> DavResource:
        """Return the calendar. Raises CuratorError where there is none at the URL, naming those that the server has."""
        found = await self._properties(self.url, "0", "resourcetype", "displayname", "current-user-principal")
        if found and found[0].is_calendar:
            return found[0]
        others = await self._calendars(found[0].href_of(f"{DAV}current-user-principal") if found else "")
        hint = (
            "one of " + ", ".join(others) if others else "the address of one calendar, as the server's settings show it for other programs"
        )
        raise CuratorError("there is no calendar at this address", where=self.url, hint=f"--url with {hint}")

    async def events_at(self, hrefs: Sequence[str]) -> list[ServerEvent]:
        """Return the events that exist at these URLs."""
        found: list[ServerEvent] = []
        for start in range(0, len(hrefs), _PORTION):
            names = [_D.href(urlsplit(href).path) for href in hrefs[start : start + _PORTION]]
            found += await self._report(_C("calendar-multiget", _event_properties(), *names))
        return found

    async def events_with_uid(self, uid: str) -> list[ServerEvent]:
        """Return the events with that UID, whatever their URL."""
        of_uid = _C("prop-filter", _C("text-match", uid, collation="i;octet"), name="UID")
        inside = _C("comp-filter", _C("comp-filter", of_uid, name="VEVENT"), name="VCALENDAR")
        return await self._report(_C("calendar-query", _event_properties(), _C.filter(inside)))

    async def put(self, href: str, body: bytes, etag: str | None) -> DavResponse:
        """Create an event that does not exist yet (`etag` None), or replace exactly the version with that etag."""
        condition = {"If-None-Match": "*"} if etag is None else {} if not etag or etag.startswith("W/") else {"If-Match": etag}
        return await self._request("PUT", href, body, {"Content-Type": "text/calendar; charset=utf-8", **condition})

    async def _calendars(self, principal: str) -> list[str]:
        """Return the URLs of the logged-in user's calendars, as far as the server names them."""
        if not self._is_same_server(principal):
            return []
        homes = [found.href_of(f"{CAL}calendar-home-set") for found in await self._properties(principal, "0", "calendar-home-set")]
        return [
            c.href
            for home in homes
            if self._is_same_server(home)
            for c in await self._properties(home, "1", "resourcetype")
            if c.is_calendar
        ]

    async def _properties(self, url: str, depth: str, *names: str) -> list[DavResource]:
        wanted = (_C(name) if name.startswith("calendar-") else _D(name) for name in names)
        response = await self._request(
            "PROPFIND", url, _xml(_D.propfind(_D.prop(*wanted))), {"Depth": depth, "Content-Type": "application/xml"}
        )
        return [found for found in self._multistatus(response) if self._is_same_server(found.href)]

    async def _report(self, query: "etree._Element") -> list[ServerEvent]:
        response = await self._request("REPORT", self.url, _xml(query), {"Depth": "1", "Content-Type": "application/xml"})
        found = [resource for resource in self._multistatus(response) if self._is_same_server(resource.href)]
        data = ((resource, resource.text(f"{CAL}calendar-data")) for resource in found)
        return [ServerEvent(href=r.href, etag=r.text(f"{DAV}getetag"), body=text.encode()) for r, text in data if text]

    def _multistatus(self, response: DavResponse) -> Iterator[DavResource]:
        if response.status != 207:
            raise refusal(response, logged_in=bool(self._account.user))
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(response.body, parser)
        except etree.XMLSyntaxError:
            raise CuratorError("this is not a calendar server: its answer cannot be read", where=response.url) from None
        for element in root.iter(f"{DAV}response"):
            href = urljoin(response.url, (element.findtext(f"{DAV}href") or "").strip())
            good = (stat for stat in element.iter(f"{DAV}propstat") if " 200" in (stat.findtext(f"{DAV}status") or ""))
            yield DavResource(href, {str(prop.tag): prop for stat in good for prop in stat.iterfind(f"{DAV}prop/*")})

    def _is_same_server(self, href: str) -> bool:
        """Tell whether a URL that the server named is on the configured server."""
        return bool(href) and urlsplit(href)[:2] == urlsplit(self.url)[:2]

    async def _request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> DavResponse:
        """Return the response, whatever its status; log in when the server asks for it, in the way that it offers."""
        response = await self._send(method, url, body, headers)
        if response.status == 401 and self._account.user and not self._headers and not self._digest:
            self._log_in(response.headers.get("www-authenticate", "").casefold())
            response = await self._send(method, url, body, headers)
        return response

    def _log_in(self, offered: str) -> None:
        user, password = self._account.user, self._account.password
        if "digest" in offered:
            self._digest = (aiohttp.DigestAuthMiddleware(user, password),)
        else:
            self._headers = {"Authorization": aiohttp.encode_basic_auth(user, password)}

    async def _send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> DavResponse:
        try:
            async with self._session.request(
                method, url, data=body, headers={**headers, **self._headers}, allow_redirects=False, middlewares=self._digest
            ) as response:
                return DavResponse(
                    url=url,
                    status=response.status,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await _read(response),
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            hint = "check the address and the network; --url tries another address"
            raise CuratorError(f"the calendar server cannot be reached: {_unreachable(error)}", where=self.url, hint=hint) from error


def refusal(response: DavResponse, *, logged_in: bool) -> CuratorError:
    """Return the error for a response that cannot be used, with what to do about it. `logged_in`: whether an account was sent."""
    what, hint = _REFUSALS.get(
        response.status, (f"the server answered {response.status}, which no calendar server does here", "check the address")
    )
    if response.status == 401 and not logged_in:
        what, hint = "the server asks who you are", _ENVIRONMENT
    if 300 <= response.status < 400:
        to = plain.line(urljoin(response.url, response.headers.get("location", "")), 500)
        what, hint = f"the server sends on to {to}", f"if you trust that address: --url {to}"
    return CuratorError(what, where=response.url, hint=hint)


_ENVIRONMENT = "set CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD in the environment; many servers want a password made for one program"
_REFUSALS = {
    401: ("the server does not accept this user and password", _ENVIRONMENT),
    403: ("this user may not read this calendar", "ask whoever owns the calendar for the right to read and write it"),
    404: ("there is nothing at this address", "check the address: the server's settings show it for other programs"),
    429: ("the server asks to be left alone for a while", "try again later"),
    500: ("something is broken at the server", "try again later"),
    503: ("the server is not available now", "try again later"),
}


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_chunked(1 << 16):
        body += part
        if len(body) > _MAX_RESPONSE:
            raise aiohttp.ClientPayloadError("too long")
    return bytes(body)


def _event_properties() -> "etree._Element":
    return _D.prop(_D.getetag(), _C("calendar-data"))


def _xml(root: "etree._Element") -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _unreachable(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate cannot be trusted"
        case aiohttp.ClientSSLError():
            return "no secure connection could be agreed on"
        case aiohttp.ClientConnectorDNSError():
            return "there is no such host"
        case aiohttp.ClientConnectorError():
            return _UNREACHABLE.get(error.os_error.errno or 0, "there is no way to it")
        case TimeoutError():
            return "it did not answer in time"
        case aiohttp.InvalidURL():
            return "its address cannot be used"
    return "the connection broke off"
