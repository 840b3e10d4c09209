"""Draft: a post, ready to share."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from curator.cli.common import NOW, Command, Options, console, document, opened

if TYPE_CHECKING:
    from curator.library import Library
    from curator.planning.post import PostDraft


@click.command(cls=Command, json=True)
@click.argument("id")
@click.option("--network", metavar="N", help="For that network; default: where it is planned, else each of the brand's.")
@click.option("--text", metavar="T", help="Keep this as its text; '' brings the draft back.")
@click.option("--edit", is_flag=True, help="Write the text in your editor ($EDITOR).")
@NOW
def draft(id: str, network: str | None, text: str | None, edit: bool, now: datetime) -> None:  # noqa: A002 - the argument's name in the help
    """A post of an item, ready to share, and its length as the network counts."""
    with opened() as desk:
        if edit:
            text = _edited(desk, id, network, now, text)
        if text is not None:
            _show((desk.write(id, text, network, now=now),))
        elif Options.json:
            _show((desk.draft(id, network, now=now),))
        else:
            _show(desk.drafts(id, network, now=now))


def _edited(desk: "Library", prefix: str, network: str | None, now: datetime, text: str | None) -> str | None:
    """What the editor was left with, None when nothing was saved."""
    saved = click.edit(desk.draft(prefix, network, now=now).text if text is None else text, extension=".txt")
    if saved is None:
        click.echo("nothing was saved: the text stays as it is", err=True)
    return text if saved is None else saved


def _show(drafts: "tuple[PostDraft, ...]") -> None:
    if Options.json:
        document({name: getattr(drafts[0], name) for name in ("id", "network", "text", "length", "limit", "url")})
    elif not Options.quiet:
        from curator.cli.render import draft as render_draft

        render_draft.show_drafts(drafts, console())


COMMANDS = (draft,)
