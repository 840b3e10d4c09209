"""Results of ranking: scores, stories, the shortlist and cards."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from curator.core.item import Item, Source, Status
from curator.core.trend import TrendState

# What keeps an item off a list: a rule of the brand, too low a fit, a decision or an earlier list, another item that tells its
# story, a story told before, a cap on a feed, a topic or a kind, a place given to exploration, or the size of the list.
HeldBy = Literal["rule", "floor", "handled", "folded", "history", "feed", "topic", "kind", "explore", "size"]


class Fit(Struct, frozen=True, kw_only=True):
    """Relevance to a topic. `fit` is a calibrated probability in 0…1: of ten items at 0.7, seven are about the topic."""

    topic: str
    fit: float


class Reason(Struct, frozen=True, kw_only=True):
    """One term of a score. `value` is its signed contribution, `text` the explanation."""

    part: str
    value: float
    text: str


class Score(Struct, frozen=True, kw_only=True):
    """Score of an item. `total` is the sum of the `reasons`; `topic` is the best one; `fits` has all topics, best first."""

    total: float
    topic: str
    fits: tuple[Fit, ...]
    reasons: tuple[Reason, ...] = ()


class ScoredItem(Struct, frozen=True, kw_only=True):
    """Item with its score."""

    item: Item
    score: Score


class Story(Struct, frozen=True, kw_only=True):
    """Cluster of items about the same event. `lead` is the best one to share, `others` the rest, best first."""

    lead: ScoredItem
    others: tuple[ScoredItem, ...] = ()

    def with_reason(self, reason: Reason) -> "Story":
        """Return the story with a reason added to the score of its lead."""
        score = self.lead.score
        changed = replace(score, total=score.total + reason.value, reasons=(*score.reasons, reason))
        return replace(self, lead=replace(self.lead, score=changed))


class LeftOut(Struct, frozen=True, kw_only=True):
    """Story that is not on the shortlist: the rule that kept it off, and why in words."""

    story: Story
    cause: HeldBy
    why: str


class Shortlist(Struct, frozen=True, kw_only=True):
    """Stories chosen for the reading list, and those left out."""

    choices: tuple[Story, ...]
    left_out: tuple[LeftOut, ...] = ()


class Evidence(Struct, frozen=True, kw_only=True):
    """Sentence of the article that is most similar to `topic`."""

    text: str
    topic: str


class RelatedItem(Struct, frozen=True, kw_only=True):
    """Another item of the same story."""

    id: str
    url: str
    title: str
    source: Source
    lang: str = ""
    published: datetime | None = None


class StoryRef(Struct, frozen=True, kw_only=True):
    """Story of a card. `id` is that of the lead item, `size` the number of items including it."""

    id: str
    size: int = 1
    others: tuple[RelatedItem, ...] = ()


class Momentum(Struct, frozen=True, kw_only=True):
    """The trend that a card tells: its id, its state, and how many publishers told it in the last 24 hours. No part of any score."""

    trend: str
    state: TrendState
    publishers: int


class Card(Struct, frozen=True, kw_only=True):
    """Item as it is shown and serialised (the JSON shape `item`). `momentum`: that of the trend it tells, None without one."""

    id: str
    url: str
    title: str
    source: Source
    author: str
    published: datetime
    found: datetime
    lang: str
    kind: str
    excerpt: str
    image: str
    words: int
    status: Status
    tags: tuple[str, ...]
    score: float
    fits: tuple[Fit, ...]
    evidence: Evidence
    why: tuple[Reason, ...]
    story: StoryRef
    momentum: Momentum | None = None


class Mention(Struct, frozen=True, kw_only=True):
    """Hit of a watch term. `certain` is False when the sentence may mean something else.

    `kind`: whether the sentence says a name that is watched, or is near to a claim of the brand without the name. Unnamed ones
    are never certain.
    """

    watch: str
    item: Card
    sentence: str
    certain: bool = True
    kind: Literal["named", "unnamed"] = "named"


def shared_fields(item: Item) -> dict[str, Any]:
    """Return the fields that an item and its card have in common, by name."""
    return {name: getattr(item, name) for name in Card.__struct_fields__ if name in Item.__struct_fields__}
