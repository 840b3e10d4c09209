"""Serve: the calendar to subscribe to, and the list, on an address of this machine."""

from typing import TYPE_CHECKING

import click

from curator.cli.common import Command, Options, document, opened, say

if TYPE_CHECKING:
    from curator.serve.access import ServerAddress


@click.command(cls=Command, json=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8600, show_default=True, metavar="N", help="0: any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME", help="One that others reach wants a --token.")
@click.option("--token", default="", envvar="CURATOR_TOKEN", show_envvar=True, metavar="T", help="Answer only to addresses with ?token=T.")
def serve(port: int, host: str, token: str) -> None:
    """The calendar to subscribe to and the latest reading list, live, until Ctrl-C."""
    from curator import serve as server
    from curator.serve.access import ServerAddress

    with opened() as desk:
        place = ServerAddress(host=host.strip("[]"), port=port, token=token)
        server.serve(desk.home, place, _tell, lambda reason: click.echo(f"error: {reason}", err=True))


def _tell(place: "ServerAddress") -> None:
    from curator.serve import CALENDAR

    if Options.json:
        document({"url": place.url, "calendar": f"{place.url}{CALENDAR}"})
    else:
        token = "?token=…" if place.token else ""
        list_, calendar = f"{place.url}{token}", f"{place.url}{CALENDAR}{token}"
        say(f"{list_:{len(calendar)}}  the reading list", f"{calendar}  the calendar, to subscribe to", "Ctrl-C ends it")


COMMANDS = (serve,)
