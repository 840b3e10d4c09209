"""Pick, skip, undo, tag, note: what a person decides on an item."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from curator.cli.common import NOW, Command, Options, console, document, opened

if TYPE_CHECKING:
    from curator.planning.decisions import Decided

IDS = click.argument("ids", metavar="ID...", nargs=-1, required=True)


@click.command(cls=Command, json=True)
@IDS
@click.option("--at", metavar="WHEN", help='When it goes out: "tue 09:00", "besok 9.00", "2026-11-27 12:00".')
@click.option("--network", metavar="N,N", default="", help="Where: x,linkedin; default: the first of the brand's networks.")
@click.option("--kind", default="", help="What kind of content it is, as [mix] names them.")
@click.option("--note", metavar="TEXT", default="", help="For whoever writes the post.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="To find it again; may be given several times.")
@NOW
def pick(ids: Sequence[str], at: str | None, network: str, kind: str, note: str, tags: Sequence[str], now: datetime) -> None:
    """Take items into the calendar."""
    networks = [name.strip() for name in network.split(",") if name.strip()]
    with opened() as desk:
        done = desk.pick(*ids, at=at, networks=networks, kind=kind, note=note, tags=tags, now=now)
    _show("picked", done, desk.brand.timezone)


@click.command(cls=Command, json=True)
@IDS
@NOW
def skip(ids: Sequence[str], now: datetime) -> None:
    """Put items aside for good."""
    with opened() as desk:
        done = desk.skip(*ids, now=now)
    _show("skipped", done, desk.brand.timezone)


@click.command(cls=Command, json=True)
@NOW
def undo(now: datetime) -> None:
    """Take back what the last command decided; again for the one before."""
    with opened() as desk:
        done = desk.undo(now)
    _show("back as it was", done, desk.brand.timezone)


@click.command(cls=Command, json=True)
@click.argument("id")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Take these tags away.")
@NOW
def tag(id: str, tags: Sequence[str], remove: bool, now: datetime) -> None:  # noqa: A002 - the argument's name in the help
    """Tag an item, to keep it and find it again."""
    with opened() as desk:
        done = desk.tag(id, tags=tags, remove=remove, now=now)
    _show("tagged", done, desk.brand.timezone)


@click.command(cls=Command, json=True)
@click.argument("id")
@click.argument("text", nargs=-1)
@NOW
def note(id: str, text: Sequence[str], now: datetime) -> None:  # noqa: A002
    """Write a note to an item; without a text it is taken away."""
    with opened() as desk:
        done = desk.note(id, " ".join(text), now)
    _show("noted", done, desk.brand.timezone)


def _show(done_to: str, done: "Sequence[Decided]", timezone: str) -> None:
    if Options.json:
        document({"items": [_told(each) for each in done]})
    elif not Options.quiet:
        from curator.cli.render import report as render_report

        render_report.show_decided(done_to, done, timezone, console())


def _told(decided: "Decided") -> dict[str, object]:
    item = decided.item
    posts = [{"network": post.network, "at": post.at, "kind": post.kind} for post in decided.standing]
    marks = {"status": item.status, "kind": item.kind, "tags": item.tags, "note": item.note}
    return {"id": item.id, "url": item.url, "title": item.title, **marks, "posts": posts, "changed": decided.changed}


COMMANDS = (pick, skip, undo, tag, note)
