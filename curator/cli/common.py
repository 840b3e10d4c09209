"""What every command shares: its options, how it opens the library, how it prints. No command lives here."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curator.core.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from curator.library import Library


class Options:
    """What every command can be told; one per process."""

    home: Path | None = None
    json = quiet = verbose = debug = False


def _wish(_: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value and parameter.name:
        setattr(Options, parameter.name, value)


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


NOW = click.option("--now", metavar="ISO", help="Pretend it is this moment.", callback=lambda _c, _p, v: moment(v))


# --- printing ---------------------------------------------------------------------------------------------------


def each(results: Iterable[Any], show: Callable[[Any], None]) -> None:
    """Prints results as they come, one JSON document a line with --json; a failure is one, and makes the exit code 1."""
    from curator.core.feed import Failure

    failed = False
    for result in results:
        failure = isinstance(result, Failure)
        failed |= failure
        if Options.json:
            document({"url": result.url, "error": result.reason} if failure else result)
        elif failure:
            click.echo(f"error: {result.reason}\nwhere: {result.url}" + (f"\nhint:  {result.hint}" if result.hint else ""), err=True)
        else:
            show(result)
    if failed:
        sys.exit(1)


def say(*lines: str) -> None:
    if not Options.quiet:
        click.echo("\n".join(lines))


def document(data: object) -> None:
    """Prints the one JSON document of a command."""
    import msgspec

    raw(msgspec.json.encode(data) + b"\n")


def raw(body: bytes) -> None:
    """Bytes as they are, whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def console() -> "Console":
    from curator.cli.render import console as render_console

    return render_console.console()


# --- parsing ----------------------------------------------------------------------------------------------------


def moment(text: str | None) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now {text} is no time", hint="--now 2026-11-23T06:00:00+07:00") from None
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)


def day_(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--date {text} is no day", hint="--date 2026-11-23") from None


def ahead(*modules: str) -> None:
    """Imports what will be needed, one after the other, while something else is done or waited for."""
    threading.Thread(target=lambda: [import_module(module) for module in modules], daemon=True).start()


@contextlib.contextmanager
def opened(*, working: bool = False) -> "Iterator[Library]":
    from curator.library import Library

    with contextlib.ExitStack() as stack:
        progress = None
        if working and sys.stderr.isatty():
            from curator.cli.render import report as render_report

            progress = stack.enter_context(render_report.progress(Options.quiet))
        yield stack.enter_context(Library.open(Options.home, progress=progress))
