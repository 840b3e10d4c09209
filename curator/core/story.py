"""Scores, stories and cards: what ranking makes of items."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from curator.core.item import Item, Source, Status


class Fit(Struct, frozen=True, kw_only=True):
    """`fit`: calibrated relevance to a topic in 0…1; seven of ten items at .7 fit."""

    topic: str
    fit: float


class Reason(Struct, frozen=True, kw_only=True):
    """One part of a score: `value` is what it added or took, `text` says it in words."""

    part: str
    value: float
    text: str


class Score(Struct, frozen=True, kw_only=True):
    """`total` orders the list; `topic` is what it is for; `fits` holds every topic of the brand, best first."""

    total: float
    topic: str
    fits: tuple[Fit, ...]
    reasons: tuple[Reason, ...] = ()


class ScoredItem(Struct, frozen=True, kw_only=True):
    item: Item
    score: Score


class Story(Struct, frozen=True, kw_only=True):
    """Items that tell one story; `lead` is the one to share, `others` the rest, best first."""

    lead: ScoredItem
    others: tuple[ScoredItem, ...] = ()

    def because(self, reason: Reason) -> "Story":
        """The story with one reason more, counted in its lead's score."""
        score = self.lead.score
        told = replace(score, total=score.total + reason.value, reasons=(*score.reasons, reason))
        return replace(self, lead=replace(self.lead, score=told))


class LeftOut(Struct, frozen=True, kw_only=True):
    story: Story
    why: str


class Shortlist(Struct, frozen=True, kw_only=True):
    choices: tuple[Story, ...]
    left_out: tuple[LeftOut, ...] = ()


class Evidence(Struct, frozen=True, kw_only=True):
    """The sentence of the article nearest to `topic`."""

    text: str
    topic: str


class RelatedItem(Struct, frozen=True, kw_only=True):
    id: str
    url: str
    title: str
    source: Source
    lang: str = ""
    published: datetime | None = None


class StoryRef(Struct, frozen=True, kw_only=True):
    id: str
    size: int = 1
    others: tuple[RelatedItem, ...] = ()


class Card(Struct, frozen=True, kw_only=True):
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


class Mention(Struct, frozen=True, kw_only=True):
    """A watch term's hit; `certain` is False where the wording could mean something else."""

    watch: str
    item: Card
    sentence: str
    certain: bool = True


def shared_fields(item: Item) -> dict[str, Any]:
    """Return the fields that an item and its card have in common, by name."""
    return {name: getattr(item, name) for name in Card.__struct_fields__ if name in Item.__struct_fields__}
