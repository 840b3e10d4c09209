"""What the README says can be typed."""

import re
import shlex
from pathlib import Path

from click.testing import CliRunner
from support.command import Day

from curator import Library
from curator.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_of_the_readme_exists_with_its_options():
    typed = re.findall(r"^(?:[\d* ]+\s)?curator ([a-z][^#\n]*)", README, re.M) + re.findall(r"`curator ([a-z][^`]*)`", README)
    assert len(typed) >= 7
    for line in typed:
        command, *options = shlex.split(line)
        within = getattr(cli.commands.get(command), "commands", {})
        shown = CliRunner().invoke(cli, [command, *(word for word in options[:1] if word in within), "--help"])
        assert shown.exit_code == 0, line
        assert all(option in shown.output for option in options if option.startswith("-")), line


def test_every_command_is_explained_in_its_help():
    for name in cli.commands:
        shown = CliRunner().invoke(cli, [name, "--help"]).output
        assert len(shown.splitlines()) > 6, name


def test_the_commands_of_the_workflow_are_those_of_dev():
    dev = (ROOT / "dev").read_text()
    named = re.findall(r"`(\w+)`", README[README.index("`./dev` is") :].split(".")[1])
    assert named == re.findall(r"^  (\w+)\)", dev, re.M)


def test_the_lines_of_python_work(day: Day, capsys, monkeypatch):
    monkeypatch.chdir(day.home.parent)
    monkeypatch.setattr(Library, "run", lambda desk: desk.list())
    exec(re.search(r"```python\n(.*?)```", README, re.S)[1], {})
    assert day.report["items"][0]["title"] in capsys.readouterr().out


def test_the_root_is_a_brand_directory_with_as_many_feeds_as_it_says():
    desk = Library.open(ROOT)
    assert f"the {len(desk.feeds)} feeds" in README
