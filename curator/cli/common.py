"""What the commands share: their common options, their order in the help, and the parsing of times."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from curator.cli.invocation import Invocation
from curator.core.errors import UsageError


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Set a common option on the Invocation; what was set by an outer group stays where it is not given again."""
    if value and parameter.name:
        setattr(context.ensure_object(Invocation), parameter.name, value)


class Command(click.Command):
    """A command with the options that all commands have.

    `json` names the types of its --json document, which is offered where there is one: "curator.core.report.RunReport".
    `examples` are lines to type, shown at the end of its help.
    """

    def __init__(self, *args: Any, json: Sequence[str] = (), examples: Sequence[str] = (), **kwargs: Any) -> None:
        """Add the common options behind the command's own."""
        super().__init__(*args, **kwargs)
        self.json, self.examples = json, examples
        common = [
            click.Option(
                ["--home"],
                type=click.Path(path_type=Path),
                metavar="DIR",
                help="The brand directory; default: CURATOR_HOME, else the nearest one above.",
            ),
            click.Option(["--json"], is_flag=True, help="Print one JSON document."),
            click.Option(["-q", "--quiet"], is_flag=True, help="Print errors only."),
            click.Option(["-v", "--verbose"], is_flag=True, help="Print what is done, and every failure."),
            click.Option(["--debug"], is_flag=True, help="Print everything that is logged, and tracebacks."),
        ]
        for option in common:
            option.callback, option.expose_value = _remember, False
        self.params += [o for o in common if json or o.name != "json"]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as a section of the help."""
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"{'':{formatter.current_indent}}{example}\n" for example in self.examples))

    def invoke(self, ctx: click.Context) -> Any:
        """Configure the log, then run the command."""
        from curator.cli import log

        log.configure(ctx.ensure_object(Invocation))
        return super().invoke(ctx)


class Group(click.Group):
    """A group whose help lists its commands in the order of a day's work, not of the alphabet."""

    command_class = Command
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they were added."""
        return list(self.commands)


def moment(text: str | None) -> datetime:
    """Parse --now; without one, return the current time. Raises UsageError."""
    if not text:
        return datetime.now(UTC)
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--now: not an ISO 8601 time: {text!r}", hint="--now 2026-11-23T06:00:00+07:00") from None
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)


def day(_: click.Context, parameter: click.Parameter, text: str | None) -> date | None:
    """Parse an option that takes a day. Raises UsageError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        option = parameter.opts[0]
        raise UsageError(f"{option}: not a day: {text!r}", hint=f"{option} 2026-11-23") from None


def span(_: click.Context, parameter: click.Parameter, text: str) -> timedelta:
    """Parse an option that takes a span such as 7d. Raises UsageError."""
    from curator.config import values

    try:
        return values.duration(text)
    except ValueError as error:
        option = parameter.opts[0]
        raise UsageError(f"{option} {error}", hint=f"{option} 30d") from None


NOW = click.option("--now", metavar="ISO", help="Use this time instead of the current one.", callback=lambda _c, _p, text: moment(text))


def ahead(*modules: str) -> None:
    """Import modules in a thread, one after the other, while the command does something else or waits."""
    threading.Thread(target=lambda: [import_module(module) for module in modules], daemon=True).start()
