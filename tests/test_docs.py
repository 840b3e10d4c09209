"""The reference pages say what the code says, and the examples in them can be typed."""

import json
import re
import shlex
from importlib import import_module

import click
import msgspec
import pytest
from reference import DOCS, PAGES, commands, configuration, stale
from support.command import Day, curator

from curator import config
from curator.config import keys

COMMANDS = dict(commands.walk())


def test_the_reference_pages_are_those_that_the_code_makes():
    assert [path.name for path in stale()] == [], "./dev docs writes them"
    assert len(PAGES) >= 3


@pytest.mark.parametrize("example", [example for command in COMMANDS.values() for example in command.examples])
def test_every_example_of_a_command_names_options_that_it_has(example: str):
    words = shlex.split(example)
    name = next(name for name in sorted(COMMANDS, key=len, reverse=True) if example.startswith(name))
    known = {opt for parameter in COMMANDS[name].params for opt in parameter.opts if isinstance(parameter, click.Option)}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_command_has_an_example():
    assert [name for name, command in COMMANDS.items() if not command.examples] == []


def test_every_option_of_every_command_is_explained():
    plain = {"mode", "sort", "limit"}  # whose values say it
    silent = [(name, p.name) for name, command in COMMANDS.items() for p in command.params if isinstance(p, click.Option) and not p.help]
    assert [(name, option) for name, option in silent if option not in plain] == []


def test_every_module_that_the_architecture_names_exists():
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    drawn = text[text.index("## Packages") : text.index("## The way of a run")]
    packages = dict(re.findall(r"^ (\w+)/? +.*?(?: {3,}([a-z_/ ]+))?$", drawn, re.M))
    paths = [f"{package}/{name}" for package, names in packages.items() for name in names.split()]
    paths += re.findall(r"`((?:\w+/)+\w*(?:\.py)?)`", text)
    known = [path for path in paths if path.split("/")[0] in packages]
    assert len(known) > 40
    missing = [path for path in known if not list((DOCS.parent / "curator").glob(f"{path.rstrip('/')}*"))]
    assert missing == []


def test_every_key_of_brand_toml_is_explained_and_its_examples_are_a_valid_file():
    assert [name for name in (*keys.KEYS, "mix", "drafts") if name not in configuration.SECTIONS] == []
    assert [f"{section}.{key}" for section, its in keys.KEYS.items() for key, spec in its.items() if not spec.meaning] == []
    blocks = re.findall(r"```toml\n(.*?)```", configuration.render(), re.S)
    assert config.parse("\n".join(blocks).encode()).name == "Kopi Senja"


def test_a_default_on_the_configuration_page_is_what_a_file_without_the_key_means():
    bare = config.parse(b'[brand]\nname = "A"\n[[topics]]\nname = "B"\nabout = "C"\n')
    assert configuration.default("shortlist.window", type(bare.shortlist)) == f'`"{bare.shortlist.window.days}d"`'
    assert configuration.default("brand.language", type(bare)) == f'`"{bare.language}"`'
    assert configuration.default("brand.name", type(bare)) == "required"


# What to type on the bundled brand's first day; ID is its first story.
TYPED = {
    "curator list": "list",
    "curator rank": "rank --near",
    "curator show": "show ID",
    "curator mentions": "mentions",
    "curator watch test": "watch test kopi",
    "curator search": "search kopi",
    "curator doctor": "doctor",
    "curator feeds list": "feeds list",
    "curator pick": "pick ID --network x --at 2030-01-07T09:00",
    "curator tag": "tag ID panen",
    "curator note": "note ID foto",
    "curator draft": "draft ID",
    "curator plan": "plan",
    "curator export": "export ics",
    "curator undo": "undo",
    "curator skip": "skip ID",
}


def test_a_command_prints_the_document_that_its_reference_names(day: Day):
    first = day.report["items"][0]["id"]
    for name, typed in TYPED.items():
        done = curator(*typed.replace("ID", first).split(), "--home", day.home, "--json")
        assert done.returncode == 0, (name, done.stderr)
        module, _, kind = COMMANDS[name].json[0].rpartition(".")
        read = msgspec.json.decode(done.stdout, type=getattr(import_module(module), kind))
        assert unknown(json.loads(done.stdout), msgspec.json.decode(msgspec.json.encode(read))) == [], name


def unknown(printed: object, shape: object, path: str = "") -> list[str]:
    """The keys and values of a printed document that its type does not know; what is left at its default need not be printed."""
    match printed, shape:
        case dict(), dict():
            return [found for key, value in printed.items() for found in unknown(value, shape.get(key, "?"), f"{path}.{key}")]
        case list(), list() if len(printed) == len(shape):
            return [found for n, value in enumerate(printed) for found in unknown(value, shape[n], f"{path}[{n}]")]
    return [] if printed == shape else [path]
