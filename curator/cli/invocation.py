"""One invocation of the command line: its common options, how it opens the library, and how it prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from curator.cli import render
from curator.cli.documents import FailureDocument
from curator.cli.locale import say, told
from curator.core.feed import Failure

if TYPE_CHECKING:
    from rich.console import Console

    from curator.core.protocols import Progress
    from curator.library import Library

T = TypeVar("T")


class Invocation:
    """Common options of one invocation, filled in while the command line is parsed. Commands get it as click's `ctx.obj`."""

    def __init__(self) -> None:
        """Start with no option given."""
        self.home: Path | None = None
        self.json = self.quiet = self.verbose = self.debug = self.events = False

    @contextmanager
    def library(self, *, working: bool = False) -> Iterator[Library]:
        """Open the brand directory. `working` shows a progress bar where stderr is a terminal."""
        from curator.library import Library

        if not working:
            with Library.open(self.home) as desk:
                yield desk
            return
        with self.progress() as progress, Library.open(self.home, progress=progress) as desk:
            yield desk

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show a progress bar on stderr that vanishes when done; nothing with --quiet or where stderr is not a terminal.

        With --progress it is lines of JSON instead, for the program that started the command.
        """
        if self.events:
            yield render.progress.EventLines(sys.stderr)
            return
        if self.quiet or not sys.stderr.isatty():
            from curator.library import SilentProgress

            yield SilentProgress()
            return
        with render.progress.bar() as progress:
            yield progress

    def show(self, result: object, renderer: Callable[[Console], None]) -> None:
        """Print a result: one JSON document with --json, nothing with --quiet, else what `renderer` prints."""
        if self.json:
            document(result)
        elif not self.quiet:
            renderer(render.console.console())

    def note(self, text: str) -> None:
        """Say on stderr what the user should know of a result; nothing with --quiet or where there is nothing to say."""
        if text and not self.quiet:
            click.echo(f" {text}", err=True)

    def each(self, results: Iterable[T | Failure], renderer: Callable[[T, Console], None]) -> None:
        """Print results in order, one JSON document a line with --json. A failure among them makes the exit code 1."""
        failed = False
        for result in results:
            if isinstance(result, Failure):
                failed = True
                self._show_failure(result)
            else:
                self.show(result, partial(renderer, result))
        if failed:
            sys.exit(1)

    def _show_failure(self, failure: Failure) -> None:
        if self.json:
            document(FailureDocument(url=failure.url, error=failure.reason))
        else:
            rows = ((say("error: "), told(failure.reason)), (say("where: "), failure.url), (say("hint:  "), told(failure.hint)))
            click.echo("\n".join(f"{head}{text}" for head, text in rows if text), err=True)

    def say(self, *lines: str) -> None:
        """Print lines to stdout, nothing with --quiet."""
        if not self.quiet:
            click.echo("\n".join(lines))

    def warn(self, line: str) -> None:
        """Print a line to stderr, nothing with --quiet."""
        if not self.quiet:
            click.echo(line, err=True)


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)


def document(data: object) -> None:
    """Print one JSON document to stdout."""
    import msgspec

    raw([msgspec.json.encode(data), b"\n"])


def raw(chunks: Iterable[bytes]) -> None:
    """Write bytes to stdout as they are, whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.writelines(chunks)
    sys.stdout.buffer.flush()
