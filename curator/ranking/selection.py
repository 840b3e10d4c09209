"""The few out of the many: fit and variety under caps, the same for the same input in any order."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct, field

from curator.core.brand import ShortlistRules
from curator.core.story import LeftOut, Reason, Shortlist, Story
from curator.core.text.plain import line

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

# How much of a card's score a near-twin on the list costs it. Chosen so that two takes on one subject may stand
# side by side when both fit well, and a third must be clearly better than anything else.
VARIETY = 0.25
# One place in so many is for finding out; a feed is rarely listed when it was on lists less than this part of the mean.
EXPLORE, RARE = 10, 0.5
UNFIT, FULL, FORBIDDEN = "fits no topic well enough", "the list is full", "a rule of the brand keeps it out"


class SelectionRules(Struct, frozen=True, kw_only=True):
    """What a list is chosen under beside its own rules.

    `floor`: what a story must be worth more than. `mix`: the share that each kind of content should have. `listed`: how
    often each feed was on earlier lists, all the brand's feeds among them.
    """

    topics: int
    floor: float
    mix: Mapping[str, float] = field(default_factory=dict)
    listed: Mapping[str, int] = field(default_factory=dict)


def choose(stories: Sequence[Story], alike: "Matrix", rules: ShortlistRules, terms: SelectionRules) -> Shortlist:
    """At most `rules.size` stories, greedily by score less likeness to what was chosen; the last places are for finding out.

    `alike`: (n, n) likeness of the stories' leads, 0 for unrelated to 1 for twins. Caps: `rules.per_feed`; per topic one
    and a half times its even share; per kind one more than twice its share of the mix. Every story left out says why, and
    a chosen one says which better one a cap kept out before it.
    """
    choice = _Choice(stories, alike, rules, terms)
    choice.fill()
    for _ in range(rules.size // EXPLORE):
        choice.explore()
    return choice.made()


class _Choice:
    """A list in the making; stories are named by their place in the input."""

    def __init__(self, stories: Sequence[Story], alike: "Matrix", rules: ShortlistRules, terms: SelectionRules) -> None:
        self.stories, self.alike, self.rules, self.terms = stories, alike, rules, terms
        self.order = sorted(range(len(stories)), key=lambda i: (-stories[i].lead.score.total, stories[i].lead.item.id))
        self.waiting = [i for i in self.order if stories[i].lead.score.total > terms.floor]
        self.why = {i: UNFIT if stories[i].lead.score.total > 0 else FORBIDDEN for i in set(self.order) - set(self.waiting)}
        self.twin = np.zeros(len(stories))
        self.chosen: dict[int, Story] = {}
        self.explorers: dict[int, Story] = {}

    def fill(self) -> None:
        """Takes the best that no cap refuses until the list is full; what gets the place of a refused one names it."""
        kept_out: list[int] = []
        while self.waiting and len(self.chosen) < self.rules.size:
            best = max(self.waiting, key=self._worth)
            self.waiting.remove(best)
            if why := self._refusal(self.stories[best]):
                self.why[best] = why
                kept_out.append(best)
            else:
                self.chosen[best] = self._instead(best, kept_out[:1])
                self.twin = np.maximum(self.twin, self.alike[:, best])
                kept_out.clear()

    def explore(self) -> None:
        """Gives the last place to the best of those waiting that are rarely seen, if there is one that no cap refuses."""
        if not self.waiting or not self.chosen:
            return
        last, story = self.chosen.popitem()
        found = next(((i, why) for i in self.waiting if (why := self._unusual(i)) and not self._refusal(self.stories[i])), None)
        if found is None:
            self.chosen[last] = story
            return
        place, why = found
        self.waiting.remove(place)
        self.explorers[place] = self.stories[place].because(Reason(part="explore", value=0.0, text=f"to find out: {why}"))
        self.why[last] = f"its place is for finding out: {_title(self.stories[place])}"

    def made(self) -> Shortlist:
        self.why |= dict.fromkeys(self.waiting, FULL)
        left_out = (LeftOut(story=self.stories[i], why=self.why[i]) for i in self.order if i in self.why)
        return Shortlist(choices=(*self.chosen.values(), *self.explorers.values()), left_out=tuple(left_out))

    def _worth(self, i: int) -> float:
        return self.stories[i].lead.score.total * (1 - VARIETY * float(self.twin[i]))

    def _instead(self, i: int, kept_out: Sequence[int]) -> Story:
        story = self.stories[i]
        for j in kept_out:
            story = story.because(Reason(part="instead", value=0.0, text=f"instead of {_title(self.stories[j])}: {self.why[j]}"))
        return story

    def _refusal(self, story: Story) -> str:
        """The cap that keeps a story out, if any."""
        item, topic = story.lead.item, story.lead.score.topic
        taken = [s.lead for s in (*self.chosen.values(), *self.explorers.values())]
        if sum(r.item.source.feed == item.source.feed for r in taken) >= self.rules.per_feed:
            return f"{self.rules.per_feed} from {line(item.source.title, 60)} already"
        per_topic = self.rules.size if self.terms.topics == 1 else ceil(1.5 * self.rules.size / self.terms.topics)
        if sum(r.score.topic == topic for r in taken) >= per_topic:
            return f"{per_topic} about {line(topic, 60)} already"
        per_kind = 1 + int(2 * self.terms.mix.get(item.kind, 1.0) * self.rules.size)
        if sum(r.item.kind == item.kind for r in taken) >= per_kind:
            return f"{per_kind} of {line(item.kind, 60)} already"
        return ""

    def _unusual(self, i: int) -> str:
        """What is rare about a story beside what is chosen and what was listed, if anything."""
        lead = self.stories[i].lead
        taken = [s.lead for s in (*self.chosen.values(), *self.explorers.values())]
        if all(r.score.topic != lead.score.topic for r in taken):
            return f"nothing else about {line(lead.score.topic, 60)} today"
        mean = sum(self.terms.listed.values()) / max(len(self.terms.listed), 1)
        feed = lead.item.source.feed
        if self.terms.listed.get(feed, 0) < RARE * mean and all(r.item.source.feed != feed for r in taken):
            return f"{line(lead.item.source.title, 60)} is rarely listed"
        return ""


def _title(story: Story) -> str:
    return line(story.lead.item.title, 120)
