"""What a row looks like to each scheduler. The layouts are data, a TOML file each; this reads them and fills their rows.

A cell is a pattern over the facts of a post: "{text}", "{at:%Y-%m-%d %H:%M}". `[when.…]` names what differs for a network,
for a post with a picture of its own, or for one with a link.
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
from curator.core.text.plain import clean, fold, line
from curator.core.text.urls import web
from curator.publishing.formats.ready import ReadyPost

# What a calendar shows a post as: long enough to be touched with a finger.
LASTS = timedelta(minutes=15)


class Layout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one target wants its rows. `checked`: when its maker's word was last seen, `note`: what to choose while importing.

    `each`: a file a network. `more`: columns that a network's file has beside `header`; `optional`: columns that are left out
    where no row fills them. `named`: the header is written. `rows`: the most a file may hold, 0 where no limit is known.
    `lead`: minutes a post must lie ahead, 0 where the past does no harm; `apart`: minutes between two posts of a network.
    `grid`: the minutes that a time is a multiple of, 0 where any will do.
    `networks`: those it can post to, empty where not known. `pictures`: the file endings it takes, empty for any.
    `guarded`: for a spreadsheet, in which no cell may become a formula; a scheduler would publish the guard.
    """

    name: str
    checked: str
    header: tuple[str, ...]
    cells: Mapping[str, str]
    when: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    line_break: str = "\n"
    named: bool = True
    guarded: bool = False
    each: bool = False
    rows: int = 0
    lead: int = 0
    apart: int = 0
    grid: int = 0
    networks: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@cache
def layout(name: str) -> Layout:
    """The layout of that name. Raises FileNotFoundError."""
    body = resources.files("curator.publishing.formats").joinpath("layouts", f"{name}.toml").read_bytes()
    return toml.decode(body, type=Layout)


def cells(ready: ReadyPost, layout: Layout, brand: Brand) -> dict[str, str]:
    """The cells of a post by column, as far as the layout knows what belongs there."""
    facts = _facts(ready, layout, brand)
    patterns = dict(layout.cells)
    for trait in (*(name for name in ("link", "picture") if facts[name]), ready.post.network):
        patterns |= layout.when.get(trait, {})
    filled = {name: pattern.format_map(facts) for name, pattern in patterns.items()}
    return {name: cell.replace("\n", layout.line_break) for name, cell in filled.items()}


def picture(ready: ReadyPost, layout: Layout) -> str:
    """The address of the picture that goes out with a post; none where the network shows the link's own card."""
    image = web(ready.item.image)
    fitting = not layout.pictures or image.partition("?")[0].lower().endswith(tuple(f".{ending}" for ending in layout.pictures))
    return image if fitting and ready.pictured else ""


def fitted(layout: Layout, names: tuple[str, ...]) -> Layout:
    """The layout with the header of a person's own template; what its columns mean is told by their names, whatever case and signs."""
    known = {_key(name): name for name in _known(layout)}
    ours = {known[_key(name)]: name for name in reversed(names) if _key(name) in known}

    def renamed(cells: Mapping[str, str]) -> dict[str, str]:
        return {ours[name]: pattern for name, pattern in cells.items() if name in ours}

    when = {trait: renamed(cells) for trait, cells in layout.when.items()}
    return replace(layout, header=names, cells=renamed(layout.cells), when=when, more={}, optional=())


def _known(layout: Layout) -> Iterator[str]:
    yield from layout.cells
    for cells in layout.when.values():
        yield from cells


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


def _facts(ready: ReadyPost, layout: Layout, brand: Brand) -> Mapping[str, Any]:
    item, post, at = ready.item, ready.post, ready.at.astimezone(ZoneInfo(brand.timezone))
    text = clean(ready.text).strip()
    link = ready.url if ready.url and ready.url in text else ""
    return {
        **{name: line(said, 2000) for name, said in (("title", item.title), ("note", item.note), ("source", item.source.title))},
        "id": item.id,
        "at": at,
        "end": at + LASTS,
        "offset": at.isoformat(timespec="seconds")[19:],
        "zone": brand.timezone,
        "brand": line(brand.name),
        "network": post.network,
        "network_name": ready.network,
        "board": ready.board,
        "to": {network: "true" if network == post.network else "false" for network in layout.networks},
        "kind": post.kind or item.kind,
        "text": text,
        "body": _without(text, link) or text,
        "link": link,
        "url": ready.url or web(item.url),
        "picture": picture(ready, layout),
        "image": web(item.image),
        "topic": ready.topic,
        "tags": ",".join(line(tag, 60).replace(",", " ") for tag in item.tags),
        "length": ready.length or "",
        "limit": ready.limit or "",
    }


def _without(text: str, link: str) -> str:
    """The text for a target that has a column for the link; a line that only leads to it ("More: …") goes with it."""
    if not link:
        return text
    led = re.sub(rf"^[^\n]{{0,40}}[:：][ \t]*{re.escape(link)}[ \t]*$", "", text, flags=re.M).replace(link, "")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", led, flags=re.M)).strip()
