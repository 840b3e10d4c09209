"""Save and import: what comes into the library without a feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command, ahead
from curator.cli.invocation import Invocation, document, pass_invocation


@click.command(cls=Command, json=True)
@click.argument("url")
@click.option("--note", metavar="TEXT", default="", help="Why it is worth keeping.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="To find it again; may be given several times.")
@NOW
@pass_invocation
def save(invocation: Invocation, url: str, note: str, tags: Sequence[str], now: datetime) -> None:
    """Put any page into the library, as if a feed had brought it."""
    ahead("aiohttp")
    with invocation.library(working=True) as desk:
        card, text = desk.save(url, note=note, tags=tags, now=now)
    invocation.show(documents.item(card, text), lambda console: render.report.show_card(card, "", desk.brand, console))


@click.command("import", cls=Command, json=True)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.json")
@click.option("--merge", is_flag=True, help="Into a library that is not empty: what it has already stays as it is.")
@pass_invocation
def import_(invocation: Invocation, file: Path, merge: bool) -> None:
    """Take in a library that `export json` wrote."""
    from curator import library

    home, moved = library.import_library(file, invocation.home, merge=merge)
    if invocation.json:
        document(moved)
        return
    invocation.say(f"{moved.items:,} stories came to {home}" + (f", {moved.known:,} were there already" if moved.known else ""))
    if moved.left:
        invocation.say(f"left as they were: {', '.join(moved.left)}")
    invocation.say(f"next: curator doctor --home {home}")


COMMANDS: tuple[click.Command, ...] = (save, import_)
