"""Publisher families: outlets of one owner, which tell a story once however many of their sites and feeds carry it."""

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from curator.core.item import Item
from curator.core.story import Card, RelatedItem
from curator.core.text import urls
from curator.core.text.plain import fold


def family(item: Item | Card | RelatedItem) -> str:
    """Return the owner of an item's site, else its registered domain, or its host and port where that is an unusual one.

    On a site where many publish, the feed is the publisher. Where the address is that of a distributor, the outlet's name is.
    """
    if urls.is_distributed(item.url):
        return fold(item.source.title)
    site = _site(urls.host(item.url))
    return item.source.feed if site in _data()["shared"] else _owners().get(site, site)


@lru_cache(maxsize=1 << 14)
def _site(host: str) -> str:
    return host if ":" in host or not host else urls.site(f"https://{host}/")


@cache
def _owners() -> dict[str, str]:
    return {site: owner for owner, sites in _data()["owners"].items() for site in sites}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("curator.ranking").joinpath("owners.toml").read_text("utf-8"))
