"""Draft: a post, ready to share."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command
from curator.cli.invocation import Invocation, pass_invocation
from curator.cli.locale import say

if TYPE_CHECKING:
    from curator.library import Library


@click.command(
    cls=Command,
    json=("curator.cli.documents.DraftDocument",),
    examples=(
        "curator draft 2kpf",
        "curator draft 2kpf --network linkedin --edit",
    ),
)
@click.argument("id")
@click.option("--network", metavar="N", help="For that network; default: where it is planned, else each of the brand's.")
@click.option("--text", metavar="T", help="Keep this as its text; '' brings the draft back.")
@click.option("--edit", is_flag=True, help="Write the text in your editor ($EDITOR).")
@NOW
@pass_invocation
def draft(
    invocation: Invocation,
    id: str,  # noqa: A002 - the argument's name in the help
    network: str | None,
    text: str | None,
    edit: bool,
    now: datetime,
) -> None:
    """Draft the post of an item, ready to share, with its length as the network counts."""
    with invocation.library() as desk:
        if edit:
            text = _edited(desk, id, network, now, text)
        written = text is not None and desk.drafts.write(id, text, network, now=now)
        drafts = (written,) if written else desk.drafts.all(id, network, now=now)
    invocation.show(documents.draft(drafts[0]), lambda console: render.draft.show_drafts(drafts, console))


def _edited(desk: Library, prefix: str, network: str | None, now: datetime, text: str | None) -> str | None:
    """Return the text that the editor saved; without a save, the text that was given."""
    saved = click.edit(desk.drafts.get(prefix, network, now=now).text if text is None else text, extension=".txt")
    if saved is None:
        click.echo(say("nothing was saved: the text stays as it is"), err=True)
    return text if saved is None else saved


COMMANDS = (draft,)
