"""Which network addresses may be contacted: the public internet, and what `[fetch] allow` names. Checked for every socket.

A feed, a redirect or a link can name any address. Without this check a request could reach the router, the cloud's metadata
service or a database from inside the network (server-side request forgery).
"""

import ipaddress
from collections.abc import Iterable

from msgspec import Struct

from curator.core.errors import ConfigError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")  # the only global unicast space in use (RFC 4291 §2.4, IANA registry)
# What Python, or an older one, calls global and is not: IETF protocol assignments, the gateways of 6to4 (RFC 7526), addresses for
# documentation (RFC 9637), and Azure's service for its own machines (learn.microsoft.com, "What is IP address 168.63.129.16?").
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_V4_IN_LOW_BITS = 0xFFFF_FFFF

PRIVATE = "a private or local address"
STRANGE_PORT = "a port that web pages are not served from"


class Allowed(Struct, frozen=True, kw_only=True):
    """One entry of `[fetch] allow`: a network or host name, and the one port allowed there."""

    place: Network | str
    port: int

    def covers(self, address: Address, port: int) -> bool:
        """Whether this entry allows an address and port."""
        return port == self.port and not isinstance(self.place, str) and address in self.place


def allowed(entry: str) -> Allowed:
    """Parse "127.0.0.1:8601", "127.77.0.0/16:8700", "[fd00::/8]:80" or "intranet.example:8080". Raises ConfigError."""
    place, _, port = entry.strip().rpartition(":")
    place = place.strip("[]")
    if not place or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"{entry!r} is not an address with a port", where="brand.toml [fetch] allow", hint='allow = ["127.0.0.1:8601"]')
    try:
        return Allowed(place=ipaddress.ip_network(place, strict=False), port=int(port))
    except ValueError:
        return Allowed(place=place, port=int(port))


def refusal(address: str, port: int, allow: Iterable[Allowed] = ()) -> str:
    """Return why no socket may be opened to a numeric address and port; "" when it may."""
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if any(entry.covers(ip, port) for entry in allow):
        return ""
    if not _is_public(ip):
        return PRIVATE
    # Ports below 1024 belong to mail, files and terminals: a request sent there is a message to another protocol.
    return "" if port in (80, 443) or port > 1023 else STRANGE_PORT


def _is_public(ip: Address) -> bool:
    inner = _tunnel_target(ip)
    if isinstance(inner, ipaddress.IPv6Address) and inner not in _PUBLIC_V6:
        return False
    return inner.is_global and not inner.is_multicast and not any(inner in network for network in _SPECIAL)


def _tunnel_target(ip: Address) -> Address:
    """Return the IPv4 address that a gateway would contact for an IPv6 one (NAT64, 6to4, Teredo)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & _V4_IN_LOW_BITS)
    return ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
