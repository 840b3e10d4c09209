"""The reference pages say what the code says, and the examples in them can be typed."""

import re
import shlex

import click
import pytest
from reference import DOCS, PAGES, commands, stale

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
