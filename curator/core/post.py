"""Posts in the calendar, and the user's decisions."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from curator.core.item import Status


class Post(Struct, frozen=True, kw_only=True):
    """Planned post of an item on one network.

    - `at`: time in UTC, or None while no slot is assigned.
    - `text`: the user's own text, or "" to use the draft.
    - `locked`: whether automatic planning must leave the post where it is.
    - `cancelled`: a cancelled post is kept, so that calendars can be told.
    - `sequence`: number of changes that a calendar must be told (iCalendar SEQUENCE, RFC 5545, section 3.8.7.4).
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
        """Identifier that never changes for an item on a network, so that a calendar moves the event instead of adding one."""
        return f"{self.item}-{self.network}"

    @property
    def sort_key(self) -> tuple[bool, datetime, str]:
        """Key for chronological order; posts without a time come last."""
        return self.at is None, self.at or self.changed, self.id


Verdict = Literal["pick", "skip", "save", "later", "kind", "tag", "note", "place", "text", "us", "not-us", "approve", "change", "comment"]


class Answer(Struct, frozen=True, kw_only=True):
    """What a reviewer said of an item's post on a network.

    - `by`: the name that the reviewer gave. `comment`: several lines, or "".
    - `text`: fingerprint of the text that was shown (`curator.planning.approval.fingerprint`).
    """

    network: str
    by: str
    text: str
    comment: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """One decision of the user about an item. Preferences are learned from these.

    `number` counts all decisions; decisions of the same command share `command`. `before` and `posts` are the state of the
    item and its posts before the decision, which undo restores. `us` and `not-us` say whether a mention is meant: `watch` is
    the name of its watch term, `sentence` what was quoted. `approve`, `change` and `comment` are a reviewer's, whose `answer`
    says of which post.
    """

    number: int
    command: int
    at: datetime
    item: str
    verdict: Verdict
    before: "ItemState"
    posts: tuple[Post, ...] = ()
    watch: str = ""
    sentence: str = ""
    answer: Answer | None = None


class ItemState(Struct, frozen=True, kw_only=True):
    """The fields of an item that decisions change."""

    status: Status = "new"
    kind: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
