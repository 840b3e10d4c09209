"""The rules of each network, from networks.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct

Unit = Literal["weighted", "graphemes", "characters", "utf-16", "bytes", "emoji-bytes"]


class NetworkRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of one network. networks.toml explains each field."""

    title: str
    limit: int
    unit: Unit
    confidence: Literal["high", "medium"]
    source: str
    checked: str
    max_bytes: int | None = None
    link_length: int | None = None
    counts_bare_links: bool = False
    mentions: Literal["whole", "local"] = "whole"
    clickable: bool = True
    draft_hashtags: int = 0
    max_hashtags: int | None = None
    needs_media: bool = False


@cache
def networks() -> Mapping[str, NetworkRules]:
    """Return the rules of every network, by name."""
    text = (resources.files("curator.planning.post") / "networks.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, NetworkRules])


def rules(name: str) -> NetworkRules:
    """Return the rules of a network; those of "any" for an unknown one."""
    known = networks()
    return known.get(name, known["any"])
