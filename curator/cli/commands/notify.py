"""Notifications: what waits in the outbox, a test of the channels, and another try."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command
from curator.cli.invocation import Invocation, pass_invocation
from curator.cli.locale import say
from curator.core.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from curator.library import Library


@click.command(
    cls=Command,
    json=("curator.cli.documents.NoticesDocument", "curator.cli.documents.ChannelTestsDocument"),
    examples=("curator notify --pending", "curator notify --test", "curator notify --retry"),
)
@click.option("--pending", is_flag=True, help="Show what waits and what has failed. This is what happens without an option too.")
@click.option("--test", is_flag=True, help="Send a test message on every channel.")
@click.option("--retry", is_flag=True, help="Send at once all that waits or has failed.")
@NOW
@pass_invocation
def notify(invocation: Invocation, pending: bool, test: bool, retry: bool, now: datetime) -> None:
    """Show what is to be told on the channels, try them, or send again."""
    if pending + test + retry > 1:
        raise UsageError("--pending, --test and --retry are three commands", hint="curator notify --pending")
    with invocation.library() as desk:
        if test:
            _test(invocation, desk, now)
        else:
            _show(invocation, desk, now, retry=retry)


def _test(invocation: Invocation, desk: Library, now: datetime) -> None:
    _require_channels(desk)
    results = desk.notifications.test(now=now)
    invocation.show(documents.ChannelTestsDocument(channels=results), lambda console: render.notify.show_tests(results, console))
    if not all(result.ok for result in results):
        sys.exit(1)


def _show(invocation: Invocation, desk: Library, now: datetime, *, retry: bool) -> None:
    if retry:
        _require_channels(desk)
    notices = desk.notifications.retry(now=now) if retry else desk.notifications.pending()
    nothing = say("nothing waits to be told") if desk.brand.notify.urls else say("no channel is named in brand.toml: [notify] urls")
    invocation.show(
        documents.NoticesDocument(notices=notices), lambda console: render.notify.show_notices(notices, desk.brand, now, console, nothing)
    )
    if retry and any(notice.state != "sent" for notice in notices):
        sys.exit(1)


def _require_channels(desk: Library) -> None:
    if not desk.brand.notify.urls:
        raise ConfigError(
            "no channel is named", where="brand.toml: notify.urls", hint='[notify] with urls = ["env:CURATOR_NOTIFY"] below it'
        )


COMMANDS: tuple[click.Command, ...] = (notify,)
