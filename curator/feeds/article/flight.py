"""Read the stream in which Next.js sends the data of server components: rows of JSON and of text, cut anywhere over many scripts.

A row is `id:JSON` up to a line break, or `id:T` with a length in hexadecimal bytes, a comma and a text. A value "$id" stands for the
text of that row, and "$$" for a dollar sign (React, `ReactFlightClient`).
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_PUSH = re.compile(r"\s*(?:self|window)\.__next_f\.push\(\s*(?=\[\s*1\s*,)")
_ROW = re.compile(rb"([0-9a-f]{1,8}):(?:T([0-9a-f]{1,8}),)?")
_MOST_DATA = 3_000_000  # characters of all scripts
_DEEP = 40  # levels of a row of JSON


def rows(scripts: Iterable[str]) -> list[Any]:
    """Return the rows of JSON that a page's scripts send, with the texts that they refer to put in."""
    texts: dict[str, str] = {}
    values = []
    stream, place = _stream(scripts).encode("utf-8", "replace"), 0
    while place < len(stream):
        row = _ROW.match(stream, place)
        if row and row[2]:
            end = row.end() + int(row[2], 16)
            texts[row[1].decode()] = stream[row.end() : end].decode("utf-8", "replace")
        else:
            end = stream.find(b"\n", place) + 1 or len(stream)
            if row:
                values.append(_json(stream[row.end() : end].decode("utf-8", "replace")))
        place = end
    return [_filled(value, texts, 0) for value in values if isinstance(value, dict | list)]


def _stream(scripts: Iterable[str]) -> str:
    parts, left = [], _MOST_DATA
    for script in scripts:
        push = _PUSH.match(script)
        sent = _json(script[push.end() :]) if push and len(script) <= left else None
        if isinstance(sent, list) and len(sent) > 1 and isinstance(sent[1], str):
            parts.append(sent[1])
            left -= len(script)
    return "".join(parts)


def _json(text: str) -> Any:
    """Return the JSON at the begin of a text, None where there is none."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None  # imports, hints and broken rows


def _filled(value: Any, texts: Mapping[str, str], depth: int) -> Any:
    if depth > _DEEP:
        return None
    if isinstance(value, dict):
        return {key: _filled(each, texts, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, texts, depth + 1) for each in value]
    if isinstance(value, str) and value.startswith("$"):
        return value[1:] if value.startswith("$$") else texts.get(value[1:], value)
    return value
