"""docs/json.md: what `--json` prints, from the types that the commands name and msgspec encodes."""

import pkgutil
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct

from curator.core.feed import Failure
from reference.commands import anchor, shape, walk
from reference.markdown import page, prose, table

INTRODUCTION = """Every command that prints data takes `--json` and then prints one JSON document to stdout. `extract` and `feeds check`
print one document a line, in the order of their targets, with a [FailureDocument](#failuredocument) in the place of what could
not be read. Keys are stable: new ones may be added, none is renamed or removed without a new major version.

Times are RFC 3339 in UTC, days are ISO 8601 dates in the brand's time zone, ids are 8 letters and digits and belong to the
canonical address of an item for ever. A `fit` is the calibrated probability, in 0…1, that an item is about a topic: of ten
items at .7 seven are. It is the same in every command, and comparable between topics, languages and models."""

# The reading list keeps of a failure what its reader can use; the rest is for the next fetch.
PRINTED: Mapping[type, Sequence[str]] = {Failure: ("url", "stage", "reason", "hint")}
SCALARS: Mapping[Any, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    datetime: "time",
    date: "day",
    timedelta: "duration",
    type(None): "null",
    Any: "any",
}


def render() -> str:
    """Return the page."""
    by_command = [
        (f"[`{name}`](commands.md#{anchor(name)})", " or ".join(map(link, map(shape, each.json)))) for name, each in walk() if each.json
    ]
    shapes = ordered([pkgutil.resolve_name(path) for _, command in walk() for path in command.json])
    return page("JSON documents", INTRODUCTION, table(("command", "prints"), by_command), *map(section, shapes))


def ordered(roots: Sequence[type[Struct]]) -> list[type[Struct]]:
    """Return these types, each followed by the types it refers to that did not come before."""
    found: dict[type[Struct], None] = {}
    for root in roots:
        if root not in found:
            found[root] = None
            found |= dict.fromkeys(ordered_new([*referred(root)], found))
    return list(found)


def ordered_new(roots: Sequence[type[Struct]], known: Mapping[type[Struct], None]) -> list[type[Struct]]:
    """Return the types that are not known yet, breadth first."""
    new = [root for root in dict.fromkeys(roots) if root not in known]
    deeper = [each for root in new for each in referred(root)]
    return new + (ordered_new(deeper, {**known, **dict.fromkeys(new)}) if deeper else [])


def referred(struct: type[Struct]) -> Iterator[type[Struct]]:
    """Iterate over the types of ours in a type's fields."""
    for _, hint, _ in fields(struct):
        yield from structs(hint)


def structs(hint: Any) -> Iterator[type[Struct]]:
    """Iterate over the types of ours that a type is made of."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
    for part in get_args(hint):
        yield from structs(part)


def fields(struct: type[Struct]) -> Iterator[tuple[str, Any, msgspec.structs.FieldInfo]]:
    """Iterate over the printed keys of a type, in their order, with their types."""
    hints = get_type_hints(struct)
    for field in msgspec.structs.fields(struct):
        if field.name in PRINTED.get(struct, (field.name,)):
            yield field.encode_name, hints[field.name], field


def section(struct: type[Struct]) -> str:
    """Return the description of one type."""
    rows = [(f"`{name}`", typed(hint) + default(field)) for name, hint, field in fields(struct)]
    return "\n\n".join(filter(None, (f"## {struct.__name__}", prose(struct), table(("key", "type"), rows))))


def typed(hint: Any) -> str:
    """Return a type in words, with links to the types of ours."""
    if hint in SCALARS:
        return SCALARS[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " or ".join(f"`{msgspec.json.encode(part).decode()}`" for part in parts)
    if origin in {Union, types.UnionType}:
        return " or ".join(map(typed, parts))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"object of {typed(parts[1])}"
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return f"list of {typed(parts[0])}"
    return link(hint.__name__)


def default(field: msgspec.structs.FieldInfo) -> str:
    """Return what stands there where nothing else does, "" where there is always something."""
    if field.default in (NODEFAULT, None):
        return ""
    return f" ({msgspec.json.encode(field.default).decode()} where there is none)" if field.default in ("", ()) else ""


def link(name: str) -> str:
    """Return a link to a type on this page."""
    return f"[{name}](#{name.lower()})"
