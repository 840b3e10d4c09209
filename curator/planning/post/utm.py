"""UTM parameters: the link to share, tagged so that web analytics can tell where a visit came from."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote_plus
from zoneinfo import ZoneInfo

import regex

from curator.core.brand import Brand

_NOT_A_WORD = regex.compile(r"[^\w.~+]+")


def fields(brand: Brand, network: str, when: datetime | None, kind: str) -> dict[str, str]:
    """Return the values of the fields in [calendar] utm; "" for one that is not known yet."""
    day = when.astimezone(ZoneInfo(brand.timezone)).date().isoformat() if when else ""
    return {"network": network, "brand": _slug(brand.name), "date": day, "kind": _slug(kind)}


def tagged(url: str, utm: Mapping[str, str], known: Mapping[str, str]) -> str:
    """Add utm_source, utm_medium … to a URL, as far as it does not have them. The rest of it stays as it is.

    `known` has the values of the fields. A parameter with a field whose value is not known is left out.
    """
    address, hash_, fragment = url.partition("#")
    path, _, query = address.partition("?")
    present = {unquote_plus(pair.partition("=")[0]).lower() for pair in query.split("&")}
    wanted = {f"utm_{name}": pattern for name, pattern in utm.items() if _complete(pattern, known)}
    added = [f"{name}={quote(pattern.format_map(known), safe='')}" for name, pattern in wanted.items() if name not in present]
    if not added:
        return url
    return f"{path}?{'&'.join(filter(None, [query, *added]))}{hash_}{fragment}"


def _complete(pattern: str, known: Mapping[str, str]) -> bool:
    return all(known[name] for name in known if f"{{{name}}}" in pattern)


def _slug(text: str) -> str:
    """Return the text in lower case, with hyphens between its words."""
    return _NOT_A_WORD.sub("-", text.casefold()).strip("-")
