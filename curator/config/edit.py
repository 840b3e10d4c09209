"""Edit a brand.toml as text, so that everything else that a person wrote stays as it is: lines, order and comments."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from msgspec import Struct

from curator.core.brand import Watch
from curator.core.errors import ConfigError

_HEADER: Final = re.compile(r"\s*\[{1,2}\s*[\w.\"' -]+\s*\]{1,2}\s*(?:#.*)?")


class Edit(Struct, frozen=True, kw_only=True):
    """A change of one table.

    - `table`: its key, such as "mute" or "topics". `entry`: which of several [[tables]], counted from 1; 0 for a [table].
      An entry behind the last one is added.
    - `values`: the new values by key, None for a key to remove. None in place of them removes the entry.
    """

    table: str
    entry: int = 0
    values: Mapping[str, object] | None


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Return the text of a brand.toml with these edits, whose entries count as in `text`.

    Raises ConfigError for a text that cannot be edited line by line, such as one with its topics on one line.
    """
    end = "\r\n" if text.count("\r\n") == text.count("\n") else "\n"
    wanted, lines = tomllib.loads(text), text.replace("\r\n", "\n").split("\n") if end == "\r\n" else text.split("\n")
    for edit in _in_order(edits):
        lines = _edited(lines, edit, wanted)
        _change(wanted, edit)
    edited = end.join(lines)
    if not _says(edited, wanted):
        raise ConfigError("brand.toml is written in a way that no program can edit", hint="change it in a text editor")
    return edited


def with_topic(text: str, topic: str, values: Mapping[str, object]) -> str:
    """Return the text with these values of a topic; a topic that is not there is added. Raises ConfigError as `applied` does."""
    names = [each.get("name") for each in tomllib.loads(text).get("topics", ())]
    if topic in names:
        return applied(text, [Edit(table="topics", entry=names.index(topic) + 1, values=values)])
    return applied(text, [Edit(table="topics", entry=len(names) + 1, values={"name": topic, **values})])


def with_watch(text: str, watch: Watch) -> str:
    """Return the text with a watch term behind the others. Raises ConfigError as `applied` does."""
    place = len(tomllib.loads(text).get("watch", ())) + 1
    return applied(text, [Edit(table="watch", entry=place, values={"name": watch.name, "query": watch.query})])


def toml(value: object) -> str:
    """Return text, numbers and lists as TOML writes them, which is how JSON does. Text with double quotes alone stands in single ones."""
    if isinstance(value, str) and '"' in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _in_order(edits: Sequence[Edit]) -> list[Edit]:
    """Return edits so that none moves the entry that a later one means: entries are removed last, from behind."""
    changes = sorted((each for each in edits if each.values is not None), key=lambda each: each.entry)
    return [*changes, *sorted((each for each in edits if each.values is None), key=lambda each: -each.entry)]


# --- what the edited text must say ---


def _change(document: dict[str, Any], edit: Edit) -> None:
    """Do to the document what the edit means."""
    if not edit.entry:
        _update(document.setdefault(edit.table, {}), edit.values or {})
        return
    entries = document.setdefault(edit.table, [])
    if edit.values is None:
        del entries[edit.entry - 1]
        if not entries:
            del document[edit.table]
        return
    if edit.entry > len(entries):
        entries.append({})
    _update(entries[min(edit.entry, len(entries)) - 1], edit.values)


def _update(table: dict[str, Any], values: Mapping[str, object]) -> None:
    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = json.loads(json.dumps(value))


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


# --- lines ---


def _edited(lines: Sequence[str], edit: Edit, document: Mapping[str, Any]) -> list[str]:
    """Return the lines with one edit. `document`: what they say before it."""
    name = re.escape(edit.table)
    header = re.compile(rf"\s*\[\[\s*{name}\s*\]\]\s*(?:#.*)?" if edit.entry else rf"\s*\[\s*{name}\s*\]\s*(?:#.*)?")
    starts = [n for n, row in enumerate(lines) if header.fullmatch(row.rstrip("\r"))]
    place = max(edit.entry, 1) - 1
    if len(starts) != (len(document.get(edit.table, ())) if edit.entry else edit.table in document):
        return list(lines)  # `applied` finds that the edit is missing
    if edit.values is None:
        return _without(lines, starts[place])
    if place < len(starts):
        return _changed(lines, starts[place], edit.values)
    return _added(lines, starts, edit)


def _without(lines: Sequence[str], start: int) -> list[str]:
    """Remove a table, and one of the empty lines around it."""
    end = _end(lines, start)
    before = start - 1 if start and not lines[start - 1].strip() else start
    return [*lines[:before], *lines[end:]]


def _changed(lines: Sequence[str], start: int, values: Mapping[str, object]) -> list[str]:
    """Replace the values in a table's lines, or add them behind its last one."""
    edited = list(lines)
    for key, value in values.items():
        end = _end(edited, start)
        at = next((n for n in range(start + 1, end) if re.match(rf"\s*{re.escape(key)}\s*=", edited[n])), end)
        behind = _value_end(edited, at, end)
        edited[at:behind] = [] if value is None else _written(edited[at:behind], key, value)
    return edited


def _added(lines: Sequence[str], starts: Sequence[int], edit: Edit) -> list[str]:
    """Add a table behind those of its kind, or at the end of the file."""
    end = _end(lines, starts[-1]) if starts else len("\n".join(lines).rstrip().split("\n"))
    header = f"[[{edit.table}]]" if edit.entry else f"[{edit.table}]"
    rows = (f"{key} = {toml(value)}" for key, value in (edit.values or {}).items() if value is not None)
    return [*lines[:end], *([""] if any(lines[:end]) else ()), header, *rows, *(lines[end:] or [""])]


def _end(lines: Sequence[str], start: int) -> int:
    """Return the number of the line behind the last one of a table that is neither empty nor a comment."""
    end = next((n for n in range(start + 1, len(lines)) if _HEADER.fullmatch(lines[n].rstrip("\r"))), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _value_end(lines: Sequence[str], at: int, end: int) -> int:
    """Return the number of the line behind a value, which may take several lines."""
    return next((n for n in range(at + 1, end + 1) if _parsed(lines[at:n]) is not None), at)


def _parsed(rows: Sequence[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(rows))
    except tomllib.TOMLDecodeError:
        return None


# --- one value and its comments ---


def _written(rows: Sequence[str], key: str, value: object) -> list[str]:
    """Return the lines of a value in place of its former ones; comments beside it stay."""
    if isinstance(value, list | tuple) and len(rows) > 2 and (listed := _relisted(rows, value)):
        return listed
    tail = _split(rows, "", "")[1] if rows else ""
    return [f"{key} = {toml(value)}{tail}"]


def _relisted(rows: Sequence[str], value: Sequence[object]) -> list[str]:
    """Return a list of one line an entry with the lines of the entries that stay; [] where it cannot be told which these are."""
    first, *inner, last = rows
    entries = [_entries(row) for row in inner]
    if not last.lstrip().startswith("]") or any(each is None for each in entries):
        return []
    old = list(chain.from_iterable(each or () for each in entries))
    kept = [row for row, each in zip(inner, entries, strict=True) if all(one in value for one in each or ())]
    indent = re.match(r"\s*", inner[0])
    new = [f"{indent[0] if indent else ''}{toml(one)}," for one in value if one not in old]
    made = [first, *map(_with_comma, kept), *new, last]
    found = _parsed(made)
    return made if found and list(found.values()) == [list(value)] else []


def _entries(row: str) -> list[Any] | None:
    """Return the entries that a line of a list holds, None where it holds anything else."""
    found = _parsed([f"x = [{row}", "]"])
    return found["x"] if found else None


def _with_comma(row: str) -> str:
    said, comment = _split([row], "x = [", "\n]")
    return row if not said.strip() or said.endswith(",") else f"{said},{comment}"


def _split(rows: Sequence[str], before: str, behind: str) -> tuple[str, str]:
    """Return the last line up to the end of its value, and the comment after that with the space before it.

    `before` and `behind` make what can be parsed of the lines.
    """
    *others, last = rows
    whole = _parsed([before + "\n".join(rows) + behind])
    for found in re.finditer("#", last):
        said = last[: found.start()].rstrip()
        if _parsed([before + "\n".join([*others, said]) + behind]) == whole:
            return said, last[len(said) :]
    return last.rstrip(), ""
