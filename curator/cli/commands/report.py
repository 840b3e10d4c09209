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
from curator.cli.locale import language, say, told
from curator.core.errors import UsageError
from curator.core.text.plain import line
from curator.publishing.language import N_

if TYPE_CHECKING:
    from curator.core.desk_report import DeskReport
    from curator.jobs.results import ResultsRead
    from curator.library import Library

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
        kept = invocation.json or html or md  # in the language of the brand, unlike what is printed
        made = desk.report(span, now=now, language="" if kept else language().code)
        shown = _printed(invocation, desk, made, span, now)
        written = desk.write_report(made, html=html, md=md)
        if apply:
            written = [*written, desk.home / "brand.toml"]
            desk.apply_proposal(made, apply)
    invocation.show(shown, lambda console: render.desk.show(shown, desk.brand.timezone, console))
    for path in written:
        invocation.note(say("wrote %(path)s", path=path))


def _printed(invocation: Invocation, desk: Library, made: DeskReport, span: timedelta, now: datetime) -> DeskReport:
    """Return the report in the language of the terminal; the one that was made where that is its language, or nobody reads it there."""
    code = language().code
    if invocation.json or invocation.quiet or made.language == code:
        return made
    return desk.report(span, now=now, language=code)


def _tell_read(invocation: Invocation, file: Path, read: ResultsRead) -> None:
    form = N_("read %(file)s as %(tool)s: %(n)s of %(rows)s rows joined to posts")
    invocation.note(say(form, file=file.name, tool=read.tool, n=len(read.results), rows=read.rows))
    for each in read.left[:LEFT]:
        why = f"{told(each.why)}{': ' if each.row.text else ''}{line(each.row.text, 60)}"
        invocation.note(say("row %(n)s is left out: %(why)s", n=each.row.line, why=why))
    if len(read.left) > LEFT:
        invocation.note(say("%(n)s more rows are left out", n=len(read.left) - LEFT))


COMMANDS: tuple[click.Command, ...] = (report,)
