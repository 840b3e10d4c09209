"""Pinned floors: the real voters on a small day of invented texts, of which most fit one of eight topics and the rest none.

To change the texts, change `floors.json` too: it names their hash. A floor only ever rises.
"""

import json
from functools import cache
from hashlib import sha256
from math import log2
from pathlib import Path

import bundled
import numpy as np
import pytest
from numpy.typing import NDArray

from curator import rank
from curator.model import Topic

HERE = Path(__file__).parent
PINNED = json.loads((HERE / "floors.json").read_text("utf-8"))
TOPICS = json.loads((HERE / "topics.json").read_text("utf-8"))
TEXTS = [line.split("\t") for line in (HERE / "texts.tsv").read_text("utf-8").splitlines()]
FITTING = np.array([[label == topic for topic in TOPICS] for label, *_ in TEXTS])


@cache
def fits(*, quick: bool) -> NDArray[np.float64]:
    """Every text against every topic, (texts, topics)."""
    engine = bundled.engine()
    seen = engine.look([f"{title}\n{text}" for _, _, title, text in TEXTS], quick=quick)
    return rank.fits(engine.brief([Topic(name=name, about=about) for name, about in TOPICS.items()]), seen, engine.calibration(seen))


def ndcg(fitting: NDArray[np.bool_], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first k, for texts in ranked order."""
    gains = [1 / log2(place + 2) for place in range(k)]
    return sum(g for g, fit in zip(gains, fitting, strict=False) if fit) / sum(gains[: fitting.sum()])


def precision(fitting: NDArray[np.bool_]) -> float:
    """Average precision, for texts in ranked order."""
    places = np.flatnonzero(fitting)
    return float(np.mean((np.arange(len(places)) + 1) / (places + 1)))


def measured(*, quick: bool) -> dict[str, float]:
    judged = fits(quick=quick)
    ranked = [FITTING[np.argsort(-column, kind="stable"), n] for n, column in enumerate(judged.T)]
    sure = FITTING[judged >= 0.8]
    return {
        "ndcg@10": float(np.mean([ndcg(r) for r in ranked])),
        "map": float(np.mean([precision(r) for r in ranked])),
        "right when sure": float(sure.mean()),
        "found at .5": float((judged[FITTING] >= 0.5).mean()),
        "quiet about the rest": float((judged[~FITTING] < 0.5).mean()),
    }


def test_the_floors_were_measured_on_these_texts() -> None:
    assert {name: sha256((HERE / name).read_bytes()).hexdigest() for name in PINNED["sha256"]} == PINNED["sha256"]


@pytest.mark.parametrize("look", ["both voters", "a quick look"])
def test_ranking_does_not_fall_below_what_it_reached(look: str) -> None:
    reached, floors = measured(quick=look == "a quick look"), PINNED["floors"][look]
    assert reached.keys() == floors.keys()
    assert {name: value for name, value in reached.items() if value < floors[name]} == {}


def test_the_brand_that_shares_a_words_other_meaning_stays_below_what_is_meant() -> None:
    """ "Senja" is dusk in a photographer's brief; a café and a novel of that name are neither."""
    judged, titles = fits(quick=False)[:, list(TOPICS).index("foto")], [title for _, _, title, _ in TEXTS]
    at = {title: judged[n] for n, title in enumerate(titles)}
    novel, cafe = (next(fit for title, fit in at.items() if title.startswith(start)) for start in ("Senja di ujung", "Kopi Senja resmikan"))
    dusk = next(fit for title, fit in at.items() if title.startswith("Memotret senja"))
    assert dusk > 0.9 > 0.6 > max(novel, cafe)
