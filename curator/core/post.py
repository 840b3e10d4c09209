"""Posts in the calendar, and the decisions that made them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from curator.core.item import Status


class Post(Struct, frozen=True, kw_only=True):
    """A place in the calendar for an item: one network, one time (UTC), None while it has no slot yet.

    `text` is the person's own wording, "" where the draft serves. `locked`: filling the plan leaves it where it is.
    `sequence` counts the changes that a calendar must hear of; a cancelled post stays, so that calendars hear of it.
    """

    item: str
    network: str
    changed: datetime
    at: datetime | None = None
    kind: str = ""
    text: str = ""
    locked: bool = False
    cancelled: bool = False
    sequence: int = 0

    @property
    def id(self) -> str:
        """For ever the same for an item on a network: a calendar's event moves, and is never doubled."""
        return f"{self.item}-{self.network}"

    @property
    def place(self) -> tuple[bool, datetime, str]:
        """What a calendar is ordered by: the earliest first, what has no time last."""
        return self.at is None, self.at or self.changed, self.id


Verdict = Literal["pick", "skip", "save", "later", "kind", "tag", "note", "place", "text"]


class Decision(Struct, frozen=True, kw_only=True):
    """One thing a person decided on an item. `number` counts up; what one command decided shares its `command`.

    `before`: the item as it was, and `posts` its posts: what undo puts back. What is learned is learned from these.
    """

    number: int
    command: int
    at: datetime
    item: str
    verdict: Verdict
    before: "ItemState"
    posts: tuple[Post, ...] = ()


class ItemState(Struct, frozen=True, kw_only=True):
    """What a person's decisions change of an item."""

    status: Status = "new"
    kind: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
