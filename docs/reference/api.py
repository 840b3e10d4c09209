"""docs/api.md: the public Python API, from its signatures and docstrings."""

import inspect
import json
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Literal, get_args, get_origin

import msgspec
from msgspec import Struct

import curator
from curator import CuratorError, Library
from reference.markdown import code, page, prose, table

INTRODUCTION = """What can be imported from `curator` is the public API; everything else may change with any release. It follows semantic
versioning: nothing of it is removed or changes its meaning without a new major version. `Library` and its facades do what the
commands do; errors that the user can act on are [`CuratorError`](#errors)s with the problems to show in `problems`."""
WIDTH = 110  # columns of a signature
EXAMPLE = """from curator import Library

with Library.open("kopi-senja") as desk:
    for card in desk.run().items:
        print(f"{card.fits[0].fit:.2f}  {card.title}")
    desk.decisions.pick("2kpf", at="besok 9.00", networks=["x"])
    for hit in desk.search("cold brew").hits:
        print(hit.title)"""


def render() -> str:
    """Return the page."""
    facades = {name: made for name, made in inspect.getmembers(Library) if isinstance(made, cached_property)}
    order = sorted(facades, key=lambda name: list(vars(Library)).index(name))
    parts = [owner("Library", "desk", Library).replace("desk.open", "Library.open")]
    parts += [owner(f"Library.{name}", f"desk.{name}", type_of(name)) for name in order]
    parts.append(owner("Fleet", "fleet", curator.Fleet).replace("fleet.open", "Fleet.open"))
    return page("Python API", INTRODUCTION, code(EXAMPLE.split("\n"), "python"), *parts, functions(), types(), errors())


def type_of(facade: str) -> type:
    """Return the class of a facade of the library."""
    found: type = getattr(curator, str(vars(Library)[facade].func.__annotations__["return"]))
    return found


def owner(title: str, prefix: str, cls: type) -> str:
    """Return a section for a class: its attributes, then its methods."""
    attributes = [(f"`{name}`", prose(member)) for name, member in vars(cls).items() if isinstance(member, property | cached_property)]
    parts = [f"## {title}", prose(cls)]
    if attributes:
        parts.append(table(("attribute", "is"), attributes))
    return "\n\n".join([*parts, *(function(f"{prefix}.{name}".removesuffix(".__call__"), member) for name, member in methods(cls))])


def methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Iterate over the methods that a user calls, in the order of the source."""
    for name, member in vars(cls).items():
        if isinstance(member, classmethod):
            yield name, member.__func__
        elif inspect.isfunction(member) and (not name.startswith("_") or name == "__call__"):
            yield name, member


def function(name: str, member: Callable[..., Any]) -> str:
    """Return a signature with what its docstring says."""
    return f"### {name}\n\n{code(signature(name, member), 'python')}\n\n{prose(member)}"


def signature(name: str, member: Callable[..., Any]) -> list[str]:
    """Return the lines of a signature, a parameter a line where one line is too short for all."""
    found = inspect.signature(member)
    rows = list(parameters(found, member))
    result = f") -> {annotation(found.return_annotation, member)}"
    short = f"{name}({', '.join(rows)}{result}"
    return [short] if len(short) <= WIDTH else [f"{name}(", *(f"    {row}," for row in rows), result]


def parameters(found: inspect.Signature, member: Callable[..., Any]) -> Iterator[str]:
    """Iterate over the parameters as they are written."""
    before: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
    for each in found.parameters.values():
        if each.name in {"self", "cls"}:
            continue
        if each.kind is each.KEYWORD_ONLY and before is each.POSITIONAL_OR_KEYWORD:
            yield "*"
        before = each.kind
        star = "*" if each.kind is each.VAR_POSITIONAL else ""
        value = json.dumps(each.default) if isinstance(each.default, str) else repr(each.default)
        default = "" if each.default is each.empty else f" = {value}"
        yield f"{star}{each.name}: {annotation(each.annotation, member)}{default}"


def annotation(written: Any, member: Callable[..., Any]) -> str:
    """Return an annotation as it is written; a private name for some literals gives way to the literals."""
    meant = member.__globals__.get(str(written))
    if get_origin(meant) is Literal:
        return f"Literal[{', '.join(json.dumps(value) for value in get_args(meant))}]"
    return str(written)


def functions() -> str:
    """Return the section of the functions that need no open library."""
    found = [(name, getattr(curator, name)) for name in curator.__all__ if inspect.isfunction(getattr(curator, name))]
    about = "They need no brand directory, or make one. `home` names one whose [fetch] rules, and topics, are to be used."
    return "\n\n".join(("## Functions", about, *(function(f"curator.{name}", member) for name, member in found)))


def types() -> str:
    """Return the section of the types that are taken and returned."""
    found = [getattr(curator, name) for name in curator.__all__ if isinstance(getattr(curator, name), type(Struct))]
    rows = [(f"`{struct.__name__}`", prose(struct), ", ".join(f"`{f.name}`" for f in msgspec.structs.fields(struct))) for struct in found]
    about = "All are frozen: `msgspec.structs.replace` makes changed copies, `msgspec.json.encode` turns them into JSON."
    return f"## Types\n\n{about}\n\n{table(('type', 'is', 'fields'), rows)}"


def errors() -> str:
    """Return the section of the exceptions."""
    found = [getattr(curator, name) for name in curator.__all__]
    raised = [each for each in found if isinstance(each, type) and issubclass(each, CuratorError)]
    rows = [(f"`{each.__name__}`", str(each.code), prose(each)) for each in raised]
    return f"## Errors\n\n{table(('error', 'exit code', 'raised where'), rows)}"
