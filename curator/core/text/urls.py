"""Web addresses: validation, canonical form, and the short id derived from it."""

import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from curator.core.text import former_urls, page_forms

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_PORTS = {"http": 80, "https": 443}
_LONGEST = 8000  # octets that everyone must support (RFC 9110, 4.1)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_UNSEEN = "\xad\u200b\u2060\ufeff"  # soft hyphen, zero width space, word joiner, BOM
_UNSEEN_QUOTED = re.compile("|".join(map(quote, _UNSEEN)), re.I)
# What readers of an address take for different hosts ("http://good.example\\@evil.example"), and what no host has (WHATWG URL, 3.1).
_FORBIDDEN = re.compile(r"[\s\\<>\"^`{|}]")
_WHOLE = re.compile(r"https?://[^/]", re.I)
_SCHEME_ALONE = re.compile(r"https?:/*$", re.I)
_FEED_BEFORE = re.compile(r"^feed:(?://)?(?=https?:)", re.I)
_TWICE = re.compile(r"^(?:https?:/*)+(?=https?://)", re.I)  # "http://https://", as forms write it that put the scheme before everything
_WWW = re.compile(r"^(?:www\.)+(?=[^.:]+\.)")
_ROUTES = ("!", "/")  # "#!/story" and "#/story" choose what a page's script shows
_USUAL_PORT = re.compile(r":(?:80|443)$")


def web(url: str, base: str = "") -> str:
    """Return an absolute http(s) address without control characters, or "" when it is invalid. `base` resolves a relative one."""
    given = _TWICE.sub("", _CONTROLS.sub("", url).strip().strip(_UNSEEN).strip())
    if not given or len(given) > _LONGEST or _SCHEME_ALONE.match(given):
        return ""
    try:
        parts = urlsplit(given if _WHOLE.match(given) else urljoin(base, given))
        if parts.scheme.lower() not in _PORTS or not _sound(parts):
            return ""
        path, query, fragment = (quote(p, safe="/%:@!$&'()*+,;=~?-._[]#") for p in (parts.path, parts.query, parts.fragment))
    except ValueError:
        return ""
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, query, fragment))


def without_feed_scheme(written: str) -> str:
    """Return an address without the schemes in which links to feeds were written once: feed: and feed://."""
    address = _FEED_BEFORE.sub("", written.strip())
    return f"http:{address[5:]}" if address[:7].lower() == "feed://" else address


def tidy(url: str) -> str:
    """Return the address to keep and share: the page's own, not a distributor's or AMP's, the host in lower case.

    It has no tracking parameters, no fragment except a route of the page's script, and no default port.
    """
    return urlunsplit(_tidied(url))


@lru_cache(maxsize=1 << 14)
def canonical(url: str) -> str:
    """Return the canonical address of a page, the same for every form in which the page is published.

    It is `tidy`, without regard to scheme, device (`www.`, `m.`), index file, last slash, order of parameters, characters that
    nobody sees, and to whether the first page or all pages of an article are meant. Its host is in ASCII (UTS 46). Text that is
    not a web address, such as a guid, is returned as it is.
    """
    if not (address := web(url)):
        return url
    parts = _tidied(address)
    pairs = page_forms.whole(parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")) if parts.query else []
    host = page_forms.plain_host(_in_ascii(_USUAL_PORT.sub("", parts.netloc)))
    if video := page_forms.video(host, parts.path, pairs):
        return f"https://youtube.com/watch?{urlencode({'v': video}, errors='surrogateescape')}"
    query = urlencode(sorted(pairs), errors="surrogateescape") if pairs else ""
    return urlunsplit(
        ("https", host, page_forms.plain_path(_UNSEEN_QUOTED.sub("", page_forms.unescaped(parts.path))) or "/", query, parts.fragment)
    )


def item_id(url: str, name: str = "") -> str:
    """Return eight letters and digits that depend on the canonical address alone (41 bits of BLAKE2b).

    `name` distinguishes several items of one address: the entries of a live page, items without a page of their own.
    """
    return _short_id(f"{canonical(url)}\n{name}" if name else canonical(url))


def page_ids(url: str) -> tuple[str, ...]:
    """Return the ids under which a library may hold the page: that of today's rules, and that of 0.1.0 where it differs."""
    if not (address := web(url)):
        return (item_id(url),)
    parts = urlsplit(address)
    former = former_urls.canonical(parts, _USUAL_PORT.sub("", _WWW.sub("", _host(parts))))
    return tuple(dict.fromkeys((item_id(url), _short_id(former))))


def _short_id(identity: str) -> str:
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


def unwrapped(url: str) -> str:
    """Return the address that another one only leads on to, or the address itself."""
    parts = urlsplit(url)
    return web(page_forms.wrapped(_host(parts), parts.path, parts.query)) or url


def is_front(url: str) -> bool:
    """Whether an address is the front page of its site."""
    parts = urlsplit(canonical(url))
    return parts.path == "/" and not parts.query and not parts.fragment


def is_distributed(url: str) -> bool:
    """Whether an address is that of a distributor of feeds, who leads on to the page."""
    return page_forms.of_distributor(urlsplit(url).hostname or "")


def is_short(url: str) -> bool:
    """Whether an address is a short link, which leads to a page that it does not name."""
    return domain(url) in page_forms.short_hosts()


def is_everywhere(url: str) -> bool:
    """Whether an address is on a site that articles of any subject link to: a network, a shop, a search."""
    return site(url) in page_forms.sites_everywhere()


def site(url: str) -> str:
    """Return the registered domain of an address, or its host where there is none."""
    from tld import get_fld  # reads the list of public suffixes

    return get_fld(url, fail_silently=True, search_private=True) or page_forms.plain_host(domain(url))


@lru_cache(maxsize=1 << 12)
def _tidied(url: str) -> SplitResult:
    parts = urlsplit(url)
    host = _host(parts)
    while (wrapped := page_forms.wrapped(host, parts.path, parts.query)) and (address := web(wrapped)):
        parts = urlsplit(address)
        host = _host(parts)
    query = page_forms.without_tracking(host, parts.path, parts.query) if parts.query else ""
    fragment = parts.fragment if parts.fragment.startswith(_ROUTES) else ""
    return SplitResult(parts.scheme.lower(), host, page_forms.public_path(parts.path) or "/", query, fragment)


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    name = f"[{name}]" if ":" in name else name
    return name if parts.port in (None, _PORTS.get(parts.scheme.lower())) else f"{name}:{parts.port}"


def _in_ascii(host: str) -> str:
    """Return a host as the DNS has it: "xn--…" for labels of other letters. One that IDNA does not allow is returned as it is."""
    if host.isascii():
        return host
    import idna

    name, _, port = host.partition(":")
    try:
        encoded = idna.encode(name, uts46=True).decode().rstrip(".")
    except idna.IDNAError:
        return host
    return f"{encoded}:{port}" if port else encoded


def _sound(parts: SplitResult) -> bool:
    host = (parts.hostname or "").strip(".")
    return bool(host) and parts.port != 0 and "%" not in host and not _FORBIDDEN.search(parts.netloc) and parts.netloc.isprintable()


def short(url: str, limit: int = 60) -> str:
    """Return host and path without `www.` and query, shortened to `limit` characters; "" when the address is invalid."""
    if not web(url):
        return ""
    address = f"{host(url).removeprefix('www.')}{urlsplit(url).path.rstrip('/')}"
    return address if len(address) <= limit else address[: limit - 1] + "…"
