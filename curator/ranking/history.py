"""History: suppress stories that the user has shared, skipped, saved or seen on an earlier list.

A story is held back when one of its items reports the same as a seen item, in any feed and language, unless it brings news.
A story that is merely close to something shared lately is lowered in score.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from curator.core.item import Item
from curator.core.story import LeftOut, Reason, Story
from curator.core.text.language import macrolanguage
from curator.core.text.plain import contains, fold, line
from curator.ranking.clustering import MIN_NEARNESS, NUMBER, TWIN, Document, digits, entity_weights, near_duplicates, same_story

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

# How long a seen story is suppressed, and how long a shared item suppresses its near-duplicates and lowers what is close to it.
STORY: Final = timedelta(days=30)
SHARED: Final = timedelta(days=60)
# An item published this much later may bring news: NEWS new facts, or a single one in its title.
LATER: Final = timedelta(hours=12)
NEWS: Final = 2
# The text of an item counts as news only where it is at most this many times longer than what is known of the seen item.
COMPARABLE: Final = 3
# Nearness (see `clustering.stories`) to a shared item from which a story is lowered, and the largest share of its score it loses.
CLOSE: Final = 0.9
PENALTY: Final = 0.3
_MONTH = (
    r"jan(?:uar[iy])?|feb(?:ruar[iy])?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|agu(?:stus)?|aug(?:ust)?|"
    r"sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[sc](?:ember)?"
)
_FIGURE = re.compile(rf"(?<![\d/:.,-])\d+(?:[.,]\d+)*+(?![/:-]?\d)(?!\s*(?:{_MONTH}|wib|wita|wit|am|pm)\b)", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z\u00c0-\u00de][\w'’-]{2,}(?: [A-Z\u00c0-\u00de][\w'’-]{2,})*")


class SeenItem(Struct, frozen=True, kw_only=True):
    """An item the user has seen: what was done with it, in words ("you shared this"), and when.

    `shared`: whether it was picked for a post.
    """

    item: Item
    text: str
    action: str
    at: datetime
    shared: bool = False

    def describe(self, now: datetime) -> str:
        """Return what was done and how long ago, as in "you shared this 12 days ago"."""
        days = max((now - self.at).days, 0)
        return f"{self.action} {f'{days} day' + 's' * (days > 1) if days else 'less than a day'} ago"


class SuppressionResult(Struct, frozen=True, kw_only=True):
    """Stories that may be listed, and stories that are held back, each in the order of the input."""

    stories: tuple[Story, ...] = ()
    held: tuple[LeftOut, ...] = ()


def sift(
    stories: Sequence[Story], texts: Mapping[str, str], past: Sequence[SeenItem], nearness: "Mapping[str, Matrix]", now: datetime
) -> SuppressionResult:
    """Separate new stories from those seen before.

    `texts`: of the stories' items, by id. `nearness`: of each of these items to the seen items `past`, shape (past,), by id.
    """
    memory = _Memory([s.item for story in stories for s in (story.lead, *story.others)], texts, past, nearness, now)
    checked = [memory.check(story) for story in stories]
    return SuppressionResult(
        stories=tuple(each for each in checked if isinstance(each, Story)),
        held=tuple(each for each in checked if isinstance(each, LeftOut)),
    )


def news(title: str, text: str, known: str, *, names: bool) -> tuple[str, ...]:
    """Return the facts of an item that the `known` text lacks: figures, those of the title first, then names said more than once.

    `names`: whether to look for names, which compare only within one language. Days, hours and years do not count as figures.
    """
    folded, numbers = fold(known), {digits(n) for n in NUMBER.findall(known)}
    figures = [n for n in _FIGURE.findall(f"{title}\n{text}") if len(digits(n)) > 1 and not _YEAR.fullmatch(n)]
    counts = Counter(_NAME.findall(text) if names else ())
    people = [name for name, n in counts.items() if n > 1 and not contains(folded, name)]
    return tuple(dict.fromkeys((*(n for n in figures if digits(n) not in numbers), *people)))


class _Memory:
    """The seen items, prepared for comparing stories with them."""

    def __init__(
        self, items: Sequence[Item], texts: Mapping[str, str], past: Sequence[SeenItem], nearness: "Mapping[str, Matrix]", now: datetime
    ) -> None:
        self.past, self.nearness, self.now = past, nearness, now
        self.fresh = {item.id: Document(item, texts[item.id]) for item in items}
        self.seen = [Document(seen.item, seen.text) for seen in past]
        self.weights = entity_weights((*self.fresh.values(), *self.seen))

    def check(self, story: Story) -> Story | LeftOut:
        """Return the story as it may be listed, or why it is held back."""
        ids = [s.item.id for s in (story.lead, *story.others)]
        matches = [self.past[n] for n in sorted({n for id_ in ids for n in self._matches(id_)})]
        if not matches:
            return self._lowered(story)
        last = max(matches, key=lambda seen: (seen.at, seen.item.id))
        if facts := self._news(story.lead.item, matches):
            return story.with_reason(Reason(part="update", value=0.0, text=f"update: {', '.join(facts[:3])}; {self._reminder(last)}"))
        return LeftOut(story=story, cause="history", why=self._reminder(last))

    def _matches(self, id_: str) -> list[int]:
        """Return the positions of the seen items that report the same story as an item."""
        row = self.nearness[id_]
        return [n for n in (row >= MIN_NEARNESS).nonzero()[0].tolist() if self._is_match(id_, n, float(row[n]))]

    def _is_match(self, id_: str, n: int, nearness: float) -> bool:
        seen, age = self.past[n], self.now - self.past[n].at
        if age <= STORY:
            return same_story(self.fresh[id_], self.seen[n], nearness, self.weights)
        return seen.shared and age <= SHARED and near_duplicates(self.fresh[id_].item, seen.item, nearness)

    def _news(self, item: Item, matches: Sequence[SeenItem]) -> tuple[str, ...]:
        """Return the new facts of an item when there are enough of them.

        Where little more than a summary of the seen items is known, only the facts of the title count.
        """
        if item.published - max(seen.item.published for seen in matches) < LATER:
            return ()
        text, known = self.fresh[item.id].text, "\n".join(f"{seen.item.title}\n{seen.text}" for seen in matches)
        one_language = {macrolanguage(seen.item.lang) for seen in matches} == {macrolanguage(item.lang)}
        facts = news(item.title, text if len(known) * COMPARABLE >= len(text) else "", known, names=one_language)
        return facts if len(facts) >= NEWS or any(fact in item.title for fact in facts) else ()

    def _lowered(self, story: Story) -> Story:
        """Return the story, lowered by the nearness of the closest item that was shared lately."""
        row = self.nearness[story.lead.item.id]
        close = [n for n in (row >= CLOSE).nonzero()[0].tolist() if self.past[n].shared and self.now - self.past[n].at <= SHARED]
        if not close:
            return story
        closest = max(close, key=lambda n: (row[n], self.past[n].item.id))
        loss = story.lead.score.total * PENALTY * min(1.0, (float(row[closest]) - CLOSE) / (TWIN - CLOSE))
        return story.with_reason(Reason(part="echo", value=-loss, text=f"close to another story: {self._reminder(self.past[closest])}"))

    def _reminder(self, seen: SeenItem) -> str:
        return f"{seen.describe(self.now)}: {line(seen.item.title, 120)}"
