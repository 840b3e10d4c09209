"""Save, import, and what the library holds."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from curator.cli.common import NOW, Command, Options, ahead, console, document, opened, say


@click.command(cls=Command, json=True)
@click.argument("url")
@click.option("--note", metavar="TEXT", default="", help="Why it is worth keeping.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="To find it again; may be given several times.")
@NOW
def save(url: str, note: str, tags: Sequence[str], now: datetime) -> None:
    """Put any page into the library, as if a feed had brought it."""
    ahead("aiohttp")
    with opened(working=True) as desk:
        card, text = desk.save(url, note=note, tags=tags, now=now)
    if Options.json:
        import msgspec

        document({**msgspec.to_builtins(card), "text": text})
    elif not Options.quiet:
        from curator.cli.render import report as render_report

        render_report.show_card(card, "", desk.brand, console())


@click.command("import", cls=Command, json=True)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.json")
@click.option("--merge", is_flag=True, help="Into a library that is not empty: what it has already stays as it is.")
def import_(file: Path, merge: bool) -> None:
    """Take in a library that `export json` wrote."""
    from curator.cli import standalone

    home, moved = standalone.import_library(file, Options.home, merge=merge)
    if Options.json:
        document(moved)
        return
    say(f"{moved.items:,} stories came to {home}" + (f", {moved.known:,} were there already" if moved.known else ""))
    if moved.left:
        say(f"left as they were: {', '.join(moved.left)}")
    say(f"next: curator doctor --home {home}")


COMMANDS: tuple[click.Command, ...] = (save, import_)
