"""Pick, skip, undo, tag, note, save: what the user decides about items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command, ahead
from curator.cli.invocation import Invocation, pass_invocation
from curator.cli.locale import say, told

if TYPE_CHECKING:
    from curator.planning.decisions import Decided

IDS = click.argument("ids", metavar="ID...", nargs=-1, required=True)


@click.command(
    cls=Command,
    json=("curator.cli.documents.DecisionsDocument",),
    examples=(
        "curator pick 2kpf",
        'curator pick 2kpf f1zk --at "besok 9.00" --network x,linkedin --kind quote',
    ),
)
@IDS
@click.option("--at", metavar="WHEN", help='When it goes out: "tue 09:00", "besok pagi", "in 2 hours", "2026-11-27 12:00".')
@click.option("--network", metavar="N,N", default="", help="Where: x,linkedin; default: the first of the brand's networks.")
@click.option("--kind", default="", help="What kind of content it is, as [mix] names them.")
@click.option("--note", metavar="TEXT", default="", help="For whoever writes the post.")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="To find it again; may be given several times.")
@NOW
@pass_invocation
def pick(
    invocation: Invocation,
    ids: Sequence[str],
    at: str | None,
    network: str,
    kind: str,
    note: str,
    tags: Sequence[str],
    now: datetime,
) -> None:
    """Put items into the calendar.

    WHEN is on the clocks of the brand, in English or Indonesian: a day (today, besok, lusa, tue, senin depan, 27/11, 27 nov,
    tgl 27, akhir bulan), a time (09:00, 9am, jam 9 malam, setengah 9), a part of the day (pagi, sore, tonight), or a while from
    now (+2h, in 2 hours, 2 jam lagi). The day stands before the month. A day without a time takes its next open slot, else 9:00.
    What can mean two days ("minggu depan" is next week, and a Sunday) is refused with both.
    """
    networks = [name.strip() for name in network.split(",") if name.strip()]
    with invocation.library() as desk:
        time = desk.calendar.when(at, networks=networks, now=now) if at is not None else None
        done = desk.decisions.pick(*ids, at=time.at if time else None, networks=networks, kind=kind, note=note, tags=tags, now=now)
    _show(invocation, say("picked"), done, desk.brand.timezone)
    invocation.note(told(time.note) if time else "")


@click.command(cls=Command, json=("curator.cli.documents.DecisionsDocument",), examples=("curator skip la60 cnuf",))
@IDS
@NOW
@pass_invocation
def skip(invocation: Invocation, ids: Sequence[str], now: datetime) -> None:
    """Put items aside for good."""
    with invocation.library() as desk:
        done = desk.decisions.skip(*ids, now=now)
    _show(invocation, say("skipped"), done, desk.brand.timezone)


@click.command(cls=Command, json=("curator.cli.documents.DecisionsDocument",), examples=("curator undo",))
@NOW
@pass_invocation
def undo(invocation: Invocation, now: datetime) -> None:
    """Take back what the last command decided; again for the one before."""
    with invocation.library() as desk:
        done = desk.decisions.undo(now=now)
    _show(invocation, say("back as it was"), done, desk.brand.timezone)


@click.command(
    cls=Command,
    json=("curator.cli.documents.DecisionsDocument",),
    examples=(
        "curator tag 2kpf bulan-depan",
        "curator tag 2kpf bulan-depan --remove",
    ),
)
@click.argument("id")
@click.argument("tags", metavar="TAG...", nargs=-1, required=True)
@click.option("--remove", is_flag=True, help="Remove these tags.")
@NOW
@pass_invocation
def tag(invocation: Invocation, id: str, tags: Sequence[str], remove: bool, now: datetime) -> None:  # noqa: A002 - its name in the help
    """Tag an item, to keep it and find it again."""
    with invocation.library() as desk:
        done = desk.decisions.tag(id, tags=tags, remove=remove, now=now)
    _show(invocation, say("tagged"), done, desk.brand.timezone)


@click.command(cls=Command, json=("curator.cli.documents.DecisionsDocument",), examples=("curator note 2kpf ask the farmers for a photo",))
@click.argument("id")
@click.argument("text", nargs=-1)
@NOW
@pass_invocation
def note(invocation: Invocation, id: str, text: Sequence[str], now: datetime) -> None:  # noqa: A002
    """Write a note to an item; without a text it is removed."""
    with invocation.library() as desk:
        done = desk.decisions.note(id, " ".join(text), now=now)
    _show(invocation, say("noted"), done, desk.brand.timezone)


@click.command(
    cls=Command, json=("curator.cli.documents.ItemDocument",), examples=("curator save https://example.org/page --tag bulan-depan",)
)
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


def _show(invocation: Invocation, what: str, done: Sequence[Decided], timezone: str) -> None:
    invocation.show(documents.decisions(done), lambda console: render.report.show_decided(what, done, timezone, console))


COMMANDS = (pick, skip, undo, tag, note, save)
