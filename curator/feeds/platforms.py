"""Where platforms keep the feed of an account, and handles in place of addresses, from platforms.toml."""

import re
import tomllib
from functools import cache
from importlib import resources
from urllib.parse import quote_plus, urlsplit

import msgspec
from msgspec import Struct

from curator.core.feed import Failure, Feed
from curator.core.text import urls

_A_FEED = re.compile(r"^/feeds?/|/feed/?$|\.(?:rss|xml|atom)$", re.I)
_SEARCHED = 3_000_000  # bytes of a page


class Handle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way to write an account that is no web address. platforms.toml explains the fields."""

    pattern: str
    address: str


class Platform(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the pages of a platform have their feed. platforms.toml explains the fields."""

    title: str
    pattern: str
    feed: str = ""
    find: str = ""
    hint: str = ""


class News(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A news search that answers with a feed."""

    title: str
    feed: str


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    handle: tuple[Handle, ...]
    platform: tuple[Platform, ...]
    news: News


class Account(Struct, frozen=True, kw_only=True):
    """A page of a platform. `parts`: what its address says, by the names of the pattern's groups."""

    platform: Platform
    parts: dict[str, str]

    def feed(self, page: bytes = b"") -> str:
        """Return the address of its feed, "" where there is none, or the page is needed and does not name it."""
        parts = self.parts
        if self.platform.find:
            found = re.search(self.platform.find.encode(), page[:_SEARCHED])
            parts = {name: value.decode("ascii", "ignore") for name, value in found.groupdict().items()} if found else {}
        return self.platform.feed.format(**parts) if parts else ""

    def without_feed(self, url: str) -> Failure:
        """Return the failure of a page that has no feed of its own, with what to do."""
        reason = f"{self.platform.title} gives its pages no feed"
        return Failure(url=url, stage="parse", reason=reason, hint=self.platform.hint.format(**self.parts))


def address(typed: str) -> str:
    """Return the web address of what a person typed: an address, with or without its scheme, or a handle. Returns "" for neither."""
    typed = urls.without_feed_scheme(typed)
    for handle in _table().handle:
        if "://" not in typed and (found := re.fullmatch(handle.pattern, typed.strip(), re.I)):
            return urls.web(handle.address.format(**found.groupdict()))
    return urls.web(typed if "://" in typed else f"https://{typed}")


def account(url: str) -> Account | None:
    """Return the account that a web address shows; None on other sites, and for an address that looks like a feed already."""
    parts = urlsplit(url)
    if _A_FEED.search(parts.path):
        return None
    place = f"{urls.host(url).removeprefix('www.')}{parts.path.rstrip('/')}"
    for platform in _table().platform:
        if found := re.fullmatch(platform.pattern, place) or re.fullmatch(platform.pattern, f"{place}?{parts.query}"):
            return Account(platform=platform, parts=found.groupdict())
    return None


def news(words: str, lang: str, country: str) -> Feed:
    """Return the feed of a news search, in a language and as seen from a country (ISO 3166, two letters)."""
    site = _table().news
    filled = site.feed.format(words=quote_plus(words), lang=lang.lower(), country=country.upper())
    return Feed(url=filled, title=f"{words} ({site.title})")


@cache
def _table() -> _Table:
    text = (resources.files("curator.feeds") / "platforms.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Table)
