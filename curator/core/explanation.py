"""Results of asking why an item is, or is not, on the reading list."""

from typing import Literal

from msgspec import Struct

from curator.core.report import Subscription
from curator.core.story import Card

# Listed; only not ranked yet; unknown to the library, or removed from it; older than the window; kept off by a rule of the
# brand; and what keeps a story off a list (`core.story.HeldBy`).
Cause = Literal[
    "listed", "unranked", "unknown", "removed", "old", "mute", "language", "avoid",
    "floor", "handled", "folded", "history", "feed", "topic", "kind", "explore", "size",
]  # fmt: skip


class Change(Struct, frozen=True, kw_only=True):
    """A line that changes what becomes of an item: a command, or a line for a section of brand.toml.

    `section`: its header there, such as "[shortlist]"; "" for a command. `topic`: the name of the topic where it is "[[topics]]".
    """

    line: str
    section: str = ""
    topic: str = ""


class Explanation(Struct, frozen=True, kw_only=True):
    """Why an item is, or is not, on the reading list.

    - `asked`: the id or the address. `item`: None where the library does not hold it.
    - `cause`: what decides; `text`: the same in words, with the other items, days and numbers that matter.
    - `feeds`: the subscription that brought the item, else those of its site. Empty where the item was saved by hand, where its
      feed is no longer subscribed to, and where no feed of its site is.
    - `changes`: lines that together put it on a list made now, tried before they are named; else the command that does without.
    """

    asked: str
    cause: Cause
    text: str
    item: Card | None = None
    feeds: tuple[Subscription, ...] = ()
    changes: tuple[Change, ...] = ()
