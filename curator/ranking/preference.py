"""Preference learning: what the user picked and skipped changes the order of what is shown next.

A logistic regression is fitted to the vectors of the decided items and a few plain features: the yield of their feed, their
language and their length. A sample of undecided items is added as lightly weighted skips, because the user decides mostly on
the best items and says nothing of the many others. The model is learned slowly, its effect is bounded (an item of fit .9
never falls below one of .3), and every change comes with a reason in words.
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
from curator.core.protocols import EmbeddingEngine, Store
from curator.core.story import Reason, Score, ScoredItem
from curator.core.text import language
from curator.core.text.plain import line
from curator.ranking import embedding_space
from curator.ranking.passages import first_passage
from curator.ranking.scored_items import ScoredItems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Calibration, Matrix

LEAST: Final = 3  # picks, and skips, before anything is learned
LATEST: Final = 1000  # decisions that are learned from
# The largest change of a fit in log-odds, and the number of decisions after which half of it is reached. INVERSE_PENALTY is
# C of the regression. A decision value of SOFT counts as a liking of tanh(1) = .76. Measured with benchmarks/learning.py:
# a much smaller REACH learns less, a much larger one harms a user who decides on the best fitting items alone.
REACH: Final = 6.0
HALF_TRUST: Final = 8
INVERSE_PENALTY: Final = 10.0
SOFT: Final = 1.5
# The number of undecided items in the sample, and their total weight as a share of that of the skips.
SAMPLE: Final = 60
SAMPLE_WEIGHT: Final = 0.4
# Log-odds of a fit of .9 and of .3, and the middle between them, which no change crosses from either side. From both ends
# towards the middle the allowed change grows by STEEP per log-odd.
EXCELLENT: Final = log(0.9 / 0.1)
MEDIOCRE: Final = log(0.3 / 0.7)
MIDDLE: Final = (EXCELLENT + MEDIOCRE) / 2
STEEP: Final = 8
PRIOR: Final = 4  # decisions that the average of all feeds counts for in the yield of one
PLAIN: Final = 0.6  # scale of the plain features beside the vectors
TELLING: Final = 0.15  # difference of a feed's yield from the average that a reason mentions


class Example(Struct, frozen=True, kw_only=True):
    """A decision that was not undone, with the item it is about and the item's text."""

    decision: Decision
    item: Item
    text: str

    @property
    def liked(self) -> bool:
        """Whether the item was picked or saved."""
        return self.decision.verdict != "skip"


class FeedYield(Struct, frozen=True, kw_only=True):
    """How many items of each feed were decided on, and how many of those were liked, by feed URL."""

    decided: Mapping[str, int]
    liked: Mapping[str, int]

    def lift(self, feed: str) -> float:
        """Return the share of a feed's items that were liked, less that of all feeds; 0 for a feed without decisions.

        Both are smoothed: the average counts as PRIOR decisions on the feed.
        """
        average = (sum(self.liked.values()) + 1) / (sum(self.decided.values()) + 2)
        return (self.liked.get(feed, 0) + PRIOR * average) / (self.decided.get(feed, 0) + PRIOR) - average


class PreferenceModel(Struct, frozen=True, kw_only=True):
    """A fitted model.

    `vectors`: the examples' (`document_vectors`), shape (examples, dim). `weights`: coefficients of a vector followed by the
    plain features. `reach`: the largest change of a fit, in log-odds.
    """

    examples: tuple[Example, ...]
    vectors: "Matrix"
    weights: "NDArray[np.float64]"
    intercept: float
    reach: float
    feeds: FeedYield
    languages: tuple[str, ...]


def with_preference(scored: ScoredItems, brand: Brand, engine: EmbeddingEngine, store: Store, now: datetime) -> ScoredItems:
    """Return the table with preference among the reasons of every score, and in the order of the new totals.

    The table is returned as it is when the brand has `taste = false`, or when too little was decided before `now`.
    """
    examples = _examples(store, now) if brand.shortlist.taste and scored.ranked else ()
    if not enough(examples):
        return scored
    calibration = engine.calibration(scored.vectors)
    decided = engine.embed_texts([first_passage(example.item, example.text) for example in examples])
    vectors = document_vectors(scored.vectors, calibration)
    model = learn(examples, document_vectors(decided, calibration), [s.item for s in scored.ranked], vectors)
    return scored.reordered(apply(scored.ranked, vectors, model, brand))


def latest_decisions(decisions: Sequence[Decision], now: datetime) -> dict[str, Decision]:
    """Return the last pick, skip or save of each item before `now`, by item id, in chronological order; LATEST at most."""
    counted = [d for d in decisions if d.at < now and d.verdict in {"pick", "skip", "save"}]
    last = {d.item: d for d in sorted(counted, key=lambda d: d.number)}
    return dict(sorted(last.items(), key=lambda pair: pair[1].number)[-LATEST:])


def enough(examples: Sequence[Example]) -> bool:
    """Return whether there are LEAST liked and LEAST skipped examples."""
    liked = sum(example.liked for example in examples)
    return liked >= LEAST and len(examples) - liked >= LEAST


def document_vectors(vectors: "Mapping[str, Matrix]", calibration: "Calibration") -> "Matrix":
    """Return the mean-centred vectors of all encoders side by side, scaled by their weights; shape (n, sum of dims)."""
    spaces = [space for name, space in calibration.spaces.items() if name in vectors]
    return np.hstack([embedding_space.centred_documents(s, vectors[s.name]) * np.float32(s.weight**0.5) for s in spaces])


def learn(examples: Sequence[Example], example_vectors: "Matrix", items: Sequence[Item], vectors: "Matrix") -> PreferenceModel:
    """Fit a model to the examples, in chronological order, and to a sample of the undecided items.

    `example_vectors`: shape (examples, dim). `items`: those of the day, best first; `vectors`: theirs, shape (items, dim).
    The yield of a feed counts for an example as it was before that decision, so that a decision never explains itself.
    """
    from sklearn.linear_model import LogisticRegression

    sample, yields = _sample(items, examples), _yields(examples)
    shown = [*(example.item for example in examples), *(items[n] for n in sample)]
    known = [*yields[:-1], *(yields[-1] for _ in sample)]
    languages = tuple(sorted({language.primary(item.lang) for item in shown}))
    features = [_features(item, feeds, languages) for item, feeds in zip(shown, known, strict=True)]
    liked = np.array([example.liked for example in examples] + [False] * len(sample))
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000)
    model.fit(np.hstack([np.vstack([example_vectors, vectors[sample]]), features]), liked, _sample_weights(liked, len(examples)))
    return PreferenceModel(
        examples=tuple(examples),
        vectors=example_vectors,
        weights=model.coef_[0],
        intercept=float(model.intercept_[0]),
        reach=REACH * _trust(len(examples)),
        feeds=yields[-1],
        languages=languages,
    )


def apply(ranked: Sequence[ScoredItem], vectors: "Matrix", model: PreferenceModel, brand: Brand) -> list[ScoredItem]:
    """Return the items with preference among the reasons of their scores, best first.

    `vectors`: of the items, shape (items, dim), in their order. An item that a rule forbids, or that was decided on, keeps
    its score.
    """
    weights = {topic.name: topic.weight for topic in brand.topics}
    decided = {example.item.id for example in model.examples}
    changed = [
        s if s.score.total <= 0 or s.item.id in decided else _changed(s, liking, _wording(s.item, near, model.feeds), model.reach, weights)
        for s, liking, near in zip(ranked, *_likings([s.item for s in ranked], vectors, model), strict=True)
    ]
    return sorted(changed, key=lambda s: (-s.score.total, -s.item.published.timestamp(), s.item.id))


def adjusted(fit: float, liking: float, reach: float) -> float:
    """Return a fit changed by at most `reach` log-odds. `liking`: -1 (disliked) … 1 (liked).

    A fit of .9 or more stays above MIDDLE, one of .3 or less below it. Of two fits with the same liking the higher stays
    higher.
    """
    odds = log(max(fit, 1e-9) / max(1 - fit, 1e-9))
    up = MIDDLE - odds if odds < MEDIOCRE else MIDDLE - MEDIOCRE + STEEP * (odds - MEDIOCRE)
    down = EXCELLENT - MIDDLE + STEEP * max(EXCELLENT - odds, 0)
    return float(1 / (1 + np.exp(-(odds + liking * min(reach, up if liking > 0 else down)))))


def _examples(store: Store, now: datetime) -> tuple[Example, ...]:
    """Return the decisions before `now` whose items are kept, in chronological order."""
    decisions = latest_decisions(store.decisions(), now)
    if not decisions:
        return ()
    kept = {item.id: item for item in store.items() if item.id in decisions}
    texts = store.texts(kept)
    return tuple(Example(decision=decisions[id_], item=kept[id_], text=texts.get(id_, "")) for id_ in decisions if id_ in kept)


def _changed(scored: ScoredItem, liking: float, text: str, reach: float, weights: Mapping[str, float]) -> ScoredItem:
    """Return the item with one more reason. The change shrinks with age and rules as the rest of the score does."""
    score, weight = scored.score, weights[scored.score.topic]
    gross = sum(reason.value for reason in score.reasons if reason.value > 0)
    fit = gross / weight
    value = (adjusted(fit, liking, reach) - fit) * weight * score.total / gross
    return replace(scored, score=_with_reason(score, Reason(part="taste", value=value, text=text)))


def _with_reason(score: Score, reason: Reason) -> Score:
    reasons = (*score.reasons, reason)
    return replace(score, total=sum(r.value for r in reasons), reasons=reasons)


def _sample(items: Sequence[Item], examples: Sequence[Example]) -> list[int]:
    """Return the positions of SAMPLE undecided items, evenly spaced down the list."""
    decided = {example.item.id for example in examples}
    positions = [n for n, item in enumerate(items) if item.id not in decided]
    return [positions[n] for n in np.linspace(0, len(positions) - 1, min(SAMPLE, len(positions))).astype(int)]


def _sample_weights(liked: "NDArray[np.bool_]", decided: int) -> "NDArray[np.float64]":
    """Return the weight of each row: likes and skips weigh the same in total; the rows after `decided` are the sample."""
    verdicts = liked[:decided]
    likes = verdicts.sum()
    balanced = np.where(verdicts, decided / (2 * likes), decided / (2 * (decided - likes)))
    return np.append(balanced, np.full(len(liked) - decided, SAMPLE_WEIGHT * _trust(decided) * decided / (2 * SAMPLE)))


def _trust(decided: int) -> float:
    """Return how far so many decisions are trusted, 0…1."""
    return decided / (decided + HALF_TRUST)


def _likings(items: Sequence[Item], vectors: "Matrix", model: PreferenceModel) -> tuple[list[float], list[Example]]:
    """Return the liking of each item, -1…1, and the nearest example that was decided that way."""
    features = np.array([_features(item, model.feeds, model.languages) for item in items])
    likings = np.tanh((np.hstack([vectors, features]) @ model.weights + model.intercept) / SOFT)
    liked, cosines = np.array([example.liked for example in model.examples]), vectors @ model.vectors.T
    nearest = np.where(liked == (likings > 0)[:, None], cosines, -np.inf).argmax(axis=1)
    return likings.tolist(), [model.examples[n] for n in nearest]


def _wording(item: Item, nearest: Example, feeds: FeedYield) -> str:
    """Return the reason in words: the most similar decision, and the feed's yield where it is telling."""
    return f"{_like(nearest)}{_of_feed(item, feeds)}"


def _like(example: Example) -> str:
    title = line(example.item.title, 80)
    match example.decision.verdict:
        case "skip":
            return f"like “{title}”, which you skipped"
        case "save":
            return f"like “{title}”, which you saved"
    return f"like your pick “{title}”"


def _of_feed(item: Item, feeds: FeedYield) -> str:
    feed = item.source.feed
    if abs(feeds.lift(feed)) < TELLING:
        return ""
    return f"; you picked {feeds.liked.get(feed, 0)} of {feeds.decided[feed]} from {line(item.source.title, 40) or 'this feed'}"


def _yields(examples: Sequence[Example]) -> list[FeedYield]:
    """Return the yield of the feeds before each example, and last the yield after all of them."""
    decided, liked = Counter[str](), Counter[str]()
    yields = [FeedYield(decided={}, liked={})]
    for example in examples:
        feed = example.item.source.feed
        decided[feed] += 1
        liked[feed] += example.liked
        yields.append(FeedYield(decided=dict(decided), liked=dict(liked)))
    return yields


def _features(item: Item, feeds: FeedYield, languages: Sequence[str]) -> list[float]:
    """Return the plain features of an item, about as large as a vector's components: feed yield, length, language."""
    own = language.primary(item.lang)
    return [PLAIN * feeds.lift(item.source.feed), PLAIN * log1p(item.words) / 10, *(PLAIN * (own == each) for each in languages)]
