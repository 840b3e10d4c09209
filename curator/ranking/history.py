"""What a person has handled stays handled: fresh stories beside what she shared, skipped, saved or saw on a list.

A story that a handled item told is held back in whatever feed and language it returns, unless it moved on. One that is
merely close to something shared lately has to fit better than others.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from curator.core.item import Item
from curator.core.story import LeftOut, Reason, Story
from curator.core.text.plain import contains, fold, line
from curator.ranking.clustering import FARTHEST, NUMBER, TWIN, Document, digits, one_story, twins, weights

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

# How long a story stays handled, and how long what was shared casts its shadow.
STORY, SHADOW = timedelta(days=30), timedelta(days=60)
# A telling this much later may bring news: so many things that the handled one lacked, or one in its title.
LATER, NEWS = timedelta(hours=12), 2
# How many times longer a telling may be than what is known of the handled one for its whole text to be news.
WHOLE = 3
# The nearness (group's: 0 hardly unrelated, 1 a translation) from which a shared item lowers a story, and by how much at most.
CLOSE, ECHO = 0.9, 0.3
_MONTH = (
    r"jan(?:uar[iy])?|feb(?:ruar[iy])?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|agu(?:stus)?|aug(?:ust)?|"
    r"sept?(?:ember)?|o[kc]t(?:ober)?|nov(?:ember)?|de[sc](?:ember)?"
)
_FIGURE = re.compile(rf"(?<![\d/:.,-])\d+(?:[.,]\d+)*+(?![/:-]?\d)(?!\s*(?:{_MONTH}|wib|wita|wit|am|pm)\b)", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z\u00c0-\u00de][\w'’-]{2,}(?: [A-Z\u00c0-\u00de][\w'’-]{2,})*")


class SeenItem(Struct, frozen=True, kw_only=True):
    """An item with what was done with it, in words ("you shared this"), and when. `shared`: it was picked for a post."""

    item: Item
    text: str
    deed: str
    at: datetime
    shared: bool = False

    def told(self, now: datetime) -> str:
        """You shared this 12 days ago."""
        days = max((now - self.at).days, 0)
        return f"{self.deed} {f'{days} day' + 's' * (days > 1) if days else 'less than a day'} ago"


class SuppressionResult(Struct, frozen=True, kw_only=True):
    """The stories that may be listed, and those that are held back; both in the order they came."""

    stories: tuple[Story, ...] = ()
    held: tuple[LeftOut, ...] = ()


def sift(
    stories: Sequence[Story], texts: Mapping[str, str], past: Sequence[SeenItem], nearness: "Mapping[str, Matrix]", now: datetime
) -> SuppressionResult:
    """Parts what is new from what was handled. `texts`, `nearness`: by id of the stories' items; each nearness is (past,)."""
    memory = _Memory([r.item for story in stories for r in (story.lead, *story.others)], texts, past, nearness, now)
    judged = [memory.judge(story) for story in stories]
    return SuppressionResult(
        stories=tuple(one for one in judged if isinstance(one, Story)), held=tuple(one for one in judged if isinstance(one, LeftOut))
    )


def news(title: str, text: str, known: str, *, names: bool) -> tuple[str, ...]:
    """What a telling has that the `known` text lacks: figures, and names it says more than once; those of its title first.

    `names` only where both are of one language: a translation has other capitals. Days, hours and years are no figures.
    """
    said, numbers = fold(known), {digits(n) for n in NUMBER.findall(known)}
    figures = [n for n in _FIGURE.findall(f"{title}\n{text}") if len(digits(n)) > 1 and not _YEAR.fullmatch(n)]
    told = Counter(_NAME.findall(text) if names else ())
    people = [name for name, n in told.items() if n > 1 and not contains(said, name)]
    return tuple(dict.fromkeys((*(n for n in figures if digits(n) not in numbers), *people)))


class _Memory:
    """What stories are compared with."""

    def __init__(
        self, items: Sequence[Item], texts: Mapping[str, str], past: Sequence[SeenItem], nearness: "Mapping[str, Matrix]", now: datetime
    ) -> None:
        self.past, self.nearness, self.now = past, nearness, now
        self.fresh = {item.id: Document(item, texts[item.id]) for item in items}
        self.told = [Document(handled.item, handled.text) for handled in past]
        self.weigh = weights((*self.fresh.values(), *self.told))

    def judge(self, story: Story) -> Story | LeftOut:
        """The story as it may be listed, with what lowers it; or why it is held back."""
        members = [r.item.id for r in (story.lead, *story.others)]
        told = [self.past[n] for n in sorted({n for id_ in members for n in self._retold(id_)})]
        if not told:
            return self._lowered(story)
        last = max(told, key=lambda h: (h.at, h.item.id))
        if fresh := self._moved_on(story.lead.item, told):
            return story.because(Reason(part="update", value=0.0, text=f"update: {', '.join(fresh[:3])}; {self._recall(last)}"))
        return LeftOut(story=story, why=self._recall(last))

    def _retold(self, id_: str) -> list[int]:
        """The handled items that the item tells again; what was shared is remembered for longer, by nearness alone."""
        row = self.nearness[id_]
        return [n for n in (row >= FARTHEST).nonzero()[0].tolist() if self._tells(id_, n, float(row[n]))]

    def _tells(self, id_: str, n: int, nearness: float) -> bool:
        handled, ago = self.past[n], self.now - self.past[n].at
        if ago <= STORY:
            return one_story(self.fresh[id_], self.told[n], nearness, self.weigh)
        return handled.shared and ago <= SHADOW and twins(self.fresh[id_].item, handled.item, nearness)

    def _moved_on(self, item: Item, told: Sequence[SeenItem]) -> tuple[str, ...]:
        """The news, when there is enough; where only a summary of what was handled is known, the news of the title."""
        if item.published - max(h.item.published for h in told) < LATER:
            return ()
        text, known = self.fresh[item.id].text, "\n".join(f"{h.item.title}\n{h.text}" for h in told)
        same_tongue = {h.item.lang.partition("-")[0] for h in told} == {item.lang.partition("-")[0]}
        found = news(item.title, text if len(known) * WHOLE >= len(text) else "", known, names=same_tongue)
        return found if len(found) >= NEWS or any(one in item.title for one in found) else ()

    def _lowered(self, story: Story) -> Story:
        """The story, less what an item costs it that was shared lately and is close to it."""
        row = self.nearness[story.lead.item.id]
        near = [n for n in (row >= CLOSE).nonzero()[0].tolist() if self.past[n].shared and self.now - self.past[n].at <= SHADOW]
        if not near:
            return story
        most = max(near, key=lambda n: (row[n], self.past[n].item.id))
        lost = story.lead.score.total * ECHO * min(1.0, (float(row[most]) - CLOSE) / (TWIN - CLOSE))
        return story.because(Reason(part="echo", value=-lost, text=f"close to another story: {self._recall(self.past[most])}"))

    def _recall(self, handled: SeenItem) -> str:
        return f"{handled.told(self.now)}: {line(handled.item.title, 120)}"
