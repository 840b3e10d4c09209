"""The link to share: an address with the brand's own marks, so that visits are counted where they came from."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote_plus
from zoneinfo import ZoneInfo

import regex

from curator.core.brand import Brand

_NOT_A_WORD = regex.compile(r"[^\w.~+]+")


def fields(brand: Brand, network: str, when: datetime | None, kind: str) -> dict[str, str]:
    """What the braces in [calendar] utm stand for; "" for what is not known yet."""
    day = when.astimezone(ZoneInfo(brand.timezone)).date().isoformat() if when else ""
    return {"network": network, "brand": _slug(brand.name), "date": day, "kind": _slug(kind)}


def tagged(url: str, utm: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The address with the parameters utm_source, utm_medium … it does not have yet; all else in it stays as it is.

    A parameter is left out as long as a field in its braces is not known.
    """
    address, mark, fragment = url.partition("#")
    path, _, query = address.partition("?")
    there = {unquote_plus(pair.partition("=")[0]).lower() for pair in query.split("&")}
    wanted = {f"utm_{name}": pattern for name, pattern in utm.items() if _complete(pattern, known)}
    added = [f"{name}={quote(pattern.format_map(known), safe='')}" for name, pattern in wanted.items() if name not in there]
    if not added:
        return url
    return f"{path}?{'&'.join(filter(None, [query, *added]))}{mark}{fragment}"


def _complete(pattern: str, known: Mapping[str, str]) -> bool:
    return all(known[name] for name in known if f"{{{name}}}" in pattern)


def _slug(text: str) -> str:
    """Lower case, a hyphen between words, as counters of visits like it."""
    return _NOT_A_WORD.sub("-", text.casefold()).strip("-")
