"""docs/configuration.md: every key of brand.toml with its type, default, example and meaning, from the code that reads the file."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from curator.config.key_path import Key
from curator.config.keys import KEYS, SHARE, TEMPLATE
from curator.core.brand import Brand, CalendarRules, EngineRules, FetchRules, LibraryRules, Mute, NotifyRules, ShortlistRules, Topic, Watch
from reference.markdown import code, page, table

INTRODUCTION = """A brand is described in brand.toml, in its directory beside feeds.opml. `curator init DIR` writes one with comments.
Every command reads the file and names each problem with its key. An unknown key is an error. The file is TOML: text stands in
quotes, a list in square brackets, and a section begins with its name in square brackets.

A duration is a number and `m`, `h`, `d` or `w` for minutes, hours, days or weeks, such as `"48h"`."""

SECTIONS: Mapping[str, tuple[str, type[msgspec.Struct] | None]] = {
    "brand": ("Who the brand is. Required.", Brand),
    "topics": (
        "A subject that the brand looks for, matched by meaning in every language. At least one; each begins with `[[topics]]`.",
        Topic,
    ),
    "shortlist": ("Limits of the daily list.", ShortlistRules),
    "watch": ("A watch term: stories in which it is found are mentions. Each begins with `[[watch]]`.", Watch),
    "mute": ("What is never listed.", Mute),
    "mix": ("The kinds of content and their shares, by name of the kind.", None),
    "calendar": ("When and where is posted.", CalendarRules),
    "drafts": ("How the draft of a post looks, by network.", None),
    "boards": ("Boards that posts go to, by network.", None),
    "fetch": ("How feeds and pages are fetched.", FetchRules),
    "notify": ("Where news is told. Addresses are never written to the file and never printed.", NotifyRules),
    "library": ("How long stories are kept.", LibraryRules),
    "engine": ("What curator works with.", EngineRules),
}
NAMED: Mapping[str, Mapping[str, Key]] = {"mix": {"*KIND*": SHARE}, "drafts": {"*NETWORK*": TEMPLATE}}
REPEATED = {"topics", "watch"}
# Keys of one accepted value, which no model keeps.
FIXED = {"engine.workers": '"local"'}


def render() -> str:
    """Return the page."""
    return page("Configuration", INTRODUCTION, *(section(name, *about) for name, about in SECTIONS.items()))


def section(name: str, about: str, model: type[msgspec.Struct] | None) -> str:
    """Return a section: a table of its keys, and an example of the file."""
    keys = NAMED.get(name) or KEYS[name]
    rows = [(label(key), spec.type, default(f"{name}.{key}", model), spec.meaning) for key, spec in keys.items()]
    heading = f"[[{name}]]" if name in REPEATED else f"[{name}]"
    return "\n\n".join(
        (f"## {heading}", about, table(("key", "type", "default", "meaning"), rows), code([heading, *examples(name, keys)], "toml"))
    )


def label(key: str) -> str:
    """Return a key as the table shows it; a placeholder is in italics."""
    return key if key.startswith("*") else f"`{key}`"


def examples(name: str, keys: Mapping[str, Key]) -> list[str]:
    """Return a line of TOML for each key."""
    placeholders = {"mix": "education", "drafts": "x"}
    return [f"{placeholders.get(name, key)} = {spec.example}" for key, spec in keys.items()]


def default(path: str, model: type[msgspec.Struct] | None) -> str:
    """Return the default of a key in TOML, as the model has it; "required" where it has none."""
    if path in FIXED:
        return f"`{FIXED[path]}`"
    name = path.partition(".")[2]
    field = next((f for f in msgspec.structs.fields(model) if f.name == name), None) if model else None
    if field is None:
        return "none"
    return (
        "required" if field.required else f"`{toml(field.default if field.default is not msgspec.NODEFAULT else field.default_factory())}`"
    )


def toml(value: Any) -> str:
    """Return a default value in TOML."""
    match value:
        case bool():
            return str(value).lower()
        case timedelta():
            hours = int(value.total_seconds() // 3600)
            return f'"{hours // 24}d"' if hours % 24 == 0 and hours > 48 else f'"{hours}h"'
        case tuple():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "{}"
        case str():
            return f'"{value}"'
    return str(value)
