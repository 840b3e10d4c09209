"""Where the server listens, under which names it answers, and who is let in."""

import errno
import hmac
import socket
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Final

from msgspec import Struct
from yarl import URL

from curator.core.errors import CuratorError, UsageError
from curator.core.text.plain import line

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_EVERY_INTERFACE: Final = ("0.0.0.0", "::")  # noqa: S104 - recognised, and refused without a token
_ALLOWED: Final = 10  # wrong tokens of one address within the span
GUESS_SPAN: Final = 60  # seconds
_REMEMBERED: Final = 1000  # addresses of guesses


class ServerAddress(Struct, frozen=True, kw_only=True):
    """Address to listen on, and the token that every request must carry, if any. Port 0 means any free one.

    `origin`: where a proxy shows the server, as `origin` returns it; "" where there is no proxy.
    """

    host: str
    port: int
    token: str = ""
    origin: str = ""

    @property
    def url(self) -> str:
        """Address to type in a browser."""
        return f"{self.origin}/" if self.origin else self.listening

    @property
    def listening(self) -> str:
        """Address of the server itself; this machine's name stands for all its interfaces."""
        host = socket.gethostname() if self.host in _EVERY_INTERFACE else self.host
        return f"http://{_bracketed(host)}:{self.port}/"

    def answers_to(self, host: str) -> bool:
        """Return whether a request with this Host header is meant for the server.

        On loopback the header must be one of the names of this machine: a page of another site cannot reach the server
        through a name of its own that resolves to 127.0.0.1 (DNS rebinding). On an address that other machines reach, they
        may know it by any name; there the token, which no other site knows, stops the same attack.
        """
        if not is_loopback(self.host):
            return True
        names = {_bracketed(name.lower()) for name in (*_LOOPBACK, self.host)}
        here = {f"{name}:{self.port}" for name in names} | (names if self.port == 80 else set())
        return bool(host) and host.lower() in here | {self.origin.partition("//")[2]}

    def base(self, host: str) -> str:
        """Return the origin of the pages for a request with this Host header."""
        return self.origin or f"http://{host}"

    def client(self, peer: str, forwarded: str) -> str:
        """Return the address that a request came from. `forwarded`: X-Forwarded-For, which anybody can send.

        Only a server behind a proxy believes it, and only its last address, which is the one that the proxy has seen.
        """
        last = forwarded.rpartition(",")[2].strip()
        return last if self.origin and _is_address(last) else peer

    def admits(self, token: str) -> bool:
        """Return whether this is the token, compared in constant time; without a token everybody is admitted."""
        return not self.token or hmac.compare_digest(_bytes(token), _bytes(self.token))


class Guesses:
    """The wrong tokens of the last minute, by the address that they came from."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count from nothing. `clock`: seconds that never go back."""
        self._clock = clock
        self._missed: OrderedDict[str, deque[float]] = OrderedDict()

    def missed(self, address: str) -> None:
        """Remember a wrong token."""
        self._missed.setdefault(address, deque(maxlen=_ALLOWED)).append(self._clock())
        self._missed.move_to_end(address)
        while len(self._missed) > _REMEMBERED:
            self._missed.popitem(last=False)

    def exhausted(self, address: str) -> bool:
        """Return whether an address must wait."""
        times = self._missed.get(address)
        return times is not None and len(times) == _ALLOWED and self._clock() - times[0] < GUESS_SPAN


def listen(address: ServerAddress) -> socket.socket:
    """Open a listening socket.

    Raises UsageError for what is not a host name, and where other machines reach the address and it has no token; CuratorError
    where the system refuses.
    """
    _check(address)
    try:
        return socket.create_server((address.host, address.port), family=socket.AF_INET6 if ":" in address.host else socket.AF_INET)
    except OSError as error:
        taken, reason = error.errno == errno.EADDRINUSE, line(error.strerror or str(error)).partition(" (while")[0]
        what = "another program listens there" if taken else f"cannot listen there: {reason}"
        hint = f"curator serve --port {(address.port + 1) % 65536}" if taken else "curator serve"
        raise CuratorError(what, where=f"{line(address.host)}:{address.port}", hint=hint) from error


def origin(address: str) -> str:
    """Return the origin of a web address as browsers write it (RFC 6454, 6.2), "" for "". Raises UsageError for what is none."""
    if not address:
        return ""
    try:
        url = URL(address)
        bare = url == url.origin() / ""
    except (ValueError, TypeError):
        bare = False
    if not bare or url.scheme not in ("http", "https"):
        raise UsageError(f"not the address of a server: {line(address)!r}", hint="curator serve --origin https://desk.example.com")
    return str(url.origin())


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def from_here(headers: Mapping[str, str], base: str) -> bool:
    """Return whether a form was sent by a page of this server, whose origin is `base`, as the browser tells.

    Browsers send Sec-Fetch-Site (Fetch Metadata, 2.3), and Origin with every POST (Fetch, 3.2); a page cannot change either. What
    sends neither is no browser.
    """
    return headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and headers.get("Origin") in (None, base)


def _check(address: ServerAddress) -> None:
    host = line(address.host)
    try:
        name = address.host.encode("idna")
    except UnicodeError:
        name = b""
    if not name:
        raise UsageError(f"not a host name: {host!r}", hint="curator serve")
    public = URL(address.origin).host if address.origin else address.host
    if not (address.token or (is_loopback(address.host) and is_loopback(public or ""))):
        where = f"--origin {address.origin}" if address.origin else f"--host {host}"
        hint = f'curator serve {where} --token "$(openssl rand -hex 16)"'
        raise UsageError(f"other machines can reach {line(address.origin) or host}: it needs a token", hint=hint)


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")
