"""Sentences that stand alone are told from those that do not, on labelled sentences in both languages."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.ranking import evidence
from curator.ranking.self_contained import self_contained

ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]
ALONE = 0.6
FLOORS = {"tune": 0.97, "held": 0.96, "last": 0.7}  # only rise


@pytest.mark.parametrize("split", FLOORS)
def test_sentences_are_not_judged_worse_than_they_were(split: str) -> None:
    right = [(self_contained(text) >= ALONE) == (label == "1") for part, _, label, _, text in ROWS if part == split]
    assert np.mean(right) >= FLOORS[split], f"{sum(right)} of {len(right)}"


def test_both_languages_and_every_kind_of_fault_are_among_the_labels() -> None:
    assert len(ROWS) >= 60
    for lang in ("id", "en"):
        kinds = {kind for _, language, _, kind, _ in ROWS if language == lang}
        assert kinds == {"claim", "quote", "dangling", "fragment", "short"}


@given(st.text(max_size=200))
def test_any_text_has_a_value_between_nothing_and_one(text: str) -> None:
    assert 0 <= self_contained(text) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "豆は農家から直接買い付けており、浅煎りで仕上げている。",
        "ชาวสวนกาแฟขายเมล็ดกาแฟให้กับร้านในเมือง",
        "ارتفعت أسعار البن في اليمن هذا العام بنسبة عشرين في المئة",
    ],
)
def test_a_sentence_of_another_script_is_not_held_back(text: str) -> None:
    assert self_contained(text) >= ALONE


def test_of_two_sentences_that_fit_alike_the_one_that_stands_alone_is_quoted() -> None:
    dangling = "It opened half an hour later than planned because of the rain."
    whole = "Cafés in Melbourne lend 4,000 cups a week through one shared deposit scheme."
    quotes = evidence.quotes([dangling, whole])
    assert evidence.best(quotes, np.array([0.9, 0.8]), "Refill").text == whole
    assert evidence.best(quotes, np.array([0.9, 0.05]), "Refill").text == dangling
