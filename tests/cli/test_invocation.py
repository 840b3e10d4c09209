"""One invocation: its options are its own, and what it prints where."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.command import Day

from curator.cli import cli
from curator.cli.invocation import Invocation


def test_two_invocations_in_one_process_share_no_option(day: Day):
    runner = CliRunner()
    first = runner.invoke(cli, ["feeds", "list", "--json", "--home", str(day.home)])
    second = runner.invoke(cli, ["feeds", "list", "--home", str(day.home)])
    assert json.loads(first.stdout)["feeds"]
    assert second.exit_code == 0
    assert not second.stdout.startswith("{")


def test_the_options_of_a_command_are_told_to_the_process_around_it():
    invocation = Invocation()
    with pytest.raises(Exception, match=r"no brand\.toml"):
        cli.main(["list", "--home", "/nowhere", "--debug", "-v"], obj=invocation, standalone_mode=False)
    assert (invocation.home, invocation.debug, invocation.verbose) == (Path("/nowhere"), True, True)
    assert (invocation.json, invocation.quiet) == (False, False)


def test_opening_an_item_ranks_nothing(day: Day, monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("curator.jobs.explain.show", lambda *_: pytest.fail("ranked"))
    card = day.report["items"][0]
    done = CliRunner().invoke(cli, ["open", card["id"], "--home", str(day.home)])
    assert done.stdout == f"{card['url']}\n"
    assert opened == [card["url"]]


def test_quiet_prints_no_result(day: Day):
    page = day.home / "page.html"
    page.write_text("<html><body><p>" + "Petani kopi di Pangalengan menjual langsung ke kedai di Bandung. " * 20)
    for command in (["list"], ["feeds", "list"], ["extract", str(page)], ["show", day.report["items"][0]["id"]]):
        done = CliRunner().invoke(cli, [*command, "-q", "--home", str(day.home)])
        assert (done.exit_code, done.output) == (0, "")
