"""Plan: slots, gaps, mix; filling what is open, and moving what stands."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from curator.cli.common import NOW, Command, Options, console, document, opened
from curator.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curator.core.post import Post
    from curator.library import Library
    from curator.planning.plan import Plan


@click.command(cls=Command, json=True)
@click.option("--weeks", type=click.IntRange(1, 26), default=2, show_default=True, metavar="N", help="So many weeks from now.")
@click.option("--fill", is_flag=True, help="Propose what could go into the open slots.")
@click.option("--keep", is_flag=True, help="With --fill: keep the proposal, without asking.")
@click.option("--move", nargs=2, metavar="POST WHEN", help='Give a post another time: --move 1a2b "tue 09:00", --move 1a2b-x "besok 9.00".')
@click.option("--lock", metavar="POST", help="Let nothing move or drop a post.")
@click.option("--unlock", metavar="POST", help="Let it go again.")
@click.option("--drop", metavar="POST", help="Take a post out of the calendar.")
@NOW
def plan(weeks: int, fill: bool, keep: bool, move: tuple[str, str] | None, lock: str, unlock: str, drop: str, now: datetime) -> None:
    """The calendar of the weeks ahead: slots, gaps, and the mix against what is wanted."""
    if sum(map(bool, (fill, move, lock, unlock, drop))) > 1 or (keep and not fill):
        raise UsageError("one thing at a time: --fill (with --keep), --move, --lock, --unlock or --drop", hint="curator plan --help")
    if fill:
        _fill(weeks, keep, now)
        return
    with opened() as desk:
        if move:
            _changed("moved", desk.move(*move, now=now), desk)
        elif lock or unlock:
            _changed("locked" if lock else "unlocked", desk.lock(lock or unlock, locked=bool(lock), now=now), desk)
        elif drop:
            _changed("dropped", desk.drop(drop, now=now), desk)
        else:
            _show(desk.plan(weeks=weeks, now=now), desk)


def _fill(weeks: int, keep: bool, now: datetime) -> None:
    """Shows the proposal, or what became of it where it was to be kept; else asks where there is somebody to ask."""
    with opened(working=True) as desk:
        proposal = desk.fill(weeks=weeks, now=now)
    kept = desk.keep_plan(proposal, now=now) if keep else ()
    _show(proposal.kept(kept), desk)
    if not proposal.filling.places or Options.json or Options.quiet:
        return
    if not keep and sys.stdin.isatty() and sys.stdout.isatty() and click.confirm(" keep it?", default=False):
        kept = desk.keep_plan(proposal, now=now)
    click.echo(f" kept {len(kept)} posts; curator undo takes them back" if kept else " nothing is kept yet: curator plan --fill --keep")


def _show(plan: "Plan", desk: "Library") -> None:
    if Options.json:
        document(plan)
    elif not Options.quiet:
        from curator.cli.render import plan as render_plan

        render_plan.show_plan(plan, desk.brand, console())


def _changed(done: str, posts: "Sequence[Post]", desk: "Library") -> None:
    if Options.json:
        document(
            {"posts": [{"id": p.id, "item": p.item, "network": p.network, "at": p.at, "kind": p.kind, "locked": p.locked} for p in posts]}
        )
    elif not Options.quiet:
        from curator.cli.render import plan as render_plan

        render_plan.show_kept(posts, done, desk.brand.timezone, console())


COMMANDS: tuple[click.Command, ...] = (plan,)
