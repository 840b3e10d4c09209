"""Watch terms: tried on what is kept, then written into brand.toml."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from curator.cli import render
from curator.cli.common import NOW, Command, Group, span
from curator.cli.invocation import Invocation, pass_invocation
from curator.cli.locale import say


@click.group(cls=Group)
def watch() -> None:
    """Try what to listen for, and write it into brand.toml."""


@watch.command(
    cls=Command,
    json=("curator.jobs.watching.WatchTrial",),
    examples=('curator watch test \'"kopi senja" OR @kopisenja -"senja kala"\' --since 30d',),
)
@click.argument("query", metavar="QUERY")
@click.option("--since", "back", default="90d", show_default=True, metavar="SPAN", callback=span, help="How far to look back.")
@NOW
@pass_invocation
def test(invocation: Invocation, query: str, back: timedelta, now: datetime) -> None:
    """Show what a watch term would have found in what is kept, what it misses, and what it takes for something else.

    QUERY is as curator search has it, with the fields title:, feed: and lang: alone.
    """
    with invocation.library(working=True) as desk:
        found = desk.watches.test(query, since=back, now=now)
    invocation.show(found, lambda console: render.watch.show(found, now, console))


@watch.command(examples=("curator watch add 'Our brand' '\"kopi senja\" OR @kopisenja'",))
@click.argument("name")
@click.argument("query", metavar="QUERY")
@pass_invocation
def add(invocation: Invocation, name: str, query: str) -> None:
    """Write a watch term into brand.toml; what is there stays as it is."""
    with invocation.library() as desk:
        added = desk.watches.add(name, query)
    invocation.say(say("brand.toml watches for %(name)s now: curator mentions", name=added.name))


COMMANDS: tuple[click.Command, ...] = (watch,)
