"""Triage: one key a decision; push: the calendar on a server."""

import sys
from datetime import datetime, timedelta
from time import monotonic

import click

from curator.cli.common import NOW, Command, Group, Options, console, document, opened, say


@click.command(cls=Command)
@NOW
def triage(now: datetime) -> None:
    """Decide on the latest list by keyboard: a card at a time, a key a decision."""
    from curator.cli.triage import session, sheet

    begun = monotonic()
    with opened() as desk:
        state = session(desk, console(), lambda: now + timedelta(seconds=monotonic() - begun))
    say(f" {sheet.end(state)}")


@click.group(cls=Group)
def push() -> None:
    """Put the posts on a calendar server."""


@push.command("caldav", json=True)
@click.option("--url", metavar="URL", default="", help="The address of the calendar; default: [calendar] caldav.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@NOW
def caldav(url: str, dry_run: bool, now: datetime) -> None:
    """Make a calendar show the posts; nothing twice. CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD say who you are there."""
    with opened(working=True) as desk:
        pushed = desk.push(url, dry_run=dry_run, now=now)
    if Options.json:
        document(pushed.told())
    elif not Options.quiet:
        from curator.cli.render import push as render_push

        render_push.show(pushed, desk.brand.timezone, console())
    if pushed.failed:
        sys.exit(1)


COMMANDS = (triage, push)
