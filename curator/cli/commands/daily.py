"""The daily commands: from a new brand to its reading list, and a closer look at it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command, ahead, day
from curator.cli.invocation import Invocation, pass_invocation, raw
from curator.cli.locale import say, told
from curator.core.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from curator.core.item import Status
    from curator.core.report import RunReport
    from curator.core.story import Card
    from curator.library import Library

STATUSES = ("new", "listed", "picked", "skipped", "saved")


@click.command(cls=Command, examples=("curator init kopi-senja",))
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@pass_invocation
def init(invocation: Invocation, directory: Path) -> None:
    """Make a brand directory to edit; overwrites nothing."""
    from curator import config

    made = config.init(directory)
    nothing = say("brand.toml and feeds.opml are there already: nothing changed")
    invocation.say(*([say("wrote %(path)s", path=path) for path in made] or [nothing]))
    invocation.say(say("next: edit %(file)s, then curator run --home %(home)s", file=directory / "brand.toml", home=directory))


@click.command(
    cls=Command,
    json=(
        "curator.core.report.RunReport",
        "curator.core.progress.ProgressEvent",
    ),
    examples=(
        "curator run",
        "curator run --home ~/kopi-senja -q",
        "curator run --no-fetch --limit 10",
        "curator run --json --progress",
    ),
)
@click.option("--no-fetch", is_flag=True, help="Rank what is kept; contact nobody.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="A list of at most N cards.")
@click.option("--progress", is_flag=True, help="Tell on stderr what is done, each step a JSON document on a line.")
@NOW
@pass_invocation
def run(invocation: Invocation, no_fetch: bool, limit: int | None, progress: bool, now: datetime) -> None:
    """Do the daily job: fetch, read, rank, and write the reading list."""
    invocation.events = progress
    if not no_fetch:
        ahead("aiohttp", "curator.cli.render.report")
    with invocation.library(working=True) as desk:
        report = desk.run(fetch=not no_fetch, limit=limit, now=now)
    _show_list(invocation, report, desk)


@click.command(
    cls=Command,
    json=("curator.core.report.RunReport",),
    examples=(
        "curator fetch -q",
        "curator fetch --all",
    ),
)
@click.option("--all", "all_", is_flag=True, help="Fetch every feed, due or not.")
@NOW
@pass_invocation
def fetch(invocation: Invocation, all_: bool, now: datetime) -> None:
    """Fetch the due feeds only, for an hourly cron: no page, no model."""
    ahead("aiohttp", "curator.cli.render.report")
    with invocation.library(working=True) as desk:
        report = desk.fetch(all_=all_, now=now)
    _show_report(invocation, report, desk, lambda console: render.report.show_fetched(report, console, every_failure=invocation.verbose))


@click.command(
    cls=Command,
    json=("curator.core.report.RunReport",),
    examples=(
        "curator demo",
        "curator demo /tmp/kopi-senja",
    ),
)
@click.argument("directory", type=click.Path(path_type=Path), default="demo")
@pass_invocation
def demo(invocation: Invocation, directory: Path) -> None:
    """Run the whole job on a bundled little internet; leaves a brand in DIRECTORY."""
    from curator import library

    with invocation.progress() as progress:
        desk, report = library.demo(directory, progress=progress)
    _show_list(invocation, report, desk)


@click.command(
    "list",
    cls=Command,
    json=(
        "curator.core.report.RunReport",
        "curator.cli.documents.RankingDocument",
    ),
    examples=(
        "curator list",
        "curator list --date 2026-11-23 --json",
        "curator list --status picked",
    ),
)
@click.option("--date", "day_", metavar="YYYY-MM-DD", callback=day, help="The list of that day; default: the latest.")
@click.option("--status", type=click.Choice(STATUSES), help="Every item of that status instead, the last found first.")
@NOW
@pass_invocation
def list_(invocation: Invocation, day_: date | None, status: Status | None, now: datetime) -> None:
    """Show the reading list again, or what is kept."""
    if day_ and status:
        raise UsageError("--date names a reading list, --status what is kept", hint=f"curator list --status {status}")
    with invocation.library() as desk:
        if status:
            _show_ranking(invocation, desk.items(status, now=now), now, nothing=say("no item is %(status)s", status=told(status)))
        else:
            _show_list(invocation, desk.list(day_), desk)


@click.command(cls=Command, json=("curator.cli.documents.ItemDocument",), examples=("curator show 2kpf",))
@click.argument("id")
@pass_invocation
def show(invocation: Invocation, id: str) -> None:  # noqa: A002 - the argument's name in the help
    """Show one item with its text and its reasons."""
    with invocation.library() as desk:
        card, text = desk.show(id)
    invocation.show(documents.item(card, text), lambda console: render.report.show_card(card, text, desk.brand, console))


@click.command("open", cls=Command, examples=("curator open 2kpf",))
@click.argument("id")
@pass_invocation
def open_(invocation: Invocation, id: str) -> None:  # noqa: A002
    """Open an item's page in the browser."""
    import webbrowser

    with invocation.library() as desk:
        url = desk.item(id).url
    invocation.say(url)
    webbrowser.open(url)


@click.command(
    cls=Command,
    json=(
        "curator.cli.documents.RankingDocument",
        "curator.core.explanation.Explanation",
    ),
    examples=(
        "curator rank",
        "curator rank --near",
        "curator rank --all --json",
        "curator rank --why https://kabar.example/petani-kopi",
    ),
)
@click.option("--all", "all_", is_flag=True, help="Every item of the window, also folded ones and those that fit no topic.")
@click.option("--near", is_flag=True, help="What just missed the list.")
@click.option("--why", metavar="ID|URL", help="Why that item is not on the list, and which line of brand.toml would change that.")
@NOW
@pass_invocation
def rank(invocation: Invocation, all_: bool, near: bool, why: str | None, now: datetime) -> None:
    """Show the list behind the list, without the shortlist's caps."""
    if sum((all_, near, why is not None)) > 1:
        what = "--all shows every item, --near what just missed the list, --why explains one item"
        raise UsageError(f"{what}: one at a time", hint="curator rank --near")
    if why is not None:
        _show_why(invocation, why, now)
        return
    with invocation.library(working=True) as desk:
        cards = desk.rank(all_=all_, near=near, now=now)
    nothing = say("nothing just missed the list") if near else say("no story fits")
    _show_ranking(invocation, cards, now, every_fit=all_, nothing=nothing)


@click.command(
    cls=Command,
    json=(
        "curator.core.feed.Article",
        "curator.cli.documents.FailureDocument",
    ),
    examples=(
        "curator extract https://example.org/story",
        "curator extract page.html --json",
    ),
)
@click.argument("targets", metavar="URL|FILE...", nargs=-1, required=True)
@pass_invocation
def extract(invocation: Invocation, targets: tuple[str, ...]) -> None:
    """Show what the extractor gets out of pages."""
    from curator import library

    invocation.each(library.extract(targets, invocation.home), lambda article, console: render.report.show_article(article, console))


@click.command(
    cls=Command,
    json=("curator.cli.documents.ChecksDocument",),
    examples=(
        "curator doctor",
        "curator doctor --fix",
    ),
)
@click.option("--fix", is_flag=True, help="Repair what can be repaired, and say what was done.")
@pass_invocation
def doctor(invocation: Invocation, fix: bool) -> None:
    """Check the brand directory, the model, the library and the feeds."""
    from curator import library

    checks = library.doctor(invocation.home, fix=fix)
    invocation.show(documents.ChecksDocument(checks=checks), lambda console: render.report.show_checks(checks, console))
    if not all(check.ok for check in checks):
        sys.exit(1)


def _show_why(invocation: Invocation, asked: str, now: datetime) -> None:
    with invocation.library(working=True) as desk:
        explanation = desk.why(asked, now=now)
    zone = desk.brand.timezone
    invocation.show(explanation, lambda console: render.explanation.show_explanation(explanation, zone, console))


def _show_list(invocation: Invocation, report: RunReport, desk: Library) -> None:
    page, every = desk.page(report), invocation.verbose
    _show_report(
        invocation, report, desk, lambda console: render.report.show_report(report, desk.brand, console, page=page, every_failure=every)
    )


def _show_report(invocation: Invocation, report: RunReport, desk: Library, renderer: Callable[[Console], None]) -> None:
    """Print a report; its JSON is the file of the reading list, character for character."""
    if invocation.json:
        from curator.publishing.formats import json_list

        raw([json_list.render(report, desk.brand).encode(), b"\n"])
    else:
        invocation.show(report, renderer)


def _show_ranking(invocation: Invocation, cards: Sequence[Card], now: datetime, *, nothing: str, every_fit: bool = False) -> None:
    if not cards and not invocation.json:
        invocation.say(nothing)
        return
    document = documents.RankingDocument(items=cards)
    invocation.show(document, lambda console: render.report.show_ranking(cards, now, console, every_fit=every_fit))


COMMANDS = (init, run, fetch, demo, list_, show, open_, rank, extract, doctor)
