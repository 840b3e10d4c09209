"""Selection: choose the reading list by score and variety, under caps. The order of the input does not matter."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, field

from curator.core.brand import ShortlistRules
from curator.core.story import HeldBy, LeftOut, Reason, Shortlist, Story
from curator.core.text.plain import line

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

# Share of its score that a story loses to a near-duplicate on the list. Two takes on one subject may be listed together when
# both fit well, and a third must be clearly better than anything else.
VARIETY = 0.25
EXPLORE = 10  # one place in every EXPLORE goes to exploration
RARE = 0.5  # a feed is rarely listed when it was on lists less than this share of the mean
UNFIT, FULL, FORBIDDEN = "fits no topic well enough", "the list is full", "a rule of the brand keeps it out"


class SelectionRules(Struct, frozen=True, kw_only=True):
    """Conditions of a selection that do not come from the `[shortlist]` section.

    `topics`: how many topics the brand has. `floor`: total that a story must exceed. `mix`: intended share of each content
    type. `listed`: how often each of the brand's feeds was on earlier lists, by address.
    """

    topics: int
    floor: float
    mix: Mapping[str, float] = field(default_factory=dict)
    listed: Mapping[str, int] = field(default_factory=dict)


def choose(stories: Sequence[Story], similarity: "Matrix", rules: ShortlistRules, terms: SelectionRules) -> Shortlist:
    """Choose at most `rules.size` stories, greedily by score less similarity to what is chosen already.

    This is maximal marginal relevance (Carbonell and Goldstein 1998) with the caps `rules.per_feed`, per topic one and a half
    times its even share, and per content type one more than twice its share of the mix. The last places go to exploration.

    `similarity`: of the stories' leads, shape (stories, stories), 0 for unrelated to 1 for near-duplicates. Every story left
    out says why. A chosen story says which better one was kept out by a cap before it.
    """
    selection = _Selection(stories, similarity, rules, terms)
    selection.fill()
    for _ in range(rules.size // EXPLORE):
        selection.explore()
    return selection.shortlist()


class _Selection:
    """A list under construction. Stories are named by their position in the input."""

    def __init__(self, stories: Sequence[Story], similarity: "Matrix", rules: ShortlistRules, terms: SelectionRules) -> None:
        self.stories, self.similarity, self.rules, self.terms = stories, similarity, rules, terms
        self.order = sorted(range(len(stories)), key=lambda i: (-stories[i].lead.score.total, stories[i].lead.item.id))
        self.waiting = [i for i in self.order if stories[i].lead.score.total > terms.floor]
        self.held = {i: _unlisted(stories[i]) for i in set(self.order) - set(self.waiting)}
        self.redundancy = np.zeros(len(stories))  # greatest similarity to a chosen story
        self.chosen: dict[int, Story] = {}
        self.explored: dict[int, Story] = {}

    def fill(self) -> None:
        """Take the best story that no cap refuses until the list is full. The first story taken after refused ones names them."""
        refused: list[int] = []
        while self.waiting and len(self.chosen) < self.rules.size:
            best = max(self.waiting, key=self._marginal)
            self.waiting.remove(best)
            if refusal := self._refusal(self.stories[best]):
                self.held[best] = refusal
                refused.append(best)
            else:
                self.chosen[best] = self._instead(best, refused[:1])
                self.redundancy = np.maximum(self.redundancy, self.similarity[:, best])
                refused.clear()

    def explore(self) -> None:
        """Give the last place to the best waiting story that is unusual for the list, if there is one that no cap refuses."""
        if not self.waiting or not self.chosen:
            return
        last, story = self.chosen.popitem()
        found = next(((i, why) for i in self.waiting if (why := self._unusual(i)) and not self._refusal(self.stories[i])), None)
        if found is None:
            self.chosen[last] = story
            return
        position, why = found
        self.waiting.remove(position)
        self.explored[position] = self.stories[position].with_reason(Reason(part="explore", value=0.0, text=f"to find out: {why}"))
        self.held[last] = "explore", f"its place is for finding out: {_title(self.stories[position])}"

    def shortlist(self) -> Shortlist:
        """Return the chosen stories, the explored ones last, and the others with the reason why they were left out."""
        self.held |= dict.fromkeys(self.waiting, ("size", FULL))
        left_out = (_left_out(self.stories[i], *self.held[i]) for i in self.order if i in self.held)
        return Shortlist(choices=(*self.chosen.values(), *self.explored.values()), left_out=tuple(left_out))

    def _marginal(self, i: int) -> float:
        return self.stories[i].lead.score.total * (1 - VARIETY * float(self.redundancy[i]))

    def _instead(self, i: int, refused: Sequence[int]) -> Story:
        story = self.stories[i]
        for j in refused:
            story = story.with_reason(Reason(part="instead", value=0.0, text=f"instead of {_title(self.stories[j])}: {self.held[j][1]}"))
        return story

    def _refusal(self, story: Story) -> tuple[HeldBy, str] | None:
        """Return the cap that keeps a story out and what it says, or None."""
        item, topic = story.lead.item, story.lead.score.topic
        taken = [s.lead for s in (*self.chosen.values(), *self.explored.values())]
        if sum(r.item.source.feed == item.source.feed for r in taken) >= self.rules.per_feed:
            return "feed", f"{self.rules.per_feed} from {line(item.source.title, 60)} already"
        per_topic = self.rules.size if self.terms.topics == 1 else ceil(1.5 * self.rules.size / self.terms.topics)
        if sum(r.score.topic == topic for r in taken) >= per_topic:
            return "topic", f"{per_topic} about {line(topic, 60)} already"
        per_kind = 1 + int(2 * self.terms.mix.get(item.kind, 1.0) * self.rules.size)
        if sum(r.item.kind == item.kind for r in taken) >= per_kind:
            return "kind", f"{per_kind} of {line(item.kind, 60)} already"
        return None

    def _unusual(self, i: int) -> str:
        """Return what is unusual about a story beside the chosen ones and earlier lists, or an empty string."""
        lead = self.stories[i].lead
        taken = [s.lead for s in (*self.chosen.values(), *self.explored.values())]
        if all(r.score.topic != lead.score.topic for r in taken):
            return f"nothing else about {line(lead.score.topic, 60)} today"
        mean = sum(self.terms.listed.values()) / max(len(self.terms.listed), 1)
        feed = lead.item.source.feed
        if self.terms.listed.get(feed, 0) < RARE * mean and all(r.item.source.feed != feed for r in taken):
            return f"{line(lead.item.source.title, 60)} is rarely listed"
        return ""


def _unlisted(story: Story) -> tuple[HeldBy, str]:
    return ("floor", UNFIT) if story.lead.score.total > 0 else ("rule", FORBIDDEN)


def _left_out(story: Story, cause: HeldBy, why: str) -> LeftOut:
    return LeftOut(story=story, cause=cause, why=why)


def _title(story: Story) -> str:
    return line(story.lead.item.title, 120)
