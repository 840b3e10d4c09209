"""Taste: what a person picked and skipped moves what she is shown next, slowly, within bounds, and with a reason in words.

A linear model on what the voters see of an item and on a few plain facts: how often her picks come from its feed, its
language, its length. Some items that nothing was said of stand beside her decisions as faint skips: who decides on the
best alone says nothing of the many others, and the model must not think that she likes them. It learns what the fit does
not tell and is added to it. The bounds: no taste takes an item that fits at .9 below one that fits at .3.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import log, log1p
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.item import Item
from curator.core.post import Decision
from curator.core.story import Reason, Score, ScoredItem
from curator.core.text.plain import line
from curator.ranking import embedding_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Calibration, Matrix

LEAST: Final = 3  # picks, and skips, before anything is learned
LATEST: Final = 1000  # decisions that are learned from
# The most that taste moves a fit, in log odds, and the decisions after which it moves half of that; FIRM is the inverse
# of the model's caution, and what it gives log odds of SOFT is liked at three quarters. Measured with
# benchmarks/learning.py: much less learns less, much more harms a person who decides on the best fitting items alone.
REACH: Final = 6.0
SLOW: Final = 8
FIRM: Final = 10.0
SOFT: Final = 1.5
# So many items that nothing was said of stand beside the decisions; all of them come to weigh this much of the skips.
BESIDE: Final = 60
FAINT: Final = 0.4
# Log odds of .9 and .3, and of where the lowest that falls from the one and the highest that rises from the other meet.
# Away from both the bounds open by STEEP for each of the log odds.
PERFECT: Final = log(0.9 / 0.1)
MEDIOCRE: Final = log(0.3 / 0.7)
MEET: Final = (PERFECT + MEDIOCRE) / 2
STEEP: Final = 8
# How many decisions a feed's own yield weighs as much as everyone's, and how much plain facts count beside the vectors.
PRIOR: Final = 4
PLAIN: Final = 0.6
TELLING: Final = 0.15  # a feed's yield this far from the usual is worth a word


class Example(Struct, frozen=True, kw_only=True):
    """A decision that stands, and what it was about."""

    decision: Decision
    item: Item
    text: str

    @property
    def liked(self) -> bool:
        return self.decision.verdict != "skip"


class Tally(Struct, frozen=True, kw_only=True):
    """How many items of each feed were decided on, and how many of them picked."""

    handled: Mapping[str, int]
    picked: Mapping[str, int]

    def lift(self, feed: str) -> float:
        """How much more of a feed is picked than of all feeds: 0 for one that nothing is known of."""
        usual = (sum(self.picked.values()) + 1) / (sum(self.handled.values()) + 2)
        return (self.picked.get(feed, 0) + PRIOR * usual) / (self.handled.get(feed, 0) + PRIOR) - usual


class PreferenceModel(Struct, frozen=True, kw_only=True):
    """What was learned. `rows`: (examples, dim), as `rows` gives them; `weights`: of a row and the facts behind it."""

    examples: tuple[Example, ...]
    rows: "Matrix"
    weights: "NDArray[np.float64]"
    intercept: float
    reach: float
    tally: Tally
    languages: tuple[str, ...]


def verdicts(decisions: Sequence[Decision], now: datetime) -> dict[str, Decision]:
    """The last word on each item before now, by item id, the first first: picked, saved or skipped."""
    said = [d for d in decisions if d.at < now and d.verdict in {"pick", "skip", "save"}]
    last = {d.item: d for d in sorted(said, key=lambda d: d.number)}
    return dict(sorted(last.items(), key=lambda pair: pair[1].number)[-LATEST:])


def enough(examples: Sequence[Example]) -> bool:
    """Whether there are examples of both kinds to learn from."""
    liked = sum(example.liked for example in examples)
    return liked >= LEAST and len(examples) - liked >= LEAST


def rows(seen: "Mapping[str, Matrix]", calibration: "Calibration") -> "Matrix":
    """What all voters see of items, through their lenses and by their weight, (n, all dims)."""
    lenses = [each for name, each in calibration.lenses.items() if name in seen]
    return np.hstack([embedding_space.told(each, seen[each.name]) * np.float32(each.weight**0.5) for each in lenses])


def learn(examples: Sequence[Example], rows: "Matrix", items: Sequence[Item], seen: "Matrix") -> PreferenceModel:
    """The taste that enough examples show, the first decided first. `rows`: what voters see of them.

    `items`, `seen`: the day's, best first, and what voters see of them. A feed's yield, where it helps to explain a decision,
    is what was known of it before that decision.
    """
    from sklearn.linear_model import LogisticRegression

    some, tallies = _unsaid(items, examples), _tallies(examples)
    shown, known = [*(example.item for example in examples), *(items[n] for n in some)], [*tallies[:-1], *(tallies[-1] for _ in some)]
    languages = tuple(sorted({_tongue(item) for item in shown}))
    facts = [_facts(item, tally, languages) for item, tally in zip(shown, known, strict=True)]
    liked = np.array([example.liked for example in examples] + [False] * len(some))
    model = LogisticRegression(C=FIRM, max_iter=1000)
    model.fit(np.hstack([np.vstack([rows, seen[some]]), facts]), liked, _weights(liked, len(examples)))
    return PreferenceModel(
        examples=tuple(examples),
        rows=rows,
        weights=model.coef_[0],
        intercept=float(model.intercept_[0]),
        reach=REACH * _sure(len(examples)),
        tally=tallies[-1],
        languages=languages,
    )


def sway(ranked: Sequence[ScoredItem], rows: "Matrix", taste: PreferenceModel, brand: Brand) -> list[ScoredItem]:
    """The items with taste among the parts of their scores, best first; `rows`: what voters see of them, in their order.

    What a rule forbids stays forbidden, and what was decided on is not judged by that decision: both stay as they are.
    """
    weight = {topic.name: topic.weight for topic in brand.topics}
    known = {example.item.id for example in taste.examples}
    swayed = [
        r if r.score.total <= 0 or r.item.id in known else _swayed(r, lean, _told(r.item, near, taste.tally), taste.reach, weight)
        for r, lean, near in zip(ranked, *_leanings([r.item for r in ranked], rows, taste), strict=True)
    ]
    return sorted(swayed, key=lambda r: (-r.score.total, -r.item.published.timestamp(), r.item.id))


def leaned(fit: float, lean: float, reach: float) -> float:
    """A fit as taste sees it. `lean`: -1 dislikes, 1 likes; `reach`: in log odds.

    What fits at .9 or better stays above MEET, what fits at .3 or worse below it; a better fit, liked as much, stays better.
    """
    odds = log(max(fit, 1e-9) / max(1 - fit, 1e-9))
    up = MEET - odds if odds < MEDIOCRE else MEET - MEDIOCRE + STEEP * (odds - MEDIOCRE)
    down = PERFECT - MEET + STEEP * max(PERFECT - odds, 0)
    return float(1 / (1 + np.exp(-(odds + lean * min(reach, up if lean > 0 else down)))))


def _swayed(ranked: ScoredItem, lean: float, text: str, reach: float, weights: Mapping[str, float]) -> ScoredItem:
    """The item with a reason more; what taste adds is worth as much today as the rest of its score."""
    score, weight = ranked.score, weights[ranked.score.topic]
    worth = sum(reason.value for reason in score.reasons if reason.value > 0)
    fit = worth / weight
    value = (leaned(fit, lean, reach) - fit) * weight * score.total / worth
    return replace(ranked, score=_with(score, Reason(part="taste", value=value, text=text)))


def _with(score: Score, reason: Reason) -> Score:
    reasons = (*score.reasons, reason)
    return replace(score, total=sum(r.value for r in reasons), reasons=reasons)


def _unsaid(items: Sequence[Item], examples: Sequence[Example]) -> list[int]:
    """The places of some items that were not decided on, evenly down the list."""
    known = {example.item.id for example in examples}
    places = [n for n, item in enumerate(items) if item.id not in known]
    return [places[n] for n in np.linspace(0, len(places) - 1, min(BESIDE, len(places))).astype(int)]


def _weights(liked: "NDArray[np.bool_]", decided: int) -> "NDArray[np.float64]":
    """How much each counts: what was picked as much as what was skipped, and what follows those decided on faintly."""
    said = liked[:decided]
    picks = said.sum()
    weighed = np.where(said, decided / (2 * picks), decided / (2 * (decided - picks)))
    return np.append(weighed, np.full(len(liked) - decided, FAINT * _sure(decided) * decided / (2 * BESIDE)))


def _sure(decided: int) -> float:
    """How far that many decisions are to be trusted, 0…1."""
    return decided / (decided + SLOW)


def _leanings(items: Sequence[Item], rows: "Matrix", taste: PreferenceModel) -> tuple[list[float], list[Example]]:
    """How much each item is liked, -1…1, and the nearest decision of that kind."""
    facts = np.array([_facts(item, taste.tally, taste.languages) for item in items])
    leans = np.tanh((np.hstack([rows, facts]) @ taste.weights + taste.intercept) / SOFT)
    liked, alike = np.array([example.liked for example in taste.examples]), rows @ taste.rows.T
    nearest = np.where(liked == (leans > 0)[:, None], alike, -np.inf).argmax(axis=1)
    return leans.tolist(), [taste.examples[n] for n in nearest]


def _told(item: Item, nearest: Example, tally: Tally) -> str:
    """What the item is like, and where it comes from when that is telling."""
    return f"{_like(nearest)}{_of_feed(item, tally)}"


def _like(example: Example) -> str:
    title = line(example.item.title, 80)
    match example.decision.verdict:
        case "skip":
            return f"like “{title}”, which you skipped"
        case "save":
            return f"like “{title}”, which you saved"
    return f"like your pick “{title}”"


def _of_feed(item: Item, tally: Tally) -> str:
    feed = item.source.feed
    if abs(tally.lift(feed)) < TELLING:
        return ""
    return f"; you picked {tally.picked.get(feed, 0)} of {tally.handled[feed]} from {line(item.source.title, 40) or 'this feed'}"


def _tallies(examples: Sequence[Example]) -> list[Tally]:
    """What was known of the feeds before each example, and at last what is known after all of them."""
    handled, picked = Counter[str](), Counter[str]()
    tallies = [Tally(handled={}, picked={})]
    for example in examples:
        feed = example.item.source.feed
        handled[feed] += 1
        picked[feed] += example.liked
        tallies.append(Tally(handled=dict(handled), picked=dict(picked)))
    return tallies


def _facts(item: Item, tally: Tally, languages: Sequence[str]) -> list[float]:
    """What is plain to see of an item, each about as large as a vector's part: yield of its feed, length, languages."""
    tongue = _tongue(item)
    return [PLAIN * tally.lift(item.source.feed), PLAIN * log1p(item.words) / 10, *(PLAIN * (tongue == each) for each in languages)]


def _tongue(item: Item) -> str:
    return item.lang.partition("-")[0]
