"""The layout of each table: a TOML file that says what its columns are called and what stands in them.

A cell is a format string over the facts of a post, such as "{text}" or "{at:%Y-%m-%d %H:%M}". `[overrides.…]` replaces cells
for the posts of a network, for those with a picture, or for those with a link.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field, toml
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.text.language import primary
from curator.core.text.plain import clean, fold, line
from curator.core.text.urls import web
from curator.publishing.formats.ready_post import ReadyPost

# The length of a post in a calendar: long enough to be tapped with a finger.
DURATION = timedelta(minutes=15)


class TableLayout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The layout of one target's tables.

    `checked` is the month in which `source` was last read; `note` says what to mind while importing.

    `semicolon_languages` are those with a decimal comma, in which a spreadsheet expects a semicolon between the cells.

    `header` names the columns, and `has_header` says whether the file shows them. `extra_columns` are appended in the file of a
    network; `optional_columns` are left out where no row fills them. `file_per_network` makes a file for each network, and
    `max_rows` splits files, 0 for no limit. `escape_formulas` is for spreadsheets: a scheduler would publish the escape.

    A post must lie at least `lead` minutes ahead and `apart` minutes after the one before it on its network, at a minute that is
    a multiple of `minute_step`; 0 means no such rule. `networks` are those that the target can post to, and `picture_types` the
    file suffixes that it accepts; empty means any.
    """

    name: str
    checked: str
    header: tuple[str, ...]
    cells: Mapping[str, str]
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    extra_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional_columns: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    semicolon_languages: tuple[str, ...] = ()
    line_break: str = "\n"
    has_header: bool = True
    escape_formulas: bool = False
    file_per_network: bool = False
    max_rows: int = 0
    lead: int = 0
    apart: int = 0
    minute_step: int = 0
    networks: tuple[str, ...] = ()
    picture_types: tuple[str, ...] = ()


@cache
def load(name: str) -> TableLayout:
    """Return the layout of that name. Raises FileNotFoundError."""
    body = resources.files("curator.publishing.formats").joinpath("layouts", f"{name}.toml").read_bytes()
    return toml.decode(body, type=TableLayout)


def localized(layout: TableLayout, language: str) -> TableLayout:
    """Return the layout with the delimiter that a spreadsheet in a language expects."""
    return replace(layout, delimiter=";") if primary(language) in layout.semicolon_languages else layout


def cells(ready: ReadyPost, layout: TableLayout, brand: Brand) -> dict[str, str]:
    """Return the cells of a post by the name of their column."""
    facts = _facts(ready, layout, brand)
    patterns = dict(layout.cells)
    for trait in (*(name for name in ("link", "picture") if facts[name]), ready.post.network):
        patterns |= layout.overrides.get(trait, {})
    filled = {name: pattern.format_map(facts) for name, pattern in patterns.items()}
    return {name: cell.replace("\n", layout.line_break) for name, cell in filled.items()}


def picture(ready: ReadyPost, layout: TableLayout) -> str:
    """Return the URL of the picture to post, "" where the network shows the link's card or the target rejects the type."""
    image = web(ready.item.image)
    suffixes = tuple(f".{suffix}" for suffix in layout.picture_types)
    accepted = not suffixes or image.partition("?")[0].lower().endswith(suffixes)
    return image if accepted and ready.needs_media else ""


def with_header(layout: TableLayout, header: tuple[str, ...]) -> TableLayout:
    """Return the layout with the header of a template. A column is known by its name, whatever its case and punctuation."""
    known = {_key(name): name for name in _column_names(layout)}
    renamed = {known[_key(name)]: name for name in reversed(header) if _key(name) in known}

    def rename(cells: Mapping[str, str]) -> dict[str, str]:
        return {renamed[name]: pattern for name, pattern in cells.items() if name in renamed}

    overrides = {trait: rename(cells) for trait, cells in layout.overrides.items()}
    return replace(layout, header=header, cells=rename(layout.cells), overrides=overrides, extra_columns={}, optional_columns=())


def _column_names(layout: TableLayout) -> Iterator[str]:
    yield from layout.cells
    for cells in layout.overrides.values():
        yield from cells


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


def _facts(ready: ReadyPost, layout: TableLayout, brand: Brand) -> Mapping[str, Any]:
    """Return the fields that the cells of a layout can use."""
    item, post, at = ready.item, ready.post, ready.at.astimezone(ZoneInfo(brand.timezone))
    text = clean(ready.text).strip()
    link = ready.url if ready.url and ready.url in text else ""
    return {
        **{name: line(value, 2000) for name, value in (("title", item.title), ("note", item.note), ("source", item.source.title))},
        "id": item.id,
        "at": at,
        "end": at + DURATION,
        "offset": at.isoformat(timespec="seconds")[19:],
        "zone": brand.timezone,
        "brand": line(brand.name),
        "network": post.network,
        "network_name": ready.network,
        "board": ready.board,
        "to": {network: "true" if network == post.network else "false" for network in layout.networks},
        "kind": post.kind or item.kind,
        "text": text,
        "body": _without_link(text, link) or text,
        "link": link,
        "url": ready.url or web(item.url),
        "picture": picture(ready, layout),
        "image": web(item.image),
        "topic": ready.topic,
        "tags": ",".join(line(tag, 60).replace(",", " ") for tag in item.tags),
        "length": ready.length or "",
        "limit": ready.limit or "",
    }


def _without_link(text: str, link: str) -> str:
    """Remove the link, for a target with a column for it, together with a line that only introduces it ("More: …")."""
    if not link:
        return text
    rest = re.sub(rf"^[^\n]{{0,40}}[:：][ \t]*{re.escape(link)}[ \t]*$", "", text, flags=re.M).replace(link, "")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", rest, flags=re.M)).strip()
