# ruff: noqa: S311, T201 - a script that draws days by chance, and prints what it found
"""What reading only the pages that the first look finds worth it loses, on labelled texts.

    python benchmarks/cascade.py LABELLED_DIR [--vectors FILE] [--days 6] [--items 1000]

LABELLED_DIR holds `docs.jsonl` and `topics.json` as for calibrate.py; taken are its paragraphs, which are long enough. An
item's page has a paragraph; its feed tells the first words of it and two lines. Eight fit each topic of
the brand, hundreds fit none. They are judged twice: every page read, and only the pages that the first look chose. Printed
is the part of the first way's twenty best, in all and of each topic, that the second has among its twenty best too, the
same of those alone that a list could take, and how well each way ranks.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.item import Item, Source
from curator.core.protocols import EmbeddingEngine
from curator.core.story import ScoredItem
from curator.ranking import embed, pipeline
from curator.ranking.pipeline import Ranker
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors, SqliteVectors

NOW = datetime(2026, 11, 23, tzinfo=UTC)
COLLECTION = "nusapar"
TITLE, SUMMARY = 12, 200  # words of a title, characters of a summary
TOP, FITTING = 20, 8  # places that must not change hands; items that fit a topic

Doc = dict[str, Any]
Day = list[tuple[Item, str, str]]  # items with their whole texts and their labels


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("labelled", type=Path)
    asked.add_argument("--vectors", type=Path, help="keep the vectors in this file between runs")
    asked.add_argument("--days", type=int, default=6)
    asked.add_argument("--items", type=int, default=1000)
    given = asked.parse_args()
    engine = embed.open_engine(
        "embedded", SqliteVectors(given.vectors) if given.vectors else MemoryVectors(), MemoryVectors(), MemorySpaces()
    )
    topics = [t for t in json.loads((given.labelled / "topics.json").read_text("utf-8")) if t["collection"] == COLLECTION]
    docs = [json.loads(line) for line in (given.labelled / "docs.jsonl").read_text("utf-8").splitlines()]
    docs = [doc for doc in docs if doc["collection"] == COLLECTION and len(doc["labels"]) == 1]
    print(f"{'brand':9}{'pages':>6}{'read':>6}{'kept of the 20':>16}{'of each topic':>15}{'of what fits':>14}{'nDCG all':>10}{'chosen':>8}")
    for each in (2, 5):
        brands = [brand for _, brand in zip(range(given.days), _brands(topics, each), strict=False)]
        days = [(brand, _day(brand, docs, given.items, random.Random(n))) for n, brand in enumerate(brands)]
        for pages in (100, 150, 200, 300):
            pipeline.PAGES = pages
            told = np.mean([_measured(brand, day, engine) for brand, day in days], axis=0)
            print(
                f"{each} topics{pages:7}{told[0]:6.0f}{told[1]:16.3f}{told[2]:15.3f}{told[3]:14.3f}{told[4]:10.3f}{told[5]:8.3f}",
                flush=True,
            )


def _brands(topics: Sequence[Any], each: int) -> Iterator[Brand]:
    """Brands of so many topics, in Indonesian and in English by turns; a topic bears the name of its label."""
    for start in range(0, len(topics) // 2 - each + 1, each):
        for lang in ("id", "en"):
            some = [t for t in topics if t["lang"] == lang][start : start + each]
            yield Brand(name="Cascade", topics=tuple(Topic(name=t["label"], about=t["description"]) for t in some))


def _day(brand: Brand, docs: Sequence[Doc], count: int, chance: random.Random) -> Day:
    wanted = [topic.name for topic in brand.topics]
    fitting = [doc for name in wanted for doc in chance.sample([d for d in docs if d["labels"] == [name]], FITTING)]
    other = [doc for doc in docs if doc["labels"][0] not in wanted]
    return [_read(n, doc) for n, doc in enumerate([*fitting, *chance.sample(other, min(count - len(fitting), len(other)))])]


def _read(n: int, doc: Doc) -> tuple[Item, str, str]:
    text, source = doc["text"], Source(title="", feed=f"f{n % 40}")
    item = Item(
        id=f"{n:08}",
        url=f"https://s.example/{n}",
        title=" ".join(text.split()[:TITLE]),
        source=source,
        published=NOW,
        found=NOW,
        lang=doc["lang"],
        summary=text[:SUMMARY],
    )
    return item, text, doc["labels"][0]


def _measured(brand: Brand, day: Day, engine: EmbeddingEngine) -> tuple[float, ...]:
    items, texts = [item for item, _, _ in day], {item.id: text for item, text, _ in day}
    truth = {item.id: label for item, _, label in day}
    worth = {item.id for item in Ranker(brand, engine).worth_reading(items, NOW)}
    read = [replace(item, depth="article" if item.id in worth else "entry") for item in items]
    all_, chosen = (Ranker(brand, engine).score(read, some, NOW).ranked for some in (texts, {id_: texts[id_] for id_ in worth}))
    names = [topic.name for topic in brand.topics]
    each = np.mean([_kept(_best(all_, name), _best(chosen, name)) for name in names])
    listed = [r.item.id for r in all_[:TOP] if r.score.total > pipeline.FLOOR]
    top = [r.item.id for r in chosen[:TOP]]
    quality = [np.mean([_ndcg(_best(way, name), truth, name) for name in names]) for way in (all_, chosen)]
    return len(worth), _kept([r.item.id for r in all_[:TOP]], top), float(each), _kept(listed, top), *map(float, quality)


def _best(ranked: Sequence[ScoredItem], topic: str) -> list[str]:
    fit = {r.item.id: next(f.fit for f in r.score.fits if f.topic == topic) for r in ranked}
    return sorted(fit, key=lambda id_: (-fit[id_], id_))[:TOP]


def _kept(one: Sequence[str], other: Sequence[str]) -> float:
    return len(set(one) & set(other)) / max(len(one), 1)


def _ndcg(ids: Sequence[str], truth: dict[str, str], label: str, k: int = 10) -> float:
    gains = 1 / np.log2(np.arange(k) + 2)
    return float(sum(g for g, id_ in zip(gains, ids, strict=False) if truth[id_] == label) / gains.sum())


if __name__ == "__main__":
    main()
