"""The command line: parse, call one method of `Library`, print, exit code."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from curator.library import Library
    from curator.model import RunReport


HELP = """From thousands of new articles to the few that fit the brand, with reasons.

\b
start      curator init kopi-senja    a brand directory to edit
daily      curator run                the reading list of the day
no idea?   curator demo               all of it on a bundled little internet
"""


class Wishes:
    """What every command can be told; one per process."""

    home: Path | None = None
    json = quiet = verbose = debug = False


def _wish(_: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value and parameter.name:
        setattr(Wishes, parameter.name, value)


class Command(click.Command):
    """A command with the options that all have; `json=True` adds --json."""

    def __init__(self, *args: Any, json: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        common = [
            click.Option(["--home"], type=click.Path(path_type=Path), metavar="DIR", help="The brand directory (or CURATOR_HOME)."),
            click.Option(["--json"], is_flag=True, help="Print one JSON document."),
            click.Option(["-q", "--quiet"], is_flag=True, help="Print errors only."),
            click.Option(["-v", "--verbose"], is_flag=True, help="Tell every failure, not the first few."),
            click.Option(["--debug"], is_flag=True, help="Show tracebacks."),
        ]
        for option in common:
            option.callback, option.expose_value = _wish, False
        self.params += [o for o in common if json or o.name != "json"]


class Group(click.Group):
    """Commands in the order of a day's work, not of the alphabet."""

    command_class = Command
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


NOW = click.option("--now", metavar="ISO", help="Pretend it is this moment.", callback=lambda _c, _p, v: _moment(v))


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, help=HELP)
@click.version_option(package_name="curator", prog_name="curator")
def cli() -> None:
    """The commands below."""


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path), default=".")
def init(directory: Path) -> None:
    """Make a brand directory to edit; overwrites nothing."""
    from curator import config

    made = config.init(directory)
    _say(*([f"wrote {path}" for path in made] or ["brand.toml and feeds.opml are there already: nothing changed"]))
    _say(f"next: edit {directory / 'brand.toml'}, then curator run --home {directory}")


@cli.command(json=True)
@click.option("--no-fetch", is_flag=True, help="Rank what is kept; contact nobody.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="A list of at most N cards.")
@NOW
def run(no_fetch: bool, limit: int | None, now: datetime) -> None:
    """The daily job: fetch, read, rank, and write the reading list."""
    with _library(working=True) as desk:
        report = desk.run(fetch=not no_fetch, limit=limit, now=now)
    _report(report, desk)


@cli.command(json=True)
@click.option("--all", "all_", is_flag=True, help="Ask every feed, due or not.")
@NOW
def fetch(all_: bool, now: datetime) -> None:
    """Only pull the due feeds, for an hourly cron: no page, no model."""
    with _library(working=True) as desk:
        report = desk.fetch(all_=all_, now=now)
    _report(report, desk, fetched=True)


@cli.command(json=True)
@click.argument("directory", type=click.Path(path_type=Path), default="demo")
def demo(directory: Path) -> None:
    """The whole job on a bundled little internet; leaves a brand in DIRECTORY."""
    from curator import library, terminal

    with terminal.progress(Wishes.quiet) as progress:
        desk, report = library.demo(directory, datetime.now(UTC), progress)
    _report(report, desk)


@cli.command("list", json=True)
@click.option("--date", "day", metavar="YYYY-MM-DD", help="The list of that day; default: the latest.")
def list_(day: str | None) -> None:
    """Show the reading list again."""
    with _library() as desk:
        _report(desk.list(_day(day)), desk)


@cli.command(json=True)
@click.argument("id")
def show(id: str) -> None:  # noqa: A002 - the argument's name in the help
    """Show one item with its text and its reasons."""
    with _library() as desk:
        card, text = desk.show(id)
        if Wishes.json:
            import msgspec

            _json({**msgspec.to_builtins(card), "text": text})
        elif not Wishes.quiet:
            from curator import terminal

            terminal.show_card(card, text, desk.brand, _console())


@cli.command("open")
@click.argument("id")
def open_(id: str) -> None:  # noqa: A002
    """Open an item's page in the browser."""
    import webbrowser

    with _library() as desk:
        card, _ = desk.show(id)
    _say(card.url)
    webbrowser.open(card.url)


@cli.command(json=True)
@click.option("--all", "all_", is_flag=True, help="Every item of the window, folded and unfit ones too.")
@NOW
def rank(all_: bool, now: datetime) -> None:
    """The list behind the list, without the shortlist's caps."""
    with _library(working=True) as desk:
        cards = desk.rank(all_=all_, now=now)
    if Wishes.json:
        _json({"items": cards})
    elif not Wishes.quiet:
        from curator import terminal

        terminal.show_ranking(cards, now, _console(), every_fit=all_)


@cli.command(json=True)
@click.argument("targets", metavar="URL|FILE...", nargs=-1, required=True)
def extract(targets: tuple[str, ...]) -> None:
    """Show what the extractor gets out of pages."""
    from curator import library, terminal

    _each(library.extract(targets, Wishes.home), lambda a: terminal.show_article(a, _console()))


@cli.group()
def feeds() -> None:
    """What the brand reads: its subscriptions and their health."""


@feeds.command("list", json=True)
@click.option("--failed", is_flag=True, help="Only feeds that failed last time.")
def feeds_list(failed: bool) -> None:
    """Every feed with its last success, its failures and why."""
    with _library() as desk:
        rows = [row for row in desk.subscriptions() if row.failures or not failed]
    if Wishes.json:
        _json({"feeds": rows})
    elif not Wishes.quiet:
        from curator import feedsheet

        feedsheet.show_feeds(rows, datetime.now(UTC), _console())


@feeds.command("add")
@click.argument("url")
@click.option("--title", default="", help="Its name; default: what the feed calls itself.")
@click.option("--category", default="", metavar="FOLDER", help="The folder of feeds.opml to put it in.")
@click.option("--unchecked", is_flag=True, help="Do not ask the feed first.")
def feeds_add(url: str, title: str, category: str, unchecked: bool) -> None:
    """Subscribe to a feed, after asking whether it is one."""
    with _library() as desk:
        added = desk.add_feed(url, title=title, category=category, check=not unchecked)
    _say(f"added {added.title or added.url}" if added else "feeds.opml has this feed already: nothing changed")


@feeds.command("remove")
@click.argument("part")
def feeds_remove(part: str) -> None:
    """Unsubscribe from the one feed whose address or title has this part."""
    with _library() as desk:
        gone = desk.remove_feed(part)
    _say(f"removed {gone.title or gone.url}; what it brought stays in the library")


@feeds.command("check", json=True)
@click.argument("targets", metavar="URL|FILE...", nargs=-1, required=True)
def feeds_check(targets: tuple[str, ...]) -> None:
    """Show what is in feeds, and what is wrong with them."""
    from curator import feedsheet, library

    now = datetime.now(UTC)
    _each(library.check(targets, Wishes.home, now=now), lambda c: feedsheet.show_check(c, now, _console()))


@feeds.command("discover", json=True)
@click.argument("url")
def feeds_discover(url: str) -> None:
    """Find the feeds of a site, the best for the brand first."""
    from curator import library, terminal

    with terminal.progress(Wishes.quiet) as progress:
        found = library.discover(url, Wishes.home, progress=progress)
    if Wishes.json:
        _json({"feeds": found})
    elif not Wishes.quiet:
        from curator import feedsheet

        feedsheet.show_found(found, datetime.now(UTC), _console())


@feeds.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def feeds_import(file: Path) -> None:
    """Add the feeds of another OPML file."""
    with _library() as desk:
        added, problems = desk.import_feeds(file)
    for problem in problems:
        click.echo(f"left out: {problem.what}", err=True)
    _say(f"added {len(added)} feeds")


@feeds.command("export")
@click.option("-o", "--output", metavar="PATH", default="-", help="Where to write; default: standard output.")
def feeds_export(output: str) -> None:
    """Write the subscriptions as OPML."""
    with _library() as desk:
        body = desk.export_feeds()
    if output == "-":
        _bytes(body)
    else:
        from curator import files

        files.write(Path(output), body)


@cli.command(json=True)
@click.option("--fix", is_flag=True, help="Repair what can be repaired, and say what was done.")
def doctor(fix: bool) -> None:
    """Check the brand directory, the model, the library and the feeds."""
    from curator.library import examine

    checks = examine(Wishes.home, fix=fix)
    if Wishes.json:
        _json({"checks": checks})
    elif not Wishes.quiet:
        from curator import terminal

        terminal.show_checks(checks, _console())
    if not all(check.ok for check in checks):
        sys.exit(1)


# --- printing ---------------------------------------------------------------------------------------------------


def _report(report: "RunReport", desk: "Library", *, fetched: bool = False) -> None:
    if Wishes.json:
        from curator.export import listing

        _bytes(listing.render(report, desk.brand).encode() + b"\n")
    elif not Wishes.quiet:
        from curator import terminal

        if fetched:
            terminal.show_fetched(report, _console(), every_failure=Wishes.verbose)
        else:
            terminal.show_report(report, desk.brand, _console(), page=desk.page(report), every_failure=Wishes.verbose)


def _each(results: Iterable[Any], show: Callable[[Any], None]) -> None:
    """Prints results as they come, one JSON document a line with --json; a failure is one, and makes the exit code 1."""
    from curator.model import Failure

    failed = False
    for result in results:
        failure = isinstance(result, Failure)
        failed |= failure
        if Wishes.json:
            _json({"url": result.url, "error": result.reason} if failure else result)
        elif failure:
            click.echo(f"error: {result.reason}\nwhere: {result.url}" + (f"\nhint:  {result.hint}" if result.hint else ""), err=True)
        else:
            show(result)
    if failed:
        sys.exit(1)


def _say(*lines: str) -> None:
    if not Wishes.quiet:
        click.echo("\n".join(lines))


def _json(document: object) -> None:
    import msgspec

    _bytes(msgspec.json.encode(document) + b"\n")


def _bytes(body: bytes) -> None:
    """Bytes as they are, whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def _console() -> "Console":
    from curator import screen

    return screen.console()


# --- parsing ----------------------------------------------------------------------------------------------------


def _moment(text: str | None) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now {text} is no time", hint="--now 2026-11-23T06:00:00+07:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--date {text} is no day", hint="--date 2026-11-23") from None


@contextlib.contextmanager
def _library(*, working: bool = False) -> "Iterator[Library]":
    from curator.library import Library

    with contextlib.ExitStack() as stack:
        progress = None
        if working:
            from curator import terminal

            progress = stack.enter_context(terminal.progress(Wishes.quiet))
        yield stack.enter_context(Library.open(Wishes.home, progress=progress))
