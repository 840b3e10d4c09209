"""The forms in which one page is published: tracked, wrapped by a distributor, for AMP, for telephones, as a whole or in parts.

Functions take and return the parts of an address that `urls.web` has validated. addresses.toml holds the names and their sources.
"""

import base64
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, unquote_to_bytes

# The form for AMP or for telephones, by name and value in lower case.
_SAME_PAGE = {("amp", ""), ("amp", "1"), ("amp", "true"), ("amp", "amp"), ("outputtype", "amp"), ("output", "amp")}
_WHOLE_PAGE = {("page", "all"), ("page", "1"), ("showpage", "all"), ("single", "1")}
_BLOGGER = re.compile(r"/\d{4}/\d\d/[^/]+\.html$")
_BLOGGER_MOBILE = {("m", "0"), ("m", "1")}
_AMP_END = re.compile(r"(?<=[^/])(?:/+amp)+(?=/*$)|(?<=[^/.])(?:\.amp)+(?=(?:\.html?)?$)")
_AMP_START = re.compile(r"^/amp(?=/[^/])")
_AMP_CACHE = re.compile(r"/(?:amp|[a-z]{1,2})/(?P<secure>s/)?(?P<rest>[^/]+\.[^/]+(?:/.*)?)$")
_AMP_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_NEWS_ID = re.compile(r"/(?:rss/)?(?:articles|read)/(?P<id>[\w-]{20,2000}={0,2})", re.A)
_NEWS_MESSAGE = re.compile(rb"\x08\x13\x22(?P<length>[\x80-\xff]?[\x00-\x7f])", re.S)
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?$")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")
_DEVICE = re.compile(r"^(?:(?:www|m|mobile|wap|amp)\.)+(?=[^.:]+\.)")
_LANGUAGE_DEVICE = re.compile(r"^([a-z]{2,3}\.)(?:m\.)+(?=[^.:]+\.)")  # id.m.wikipedia.org
_BLOGGER_HOST = re.compile(r"(\.blogspot)\.(?:com?\.)?[a-z]{2,3}$")  # one blog under the domains of all countries
_SESSION = re.compile(r";jsessionid=[^/;]*", re.I)
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.I)
_VIDEO = re.compile(r"/(?:shorts|embed|live|v)/([\w-]{6,20})/*$")
_SHORT_VIDEO = re.compile(r"/([\w-]{6,20})/*$")


def without_tracking(host: str, path: str, query: str) -> str:
    """Return a query without the parameters that say who clicked, and without those that choose AMP or the form for telephones."""
    names, prefixes, limited = _trackers()
    own = limited.get(".".join(host.split(".")[-2:]), ())
    same = _SAME_PAGE | _BLOGGER_MOBILE if _BLOGGER.search(path) else _SAME_PAGE
    said = _said()
    kept = []
    for parameter in query.split("&"):
        name, _, value = parameter.lower().partition("=")
        name = unquote_plus(name) if "%" in name or "+" in name else name
        if not (name in names or name.startswith(prefixes) or name in own or (name, value) in same or (name, value) in said):
            kept.append(parameter)
    return "&".join(kept)


def public_path(path: str) -> str:
    """Return a path without the session of a visitor and the end that chooses AMP."""
    return without_amp(_SESSION.sub("", path) if ";" in path else path)


def without_amp(path: str) -> str:
    """Return a path without the end that chooses AMP: /amp, or .amp before the extension."""
    while "amp" in path[-20:] and (shorter := _AMP_END.sub("", path)) != path:
        path = shorter
    return path


def wrapped(host: str, path: str, query: str) -> str:
    """Return the address that a distributor's or AMP cache's address holds, "" when it holds none."""
    if host.endswith(_AMP_CACHES) or (path.startswith("/amp/") and _GOOGLE.match(host)):
        found = _AMP_CACHE.match(path)
        return f"http{'s' if found['secure'] else ''}://{found['rest']}{query and '?'}{query}" if found else ""
    if host == "news.google.com" and (told := _NEWS_ID.fullmatch(path)):
        return _in_news_id(told["id"])
    if not query or path not in _wrappers():
        return ""
    holders = _wrappers()[path]
    name = "{google}" if _GOOGLE.match(host) else host.removeprefix("www.")
    parameters = holders.get(name) or holders.get(f"*.{name.partition('.')[2]}", ())
    held = dict(parse_qsl(query))
    return next((held[name] for name in parameters if held.get(name, "").startswith(("http://", "https://"))), "")


def _in_news_id(name: str) -> str:
    """Return the address that an id of Google News holds, "" for ids of the newer kind, which only Google can resolve.

    An id is a message of Protocol Buffers in base64url: field 1 is 19, and field 4 is a text, which was the address.
    """
    try:
        message = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
        found = _NEWS_MESSAGE.match(message)
        length = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(found["length"])) if found else 0
        text = message[found.end() :][:length].decode("ascii") if found else ""
    except ValueError:
        return ""
    return text if text.startswith(("http://", "https://")) else ""


def of_distributor(host: str) -> bool:
    """Whether a host passes on the feeds and links of others."""
    return host in _distributors()


def plain_host(host: str) -> str:
    """Return a host without the labels that choose a device, and under its present name."""
    plain = _LANGUAGE_DEVICE.sub(r"\1", _DEVICE.sub("", host))
    return _BLOGGER_HOST.sub(r"\1.com", plain) if ".blogspot." in plain else _renamed().get(plain, plain)


def plain_path(path: str) -> str:
    """Return a path without index file, the beginning and the end that choose AMP, and last slashes."""
    while (shorter := _AMP_START.sub("", without_amp(_INDEX.sub("", path.rstrip("/"))))) != path:
        path = shorter
    return path


def unescaped(path: str) -> str:
    """Return a path in which only what must be is escaped, in capitals (RFC 3986, 6.2.2)."""
    while "%" in path and (plainer := _ESCAPE.sub(_needed, path)) != path:
        path = plainer
    return path


def _needed(escape: re.Match[str]) -> str:
    character = unquote_to_bytes(escape[0]).decode("latin-1")
    return character if character.isascii() and (character.isalnum() or character in "-._~") else escape[0].upper()


def whole(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the parameters without those that ask for the first or for all pages of an article."""
    return [pair for pair in pairs if (pair[0].lower(), pair[1].lower()) not in _WHOLE_PAGE]


def video(host: str, path: str, pairs: list[tuple[str, str]]) -> str:
    """Return the id of the YouTube video that is shown there, "" when none is. `host` is a plain host."""
    if host == "youtu.be":
        found = _SHORT_VIDEO.match(path)
    elif host in ("youtube.com", "youtube-nocookie.com"):
        if path == "/watch":
            return dict(pairs).get("v", "")
        found = _VIDEO.match(path)
    else:
        return ""
    return found[1] if found else ""


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("curator.core.text") / "addresses.toml").read_text("utf-8"))


@cache
def _trackers() -> tuple[frozenset[str], tuple[str, ...], Mapping[str, frozenset[str]]]:
    """Return the names that track everywhere, the prefixes of such names, and the names that track on one site, by site."""
    everywhere = [each for each in _data()["trackers"] if "hosts" not in each]
    limited = {host: frozenset(each["parameters"]) for each in _data()["trackers"] for host in each.get("hosts", ())}
    return frozenset(_all(everywhere, "parameters")), tuple(_all(everywhere, "prefixes")), limited


@cache
def _said() -> frozenset[tuple[str, str]]:
    """Return the parameters that track by what they hold, as names and values."""
    return frozenset((name, value) for name, _, value in (each.partition("=") for each in _all(_data()["trackers"], "values")))


@cache
def _renamed() -> Mapping[str, str]:
    """Return the present name of hosts that show the same pages under another one."""
    return {old: each["host"] for each in _data()["renamed"] for old in each["also"]}


@cache
def _wrappers() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the parameters that hold an address, by path and host."""
    found: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for each in _data()["wrappers"]:
        found[each["path"]] |= dict.fromkeys(each["hosts"], tuple(each["parameters"]))
    return dict(found)


@cache
def _distributors() -> frozenset[str]:
    return frozenset(_data()["distributors"]["hosts"])


@cache
def short_hosts() -> frozenset[str]:
    """Return the hosts of short links."""
    return frozenset(_data()["shorteners"]["hosts"])


@cache
def sites_everywhere() -> frozenset[str]:
    """Return the registered domains that articles of any subject link to."""
    return frozenset(_data()["everywhere"]["sites"])


def _all(tables: list[dict[str, Any]], key: str) -> Iterator[str]:
    return (name for table in tables for name in table.get(key, ()))
