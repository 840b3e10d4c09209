"""The brand directory of the demonstration: brand.toml and feeds.opml, written once and changed only as far as needed."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from curator.core import files
from curator.core.errors import ConfigError
from curator.jobs.demo.content import World

NAME = "Kopi Senja"
BRAND = Path(__file__).parent / "brand.toml"
_ALLOW = re.compile(r"^(allow\s*=\s*)\[[^\]]*\]", re.M)
_ADDRESS = re.compile(r'xmlUrl="([^"]*)"')
_PORT = re.compile(r"127\.0\.0\.1:(\d+)")
_LOOPBACK = "http://127.0.0.1:"
BLOCK = 100  # the sites have neighbouring ports; where these are taken they move by this much


def opml(world: World, bases: Mapping[str, str]) -> str:
    """Return the subscriptions as OPML 2.0, in their folders."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = NAME
    body = ElementTree.SubElement(root, "body")
    for site in world.sites:
        base = bases[site.key]
        told = {"type": "rss", "text": site.name, "xmlUrl": base + site.feed.path, "htmlUrl": f"{base}/"}
        ElementTree.SubElement(_folder(body, site.folder), "outline", told)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def write(directory: Path, subscriptions: str, allow: Sequence[str]) -> None:
    """Make `directory` a brand that reads the sites at their present addresses.

    What the user changed stays: brand.toml only gets the addresses it must allow, feeds.opml the present ports where they have
    changed. Raises ConfigError when the directory belongs to another brand or its brand.toml cannot be read, StoreError when
    nothing can be written there.
    """
    brand, feeds = directory / "brand.toml", directory / "feeds.opml"
    reading = feeds.read_text("utf-8", "replace") if feeds.exists() else ""
    text, told = _read(brand if brand.exists() else BRAND)
    if not _ours(told, _ADDRESS.findall(reading)):
        what, hint = "this directory belongs to another brand; the demonstration wants one of its own", "curator demo kopi-senja"
        raise ConfigError(what, where=str(directory), hint=hint)
    files.write(brand, _allowing(text, told, allow, brand).encode())
    files.write(feeds, (_moved(reading, allow) or subscriptions).encode())


def _folder(parent: ElementTree.Element, path: str) -> ElementTree.Element:
    for name in path.split("/"):
        known = next((o for o in parent if o.get("text") == name and not o.get("xmlUrl")), None)
        parent = ElementTree.SubElement(parent, "outline", text=name) if known is None else known
    return parent


def _read(brand: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = brand.read_text("utf-8")
        return text, tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"cannot be read: {error}", where=str(brand), hint="mend it, or: curator demo kopi-senja") from error


def _ours(told: Mapping[str, Any], subscribed: Sequence[str]) -> bool:
    """Return whether a directory is a demonstration: its feeds are on loopback, or it has no feeds and the brand's name."""
    if subscribed:
        return any(address.startswith(_LOOPBACK) for address in subscribed)
    return bool(_table(told, "brand").get("name") == NAME)


def _allowing(text: str, told: Mapping[str, Any], allow: Sequence[str], brand: Path) -> str:
    """Return the text of brand.toml with every address added to `[fetch] allow`."""
    before = _table(told, "fetch").get("allow", [])
    if set(allow) <= set(before):
        return text
    wanted = list(dict.fromkeys([*before, *allow]))
    filled = _ALLOW.sub(lambda found: found[1] + "[\n" + "".join(f'  "{address}",\n' for address in wanted) + "]", text, count=1)
    if _table(tomllib.loads(filled), "fetch").get("allow") != wanted:
        hint = f"[fetch]\nallow = {json.dumps(wanted)}"
        raise ConfigError("the addresses of the demonstration are not allowed here", where=f"{brand} [fetch] allow", hint=hint)
    return filled


def _moved(opml: str, allow: Sequence[str]) -> str:
    """Return the subscriptions with every site at its present port: the same place in another block of ports."""
    if any(f"//{address}/" in opml for address in allow):
        return opml
    today = {int(address.rpartition(":")[2]) % BLOCK: address for address in allow}
    return _PORT.sub(lambda found: today.get(int(found[1]) % BLOCK, found[0]), opml)


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = told.get(name)
    return table if isinstance(table, dict) else {}
