"""Reranking: what a cross-encoder, which reads a topic and a text together, changes of a fit.

A pair of topic and text is scored again where its fit leaves hope. That depends on the pair alone, so an item has the same fit
whatever it is ranked with.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import numpy as np

from curator.core.brand import Topic
from curator.core.protocols import Progress, Reranker
from curator.core.rescoring import RescoringCurve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Fits = NDArray[np.float64]
    Scores = NDArray[np.float32]
    Score = Callable[[Sequence[tuple[str, str]]], Scores]

# Pairs of a lower fit keep it. Of 1,500 headlines 29 a topic reach HOPE; of the fitting pairs of tests/quality one in 46 does not.
HOPE: Final = 0.1
LEAST: Final = 50  # pairs that a curve is learned from; with fewer, fits stay as they are
GROWTH: Final = 2  # a curve is learned again from this many times as many pairs
_EDGE: Final = 1e-6  # a fit is shown with six digits


def rescored(fits: "Fits", topics: Sequence[Topic], texts: Sequence[str], reranker: Reranker, progress: Progress | None) -> "Fits":
    """Score again the pairs that leave hope; learn the curve where it is due.

    `fits`: shape (texts, topics). Scores that are not kept are computed, which loads the model.
    """
    hopeful, curve = fits >= HOPE, reranker.curve()
    count = int(hopeful.sum())
    if count < (1 if curve else LEAST):
        return fits
    scores = _scores(hopeful, topics, texts, lambda pairs: reranker.score(pairs, progress))
    if curve is None or count >= GROWTH * curve.pairs:
        curve = learned(fits[hopeful], scores)
        reranker.keep(curve)
    return _moved(fits, hopeful, scores, curve)


def recalled(
    fits: "Fits", topics: Sequence[Topic], texts: Sequence[str], reranker: Reranker, progress: Progress | None, *, compute: bool
) -> "Fits":
    """Return the same by the curve that was learned before. A text with a score that is not kept has a row of NaN.

    `compute`: compute those scores instead, which loads the model.
    """
    hopeful, curve = fits >= HOPE, reranker.curve()
    if curve is None or not hopeful.any():
        return fits
    score: Score = (lambda pairs: reranker.score(pairs, progress)) if compute else reranker.cached
    return _moved(fits, hopeful, _scores(hopeful, topics, texts, score), curve)


def learned(fits: "Fits", scores: "Scores") -> RescoringCurve:
    """Learn the curve from the fits and scores of the same pairs, shape (pairs,) each, without labels.

    A score counts beside the fit, both standardised, as much as it correlates with it: one that has nothing to do with the
    fits changes none. The new log-odds have the mean and the deviation of the old ones, so that fits stay as sober as they were.
    """
    odds = _log_odds(fits)
    agreement = max(0.0, float(np.corrcoef(odds, scores)[0, 1])) if odds.std() and scores.std() else 0.0
    spread = float(np.sqrt(1 + 3 * agreement**2))  # of the sum: 1 + a² + 2a·a
    own, read = 1 / spread, agreement * float(odds.std() / (scores.std() or 1) / spread)
    offset = float(odds.mean()) * (1 - own) - read * float(scores.mean())
    offset, own, read = (float(np.float32(number)) for number in (offset, own, read))  # as they are kept
    return RescoringCurve(offset=offset, own=own, read=read, pairs=len(odds))


def _moved(fits: "Fits", hopeful: "NDArray[np.bool_]", scores: "Scores", curve: RescoringCurve) -> "Fits":
    moved = fits.copy()
    odds = curve.offset + curve.own * _log_odds(fits[hopeful]) + curve.read * scores
    moved[hopeful] = 1 / (1 + np.exp(-np.clip(odds, -40, 40)))
    moved[np.nonzero(hopeful)[0][np.isnan(scores)]] = np.nan
    return moved


def _scores(hopeful: "NDArray[np.bool_]", topics: Sequence[Topic], texts: Sequence[str], score: "Score") -> "Scores":
    """Return the score of each hopeful pair, row by row, shape (pairs,): that of the topic's description that suits the text best."""
    queries = [[f"{topic.name}. {wording}" for wording in topic.wordings] for topic in topics]
    rows, columns = (places.tolist() for places in np.nonzero(hopeful))
    flat = score([(query, texts[row]) for row, column in zip(rows, columns, strict=True) for query in queries[column]])
    starts = [0, *accumulate(len(queries[column]) for column in columns[:-1])]
    return np.maximum.reduceat(flat, starts)


def _log_odds(fits: "Fits") -> "Fits":
    inside = np.clip(fits, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(inside / (1 - inside)))
