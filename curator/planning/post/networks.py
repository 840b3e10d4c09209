"""What each network takes, as networks.toml says it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import msgspec
from msgspec import Struct

Unit = Literal["weighted", "graphemes", "characters", "utf-16", "bytes", "emoji-bytes"]


class Network(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of one network; the words for each are in networks.toml."""

    title: str
    limit: int
    unit: Unit
    sure: Literal["high", "medium"]
    source: str
    checked: str
    octets: int | None = None
    link: int | None = None
    bare: bool = False
    mentions: Literal["whole", "local"] = "whole"
    clickable: bool = True
    tags: int = 0
    most_tags: int | None = None
    media: bool = False


@cache
def networks() -> Mapping[str, Network]:
    text = (resources.files("curator.planning.post") / "networks.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Network])


def of(name: str) -> Network:
    """The rules of that network; of one nobody knows, those of any."""
    known = networks()
    return known.get(name, known["any"])
