# ruff: noqa: T201 - a script that prints what it found
"""What taste learns from picks and skips, on labelled texts: a brand of one topic, eight fitting texts left to find.

    python benchmarks/learning.py LABELLED_DIR [--vectors FILE] [--seeds 3]

LABELLED_DIR holds `docs.jsonl` and `topics.json` as for calibrate.py. For every topic and language that has enough texts:
eight fitting texts are set aside, some others are picked, some that do not fit are skipped, and the eight are ranked among
all other texts that do not fit. Skipped are texts drawn by lot, of the best fitting ones (as a person meets them), or the
very best fitting ones alone, when picked are the best fitting ones too. Printed are the means of nDCG@10 without and with
taste, the standard error of the gain over topics and languages, and how often it is lower.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import log2
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from msgspec import Struct

from curator.core.brand import Brand, Topic
from curator.core.item import Item, Source
from curator.core.post import Decision, ItemState
from curator.ranking import embed, preference
from curator.ranking.pipeline import Ranker
from curator.ranking.scored_items import ScoredItems
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors, SqliteVectors

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LEFT, TEXTS = 8, 160  # fitting texts to find; texts of a language that take part
STEPS = ((3, 5), (5, 10), (10, 20), (20, 40))
WAYS = ("by lot", "of the best", "the very best")
# Who asks in which language, and what is found: in each collection, languages of the texts that may fit.
TASKS = {
    "sib200": (("id", ("id",)), ("en", ("en",)), ("id", ("en",)), ("en", ("id",)), ("id", ("ja", "ar", "hi", "es")), ("id", ("id", "en"))),
    "nusapar": (("id", ("x-betawi",)), ("en", ("x-betawi",)), ("id", ("jv", "su", "x-minang"))),
}


class Case(Struct, frozen=True, kw_only=True):
    """One topic's day: all texts judged, best first; `rows`: what encoders see of them.

    `fitting`, `other`: the places of those that fit and may be found, and of those that do not fit.
    """

    brand: Brand
    judged: ScoredItems
    rows: Any
    fitting: list[int]
    other: list[int]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("labelled", type=Path)
    asked.add_argument("--vectors", type=Path, help="keep the vectors in this file between runs")
    asked.add_argument("--seeds", type=int, default=3, help="how often each case is drawn")
    given = asked.parse_args()
    engine = embed.open_engine(
        "embedded", SqliteVectors(given.vectors) if given.vectors else MemoryVectors(), MemoryVectors(), MemorySpaces()
    )
    cases = list(_cases(given.labelled, engine))
    print(f"{'skipped':15}{'picks+skips':>12}{'cases':>7}{'without':>9}{'with':>7}{'gain':>8}{'±':>6}{'lower':>7}")
    for way in WAYS:
        for picks, skips in STEPS:
            _row(way, picks, skips, cases, given.seeds)


def _row(way: str, picks: int, skips: int, cases: Sequence[Case], seeds: int) -> None:
    fit = [(case, seed) for seed in range(seeds) for case in cases if len(case.fitting) >= LEFT + picks]
    pairs = np.array([_learned(case, way, picks, skips, Random(f"{n} {seed}")) for n, (case, seed) in enumerate(fit)])  # noqa: S311
    without, with_ = pairs.mean(axis=0)
    gains = pairs[:, 1] - pairs[:, 0]
    of_case = gains.reshape(seeds, -1).mean(axis=0)
    error, lower = of_case.std(ddof=1) / len(of_case) ** 0.5, (gains < -1e-9).mean()
    told = f"{len(fit):7}{without:9.3f}{with_:7.3f}{with_ - without:+8.3f}{error:6.3f}{lower:7.0%}"
    print(f"{way:15}{f'{picks}+{skips}':>12}{told}", flush=True)


def _learned(case: Case, way: str, picks: int, skips: int, dice: Random) -> tuple[float, float]:
    """nDCG@10 of the texts left to find, without and with taste."""
    keep = set(dice.sample(case.fitting, LEFT))
    rest = [n for n in case.fitting if n not in keep]
    picked = rest[:picks] if way == WAYS[2] else dice.sample(rest, picks)
    skipped = dice.sample(case.other[: {WAYS[0]: None, WAYS[1]: 5 * skips, WAYS[2]: skips}[way]], skips)
    handled = dice.sample(picked + skipped, picks + skips)
    examples = [_example(case, n, n in picked, at) for at, n in enumerate(handled)]
    places = [n for n in sorted({*keep, *case.other}) if n not in handled]
    ranked = [case.judged.ranked[n] for n in places]
    learned = preference.learn(examples, case.rows[handled], [r.item for r in ranked], case.rows[places])
    swayed = preference.apply(ranked, case.rows[places], learned, case.brand)
    sought = {case.judged.ranked[n].item.id for n in keep}
    return _ndcg([r.item.id in sought for r in ranked]), _ndcg([r.item.id in sought for r in swayed])


def _example(case: Case, n: int, liked: bool, at: int) -> preference.Example:
    item, verdict = case.judged.ranked[n].item, "pick" if liked else "skip"
    decision = Decision(number=at, command=at, at=NOW + timedelta(minutes=at), item=item.id, verdict=verdict, before=ItemState())
    return preference.Example(decision=decision, item=item, text="")


def _cases(labelled: Path, engine: Any) -> Iterator[Case]:
    topics = json.loads((labelled / "topics.json").read_text("utf-8"))
    for collection, docs in _texts(labelled).items():
        items, texts = [_item(doc, n) for n, doc in enumerate(docs)], {str(n): doc["text"] for n, doc in enumerate(docs)}
        for asker, found in TASKS[collection]:
            for topic in (t for t in topics if t["collection"] == collection and t["lang"] == asker):
                brand = Brand(name="Learning", topics=(Topic(name=topic["label"], about=topic["description"]),))
                judged = Ranker(brand, engine).score(items, texts, NOW)
                rows = preference.document_vectors(judged.vectors, engine.calibration(judged.vectors))
                own = [docs[int(r.item.id)] for r in judged.ranked]
                fits = [topic["label"] in doc["labels"] for doc in own]
                fitting = [n for n, doc in enumerate(own) if fits[n] and doc["lang"] in found]
                yield Case(brand=brand, judged=judged, rows=rows, fitting=fitting, other=[n for n, fit in enumerate(fits) if not fit])


def _texts(labelled: Path) -> dict[str, list[dict[str, Any]]]:
    """The texts of each collection that take part, the same of each language every time."""
    dice, pool = Random(7), defaultdict(list)  # noqa: S311
    for line in (labelled / "docs.jsonl").read_text("utf-8").splitlines():
        doc = json.loads(line)
        pool[doc["collection"], doc["lang"]].append(doc)
    taken: dict[str, list[dict[str, Any]]] = {}
    for collection, tasks in TASKS.items():
        for lang in dict.fromkeys(lang for _, found in tasks for lang in found):
            dice.shuffle(pool[collection, lang])
            taken.setdefault(collection, []).extend(pool[collection, lang][:TEXTS])
    return taken


def _item(doc: dict[str, Any], n: int) -> Item:
    source, words = Source(title="labelled", feed="labelled"), len(doc["text"].split())
    return Item(id=str(n), url="", title=doc["title"], source=source, published=NOW, found=NOW, lang=doc["lang"], words=words)


def _ndcg(right: Sequence[bool], k: int = 10) -> float:
    gains = [1 / log2(place + 2) for place in range(k)]
    return sum(gain for gain, hit in zip(gains, right, strict=False) if hit) / sum(gains[: sum(right)])


if __name__ == "__main__":
    main()
