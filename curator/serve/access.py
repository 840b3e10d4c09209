"""Where it is served: the address, the names it has, and who is let in."""

import errno
import hmac
import socket
from ipaddress import ip_address

from msgspec import Struct

from curator.core.errors import CuratorError, UsageError
from curator.core.text.plain import line

_OWN = ("localhost", "127.0.0.1", "::1")  # what this machine is called by nobody but itself


class ServerAddress(Struct, frozen=True, kw_only=True):
    """An address to listen on, port 0 being any free one, and the token that whoever asks there must have, if any."""

    host: str
    port: int
    token: str = ""

    @property
    def url(self) -> str:
        return f"http://{_bracketed(self.host)}:{self.port}/"

    def is_named(self, host: str) -> bool:
        """Whether a Host header means this place; a browser that says another name was led here by somebody else's DNS."""
        names = {_bracketed(name.lower()) for name in (*_OWN, self.host)}
        return host.lower() in {f"{name}:{self.port}" for name in names} | (names if self.port == 80 else set())

    def admits(self, token: str) -> bool:
        return not self.token or hmac.compare_digest(_bytes(token), _bytes(self.token))


def listen(place: ServerAddress) -> socket.socket:
    """A socket there. Raises UsageError where others reach the place and it has no token, CuratorError where none can be had."""
    _check(place)
    try:
        return socket.create_server((place.host, place.port), family=socket.AF_INET6 if ":" in place.host else socket.AF_INET)
    except OSError as error:
        taken, reason = error.errno == errno.EADDRINUSE, line(error.strerror or str(error)).partition(" (while")[0]
        what = "another program listens there" if taken else f"nobody can listen there: {reason}"
        hint = f"curator serve --port {(place.port + 1) % 65536}" if taken else "curator serve"
        raise CuratorError(what, where=f"{line(place.host)}:{place.port}", hint=hint) from error


def _check(place: ServerAddress) -> None:
    host = line(place.host)
    try:
        name = place.host.encode("idna")
    except UnicodeError:
        name = b""
    if not name:
        raise UsageError(f"{host!r} is no name of a machine", hint="curator serve")
    if not (place.token or _is_own(place.host)):
        hint = f'curator serve --host {host} --token "$(openssl rand -hex 16)"'
        raise UsageError(f"{host} can be reached by others: they must have a token", hint=hint)


def _is_own(host: str) -> bool:
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bytes(token: str) -> bytes:
    return token.encode("utf-8", "surrogatepass")
