"""The report of the desk: what came of its work, and what to change."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli import render
from curator.cli.common import NOW, Command
from curator.cli.common import span as parse_span
from curator.cli.invocation import Invocation, pass_invocation
from curator.core.errors import UsageError
from curator.core.text.plain import line

if TYPE_CHECKING:
    from curator.jobs.results import ResultsRead

FILE = click.Path(path_type=Path, dir_okay=False)
CSV = click.Path(path_type=Path, dir_okay=False, exists=True)
LEFT = 5  # rows without a post that are told


@click.command(
    cls=Command,
    json=("curator.core.desk_report.DeskReport",),
    examples=(
        "curator report",
        "curator report --since 30d --html report.html",
        "curator report --results buffer.csv --network linkedin",
        "curator report --apply k3fz",
    ),
)
@click.option("--since", "span", default="7d", show_default=True, metavar="SPAN", callback=parse_span, help="How far to look back.")
@click.option("--html", type=FILE, metavar="FILE", help="Write it as one web page with pictures.")
@click.option("--md", type=FILE, metavar="FILE", help="Write it as Markdown.")
@click.option("--apply", metavar="ID", help="Write that proposal into brand.toml; the former file stays as brand.toml.bak.")
@click.option("--results", type=CSV, metavar="FILE", help="Keep what posts got, from an analytics export of a scheduler.")
@click.option("--like", type=CSV, metavar="TEMPLATE", help="The header of that export, and below each column what it holds.")
@click.option("--network", default="", metavar="NAME", help="The network of its rows that name none.")
@NOW
@pass_invocation
def report(
    invocation: Invocation,
    span: timedelta,
    html: Path | None,
    md: Path | None,
    apply: str | None,
    results: Path | None,
    like: Path | None,
    network: str,
    now: datetime,
) -> None:
    """Show what came of the feeds, the lists and the calendar, and what to change.

    Each proposal was tried on what is kept, against your own picks; none is made on too few. --results takes exports of Buffer,
    Metricool, Hootsuite, Meta, X, LinkedIn, TikTok and others as CSV, joins their rows to posts by link, text and time, and shows
    what worked.
    """
    if (like or network) and not results:
        raise UsageError("--like and --network are about the file of --results", hint="curator report --results FILE.csv")
    with invocation.library(working=True) as desk:
        if results:
            _tell_read(invocation, results, desk.read_results(results, like=like, network=network, now=now))
        made = desk.report(span, now=now)
        written = desk.write_report(made, html=html, md=md)
        if apply:
            written = [*written, desk.home / "brand.toml"]
            desk.apply_proposal(made, apply)
    invocation.show(made, lambda console: render.desk.show(made, desk.brand.timezone, console))
    for path in written:
        invocation.note(f"wrote {path}")


def _tell_read(invocation: Invocation, file: Path, read: ResultsRead) -> None:
    invocation.note(f"read {file.name} as {read.tool}: {len(read.results)} of {read.rows} rows joined to posts")
    for each in read.left[:LEFT]:
        invocation.note(f"row {each.row.line} is left out: {each.why}{': ' if each.row.text else ''}{line(each.row.text, 60)}")
    if len(read.left) > LEFT:
        invocation.note(f"{len(read.left) - LEFT} more rows are left out")


COMMANDS: tuple[click.Command, ...] = (report,)
