"""Calibration of what is known of words: the statistics of word states and of their means, and the curve from scores to fits.

`calibration.npz` and `.json` are made by `benchmarks/calibrate_words.py`; the json file says when and from what.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from curator.core.protocols import EmbeddingSpace
from curator.ranking import embedding_space
from curator.ranking.words.late_interaction import WordSpace

WORD_MEANS: Final = "word means"  # name of the space of the mean states of rare words
_HERE = files("curator.ranking.words")
SAID: Final = 7.0  # rarity from which a word of a description counts for `narrowness`


class LateCurve(Struct, frozen=True, kw_only=True):
    """Coefficients of the logistic curve from scores to fits, in log-odds.

    A subject is judged by `pooled`, `cosine` and `maxsim` with the intercept `subject`, a field by its score as one alone, with
    `field` and `field_intercept`; `gate` decides between the two (`narrowness`).
    """

    pooled: float
    cosine: float
    maxsim: float
    subject: float
    field: float
    field_intercept: float
    gate: float


class LateScores(Struct, frozen=True, kw_only=True):
    """Scores of items for topics, each of shape (items, topics).

    `pooled`: scores of the pooled vectors. `cosine`: the mean cosine by the encoders that give no words, to queries in which the
    topics' names count too. `maxsim`: MaxSim. `field`: scores for topics that are whole fields (`fits.field_scores`).
    """

    pooled: NDArray[Any]
    cosine: NDArray[Any]
    maxsim: NDArray[Any]
    field: NDArray[Any]


class LateCalibration(Struct, frozen=True, kw_only=True):
    """Everything that turns word states into fits. `means`: statistics of the mean states of the rare words of a text."""

    space: WordSpace
    means: EmbeddingSpace
    curve: LateCurve


@cache
def bundled() -> LateCalibration:
    """Read the calibration that `benchmarks/calibrate_words.py` makes."""
    facts = json.loads(_HERE.joinpath("calibration.json").read_text("utf-8"))
    with _HERE.joinpath("calibration.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        space = WordSpace(*(arrays[part].astype(np.float32) for part in WordSpace._fields))
        means = embedding_space.read(WORD_MEANS, facts["means"], arrays)
    return LateCalibration(space=space, means=means, curve=LateCurve(**facts["curve"]))


def narrowness(words: NDArray[Any], parts: NDArray[Any], breadth: NDArray[Any], curve: LateCurve) -> NDArray[np.float64]:
    """Return how far each topic is a subject (1) rather than a whole field (0), shape (topics,).

    `words`, `parts`: numbers of rare words in its description, and of the parts that this lists. `breadth`: mean kinship to the ten
    background topics nearest to it. A subject takes many words to describe, in phrases and not word by word, and resembles no
    everyday topic.
    """
    long = (np.log(np.maximum(words, 1)) - 2.2) / 0.25
    phrased = np.log(np.maximum(words, 1) / np.maximum(parts, 1) / 2.2) / 0.6
    apart = (2.15 - breadth) / 0.25
    return np.asarray(1 / (1 + np.exp(-curve.gate * (long + phrased + apart) / 3)), np.float64)


def fits(scores: LateScores, narrow: NDArray[Any], curve: LateCurve) -> NDArray[np.float64]:
    """Return the probability that each item is about each topic, shape (items, topics). `narrow`: shape (topics,)."""
    subject = curve.pooled * scores.pooled + curve.cosine * scores.cosine + curve.maxsim * scores.maxsim + curve.subject
    wide = curve.field * scores.field + curve.field_intercept
    return np.asarray(1 / (1 + np.exp(-np.clip(narrow * subject + (1 - narrow) * wide, -40, 40))), np.float64)
