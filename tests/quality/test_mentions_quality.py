"""Pinned floors of mentions: names, half of them common words too, in invented sentences that mean them or do not.

`mentions.tsv` has the watch term, 1 where it is meant, the language and the text. The constants of `ranking/watch_terms.py` were
chosen on its odd lines.
"""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace
from support import bundled
from support.index import item
from support.parts import BRAND, NOW

from curator.core.brand import Watch
from curator.ranking import mentions
from curator.ranking.pipeline import Ranker

HERE = Path(__file__).parent
ROWS = [line.split("\t") for line in (HERE / "mentions.tsv").read_text("utf-8").splitlines()]
FLOORS = json.loads((HERE / "floors.json").read_text("utf-8"))["mentions"]
HASH = "ca2a4945a80a560ece85f833cddd447fb4930e61149d869ffd67f24d23c1e235"
WATCHES = (
    Watch(
        name="Kopi Senja",
        query='"kopi senja" OR @kopisenja -"senja kala"',
        like=("kedai Kopi Senja di Bandung membuka cabang baru", "we had a flat white from Kopi Senja"),
        unlike=("menikmati secangkir kopi senja di teras rumah", "puisi tentang kopi dan senja"),
    ),
    Watch(
        name="Grab",
        query="grab",
        like=("pengemudi Grab menuntut tarif yang adil", "Grab launched a new service in its app"),
        unlike=("grab a cup of tea on the way", "an attempt to grab power"),
    ),
    Watch(
        name="Tempo",
        query="tempo",
        like=("majalah Tempo memuat wawancara dengan menteri", "a reporter of Tempo was arrested"),
        unlike=("tempo lagu itu lambat", "cicilan yang jatuh tempo", "the runner kept a steady tempo"),
    ),
    Watch(
        name="Pagi Sore",
        query='"pagi sore"',
        like=("rumah makan Padang Pagi Sore menyajikan rendang", "lunch at Pagi Sore, a restaurant"),
        unlike=("ia berlatih pagi sore setiap hari", "salep dipakai pagi sore"),
    ),
    Watch(
        name="Pagan",
        query="pagan",
        like=("kafe Pagan menyajikan kopi saring", "an espresso at Pagan, the coffee bar"),
        unlike=("pagan gods and rituals", "kepercayaan pagan kuno"),
    ),
    Watch(
        name="Bumi Hijau",
        query='"bumi hijau" OR @bumihijau',
        like=("toko isi ulang Bumi Hijau menjual sabun", "the Bumi Hijau shop sells refills"),
        unlike=("ayo menanam pohon demi bumi hijau", "lagu tentang bumi yang hijau"),
    ),
)


@pytest.fixture(scope="module")
def judged() -> list[tuple[bool, bool]]:
    """For each row, whether the name is meant and whether it is told as a certain mention."""
    ranker = Ranker(replace(BRAND, watch=WATCHES), bundled.engine())
    items = [item(str(n), "Kabar", summary=text, lang=lang) for n, (_, _, lang, text) in enumerate(ROWS)]
    hits = [hit for each in items for hit in ranker.watching.hits(each, "")]
    sure = mentions.certainties(ranker, ranker.score(items, {}, NOW), hits, {})
    told = [sure.get((name, each.id), False) for each, (name, *_) in zip(items, ROWS, strict=True)]
    return [(meant == "1", certain) for (_, meant, *_), certain in zip(ROWS, told, strict=True)]


def quality(judged: list[tuple[bool, bool]]) -> dict[str, float]:
    right = sum(meant and certain for meant, certain in judged)
    return {"precision": right / sum(certain for _, certain in judged), "recall": right / sum(meant for meant, _ in judged)}


def test_the_floors_were_measured_on_these_sentences_of_which_half_are_traps():
    assert sha256((HERE / "mentions.tsv").read_bytes()).hexdigest() == HASH
    assert len(ROWS) >= 240
    assert sum(meant == "0" for _, meant, *_ in ROWS) * 2 >= len(ROWS) - 2
    assert {lang for _, _, lang, _ in ROWS} == {"id", "en"}


@pytest.mark.parametrize("part", ["all", "even"])
@pytest.mark.parametrize("measure", ["precision", "recall"])
def test_mentions_are_not_told_worse_than_they_were(judged: list[tuple[bool, bool]], part: str, measure: str):
    some = {"all": judged, "even": judged[1::2]}[part]
    assert quality(some)[measure] >= FLOORS[measure]
