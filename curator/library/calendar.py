"""`Library.calendar`: when which post goes out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from curator.core.post import Post
from curator.library._workspace import Workspace, moment
from curator.planning import edits, plan, proposals
from curator.planning.plan import Plan
from curator.planning.proposals import PlanProposal
from curator.planning.times import PostTime


class Calendar:
    """Slots of the weeks ahead and the posts in them.

    A post is named by the first characters of its item's id: "2kpf", or "2kpf-x" for the one on that network. Changes raise
    CuratorError for a name that means no post, or posts of several items, and for a post that is locked.
    """

    def __init__(self, workspace: Workspace) -> None:
        """Plan in the library of this workspace."""
        self._workspace = workspace

    def plan(self, *, weeks: int = 2, now: datetime | None = None) -> Plan:
        """Return the calendar of the coming weeks: slots, gaps, and the mix of kinds against its target."""
        return plan.plan(self._workspace.context(), moment(now), weeks)

    def days(self, first: date, last: date) -> Plan:
        """Return the calendar of the days from `first` to `last` in the brand's time zone, both included, be they past or ahead."""
        return plan.between(self._workspace.context(), first, last)

    def propose(self, *, weeks: int = 2, now: datetime | None = None) -> PlanProposal:
        """Return the same with the best filling of its gaps, which `keep` accepts. Raises ConfigError where no slot is named."""
        return proposals.propose(self._workspace.context(), moment(now), weeks)

    def keep(self, proposal: PlanProposal, *, now: datetime | None = None) -> Sequence[Post]:
        """Put the posts of a proposal into the calendar."""
        return proposals.keep(self._workspace.context(), proposal, moment(now))

    def when(self, words: str, *, networks: Sequence[str] = (), post: str = "", now: datetime | None = None) -> PostTime:
        """Return the time that words such as "tue 09:00", "besok pagi" or "in 2 hours" mean in the brand's time zone.

        A day without a time takes the next slot of it that is open on the networks, or on those of the `post` that is to be
        moved, else 9:00. `note` of the result says so. Raises UsageError for a time that is none, several or past.
        """
        return edits.when(self._workspace.context(), words, moment(now), networks=networks, post=post)

    def move(self, post: str, when: datetime | str, *, now: datetime | None = None) -> Sequence[Post]:
        """Give a post another time; words are read as by `when`."""
        return edits.move(self._workspace.context(), post, when, moment(now))

    def shift(self, post: str, days: int, *, now: datetime | None = None) -> Sequence[Post]:
        """Move a post by so many days, to the same time of day. Raises UsageError where that is past."""
        return edits.shift(self._workspace.context(), post, days, moment(now))

    def lock(self, post: str, *, locked: bool = True, now: datetime | None = None) -> Sequence[Post]:
        """Protect a post from being moved or dropped, or release it."""
        return edits.lock(self._workspace.context(), post, moment(now), locked=locked)

    def drop(self, post: str, *, now: datetime | None = None) -> Sequence[Post]:
        """Take a post out of the calendar. Its item stays picked."""
        return edits.drop(self._workspace.context(), post, moment(now))
