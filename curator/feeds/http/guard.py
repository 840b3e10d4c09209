"""Which addresses may be contacted: the public internet, and what `[fetch] allow` names. Asked for each socket, at the last moment.

A feed, a redirect or a link can name any address; without this, one that names the router, the cloud's metadata service
or a database on this machine would be asked from inside the network (server-side request forgery).
"""

import ipaddress
from collections.abc import Iterable

from msgspec import Struct

from curator.core.errors import ConfigError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # the only global unicast space given out (RFC 4291 §2.4, IANA registry)
_PROTOCOL_V4 = ipaddress.IPv4Network("192.0.0.0/24")  # IETF protocol assignments: older Pythons call most of it global
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_V4_IN_LOW_BITS = 0xFFFF_FFFF

PRIVATE = "a private or local address"
STRANGE_PORT = "a port that no web page is served from"


class Allowed(Struct, frozen=True, kw_only=True):
    """One line of `[fetch] allow`: a network or a host name, and the only port that is open there."""

    place: Network | str
    port: int

    def covers(self, address: Address, port: int) -> bool:
        return port == self.port and not isinstance(self.place, str) and address in self.place


def allowed(entry: str) -> Allowed:
    """Reads "127.0.0.1:8601", "127.77.0.0/16:8700", "[fd00::/8]:80" or "intranet.example:8080"."""
    place, _, port = entry.strip().rpartition(":")
    place = place.strip("[]")
    if not place or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"{entry!r} is not an address with a port", where="brand.toml [fetch] allow", hint='allow = ["127.0.0.1:8601"]')
    try:
        return Allowed(place=ipaddress.ip_network(place, strict=False), port=int(port))
    except ValueError:
        return Allowed(place=place, port=int(port))


def refusal(address: str, port: int, allow: Iterable[Allowed] = ()) -> str:
    """Why no socket may be opened to this numeric address and port, in words; "" when it may."""
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if any(one.covers(ip, port) for one in allow):
        return ""
    if not _public(ip):
        return PRIVATE
    # Ports below 1024 belong to mail, files and terminals: a request sent there is a message to another protocol.
    return "" if port in (80, 443) or port > 1023 else STRANGE_PORT


def _public(ip: Address) -> bool:
    inner = _tunnelled(ip)
    if isinstance(inner, ipaddress.IPv6Address) and inner not in _PUBLIC_V6:
        return False
    return inner.is_global and not inner.is_multicast and inner not in _PROTOCOL_V4


def _tunnelled(ip: Address) -> Address:
    """The IPv4 address that a gateway would contact on behalf of an IPv6 one (NAT64, 6to4, Teredo)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & _V4_IN_LOW_BITS)
    return ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
