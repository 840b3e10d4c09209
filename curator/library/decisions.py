"""`Library.decisions`: what the user decides about items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from curator.core.post import Decision
from curator.library._workspace import Workspace, moment
from curator.planning import decisions, edits
from curator.planning.decisions import Decided


class Decisions:
    """Picks, skips, tags and notes. Ids may be shortened as long as they name one item.

    Every method raises CuratorError for an id that names no item, or several, and Locked while another command writes.
    """

    def __init__(self, workspace: Workspace) -> None:
        """Decide in the library of this workspace."""
        self._workspace = workspace

    def pick(
        self,
        *ids: str,
        at: datetime | str | None = None,
        networks: Sequence[str] = (),
        kind: str = "",
        note: str = "",
        tags: Sequence[str] = (),
        now: datetime | None = None,
    ) -> Sequence[Decided]:
        """Put items into the calendar.

        `at` may be words such as "besok 9.00", read by `Library.calendar.when`. Without `networks` the brand's first one is taken.
        Raises UsageError for a time, network or kind that is not known.
        """
        context, now = self._workspace.context(), moment(now)
        time = edits.when(context, at, now, networks=networks).at if isinstance(at, str) else at
        return decisions.pick(context, ids, now, at=time, networks=networks, kind=kind, note=note, tags=tags)

    def skip(self, *ids: str, now: datetime | None = None) -> Sequence[Decided]:
        """Put items aside for good, and cancel their posts."""
        return decisions.skip(self._workspace.context(), ids, moment(now))

    def us(self, *ids: str, watch: str = "", now: datetime | None = None) -> Sequence[Decided]:
        """Say of mentions that they are meant. Later runs take their sentences as examples.

        An item that several watch terms find counts for each of them, or for the one that `watch` names.
        """
        return self._teach(ids, watch, now, us=True)

    def not_us(self, *ids: str, watch: str = "", now: datetime | None = None) -> Sequence[Decided]:
        """Say of mentions that they mean something else: they are told no more, and what is like them is doubted."""
        return self._teach(ids, watch, now, us=False)

    def undo(self, *, seen: str = "", now: datetime | None = None) -> Sequence[Decided]:
        """Take back everything that the last command decided.

        `seen`: signature of the decision that is meant. Raises CuratorError where nothing is left to undo, and
        DecidedElsewhere where another decision is the last one now.
        """
        return decisions.undo(self._workspace.context(), moment(now), seen)

    def tag(self, *ids: str, tags: Sequence[str], remove: bool = False, now: datetime | None = None) -> Sequence[Decided]:
        """Add tags to items, or remove them."""
        return decisions.tag(self._workspace.context(), ids, tags, moment(now), remove=remove)

    def note(self, id: str, text: str, *, now: datetime | None = None) -> Sequence[Decided]:  # noqa: A002 - as the command calls it
        """Replace the note of an item; an empty text removes it."""
        return decisions.note(self._workspace.context(), id, text, moment(now))

    def set_kind(self, *ids: str, kind: str, now: datetime | None = None) -> Sequence[Decided]:
        """Set the kind of content of items, whatever was proposed. Raises UsageError for a kind that [mix] does not name."""
        return decisions.kind(self._workspace.context(), ids, kind, moment(now))

    def standing(self, *ids: str) -> Mapping[str, Decided]:
        """Return items with their posts as they are now, by their whole ids; ids that name no item are left out."""
        return decisions.standing(self._workspace.store, ids)

    def unless_changed(self, seen: Mapping[str, str]) -> AbstractContextManager[None]:
        """Hold the library for decisions on items that the user saw a while ago.

        `seen`: by id the `Decided.stamp` that was seen. Raises DecidedElsewhere where an item was decided otherwise since.
        """
        return decisions.unless_changed(self._workspace.store, seen)

    def last(self) -> Decision | None:
        """Return the latest decision that was not undone, None before the first."""
        return next(reversed(self._workspace.store.decisions()), None)

    def _teach(self, ids: Sequence[str], watch: str, now: datetime | None, *, us: bool) -> Sequence[Decided]:
        from curator.jobs import mentions

        return mentions.teach(self._workspace.context(), ids, moment(now), us=us, watch=watch)
