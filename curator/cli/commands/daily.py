"""The daily commands: from a new brand to its reading list, and a closer look at it."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli.common import NOW, Command, Options, ahead, console, day_, document, each, opened, raw, say
from curator.core.errors import UsageError

if TYPE_CHECKING:
    from curator.core.item import Status
    from curator.core.report import RunReport
    from curator.core.story import Card
    from curator.library import Library

STATUSES = ("new", "listed", "picked", "skipped", "saved")


@click.command(cls=Command)
@click.argument("directory", type=click.Path(path_type=Path), default=".")
def init(directory: Path) -> None:
    """Make a brand directory to edit; overwrites nothing."""
    from curator import config

    made = config.init(directory)
    say(*([f"wrote {path}" for path in made] or ["brand.toml and feeds.opml are there already: nothing changed"]))
    say(f"next: edit {directory / 'brand.toml'}, then curator run --home {directory}")


@click.command(cls=Command, json=True)
@click.option("--no-fetch", is_flag=True, help="Rank what is kept; contact nobody.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="A list of at most N cards.")
@NOW
def run(no_fetch: bool, limit: int | None, now: datetime) -> None:
    """The daily job: fetch, read, rank, and write the reading list."""
    if not no_fetch:
        ahead("aiohttp", "curator.cli.render.report")
    with opened(working=True) as desk:
        report = desk.run(fetch=not no_fetch, limit=limit, now=now)
    report_(report, desk)


@click.command(cls=Command, json=True)
@click.option("--all", "all_", is_flag=True, help="Ask every feed, due or not.")
@NOW
def fetch(all_: bool, now: datetime) -> None:
    """Only pull the due feeds, for an hourly cron: no page, no model."""
    ahead("aiohttp", "curator.cli.render.report")
    with opened(working=True) as desk:
        report = desk.fetch(all_=all_, now=now)
    report_(report, desk, fetched=True)


@click.command(cls=Command, json=True)
@click.argument("directory", type=click.Path(path_type=Path), default="demo")
def demo(directory: Path) -> None:
    """The whole job on a bundled little internet; leaves a brand in DIRECTORY."""
    from curator.cli import standalone
    from curator.cli.render import report as render_report

    with render_report.progress(Options.quiet) as progress:
        desk, report = standalone.demo(directory, datetime.now(UTC), progress)
    report_(report, desk)


@click.command("list", cls=Command, json=True)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The list of that day; default: the latest.")
@click.option("--status", type=click.Choice(STATUSES), help="Every story of that status instead, the last found first.")
@NOW
def list_(day: str | None, status: "Status | None", now: datetime) -> None:
    """Show the reading list again, or what is kept."""
    if day and status:
        raise UsageError("--date names a reading list, --status what is kept", hint=f"curator list --status {status}")
    with opened() as desk:
        if status:
            ranking_(desk.items(status, now=now), now, nothing=f"no story is {status}")
        else:
            report_(desk.list(day_(day)), desk)


@click.command(cls=Command, json=True)
@click.argument("id")
def show(id: str) -> None:  # noqa: A002 - the argument's name in the help
    """Show one item with its text and its reasons."""
    with opened() as desk:
        card, text = desk.show(id)
        if Options.json:
            import msgspec

            document({**msgspec.to_builtins(card), "text": text})
        elif not Options.quiet:
            from curator.cli.render import report as render_report

            render_report.show_card(card, text, desk.brand, console())


@click.command("open", cls=Command)
@click.argument("id")
def open_(id: str) -> None:  # noqa: A002
    """Open an item's page in the browser."""
    import webbrowser

    with opened() as desk:
        card, _ = desk.show(id)
    say(card.url)
    webbrowser.open(card.url)


@click.command(cls=Command, json=True)
@click.option("--all", "all_", is_flag=True, help="Every item of the window, folded and unfit ones too.")
@NOW
def rank(all_: bool, now: datetime) -> None:
    """The list behind the list, without the shortlist's caps."""
    with opened(working=True) as desk:
        cards = desk.rank(all_=all_, now=now)
    ranking_(cards, now, every_fit=all_, nothing="no story fits")


@click.command(cls=Command, json=True)
@click.argument("targets", metavar="URL|FILE...", nargs=-1, required=True)
def extract(targets: tuple[str, ...]) -> None:
    """Show what the extractor gets out of pages."""
    from curator.cli import standalone
    from curator.cli.render import report as render_report

    each(standalone.extract(targets, Options.home), lambda a: render_report.show_article(a, console()))


@click.command(cls=Command, json=True)
@click.option("--fix", is_flag=True, help="Repair what can be repaired, and say what was done.")
def doctor(fix: bool) -> None:
    """Check the brand directory, the model, the library and the feeds."""
    from curator.cli.doctor import examine

    checks = examine(Options.home, fix=fix)
    if Options.json:
        document({"checks": checks})
    elif not Options.quiet:
        from curator.cli.render import report as render_report

        render_report.show_checks(checks, console())
    if not all(check.ok for check in checks):
        sys.exit(1)


def report_(report: "RunReport", desk: "Library", *, fetched: bool = False) -> None:
    if Options.json:
        from curator.publishing.formats import listing

        raw(listing.render(report, desk.brand).encode() + b"\n")
    elif not Options.quiet:
        from curator.cli.render import report as render_report

        if fetched:
            render_report.show_fetched(report, console(), every_failure=Options.verbose)
        else:
            render_report.show_report(report, desk.brand, console(), page=desk.page(report), every_failure=Options.verbose)


def ranking_(cards: "Sequence[Card]", now: datetime, *, nothing: str, every_fit: bool = False) -> None:
    if Options.json:
        document({"items": cards})
    elif not cards:
        say(nothing)
    elif not Options.quiet:
        from curator.cli.render import report as render_report

        render_report.show_ranking(cards, now, console(), every_fit=every_fit)


COMMANDS = (init, run, fetch, demo, list_, show, open_, rank, extract, doctor)
