"""The report of the desk: what came of its work, and what to change."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from curator.cli import render
from curator.cli.common import NOW, Command
from curator.cli.common import span as parse_span
from curator.cli.invocation import Invocation, pass_invocation

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    cls=Command,
    json=("curator.core.desk_report.DeskReport",),
    examples=("curator report", "curator report --since 30d --html report.html", "curator report --apply k3fz"),
)
@click.option("--since", "span", default="7d", show_default=True, metavar="SPAN", callback=parse_span, help="How far to look back.")
@click.option("--html", type=FILE, metavar="FILE", help="Write it as one web page with pictures.")
@click.option("--md", type=FILE, metavar="FILE", help="Write it as Markdown.")
@click.option("--apply", metavar="ID", help="Write that proposal into brand.toml; the former file stays as brand.toml.bak.")
@NOW
@pass_invocation
def report(invocation: Invocation, span: timedelta, html: Path | None, md: Path | None, apply: str | None, now: datetime) -> None:
    """Show what came of the feeds, the lists and the calendar, and what to change.

    Each proposal was tried on what is kept, against your own picks; none is made on too few.
    """
    with invocation.library(working=True) as desk:
        made = desk.report(span, now=now)
        written = desk.write_report(made, html=html, md=md)
        if apply:
            written = [*written, desk.home / "brand.toml"]
            desk.apply_proposal(made, apply)
    invocation.show(made, lambda console: render.desk.show(made, desk.brand.timezone, console))
    for path in written:
        invocation.note(f"wrote {path}")


COMMANDS: tuple[click.Command, ...] = (report,)
