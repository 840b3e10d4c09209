"""Web addresses: validation, canonical form, and the short id derived from it."""

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote_plus, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_[ce]id|mkt_tok|oly_\w+|"
    r"_hs(?:enc|mi)|vero_\w+|wickedid|ref_src|ref_url|cmpid|ncid|s_cid|spm|scm|__twitter_impression|at_(?:medium|campaign|custom\d)|"
    r"traffic_source|source_feed|feedburner)$",
    re.I,
)
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_PORTS = {"http": 80, "https": 443}
_LONGEST = 8000  # octets that everyone must support (RFC 9110, 4.1)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_UNSEEN = "\xad\u200b\u2060\ufeff"  # soft hyphen, zero width space, word joiner, BOM
_UNSEEN_QUOTED = re.compile("|".join(map(quote, _UNSEEN)), re.I)
# What readers of an address take for different hosts ("http://good.example\\@evil.example"), and what no host has (WHATWG URL, 3.1).
_FORBIDDEN = re.compile(r"[\s\\<>\"^`{|}]")
_WHOLE = re.compile(r"https?://[^/]", re.I)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")
_WWW = re.compile(r"^(?:www\.)+(?=[^.:]+\.)")
_USUAL_PORT = re.compile(r":(?:80|443)$")


def web(url: str, base: str = "") -> str:
    """Return an absolute http(s) address without control characters, or "" when it is invalid. `base` resolves a relative one."""
    asked = _CONTROLS.sub("", url).strip().strip(_UNSEEN).strip()
    if not asked or len(asked) > _LONGEST:
        return ""
    try:
        parts = urlsplit(asked if _WHOLE.match(asked) else urljoin(base, asked))
        if parts.scheme.lower() not in _PORTS or not _sound(parts):
            return ""
        path, query, fragment = (quote(p, safe="/%:@!$&'()*+,;=~?-._[]#") for p in (parts.path, parts.query, parts.fragment))
    except ValueError:
        return ""
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, query, fragment))


@lru_cache(maxsize=1 << 12)
def tidy(url: str) -> str:
    """Return the address to keep and share: without tracking parameters, fragment and default port, the host in lower case."""
    parts = urlsplit(url)
    query = "&".join(p for p in parts.query.split("&") if not _TRACKING.match(unquote_plus(p.partition("=")[0])))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme.lower(), _host(parts), parts.path or "/", query, fragment))


@lru_cache(maxsize=1 << 14)
def canonical(url: str) -> str:
    """Return the canonical address of a page: `tidy`, without regard to scheme, `www.`, index file, last slash and order of parameters.

    Characters that nobody sees do not count either, though a page may have them in its address.
    Text that is not a web address, such as a guid, is returned as it is.
    """
    if not (address := web(url)):
        return url
    parts = urlsplit(tidy(address))
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    query = urlencode(sorted(pairs), errors="surrogateescape")
    host = _USUAL_PORT.sub("", _WWW.sub("", parts.netloc))
    return urlunsplit(("https", host, _bare(_UNSEEN_QUOTED.sub("", parts.path)) or "/", query, parts.fragment))


def item_id(url: str, name: str = "") -> str:
    """Return eight letters and digits that depend on the canonical address alone (41 bits of BLAKE2b).

    `name` distinguishes several items of one address: the entries of a live page, items without a page of their own.
    """
    identity = f"{canonical(url)}\n{name}" if name else canonical(url)
    n = int.from_bytes(hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    digits = []
    for _ in range(8):
        n, d = divmod(n, 36)
        digits.append(_ALPHABET[d])
    return "".join(digits)


def host(url: str) -> str:
    """Return the host in lower case, with the port unless it is the default of the scheme. Request limits apply to it."""
    return _host(urlsplit(url))


def domain(url: str) -> str:
    """Return the host without `www.` and port."""
    return _WWW.sub("", (urlsplit(url).hostname or "").rstrip("."))


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    name = f"[{name}]" if ":" in name else name
    return name if parts.port in (None, _PORTS.get(parts.scheme.lower())) else f"{name}:{parts.port}"


def _sound(parts: SplitResult) -> bool:
    host = (parts.hostname or "").strip(".")
    return bool(host) and parts.port != 0 and "%" not in host and not _FORBIDDEN.search(parts.netloc) and parts.netloc.isprintable()


def _bare(path: str) -> str:
    while (shorter := _INDEX.sub("", path.rstrip("/"))) != path:
        path = shorter
    return path


def short(url: str, limit: int = 60) -> str:
    """Return host and path without `www.` and query, shortened to `limit` characters; "" when the address is invalid."""
    if not web(url):
        return ""
    said = f"{host(url).removeprefix('www.')}{urlsplit(url).path.rstrip('/')}"
    return said if len(said) <= limit else said[: limit - 1] + "…"
