"""Filling: posts for the open slots of the calendar, proposed on a page and kept as far as they are ticked."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from curator.core.errors import CuratorError, DecidedElsewhere, UsageError
from curator.library import Library
from curator.serve import layout
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Done, Route

if TYPE_CHECKING:
    from curator.planning.proposals import PlanProposal

_WEEKS: Final = {"1": 1, "2": 2, "4": 4, "8": 8}
_USUAL: Final = 2  # weeks, as the command has it


def show(desk: Library, ask: Ask) -> Reply:
    """Return the page of what could go into the open slots of the coming weeks."""
    weeks, proposal, problem = _WEEKS.get(ask.query.get("weeks", ""), _USUAL), None, ""
    try:
        proposal = desk.calendar.propose(weeks=weeks, now=ask.now)
    except CuratorError as error:
        problem = str(error)
    stamp = _stamp(proposal) if proposal else ""
    return layout.render(
        desk, ask, "fill.html.j2", weeks=weeks, choices=tuple(_WEEKS.values()), proposal=proposal, stamp=stamp, problem=problem
    )


def _keep(desk: Library, ask: Ask) -> Done:
    """Put what is ticked into the calendar, as one decision, where the same would still be proposed."""
    proposal = desk.calendar.propose(weeks=_WEEKS.get(ask.form.get("weeks", ""), _USUAL), now=ask.now)
    if _stamp(proposal) != ask.form.get("seen"):
        raise DecidedElsewhere(ask.say("Something else would be proposed by now: look at it before you keep it."))
    ticked = tuple(one for one in proposal.assignments if ask.form.get(f"keep-{one.item}"))
    if not ticked:
        raise UsageError(ask.say("Nothing is ticked."))
    posts = desk.calendar.keep(replace(proposal, assignments=ticked), now=ask.now)
    day = ticked[0].when.astimezone(ZoneInfo(desk.brand.timezone)).date()
    return Done(text=ask.say("Kept in the calendar: %(n)s", n=len(posts)), to=f"/calendar?day={day}")


def _stamp(proposal: PlanProposal) -> str:
    """Return a short text that differs wherever another post, time or network is proposed."""
    return blake2b(msgspec.json.encode(proposal.assignments), digest_size=6).hexdigest()


ROUTES: Final = (
    Route(path="/calendar/fill", run=show, lane="analysis"),
    Route(path="/calendar/fill", run=_keep, method="POST", lane="analysis"),
)
