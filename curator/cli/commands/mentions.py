"""Mentions: where the watch terms of the brand are found, and what is meant by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command, span
from curator.cli.invocation import Invocation, pass_invocation
from curator.cli.locale import say
from curator.core.errors import UsageError


@click.command(
    cls=Command,
    json=("curator.cli.documents.MentionsDocument", "curator.cli.documents.DecisionsDocument"),
    examples=(
        "curator mentions",
        "curator mentions --since 30d --watch 'Our brand'",
        "curator mentions --not-us 2kpf f1zk",
    ),
)
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--since", "back", default="7d", show_default=True, metavar="SPAN", callback=span, help="How far to look back.")
@click.option("--watch", default="", metavar="NAME", help="Only this watch term.")
@click.option("--us", is_flag=True, help="Say of the mentions in these items that they are meant.")
@click.option("--not-us", is_flag=True, help="Say that something else is meant; curator undo takes it back.")
@NOW
@pass_invocation
def mentions(invocation: Invocation, ids: Sequence[str], back: timedelta, watch: str, us: bool, not_us: bool, now: datetime) -> None:
    """Show where the watch terms are found, with the sentence that says it; each story once.

    What --us and --not-us say is learned from: the sentence becomes an example of what is meant, or of what is not.
    """
    if us or not_us or ids:
        _teach(invocation, ids, us, not_us, watch, now)
        return
    with invocation.library(working=True) as desk:
        found = desk.mentions(since=back, watch=watch, now=now)
    if not found:
        invocation.note(say("no mention in what was found in that time"))
    invocation.show(documents.MentionsDocument(mentions=found), lambda console: render.report.show_mentions(found, now, console))


def _teach(invocation: Invocation, ids: Sequence[str], us: bool, not_us: bool, watch: str, now: datetime) -> None:
    if us == not_us:
        what = "--us and --not-us exclude each other" if us else "these ids go with --us or --not-us"
        raise UsageError(what, hint=f"curator mentions --not-us {' '.join(ids)}")
    if not ids:
        raise UsageError("the ids of mentions are missing", hint="curator mentions shows them")
    with invocation.library() as desk:
        done = (desk.decisions.us if us else desk.decisions.not_us)(*ids, watch=watch, now=now)
    what = say("meant") if us else say("not meant")
    invocation.show(documents.decisions(done), lambda console: render.report.show_decided(what, done, desk.brand.timezone, console))


COMMANDS: tuple[click.Command, ...] = (mentions,)
