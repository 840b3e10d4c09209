"""The form of the brief: its fields, the edits of brand.toml that they mean, and the problems that belong to them.

A field is named as a problem of brand.toml names its place: `topics[2].avoid`. The entry behind the last one is a new one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from curator.config.edit import Edit
from curator.core.errors import CuratorError, Problem
from curator.publishing.language import N_

_PLACE: Final = re.compile(r"(?P<table>\w+)(?:\[(?P<entry>\d+)\])?(?:\.(?P<key>\w+))?(?:\[\d+\])?")


class Field(Struct, frozen=True, kw_only=True):
    """A key of brand.toml in the form. `lines`: a list with an entry a line; `wordings`: one text, or several with one a line."""

    key: str
    label: str
    kind: Literal["line", "lines", "wordings", "number"] = "line"
    help: str = ""

    def text(self, table: Mapping[str, Any]) -> str:
        """Return what the field shows of a table."""
        value = table.get(self.key, "")
        return "\n".join(map(_flat, value)) if isinstance(value, list) else _flat(value)

    def value(self, typed: str) -> object:
        """Return the value of a text for brand.toml, None for an empty one. What is no number stays text, and is refused as such."""
        rows = [flat for row in typed.splitlines() if (flat := _flat(row))]
        if self.kind == "lines" or len(rows) > 1:
            return rows or None
        return _number(typed.strip()) if self.kind == "number" else rows[0] if rows else None


FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "topics": (
        Field(key="name", label=N_("Name")),
        Field(key="about", label=N_("What it is about"), kind="wordings", help=N_("In any language; a line for each description.")),
        Field(key="keywords", label=N_("Keywords"), kind="lines", help=N_("Words that raise a story, one a line.")),
        Field(key="avoid", label=N_("Avoid"), kind="lines", help=N_("Phrases that rule a story out, one a line.")),
        Field(key="examples", label=N_("Examples"), kind="lines", help=N_("Ids or addresses of stories about it, one a line.")),
        Field(key="weight", label=N_("Weight"), kind="number", help=N_("1 when left empty.")),
    ),
    "watch": (
        Field(key="name", label=N_("Name")),
        Field(key="query", label=N_("Query"), help=N_("Names and “phrases”, joined by OR; - before what is not meant.")),
        Field(key="like", label=N_("Meant"), kind="lines", help=N_("Sentences in which it means us, one a line.")),
        Field(key="unlike", label=N_("Not meant"), kind="lines", help=N_("Sentences in which it means something else.")),
        Field(key="claims", label=N_("Claims"), kind="lines", help=N_("What we say of ourselves, told where the name is missing.")),
    ),
    "mute": (
        Field(key="words", label=N_("Muted words"), kind="lines", help=N_("A story with one of them is never listed.")),
        Field(key="domains", label=N_("Muted sites"), kind="lines", help=N_("Their subdomains too.")),
    ),
    "shortlist": (Field(key="size", label=N_("Stories on a list"), kind="number", help=N_("20 when left empty.")),),
}
ENTRIES: Final = ("topics", "watch")  # tables that there are several of


class Form(Struct, frozen=True, kw_only=True):
    """What the form shows. `typed`: texts by the name of their field, where something was sent. `seen`: the stamp of brand.toml.

    `told`: problems by the name of their field, "" for those of none.
    """

    document: Mapping[str, Any]
    seen: str
    typed: Mapping[str, str] = {}
    told: Mapping[str, tuple[Problem, ...]] = {}

    def places(self, table: str) -> list[str]:
        """Return the places of the entries of a table, a new one behind the others; the table itself where there is one alone."""
        if table not in ENTRIES:
            return [table]
        return [f"{table}[{n}]" for n in range(1, len(self.document.get(table, ())) + 2)]

    def text(self, place: str, field: Field) -> str:
        """Return what a field shows: what was typed, else what brand.toml says."""
        return self.typed.get(f"{place}.{field.key}", field.text(self._table(place)))

    def removed(self, place: str) -> bool:
        """Return whether an entry is to be removed."""
        return bool(self.typed.get(f"{place}.remove"))

    def opened(self, place: str) -> bool:
        """Return whether an entry is to be seen whole: something was typed into it, or it has a problem."""
        troubled = any(name.startswith(f"{place}.") for name in self.told)
        return troubled or self._edit(place.partition("[")[0], place) is not None

    def edits(self) -> list[Edit]:
        """Return the edits of brand.toml that were typed."""
        return [edit for table in FIELDS for place in self.places(table) if (edit := self._edit(table, place))]

    def problems(self, error: CuratorError) -> dict[str, tuple[Problem, ...]]:
        """Return the problems of an error by the name of the field that they belong to, "" for none."""
        found: dict[str, tuple[Problem, ...]] = {}
        for problem in error.problems:
            name = self._field(problem.where.rpartition(": ")[2])
            found[name] = (*found.get(name, ()), problem)
        return found

    def _edit(self, table: str, place: str) -> Edit | None:
        entry = int(place[len(table) + 1 : -1] or 0)
        if self.removed(place):
            return Edit(table=table, entry=entry, values=None) if self._table(place) else None
        values = dict(self._changes(place, FIELDS[table]))
        return Edit(table=table, entry=entry, values=values) if values else None

    def _changes(self, place: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, object]]:
        for field in fields:
            typed = self.text(place, field).replace("\r\n", "\n").strip()
            if typed != field.text(self._table(place)).strip():
                yield field.key, field.value(typed)

    def _table(self, place: str) -> Mapping[str, Any]:
        """Return what brand.toml says at a place."""
        name, _, entry = place.rstrip("]").partition("[")
        tables = self.document.get(name, [] if entry else {})
        if not entry:
            return dict(tables)
        return dict(tables[int(entry) - 1]) if int(entry) <= len(tables) else {}

    def _field(self, where: str) -> str:
        """Return the name of the field that a place of the edited brand.toml means, where removed entries do not count."""
        found = _PLACE.fullmatch(where)
        if not found or found["table"] not in FIELDS or found["key"] not in {field.key for field in FIELDS[found["table"]]}:
            return ""
        if found["table"] not in ENTRIES:
            return f"{found['table']}.{found['key']}"
        left = [place for place in self.places(found["table"]) if not self.removed(place)]
        return f"{left[int(found['entry']) - 1]}.{found['key']}"


def _flat(value: object) -> str:
    return " ".join(f"{value:g}".split() if isinstance(value, float) else str(value).split())


def _number(typed: str) -> object:
    """Return a whole number, else one with a decimal point or comma, else the text; None for an empty one."""
    if re.fullmatch(r"[+-]?\d{1,9}", typed, re.ASCII):
        return int(typed)
    if re.fullmatch(r"[+-]?\d{0,9}[.,]\d{1,9}", typed, re.ASCII):
        return float(typed.replace(",", "."))
    return typed or None
