"""The few words of WebDAV and CalDAV (RFC 4918, RFC 4791) that pushing needs, over aiohttp.

Only the host that the person configured is spoken to: no redirect is followed, certificates are always checked, no proxy,
cookie or password file of the machine is used, answers are bounded. A password goes out only after a server asked for one.
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

AT_ONCE = 4  # connections: a calendar server is often somebody's small machine
_PATIENCE = aiohttp.ClientTimeout(total=60, sock_connect=10)
_MOST = 64 << 20  # octets of one answer
_PART = 100  # events asked for at a time
DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_D = ElementMaker(namespace="DAV:", nsmap={"D": "DAV:", "C": CAL[1:-1]})
_C = ElementMaker(namespace=CAL[1:-1], nsmap={"D": "DAV:", "C": CAL[1:-1]})
_UNREACHABLE = {errno.ECONNREFUSED: "nobody answers there", errno.ETIMEDOUT: "it did not answer"}


class DavResponse(Struct, frozen=True, kw_only=True):
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class DavMatch(Struct, frozen=True):
    """One resource of a multistatus answer, its address on the server asked, and the properties that it has."""

    href: str
    props: Mapping[str, "etree._Element"]

    def told(self, name: str) -> str:
        return self.props[name].text or "" if name in self.props else ""

    def inner(self, name: str) -> str:
        """The address inside a property, "" where there is none."""
        href = self.props[name].find(f"{DAV}href") if name in self.props else None
        return urljoin(self.href, (href.text or "").strip()) if href is not None else ""

    @property
    def name(self) -> str:
        return plain.line(self.told(f"{DAV}displayname"), 100)

    @property
    def is_calendar(self) -> bool:
        return f"{DAV}resourcetype" in self.props and self.props[f"{DAV}resourcetype"].find(f"{CAL}calendar") is not None


@asynccontextmanager
async def at(address: str, account: Account) -> "AsyncIterator[Server]":
    """The server of a calendar, for the time of one push."""
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(
        connector=connector, timeout=_PATIENCE, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": "curator"}
    ) as session:
        yield Server(session, address, account)


class Server:
    """Asks one server, as one account, about one calendar. Raises CuratorError where nothing can be had of it."""

    def __init__(self, session: aiohttp.ClientSession, address: str, account: Account) -> None:
        self.address = address
        self._session, self._account = session, account
        self._headers: dict[str, str] = {}
        self._digest: tuple[aiohttp.DigestAuthMiddleware, ...] = ()

    async def calendar(self) -> DavMatch:
        """The calendar at the address. Raises CuratorError when there is none, with the addresses of those that there are."""
        found = await self._properties(self.address, "0", "resourcetype", "displayname", "current-user-principal")
        if found and found[0].is_calendar:
            return found[0]
        others = await self._calendars(found[0].inner(f"{DAV}current-user-principal") if found else "")
        hint = (
            "one of " + ", ".join(others) if others else "the address of one calendar, as the server's settings show it for other programs"
        )
        raise CuratorError("there is no calendar at this address", where=self.address, hint=f"--url with {hint}")

    async def kept(self, hrefs: Sequence[str]) -> list[ServerEvent]:
        """Those of the events at these addresses that there are."""
        found: list[ServerEvent] = []
        for start in range(0, len(hrefs), _PART):
            names = [_D.href(urlsplit(href).path) for href in hrefs[start : start + _PART]]
            found += await self._report(_C("calendar-multiget", _wanted(), *names))
        return found

    async def named(self, uid: str) -> list[ServerEvent]:
        """The event of that UID, wherever in the calendar it lies."""
        of_uid = _C("prop-filter", _C("text-match", uid, collation="i;octet"), name="UID")
        inside = _C("comp-filter", _C("comp-filter", of_uid, name="VEVENT"), name="VCALENDAR")
        return await self._report(_C("calendar-query", _wanted(), _C.filter(inside)))

    async def put(self, href: str, body: bytes, etag: str | None) -> DavResponse:
        """Creates what is not there yet (etag None), or replaces exactly what was seen there."""
        condition = {"If-None-Match": "*"} if etag is None else {} if not etag or etag.startswith("W/") else {"If-Match": etag}
        return await self._ask("PUT", href, body, {"Content-Type": "text/calendar; charset=utf-8", **condition})

    async def _calendars(self, principal: str) -> list[str]:
        """The addresses of the calendars of the person who is logged in, as far as the server tells them."""
        if not self._ours(principal):
            return []
        homes = [found.inner(f"{CAL}calendar-home-set") for found in await self._properties(principal, "0", "calendar-home-set")]
        return [c.href for home in homes if self._ours(home) for c in await self._properties(home, "1", "resourcetype") if c.is_calendar]

    async def _properties(self, url: str, depth: str, *names: str) -> list[DavMatch]:
        wanted = (_C(name) if name.startswith("calendar-") else _D(name) for name in names)
        answer = await self._ask("PROPFIND", url, _xml(_D.propfind(_D.prop(*wanted))), {"Depth": depth, "Content-Type": "application/xml"})
        return [found for found in self._multistatus(answer) if self._ours(found.href)]

    async def _report(self, query: "etree._Element") -> list[ServerEvent]:
        answer = await self._ask("REPORT", self.address, _xml(query), {"Depth": "1", "Content-Type": "application/xml"})
        told = ((found, found.told(f"{CAL}calendar-data")) for found in self._multistatus(answer) if self._ours(found.href))
        return [ServerEvent(href=found.href, etag=found.told(f"{DAV}getetag"), body=data.encode()) for found, data in told if data]

    def _multistatus(self, answer: DavResponse) -> Iterator[DavMatch]:
        if answer.status != 207:
            raise refusal(answer, asked_to_log_in=bool(self._account.user))
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            root = etree.fromstring(answer.body, parser)
        except etree.XMLSyntaxError:
            raise CuratorError("this is no calendar server: its answer cannot be read", where=answer.url) from None
        for response in root.iter(f"{DAV}response"):
            href = urljoin(answer.url, (response.findtext(f"{DAV}href") or "").strip())
            good = (stat for stat in response.iter(f"{DAV}propstat") if " 200" in (stat.findtext(f"{DAV}status") or ""))
            yield DavMatch(href, {str(prop.tag): prop for stat in good for prop in stat.iterfind(f"{DAV}prop/*")})

    def _ours(self, href: str) -> bool:
        """Whether an address that the server named is on the server that was configured."""
        return bool(href) and urlsplit(href)[:2] == urlsplit(self.address)[:2]

    async def _ask(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> DavResponse:
        """One answer, whatever its status; logs in when asked to, the way that the server offers."""
        answer = await self._send(method, url, body, headers)
        if answer.status == 401 and self._account.user and not self._headers and not self._digest:
            self._log_in(answer.headers.get("www-authenticate", "").casefold())
            answer = await self._send(method, url, body, headers)
        return answer

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
                    body=await _whole(response),
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            hint = "check the address and the network; --url tries another address"
            raise CuratorError(f"the calendar server cannot be reached: {_unreachable(error)}", where=self.address, hint=hint) from error


def refusal(answer: DavResponse, *, asked_to_log_in: bool) -> CuratorError:
    """Why a server's answer is of no use, in words and with what to do."""
    what, hint = _SAID.get(answer.status, (f"the server answered {answer.status}, which no calendar server does here", "check the address"))
    if answer.status == 401 and not asked_to_log_in:
        what, hint = "the server asks who you are", _ENVIRONMENT
    if 300 <= answer.status < 400:
        to = plain.line(urljoin(answer.url, answer.headers.get("location", "")), 500)
        what, hint = f"the server sends on to {to}", f"if you trust that address: --url {to}"
    return CuratorError(what, where=answer.url, hint=hint)


_ENVIRONMENT = "set CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD in the environment; many servers want a password made for one program"
_SAID = {
    401: ("the server does not accept this user and password", _ENVIRONMENT),
    403: ("this user may not read this calendar", "ask whoever owns the calendar for the right to read and write it"),
    404: ("there is nothing at this address", "check the address: the server's settings show it for other programs"),
    429: ("the server asks to be left alone for a while", "try again later"),
    500: ("something is broken at the server", "try again later"),
    503: ("the server is not available now", "try again later"),
}


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_chunked(1 << 16):
        body += part
        if len(body) > _MOST:
            raise aiohttp.ClientPayloadError("too long")
    return bytes(body)


def _wanted() -> "etree._Element":
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
