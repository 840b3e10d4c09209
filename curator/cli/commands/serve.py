"""Serve: the calendar to subscribe to, and the list, on an address of this machine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from curator.cli.common import Command
from curator.cli.documents import AddressDocument
from curator.cli.invocation import Invocation, document, pass_invocation

if TYPE_CHECKING:
    from curator.serve.access import ServerAddress


@click.command(
    cls=Command,
    json=("curator.cli.documents.AddressDocument",),
    examples=(
        "curator serve",
        'curator serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"',
    ),
)
@click.option("--port", type=click.IntRange(0, 65535), default=8600, show_default=True, metavar="N", help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME", help="One that other machines reach needs a --token.")
@click.option("--token", default="", envvar="CURATOR_TOKEN", show_envvar=True, metavar="T", help="Answer only to addresses with ?token=T.")
@pass_invocation
def serve(invocation: Invocation, port: int, host: str, token: str) -> None:
    """Serve the calendar to subscribe to and the latest reading list, live, until Ctrl-C."""
    from curator import serve as server
    from curator.serve.access import ServerAddress

    with invocation.library() as desk:
        address = ServerAddress(host=host.strip("[]"), port=port, token=token)
        server.serve(desk.home, address, partial(_show, invocation), lambda reason: click.echo(f"error: {reason}", err=True))


def _show(invocation: Invocation, address: ServerAddress) -> None:
    from curator.serve import CALENDAR

    if invocation.json:
        document(AddressDocument(url=address.url, calendar=f"{address.url}{CALENDAR}"))
        return
    token = "?token=…" if address.token else ""
    list_, calendar = f"{address.url}{token}", f"{address.url}{CALENDAR}{token}"
    invocation.say(f"{list_:{len(calendar)}}  the reading list", f"{calendar}  the calendar, to subscribe to", "Ctrl-C ends it")


COMMANDS = (serve,)
