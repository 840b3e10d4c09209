"""Serve: the desk in a browser, and the calendar to subscribe to, on an address of this machine."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click

from curator.cli.common import Command
from curator.cli.documents import AddressDocument
from curator.cli.invocation import Invocation, document, pass_invocation
from curator.cli.locale import say

if TYPE_CHECKING:
    from curator.serve.access import ServerAddress


@click.command(
    cls=Command,
    json=("curator.cli.documents.AddressDocument",),
    examples=(
        "curator serve",
        "curator serve --open",
        'curator serve --host 0.0.0.0 --token "$(openssl rand -hex 16)"',
        'curator serve --origin https://desk.example.com --token "$(openssl rand -hex 16)"',
    ),
)
@click.option("--port", type=click.IntRange(0, 65535), default=8600, show_default=True, metavar="N", help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME", help="One that other machines reach needs a --token.")
@click.option("--token", default="", envvar="CURATOR_TOKEN", show_envvar=True, metavar="T", help="Answer only to addresses with ?token=T.")
@click.option("--origin", default="", metavar="URL", help="Where a proxy with TLS shows the desk, such as https://desk.example.com.")
@click.option("--open", "open_", is_flag=True, help="Open the desk in the browser.")
@pass_invocation
def serve(invocation: Invocation, port: int, host: str, token: str, origin: str, open_: bool) -> None:
    """Serve the desk in a browser, and the calendar to subscribe to, until Ctrl-C.

    Behind a proxy, --origin says where it shows the desk: forms are taken from there alone, links name it, and the address that
    the proxy adds to X-Forwarded-For is the one whose guesses are counted. Nobody but the proxy should reach the port then.

    Where --home is no brand directory and holds several, all of them are served, with a switch between them.
    """
    from curator import config
    from curator import serve as server
    from curator.serve import access

    homes = config.find_homes(invocation.home)
    if alone := homes.get(""):
        config.load(alone)
    address = access.ServerAddress(host=host.strip("[]"), port=port, token=token, origin=access.origin(origin))
    shown = partial(_show, invocation, tuple(homes), open_)
    server.serve(homes, address, shown, lambda reason: click.echo(say("error: ") + reason, err=True))


def _show(invocation: Invocation, brands: Sequence[str], open_: bool, address: ServerAddress) -> None:
    from curator.serve import CALENDAR, root

    if open_:
        webbrowser.open(f"{address.url}?{urlencode({'token': address.token})}" if address.token else address.url)
    desks = [f"{address.url.rstrip('/')}{root(name)}/" for name in brands]
    if invocation.json:
        document(AddressDocument(url=address.url, calendar=f"{desks[0]}{CALENDAR}", desks=tuple(desks)))
        return
    token = "?token=…" if address.token else ""
    width = max(map(len, desks)) + len(CALENDAR) + len(token)
    the_desk, the_calendar = say("the desk"), say("the calendar, to subscribe to")
    for desk in desks:
        calendar = f"{desk}{CALENDAR}{token}"
        invocation.say(f"{desk + token:{width}}  {the_desk}", f"{calendar:{width}}  {the_calendar}")
    if address.origin:
        invocation.say(say("the proxy is to lead to %(address)s", address=address.listening))
    invocation.say(say("Ctrl-C ends it"))


COMMANDS = (serve,)
