"""Edit the topics and the store of a brand.toml as text, so that everything else that a person wrote stays as it is."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from curator.core.errors import ConfigError

_TOPIC = re.compile(r"\s*\[\[\s*topics\s*\]\]\s*(?:#.*)?")
_ENGINE = re.compile(r"\s*\[\s*engine\s*\]\s*(?:#.*)?")
_HEADER = re.compile(r"\s*\[{1,2}\s*[\w.\"' -]+\s*\]{1,2}\s*(?:#.*)?")


def with_topic(text: str, topic: str, values: Mapping[str, object]) -> str:
    """Return the text of a brand.toml in which a topic has these values; a topic that is not there is added behind the others.

    Raises ConfigError for a text that cannot be edited line by line, such as one with its topics on one line.
    """
    names = [each.get("name") for each in tomllib.loads(text).get("topics", ())]
    lines = text.split("\n")
    starts = [n for n, row in enumerate(lines) if _TOPIC.fullmatch(row.rstrip("\r"))]
    if len(starts) == len(names) and starts:
        start = starts[names.index(topic)] if topic in names else None
        edited = "\n".join(_added(lines, starts[-1], topic, values) if start is None else _changed(lines, start, values))
        if _same(edited, _wanted(text, topic, values)):
            return edited
    raise ConfigError("the topics of brand.toml are written in a way that no program can edit", hint="copy the proposal's lines into it")


def with_store(text: str, store: str) -> str:
    """Return the text of a brand.toml whose `[engine] store` is this. Raises ConfigError where it cannot be edited line by line."""
    lines = text.rstrip("\n").split("\n")
    start = next((n for n, row in enumerate(lines) if _ENGINE.fullmatch(row.rstrip("\r"))), None)
    rows = ("", "[engine]", f"store = {toml(store)}")
    edited = "\n".join([*lines, *rows] if start is None else _changed(lines, start, {"store": store})) + "\n"
    document = tomllib.loads(text)
    document["engine"] = {**document.get("engine", {}), "store": store}
    if _same(edited, document):
        return edited
    raise ConfigError("brand.toml is written in a way that no program can edit", hint=f"write this below [engine]: store = {toml(store)}")


def _wanted(text: str, topic: str, values: Mapping[str, object]) -> dict[str, Any]:
    """Return what the edited text must say."""
    document = tomllib.loads(text)
    topics = document["topics"]
    found = next((each for each in topics if each.get("name") == topic), None)
    if found is None:
        topics.append(found := {"name": topic})
    found.update(json.loads(json.dumps(values)))
    return document


def _same(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _changed(lines: Sequence[str], start: int, values: Mapping[str, object]) -> list[str]:
    """Replace the values in a topic's lines, or add them behind its last one."""
    edited = list(lines)
    for key, value in values.items():
        end = _end(edited, start)
        at = next((n for n in range(start + 1, end) if re.match(rf"\s*{key}\s*=", edited[n])), end)
        edited[at : _value_end(edited, at, end)] = [f"{key} = {toml(value)}"]
    return edited


def _added(lines: Sequence[str], last: int, topic: str, values: Mapping[str, object]) -> list[str]:
    end = _end(lines, last)
    rows = ("", "[[topics]]", *(f"{key} = {toml(value)}" for key, value in {"name": topic, **values}.items()))
    return [*lines[:end], *rows, *lines[end:]]


def _end(lines: Sequence[str], start: int) -> int:
    """Return the number of the line behind the last one of a table that is neither empty nor a comment."""
    end = next((n for n in range(start + 1, len(lines)) if _HEADER.fullmatch(lines[n].rstrip("\r"))), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _value_end(lines: Sequence[str], at: int, end: int) -> int:
    """Return the number of the line behind a value, which may take several lines."""
    for n in range(at + 1, end + 1):
        try:
            tomllib.loads("\n".join(lines[at:n]))
        except tomllib.TOMLDecodeError:
            continue
        return n
    return at


def toml(value: object) -> str:
    """Return text, numbers and lists as TOML writes them, which is how JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
