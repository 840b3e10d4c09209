"""Triage: one key a decision; push: the calendar on a server."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from time import monotonic

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command, Group
from curator.cli.invocation import Invocation, pass_invocation


@click.command(cls=Command, examples=("curator triage",))
@NOW
@pass_invocation
def triage(invocation: Invocation, now: datetime) -> None:
    """Decide on the latest list by keyboard: a card at a time, a key a decision."""
    from curator.cli.triage import session, view

    begun = monotonic()
    with invocation.library() as desk:
        state = session(desk, render.console.console(), lambda: now + timedelta(seconds=monotonic() - begun))
    invocation.say(f" {view.summary(state)}")


@click.group(cls=Group)
def push() -> None:
    """Put the posts on a calendar server."""


@push.command(
    "caldav",
    json=("curator.cli.documents.PushDocument",),
    examples=(
        "curator push caldav --dry-run",
        "curator push caldav --url https://dav.example.org/me/posts/",
    ),
)
@click.option("--url", metavar="URL", default="", help="The address of the calendar; default: [calendar] caldav.")
@click.option("--dry-run", is_flag=True, help="Only print what would be done.")
@NOW
@pass_invocation
def caldav(invocation: Invocation, url: str, dry_run: bool, now: datetime) -> None:
    """Make a calendar show the posts, none of them twice.

    CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD hold your account there.
    """
    with invocation.library(working=True) as desk:
        pushed = desk.publishing.push(url, dry_run=dry_run, now=now)
    invocation.show(documents.push(pushed), lambda console: render.push.show(pushed, desk.brand.timezone, console))
    if pushed.failed:
        sys.exit(1)


COMMANDS = (triage, push)
