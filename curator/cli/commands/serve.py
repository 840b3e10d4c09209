"""Serve: the desk in a browser, and the calendar to subscribe to, on an address of this machine."""

from __future__ import annotations

import webbrowser
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

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
        "curator serve --open",
        'curator serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"',
    ),
)
@click.option("--port", type=click.IntRange(0, 65535), default=8600, show_default=True, metavar="N", help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME", help="One that other machines reach needs a --token.")
@click.option("--token", default="", envvar="CURATOR_TOKEN", show_envvar=True, metavar="T", help="Answer only to addresses with ?token=T.")
@click.option("--open", "open_", is_flag=True, help="Open the desk in the browser.")
@pass_invocation
def serve(invocation: Invocation, port: int, host: str, token: str, open_: bool) -> None:
    """Serve the desk in a browser, and the calendar to subscribe to, until Ctrl-C."""
    from curator import serve as server
    from curator.serve.access import ServerAddress

    with invocation.library() as desk:
        address = ServerAddress(host=host.strip("[]"), port=port, token=token)
        server.serve(desk.home, address, partial(_show, invocation, open_), lambda reason: click.echo(f"error: {reason}", err=True))


def _show(invocation: Invocation, open_: bool, address: ServerAddress) -> None:
    from curator.serve import CALENDAR

    if open_:
        webbrowser.open(f"{address.url}?{urlencode({'token': address.token})}" if address.token else address.url)
    if invocation.json:
        document(AddressDocument(url=address.url, calendar=f"{address.url}{CALENDAR}"))
        return
    token = "?token=…" if address.token else ""
    desk, calendar = f"{address.url}{token}", f"{address.url}{CALENDAR}{token}"
    invocation.say(f"{desk:{len(calendar)}}  the desk", f"{calendar}  the calendar, to subscribe to", "Ctrl-C ends it")


COMMANDS = (serve,)
