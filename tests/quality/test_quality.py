"""Pinned floors: the real encoders on a small day of invented texts, of which most fit one of eight topics and the rest none.

To change the texts, change `floors.json` too: it names their hash. A floor only ever rises.
"""

import json
from functools import cache
from hashlib import sha256
from math import log2
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray
from support import bundled
from support.labelled import TEXTS, TOPICS
from support.posts import item

from curator.core.brand import Brand, Topic
from curator.ranking import pipeline
from curator.ranking.passages import first_passage
from curator.ranking.relevance import Relevance

HERE = Path(__file__).parent
PINNED = json.loads((HERE / "floors.json").read_text("utf-8"))
HARD = [line.split("\t") for line in (HERE / "hard.tsv").read_text("utf-8").splitlines()]
BRAND = Brand(name="Quality", topics=tuple(Topic(name=name, about=about) for name, about in TOPICS.items()))
FITTING = np.array([[label == topic for topic in TOPICS] for label, *_ in TEXTS])


@cache
def fits(*, quick: bool) -> NDArray[np.float64]:
    """Every text against every topic, (texts, topics)."""
    return judged([(title, text) for _, _, title, text in TEXTS], quick=quick)


def judged(texts: list[tuple[str, str]], *, quick: bool = False) -> NDArray[np.float64]:
    """As a day judges them: the fit of titles with their texts to every topic, long ones read on."""
    items = [item(title=title) for title, _ in texts]
    items = [replace(each, id=f"{n:08d}") for n, each in enumerate(items)]
    by_id = {each.id: text for each, (_, text) in zip(items, texts, strict=True)}
    relevance = Relevance(BRAND, bundled.engine())
    if quick:
        return relevance.of_texts([first_passage(each, by_id[each.id]) for each in items], quick=True)
    return relevance.of_items(items, by_id)[1]


def ndcg(fitting: NDArray[np.bool_], k: int = 10) -> float:
    """Normalised discounted cumulative gain of the first k, for texts in ranked order."""
    gains = [1 / log2(place + 2) for place in range(k)]
    return sum(g for g, fit in zip(gains, fitting, strict=False) if fit) / sum(gains[: fitting.sum()])


def precision(fitting: NDArray[np.bool_]) -> float:
    """Average precision, for texts in ranked order."""
    places = np.flatnonzero(fitting)
    return float(np.mean((np.arange(len(places)) + 1) / (places + 1)))


def measured(*, quick: bool) -> dict[str, float]:
    found = fits(quick=quick)
    ranked = [FITTING[np.argsort(-column, kind="stable"), n] for n, column in enumerate(found.T)]
    sure = FITTING[found >= 0.8]
    return {
        "ndcg@10": float(np.mean([ndcg(r) for r in ranked])),
        "map": float(np.mean([precision(r) for r in ranked])),
        "right when sure": float(sure.mean()),
        "found at .3": float((found[FITTING] >= pipeline.FLOOR).mean()),
        "found at .5": float((found[FITTING] >= 0.5).mean()),
        "quiet about the rest": float((found[~FITTING] < 0.5).mean()),
    }


def test_the_floors_were_measured_on_these_texts() -> None:
    assert {name: sha256((HERE / name).read_bytes()).hexdigest() for name in PINNED["sha256"]} == PINNED["sha256"]


@pytest.mark.parametrize("look", ["both encoders", "a quick look"])
def test_ranking_does_not_fall_below_what_it_reached(look: str) -> None:
    reached, floors = measured(quick=look == "a quick look"), PINNED["floors"][look]
    assert reached.keys() == floors.keys()
    assert {name: value for name, value in reached.items() if value < floors[name]} == {}


def test_the_brand_that_shares_a_words_other_meaning_stays_below_what_is_meant() -> None:
    """ "Senja" is dusk in a photographer's brief; a café and a novel of that name are neither."""
    foto, titles = fits(quick=False)[:, list(TOPICS).index("foto")], [title for _, _, title, _ in TEXTS]
    at = {title: foto[n] for n, title in enumerate(titles)}
    novel, cafe = (next(fit for title, fit in at.items() if title.startswith(start)) for start in ("Senja di ujung", "Kopi Senja resmikan"))
    dusk = next(fit for title, fit in at.items() if title.startswith("Memotret senja"))
    assert dusk > 0.9 > 0.6 > max(novel, cafe)


def test_hard_cases_do_not_get_worse() -> None:
    """Right is: what fits a topic fits it best and at .5 or more; what fits none stays below .5 with all."""
    found = judged([(title, text) for *_, title, text in HARD])
    right: dict[str, list[bool]] = {}
    for (case, label, *_), row in zip(HARD, found, strict=True):
        best = list(TOPICS)[int(row.argmax())] if row.max() >= 0.5 else "-"
        right.setdefault(case, []).append(best == label)
    reached = {case: float(np.mean(some)) for case, some in right.items()}
    assert reached.keys() == PINNED["hard"].keys()
    assert {case: share for case, share in reached.items() if share < PINNED["hard"][case]} == {}
