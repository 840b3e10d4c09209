"""The few out of the many: fit and variety under caps, the same for the same input in any order."""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from curator.model import LeftOut, Shortlist, ShortlistRules, Story

if TYPE_CHECKING:
    from curator.seams import Matrix

# How much of a card's score a near-twin on the list costs it. Chosen so that two takes on one subject may stand
# side by side when both fit well, and a third must be clearly better than anything else.
VARIETY = 0.25


def choose(stories: Sequence[Story], alike: "Matrix", rules: ShortlistRules, *, topics: int, floor: float) -> Shortlist:
    """At most `rules.size` stories, each worth more than `floor`, greedily by score less likeness to what was chosen.

    `alike`: (n, n) likeness of the stories' leads, 0 for unrelated to 1 for twins. Caps: `rules.per_feed`, and per topic
    so that no topic takes more than one and a half times its even share. Every story left out says why.
    """
    order = sorted(range(len(stories)), key=lambda i: (-stories[i].lead.score.total, stories[i].lead.item.id))
    open_ = [i for i in order if stories[i].lead.score.total > floor]
    left = {i: "fits no topic well enough" for i in order if i not in set(open_)}
    caps = _Caps(rules, topics)
    chosen: list[int] = []
    while open_ and len(chosen) < rules.size:
        best = max(open_, key=lambda i: _worth(i, stories, alike, chosen))
        open_.remove(best)
        if why := caps.refusal(stories[best]):
            left[best] = why
        else:
            chosen.append(best)
            caps.take(stories[best])
    left |= dict.fromkeys(open_, "the list is full")
    return Shortlist(
        choices=tuple(stories[i] for i in chosen), left_out=tuple(LeftOut(story=stories[i], why=left[i]) for i in order if i in left)
    )


def _worth(i: int, stories: Sequence[Story], alike: "Matrix", chosen: list[int]) -> float:
    twin = max((float(alike[i, j]) for j in chosen), default=0.0)
    return stories[i].lead.score.total * (1 - VARIETY * max(twin, 0.0))


class _Caps:
    def __init__(self, rules: ShortlistRules, topics: int) -> None:
        self.per_feed = rules.per_feed
        self.per_topic = rules.size if topics == 1 else ceil(1.5 * rules.size / topics)
        self.feeds: Counter[str] = Counter()
        self.topics: Counter[str] = Counter()

    def refusal(self, story: Story) -> str:
        if self.feeds[story.lead.item.source.feed] >= self.per_feed:
            return f"{self.per_feed} from {story.lead.item.source.title} already"
        if self.topics[story.lead.score.topic] >= self.per_topic:
            return f"{self.per_topic} about {story.lead.score.topic} already"
        return ""

    def take(self, story: Story) -> None:
        self.feeds[story.lead.item.source.feed] += 1
        self.topics[story.lead.score.topic] += 1
