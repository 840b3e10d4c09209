"""A key that is accepted has an effect."""

import ast
from pathlib import Path

import pytest
from msgspec import Struct

import curator
from curator import config
from curator.config import keys
from curator.core.brand import Brand, CalendarRules, EngineRules, FetchRules, LibraryRules, Mute, NotifyRules, ShortlistRules, Topic, Watch

MINIMAL = """
[brand]
name = "Kopi Senja"
{brand}
[[topics]]
name = "Coffee"
about = "coffee"
{topics}
[[watch]]
name = "Us"
query = "kopi"
{watch}
{rest}
"""
# A legal value of every key, other than its default and than the value above.
VALUES = {
    "brand.language": '"id"',
    "brand.reads": '["id"]',
    "brand.timezone": '"Asia/Jakarta"',
    "shortlist.size": "7",
    "shortlist.window": '"3d"',
    "shortlist.half_life": '"12h"',
    "shortlist.per_feed": "1",
    "shortlist.formats": '["md"]',
    "shortlist.taste": "false",
    "topics.examples": '["k3x9a2bq"]',
    "topics.keywords": '["kopi"]',
    "topics.avoid": '["coffee table"]',
    "topics.weight": "2.0",
    "watch.like": '["Kopi Senja opens"]',
    "watch.unlike": '["at dusk"]',
    "watch.notify": '"now"',
    "watch.when": '"2 publishers"',
    "watch.claims": '["we refill"]',
    "mute.words": '["giveaway"]',
    "mute.domains": '["example.net"]',
    "calendar.slots": '["Mon 09:00"]',
    "calendar.networks": '["x"]',
    "calendar.caldav": '"https://dav.example.org/"',
    "calendar.dates": '{ "2026-12-10" = "birthday" }',
    "calendar.approval": '"warn"',
    "calendar.observances": "false",
    "calendar.utm": '{ source = "{network}" }',
    "boards.pinterest": '"Coffee"',
    "fetch.contact": '"https://kopisenja.example/bot"',
    "fetch.allow": '["127.0.0.1:8601"]',
    "fetch.scout": "false",
    "notify.urls": '["env:CURATOR_NOTIFY"]',
    "notify.quiet": '"22:00-07:00"',
    "library.keep": '"30d"',
    "engine.model": '"models/e5"',
    "engine.reranker": '"models/cross"',
    "engine.store": '"postgresql://db/kopi"',
    "engine.workers": '"dask://host:8786"',
}
REQUIRED = {"brand.name", "topics.name", "topics.about", "watch.name", "watch.query"}


def written(path: str, value: str) -> bytes:
    section, _, key = path.partition(".")
    parts = dict.fromkeys(("brand", "topics", "watch"), "")
    rest = "" if section in parts else f"[{section}]\n{key} = {value}"
    if section in parts:
        parts[section] = f"{key} = {value}"
    return MINIMAL.format(**parts, rest=rest).encode()


def test_every_key_of_brand_toml_is_tried_here() -> None:
    known = {f"{section}.{key}" for section, its in keys.KEYS.items() for key in its}
    assert known == VALUES.keys() | REQUIRED


@pytest.mark.parametrize("path", VALUES)
def test_a_key_that_is_accepted_changes_the_brand(path: str) -> None:
    assert config.parse(written(path, VALUES[path])) != config.parse(written("brand.language", '"en"'))


@pytest.mark.parametrize(
    "kind", [Brand, Topic, Watch, Mute, ShortlistRules, CalendarRules, FetchRules, NotifyRules, LibraryRules, EngineRules]
)
def test_every_field_of_the_brand_is_read_by_the_program(kind: type[Struct]) -> None:
    package = Path(curator.__file__).parent
    modules = (path for path in package.rglob("*.py") if "config" not in path.parts)
    nodes = (node for path in modules for node in ast.walk(ast.parse(path.read_bytes())))
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}
    assert set(kind.__struct_fields__) <= read
