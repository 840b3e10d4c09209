"""Trends: what rises in the feeds."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from curator.cli import render
from curator.cli.common import NOW, Command
from curator.cli.common import span as parse_span
from curator.cli.invocation import Invocation, pass_invocation


@click.command(cls=Command, json=("curator.core.trend.Trends",), examples=("curator trends", "curator trends --since 2d --json"))
@click.option("--since", "span", default="7d", show_default=True, metavar="SPAN", callback=parse_span, help="How far to look back.")
@NOW
@pass_invocation
def trends(invocation: Invocation, span: timedelta, now: datetime) -> None:
    """Show the stories and terms that rise against their own baseline.

    Each 24 hours are compared with the eight weeks before them, publisher by publisher: one owner's sites count once. What is
    shown rose by more than chance explains, one false trend in a hundred allowed for.
    """
    with invocation.library(working=True) as desk:
        found = desk.trends(span, now=now)
    invocation.show(found, lambda console: render.trends.show(found, desk.brand, now, console))


COMMANDS: tuple[click.Command, ...] = (trends,)
