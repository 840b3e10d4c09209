# ruff: noqa: T201 - a script that prints what it found
"""Make `curator/ranking/words/calibration.*` from labelled texts.

    python benchmarks/calibrate_words.py LABELLED_DIR [--vectors FOLDER] [--dry-run]

LABELLED_DIR holds `docs.jsonl` and `topics.json` (see `calibrate.py`), whose topics are fields, and `narrow.jsonl` and
`narrow-topics.json`, whose topics are subjects: a list of {name, about, lang, one, two} with the positions of the items that
touch the subject and of those that are squarely about it. Means and directions are taken from the texts and the background
topics without any label; the five fitted numbers of the curve see the labels of both. Printed: ranking and honesty of the narrow topics,
with the curve fitted to them all and with topics held out of the fit, and the honesty on fields.
"""

import argparse
import collections
import hashlib
import json
import math
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from msgspec.structs import asdict
from numpy.typing import NDArray
from scipy.optimize import minimize

import curator.ranking.words
from curator.core.brand import Brand, Topic
from curator.core.protocols import EmbeddingEngine, EmbeddingSpace
from curator.ranking import embedding_space
from curator.ranking.embed import calibration, e5, open_engine, weights, word_states
from curator.ranking.embed.encoder import batches
from curator.ranking.fits import late_scores
from curator.ranking.passages import READ
from curator.ranking.relevance import Relevance
from curator.ranking.words import calibration as late_calibration
from curator.ranking.words import late_interaction
from curator.ranking.words.calibration import LateCurve, LateScores
from curator.ranking.words.late_interaction import WordSpace
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors, SqliteVectors, word_cache

PACKAGE = Path(curator.ranking.words.__file__).parent
TAKEN, OTHERS = {"id": 400, "en": 400}, 160  # texts of each collection: in these languages, in each other one
DIRECTIONS, REMOVED = 8, 4  # directions between languages: of word states, and those of them taken out of their means
WEIGHT = 1.2  # of the mean states of rare words beside the second encoder's vectors, whose weight is .6
FIELDS = 0.1  # weight of all pairs of field labels beside all pairs of subjects
GATE = 6.0
POOLED = 0.4  # weight of the pooled score for subjects; fitted freely it is lost to the other two, and descriptions of a line are missed
NEUTRAL = LateCurve(pooled=POOLED, cosine=0, maxsim=0, subject=0, field=0, field_intercept=0, gate=GATE)
UNKNOWN = EmbeddingSpace(  # stands in the files until the words of texts can be encoded
    name=late_calibration.WORD_MEANS,
    **dict.fromkeys(embedding_space.ARRAYS, np.zeros((0, late_interaction.DIM), np.float32)),
    **dict.fromkeys(embedding_space.NUMBERS, 1.0),
)

Scores = dict[str, NDArray[Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--vectors", type=Path, help="keep vectors and words in this folder between runs")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    given = parser.parse_args()
    documents = sample(_lines(given.labelled / "docs.jsonl"))
    if not given.dry_run:
        _write_spaces(space := word_space(documents), UNKNOWN)
        late_calibration.bundled.cache_clear()
        _write_spaces(space, word_means(documents, given.vectors))
        late_calibration.bundled.cache_clear()
    curve = fit(given.labelled, documents, given.vectors)
    if not given.dry_run:
        _write(given.labelled, curve)


# --- without labels -----------------------------------------------------------------------------------------------


def sample(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    dice, groups = random.Random(7), collections.defaultdict(list)  # noqa: S311 - a sample, no secret
    for document in documents:
        groups[document["collection"], document["lang"]].append(document)
    taken = []
    for (_, lang), group in sorted(groups.items()):
        dice.shuffle(group)
        taken += group[: TAKEN.get(lang, OTHERS)]
    return taken


def word_space(documents: list[dict[str, Any]]) -> WordSpace:
    """Estimate means from the background topics and the texts; the directions from the collection whose texts are parallel."""
    queries = _means([wording for wordings in calibration.background() for wording in wordings], "query")
    texts = _means([d["text"][:READ] for d in documents], "document")
    languages = sorted({d["lang"] for d in documents if d["collection"] == "sib200"})
    parallel = np.stack(
        [_mean(texts, [n for n, d in enumerate(documents) if d["collection"] == "sib200" and d["lang"] == lang]) for lang in languages]
    )
    directions = np.linalg.svd(parallel - parallel.mean(axis=0), full_matrices=False)[2][:DIRECTIONS]
    home = [n for n, d in enumerate(documents) if d["lang"] in ("id", "en")]
    return WordSpace(_mean(queries, range(len(queries[1]))), _mean(texts, home), directions.astype(np.float32))


def word_means(documents: list[dict[str, Any]], vectors: Path | None) -> EmbeddingSpace:
    """Estimate the space of the mean states of rare words from the background topics and the texts."""
    engine, space = open_embedded(vectors), late_calibration.bundled().space
    wordings = [engine.embed_topic_words(topics) for topics in calibration.background()]
    queries = [np.stack([late_interaction.query_mean(late_interaction.load(body), space) for body in bodies]) for bodies in wordings]
    words = engine.embed_documents([d["text"][:READ] for d in documents]).known_words
    texts = late_interaction.compare((), late_interaction.unpack(list(words.values()))).means
    parallel = [n for n, of in enumerate(words) if documents[of]["collection"] == "sib200"]
    spoken = [documents[of]["lang"] for of in words]
    every = embedding_space.language_directions(texts[parallel], [spoken[n] for n in parallel], DIRECTIONS)
    name = late_calibration.WORD_MEANS
    return embedding_space.estimate(name, queries, texts, all_directions=every, directions=REMOVED, weight=WEIGHT)


def _means(texts: list[str], role: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the sum of each text's word states, shape (texts, 384), and the number of its words, shape (texts,)."""
    model, pieces = e5.model(weights.E5.verified()), word_states.Pieces(weights.read(weights.E5.verified()).pieces)
    module: Any = model[0]
    sums, counts = np.zeros((len(texts), late_interaction.DIM)), np.zeros(len(texts), np.int64)
    for batch in batches(texts):
        with torch.inference_mode():
            features = module(module.preprocess([texts[i] for i in batch], e5.PROMPTS[role]))
        for i, words in zip(batch, word_states.of_batch(features, pieces, skip=e5.SKIP), strict=True):
            sums[i], counts[i] = words.states.sum(axis=0), len(words.states)
    return sums, counts


def _mean(of: tuple[NDArray[np.float64], NDArray[np.int64]], rows: Any) -> NDArray[np.float32]:
    rows = list(rows)
    return np.asarray(of[0][rows].sum(axis=0) / of[1][rows].sum(), np.float32)


# --- scores -------------------------------------------------------------------------------------------------------


def open_embedded(vectors: Path | None) -> EmbeddingEngine:
    caches = (SqliteVectors(vectors / "vectors.db"), word_cache(vectors / "words.db")) if vectors else (MemoryVectors(), MemoryVectors())
    return open_engine("embedded", *caches, MemorySpaces())


def scores(topics: list[Topic], texts: list[str], vectors: Path | None) -> Scores:
    engine = open_embedded(vectors)
    known = Relevance(Brand(name="calibration", topics=tuple(topics)), engine)._topics
    encoded = engine.embed_documents(texts)
    assert known.late
    assert encoded.words is not None
    found, breadth = late_scores(known, known.late, encoded.vectors, list(encoded.known_words.values()), texts, engine.calibration({}))
    return {**asdict(found), "narrow": late_calibration.narrowness(known.late.lengths, known.late.counts, breadth, NEUTRAL)}


# --- with labels --------------------------------------------------------------------------------------------------


def fit(labelled: Path, documents: list[dict[str, Any]], vectors: Path | None) -> LateCurve:
    subjects, fields = (json.loads((labelled / name).read_text("utf-8")) for name in ("narrow-topics.json", "topics.json"))
    items = [f"{d['title']}\n{d['text']}"[:READ].strip() for d in _lines(labelled / "narrow.jsonl")]
    narrow = scores([Topic(name=t["name"], about=t["about"]) for t in subjects], items, vectors)
    wide = scores([Topic(name=t["id"], about=t["description"]) for t in fields], [d["text"][:READ] for d in documents], vectors)
    print("narrowness of subjects", np.round(np.sort(narrow["narrow"]), 2), "of fields", np.round(np.sort(wide["narrow"]), 2))
    graded = np.zeros(narrow["maxsim"].shape, int)
    for n, topic in enumerate(subjects):
        graded[topic["one"], n], graded[topic["two"], n] = 1, 2
    pairs = np.array([[d["collection"] == t["collection"] for t in fields] for d in documents])
    truth = np.array([[t["label"] in d["labels"] for t in fields] for d in documents])
    asked = pairs.any(axis=0)  # fields of collections that have texts
    pairs, truth, wide = pairs[:, asked], truth[:, asked], {name: of[..., asked] for name, of in wide.items()}
    curve = logistic(narrow, wide, graded > 0, truth, pairs, range(graded.shape[1]))
    held = np.zeros(graded.shape)
    for fold in np.array_split(np.random.default_rng(0).permutation(graded.shape[1]), 9):
        rest = [n for n in range(graded.shape[1]) if n not in fold]
        held[:, fold] = fits(narrow, logistic(narrow, wide, graded > 0, truth, pairs, rest))[:, fold]
    alone = {f"{name} alone": narrow[name] for name in ("maxsim", "pooled", "cosine", "field")}
    tables = {**alone, "topics held out": held, "all": fits(narrow, curve)}
    for name, found in tables.items():
        print(f"{name:16}", "nDCG@10 {:.3f} P@10 {:.3f} twos in 20 {:.3f}".format(*np.mean(measured(found, graded), axis=0)))
        print(bands(found, graded > 0, 10) if found.max() <= 1 else "")
    for topic, narrowness, row in zip(subjects, narrow["narrow"], measured(fits(narrow, curve), graded), strict=True):
        print(f"  {topic['name'][:40]:40} narrow {narrowness:.2f} nDCG {row[0]:.2f}")
    print("fields, all", bands(fits(wide, curve)[pairs], truth[pairs], 5))
    return curve


def columns(of: Scores) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the columns of the fitted numbers, and the part of the log-odds that is fixed."""
    gate = of["narrow"][None] * np.ones_like(of["maxsim"])
    fitted = np.stack([gate * of["cosine"], gate * of["maxsim"], gate, (1 - gate) * of["field"], 1 - gate], axis=-1)
    return fitted, POOLED * gate * of["pooled"]


def logistic(narrow: Scores, wide: Scores, subject: NDArray[Any], field: NDArray[Any], pairs: NDArray[Any], topics: Any) -> LateCurve:
    """Fit the curve by logistic regression with a light penalty, to these subjects and all fields."""
    (a, fixed_a), (b, fixed_b), topics = columns(narrow), columns(wide), list(topics)
    asked = [(b[chosen, n], fixed_b[chosen, n], field[chosen, n]) for n, chosen in enumerate(pairs.T)]
    parts = [*((a[:, n], fixed_a[:, n], subject[:, n]) for n in topics), *asked]
    rows, fixed, truth = (np.concatenate(column) for column in zip(*parts, strict=True))
    share = FIELDS * len(a) * len(topics) / len(asked)
    weights = np.concatenate([np.ones(len(a) * len(topics)), *(np.full(len(one[2]), share / len(one[2])) for one in asked)])
    scale = rows.std(axis=0)

    def loss(of: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        odds = rows @ (of / scale) + fixed
        wrong = 1 / (1 + np.exp(-odds)) - truth
        return float(weights @ (np.logaddexp(0, odds) - truth * odds) + of @ of / 200), (rows / scale).T @ (weights * wrong) + of / 100

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x / scale
    cosine, maxsim_, subject_, field_, intercept = (round(float(value), 4) for value in found)
    return LateCurve(
        pooled=POOLED,
        cosine=cosine,
        maxsim=maxsim_,
        subject=subject_,
        field=field_,
        field_intercept=intercept,
        gate=GATE,
    )


def fits(of: Scores, curve: LateCurve) -> NDArray[np.float64]:
    return late_calibration.fits(LateScores(**{part: of[part] for part in LateScores.__struct_fields__}), of["narrow"], curve)


def measured(found: NDArray[Any], graded: NDArray[Any]) -> list[tuple[float, float, float]]:
    """Return of each topic nDCG@10, precision at 10, and the share of its twos among the first 20."""

    def gain(grades: NDArray[Any]) -> float:
        return sum((2.0**grade - 1) / math.log2(n + 2) for n, grade in enumerate(grades[:10]))

    rows = []
    for column, grades in zip(found.T, graded.T, strict=True):
        ranked = grades[np.argsort(-column, kind="stable")]
        twos = (ranked[:20] == 2).sum() / min(20, (grades == 2).sum())
        rows.append((gain(ranked) / gain(np.sort(grades)[::-1]), float((ranked[:10] > 0).mean()), float(twos)))
    return rows


def bands(found: NDArray[Any], truth: NDArray[Any], n: int) -> str:
    band = np.minimum((found * n).astype(int), n - 1)
    return "  ".join(
        f"{found[band == b].mean():.2f}/{truth[band == b].mean():.2f} ({(band == b).sum()})" for b in range(n) if (band == b).any()
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _write_spaces(space: WordSpace, means: EmbeddingSpace) -> None:
    arrays = space._asdict() | {f"{means.name}/{part}": getattr(means, part) for part in embedding_space.ARRAYS}
    np.savez_compressed(PACKAGE / "calibration.npz", **{name: rows.astype(np.float16) for name, rows in arrays.items()})
    numbers = {part: round(getattr(means, part), 6) for part in embedding_space.NUMBERS}
    (PACKAGE / "calibration.json").write_text(json.dumps({"means": numbers, "curve": asdict(NEUTRAL)}), "utf-8")


def _write(labelled: Path, curve: LateCurve) -> None:
    inputs = ("docs.jsonl", "topics.json", "narrow.jsonl", "narrow-topics.json")
    made = {
        "script": "benchmarks/calibrate_words.py",
        "date": datetime.now(UTC).date().isoformat(),
        "sha256": {name: hashlib.sha256((labelled / name).read_bytes()).hexdigest() for name in inputs},
    }
    path = PACKAGE / "calibration.json"
    facts = json.loads(path.read_text("utf-8")) | {"made": made, "curve": asdict(curve)}
    path.write_text(json.dumps({part: facts[part] for part in ("made", "means", "curve")}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
