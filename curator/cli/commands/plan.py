"""Plan: slots, gaps and mix; filling what is open, and moving what is planned."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

import click

from curator.cli import documents, render
from curator.cli.common import NOW, Command
from curator.cli.invocation import Invocation, pass_invocation
from curator.cli.locale import say, told
from curator.core.errors import UsageError
from curator.core.review import LARGEST_ANSWERS

if TYPE_CHECKING:
    from curator.core.post import Post
    from curator.library import Library
    from curator.planning.answers import Answered
    from curator.planning.plan import Plan


@click.command(
    cls=Command,
    json=(
        "curator.planning.plan.Plan",
        "curator.cli.documents.PostsDocument",
        "curator.cli.documents.AnswersDocument",
    ),
    examples=(
        "curator plan --weeks 4",
        "curator plan --fill",
        'curator plan --move 2kpf-x "tue 09:00"',
        "curator plan --answers review-answers.json",
    ),
)
@click.option("--weeks", type=click.IntRange(1, 26), default=2, show_default=True, metavar="N", help="How many weeks from now.")
@click.option("--fill", is_flag=True, help="Propose what could go into the open slots.")
@click.option("--keep", is_flag=True, help="With --fill: keep the proposal, without asking.")
@click.option("--move", nargs=2, metavar="POST WHEN", help='Give a post another time: --move 1a2b "tue 09:00", --move 1a2b-x "besok 9.00".')
@click.option("--lock", metavar="POST", help="Protect a post from being moved or dropped.")
@click.option("--unlock", metavar="POST", help="Release a locked post.")
@click.option("--drop", metavar="POST", help="Take a post out of the calendar.")
@click.option("--answers", type=click.File("rb"), metavar="FILE", help="Take in what a client or boss answered to a file; - reads a mail.")
@NOW
@pass_invocation
def plan(
    invocation: Invocation,
    weeks: int,
    fill: bool,
    keep: bool,
    move: tuple[str, str] | None,
    lock: str,
    unlock: str,
    drop: str,
    answers: BinaryIO | None,
    now: datetime,
) -> None:
    """Show the calendar of the coming weeks: slots, gaps, and the mix against its target."""
    if sum(map(bool, (fill, move, lock, unlock, drop, answers))) > 1 or (keep and not fill):
        raise UsageError(
            "one thing at a time: --fill (with --keep), --move, --lock, --unlock, --drop or --answers", hint="curator plan --help"
        )
    if fill:
        _fill(invocation, weeks, keep, now)
        return
    with invocation.library() as desk:
        calendar = desk.calendar
        if move:
            time = calendar.when(move[1], post=move[0], now=now)
            _show_changed(invocation, say("moved"), calendar.move(move[0], time.at, now=now), desk)
            invocation.note(told(time.note))
        elif lock or unlock:
            posts = calendar.lock(lock or unlock, locked=bool(lock), now=now)
            _show_changed(invocation, say("locked") if lock else say("unlocked"), posts, desk)
        elif drop:
            _show_changed(invocation, say("dropped"), calendar.drop(drop, now=now), desk)
        elif answers:
            _take_in(invocation, desk.reviews.take_in(answers.read(LARGEST_ANSWERS + 1), now=now))
        else:
            _show_plan(invocation, calendar.plan(weeks=weeks, now=now), desk)


def _fill(invocation: Invocation, weeks: int, keep: bool, now: datetime) -> None:
    """Show the proposal, kept or not; where there is somebody to ask, ask whether to keep it."""
    with invocation.library(working=True) as desk:
        proposal = desk.calendar.propose(weeks=weeks, now=now)
    kept = desk.calendar.keep(proposal, now=now) if keep else ()
    _show_plan(invocation, proposal.kept(kept), desk)
    if proposal.note:
        invocation.warn(say("note: %(what)s", what=told(proposal.note)))
    if not proposal.assignments or invocation.json or invocation.quiet:
        return
    if not keep and sys.stdin.isatty() and sys.stdout.isatty() and click.confirm(say(" keep it?"), default=False):
        kept = desk.calendar.keep(proposal, now=now)
    if kept:
        click.echo(say(" kept %(n)s posts; curator undo takes them back", n=len(kept)))
    else:
        click.echo(say(" nothing is kept yet: curator plan --fill --keep"))


def _take_in(invocation: Invocation, taken: Answered) -> None:
    """Show the answers that were kept, and warn of those that were not."""
    invocation.show(documents.answers(taken), lambda console: render.plan.show_answers(taken, console))
    for problem in taken.left:
        invocation.warn(say("left out: %(what)s", what=f"{problem.where}: {told(problem.what)}"))


def _show_plan(invocation: Invocation, plan: Plan, desk: Library) -> None:
    invocation.show(plan, lambda console: render.plan.show_plan(plan, desk.brand, console))


def _show_changed(invocation: Invocation, done: str, posts: Sequence[Post], desk: Library) -> None:
    invocation.show(documents.posts(posts), lambda console: render.plan.show_changed(posts, done, desk.brand.timezone, console))


COMMANDS: tuple[click.Command, ...] = (plan,)
