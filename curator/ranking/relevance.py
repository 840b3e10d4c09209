"""Relevance: the one place where a text becomes a fit.

A fit is the calibrated probability that a text is about a topic. It depends on the text and the topic alone, never on the
other items of the day, so every command that shows an item shows the same fits.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.item import Item
from curator.core.protocols import EmbeddingEngine, Progress, Store
from curator.core.story import Fit
from curator.core.text import urls
from curator.core.text.plain import contains, fold, line
from curator.ranking import embedding_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Calibration, Matrix

    Vectors = Mapping[str, Matrix]
    Fits = NDArray[np.float64]

# Background topics this near to a topic (in units of the space's `gap`) expand its query; those beyond FAR count against it.
# HELP is the weight of the expansion beside the topic itself, SETTLE keeps a single faint neighbour faint, RIVAL is the weight
# of the RIVALS far background topics that fit an item best. Moving any of them by a third changes no second decimal.
NEAR: Final = 2.2
FAR: Final = 1.3
HELP: Final = 1.3
SETTLE: Final = 1.1
RIVAL: Final = 0.6
RIVALS: Final = 3

# Examples of a topic pull its query by this weight. Since they bring near whatever resembles them, the fits of a topic with
# examples are lowered by SOBER log-odds. Both were measured with three examples a topic.
EXAMPLE: Final = 0.3
SOBER: Final = 0.55

# Characters of an item that are embedded at once. Longer passages rank no better: on articles of 700 to 2,000 characters
# nDCG@10 is .497 at 500, .496 at 700, .485 at 1,000 and .477 for whole texts. Some texts come to their point late: see HOPE.
READ: Final = 800
PASSAGES: Final = 5  # a text in doubt is read to so many passages at most
# A text is read beyond its first passage when that fits a topic with a probability from HOPE up to, but not including, SURE.
HOPE, SURE = 0.1, 0.8


def with_examples(brand: Brand, store: Store, progress: Progress) -> Brand:
    """Return the brand with the texts of its topics' examples. Notes every example that names no kept item."""

    def shown(topic: Topic) -> tuple[str, ...]:
        found = {each: store.find(urls.item_id(each) if urls.web(each) else each) for each in topic.examples}
        for each in (each for each, items in found.items() if len(items) != 1):
            progress.note(f"{line(topic.name, 60)}: no kept item is meant by the example {line(each, 200)} (curator save URL)")
        items = [items[0] for items in found.values() if len(items) == 1]
        texts = store.texts([item.id for item in items])
        return tuple(first_passage(item, texts.get(item.id, "")) for item in items)

    return replace(brand, topics=tuple(replace(topic, shown=shown(topic)) for topic in brand.topics))


# --- the passages of an item --------------------------------------------------------------------------------------


def passages(item: Item, text: str) -> tuple[str, ...]:
    """Return the passages of an item: its title and text, or its summary where it has no text, cut every READ characters."""
    return (first_passage(item, text), *later_passages(item, text))


def first_passage(item: Item, text: str) -> str:
    """Return the first READ characters of an item's title and text."""
    return _wording(item, text)[:READ].strip()


def later_passages(item: Item, text: str) -> tuple[str, ...]:
    """Return the passages after the first, PASSAGES - 1 at most. A remainder shorter than a quarter passage is dropped."""
    wording = _wording(item, text)
    cut = (wording[n * READ : (n + 1) * READ].strip() for n in range(1, PASSAGES))
    return tuple(passage for passage in cut if len(passage) >= READ // 4)


def folded(item: Item, text: str) -> str:
    """Return all that an item says, folded for comparing with phrases."""
    return fold(f"{item.title}\n{item.summary}\n{text}")


def _wording(item: Item, text: str) -> str:
    body = text or item.summary
    return body if fold(body[: 2 * len(item.title)]).startswith(fold(item.title)) else f"{item.title}\n{body}"


# --- from vectors to fits -----------------------------------------------------------------------------------------


class TopicVectors(Struct, frozen=True, kw_only=True):
    """The topics of a brand as the encoders embed them, by encoder name.

    `queries`: shape (topics, dim). `examples`: mean-centred unit vectors of shape (topics, dim), zeros for a topic without
    examples; None where no topic has any.
    """

    queries: "Vectors"
    examples: "Vectors | None" = None


class Recalled(Struct, frozen=True, kw_only=True):
    """What is known of items that were embedded before: those at `positions`, their vectors, and their fits to the topics.

    `fits`: shape (positions, topics), with a row of NaN for an item that was not read far enough; None where the topics
    themselves were never embedded.
    """

    positions: list[int]
    vectors: "Vectors"
    fits: "Fits | None"


class Relevance:
    """Scores texts and items against the topics of one brand.

    Embedding goes through `engine`, which keeps every vector it computes.
    """

    def __init__(self, brand: Brand, engine: EmbeddingEngine) -> None:
        self.brand, self.engine = brand, engine

    def of_items(self, items: Sequence[Item], texts: Mapping[str, str]) -> "tuple[Vectors, Fits]":
        """Score items. `texts`: their texts by item id, as far as there are any.

        The first passage of every item is embedded. The later ones are embedded where it leaves doubt, and the fits of all
        passages are averaged. A topic whose `avoid` phrase an item says has the fit 0. Returns the vectors of the first
        passages, shape (items, dim) by encoder, and the fits, shape (items, topics), each in 0…1.
        """
        if not items:
            return {}, np.zeros((0, len(self.brand.topics)))
        documents = [passages(item, texts.get(item.id, "")) for item in items]
        vectors = self.engine.embed_texts([document[0] for document in documents])
        averaged = _averaged(self.of_vectors(vectors), documents, self.of_texts)
        return vectors, self._without_avoided(averaged, items, texts)

    def of_texts(self, texts: Sequence[str], *, quick: bool = False) -> "Fits":
        """Score short texts, shape (texts, topics). quick: by the fastest encoder alone, an estimate that is never shown."""
        if not texts:
            return np.zeros((0, len(self.brand.topics)))
        return self.of_vectors(self.engine.embed_texts(texts, quick=quick), quick=quick)

    def of_vectors(self, vectors: "Vectors", *, quick: bool = False) -> "Fits":
        """Score texts by their document vectors, shape (texts, dim) by encoder. Returns shape (texts, topics)."""
        return fits(self._quick_topics if quick else self._topics, vectors, self.engine.calibration(vectors))

    def recall(self, items: Sequence[Item], texts: Mapping[str, str], *, embed_topics: bool = False) -> Recalled:
        """Score the items that were embedded before, as `of_items` does, without embedding an item.

        embed_topics: embed the topics where they were never embedded, which loads a model.
        """
        documents = [passages(item, texts.get(item.id, "")) for item in items]
        positions, vectors = self.engine.cached_texts([document[0] for document in documents])
        topics = (self._topics if embed_topics else self._recalled_topics()) if positions else None
        if topics is None:
            return Recalled(positions=positions, vectors=vectors, fits=None)
        first = fits(topics, vectors, self.engine.calibration(vectors))
        averaged = _averaged(first, [documents[n] for n in positions], lambda later: self._recalled(later, topics))
        return Recalled(positions=positions, vectors=vectors, fits=self._without_avoided(averaged, [items[n] for n in positions], texts))

    def knows_topics(self) -> bool:
        """Whether all topics and their examples were embedded before, so that items can be recalled without a model."""
        return self._recalled_topics() is not None

    def named(self, fits: "Fits") -> list[tuple[Fit, ...]]:
        """Return each item's fits as they are shown: named, rounded and best first; empty for a row of NaN.

        `fits`: shape (items, topics).
        """
        return [() if np.isnan(row).any() else named(self.brand, row) for row in fits]

    def centred(self, vectors: "Vectors") -> "Matrix":
        """Return the first encoder's vectors mean-centred, shape (items, dim); as they are, where nothing fixed is known of its space."""
        name = self.engine.encoders[0].name
        space = self.engine.calibration({}).spaces.get(name)
        return embedding_space.centred_documents(space, vectors[name]) if space else vectors[name]

    def _without_avoided(self, fits: "Fits", items: Sequence[Item], texts: Mapping[str, str]) -> "Fits":
        avoiding = [(n, topic) for n, topic in enumerate(self.brand.topics) if topic.avoid]
        if not avoiding:
            return fits
        said = [folded(item, texts.get(item.id, "")) for item in items]
        kept = fits.copy()
        for n, topic in avoiding:
            kept[[any(contains(words, phrase) for phrase in topic.avoid) for words in said], n] = 0.0
        return kept

    @cached_property
    def _topics(self) -> TopicVectors:
        return self._embedded_topics(quick=False)

    @cached_property
    def _quick_topics(self) -> TopicVectors:
        return self._embedded_topics(quick=True)

    def _embedded_topics(self, *, quick: bool) -> TopicVectors:
        queries = self.engine.embed_topics(self.brand.topics, quick=quick)
        owners, texts = self._examples()
        return TopicVectors(queries=queries, examples=self._pulled(owners, self.engine.embed_texts(texts, quick=quick)) if texts else None)

    def _recalled_topics(self) -> TopicVectors | None:
        """Return the topics as they were embedded before; None where one of them or of their examples never was."""
        queries = self.engine.cached_topics(self.brand.topics)
        owners, texts = self._examples()
        if queries is None:
            return None
        if not texts:
            return TopicVectors(queries=queries)
        known, rows = self.engine.cached_texts(texts)
        return TopicVectors(queries=queries, examples=self._pulled(owners, rows)) if len(known) == len(texts) else None

    def _examples(self) -> tuple[list[int], list[str]]:
        """Return the texts of all examples, and the position of the topic each belongs to."""
        pairs = [(n, text) for n, topic in enumerate(self.brand.topics) for text in topic.shown]
        return [n for n, _ in pairs], [text for _, text in pairs]

    def _pulled(self, owners: Sequence[int], rows: "Vectors") -> "Vectors":
        return example_means(rows, owners, len(self.brand.topics), self.engine.calibration(rows))

    def _recalled(self, texts: Sequence[str], topics: TopicVectors) -> "Fits":
        """Score texts that were embedded before; rows of NaN for the others."""
        positions, vectors = self.engine.cached_texts(texts)
        found = np.full((len(texts), len(self.brand.topics)), np.nan)
        if positions:
            found[positions] = fits(topics, vectors, self.engine.calibration(vectors))
        return found


def named(brand: Brand, row: "Sequence[float] | NDArray[Any]") -> tuple[Fit, ...]:
    """Return one item's fits, shape (topics,), named by topic, rounded and best first."""
    made = (Fit(topic=topic.name, fit=round(float(fit), 6)) for topic, fit in zip(brand.topics, row, strict=True))
    return tuple(sorted(made, key=lambda fit: -fit.fit))


def example_means(vectors: "Vectors", owners: Sequence[int], topics: int, calibration: "Calibration") -> "Vectors":
    """Return the mean direction of each topic's examples, shape (topics, dim) by encoder; zeros for a topic without examples.

    `vectors`: the examples, shape (n, dim) by encoder; `owners`: for each the position of its topic.
    """
    of = np.eye(topics, dtype=np.float32)[list(owners)].T
    return {
        name: embedding_space.unit(of @ embedding_space.centred_documents(calibration.spaces[name], rows)) for name, rows in vectors.items()
    }


def fits(topics: TopicVectors, vectors: "Vectors", calibration: "Calibration") -> "Fits":
    """Return the fit of every text to every topic, shape (texts, topics), each in 0…1.

    `vectors`: the texts' document vectors, shape (texts, dim) by encoder. A topic's query is expanded by the background
    topics near it. A text's score is its cosine to that query, less a share of its cosines to the far background topics
    that fit it best; encoders are summed by weight. A logistic curve turns the score into a probability (Platt 1999).
    """
    spaces = [space for name, space in calibration.spaces.items() if name in vectors]
    shares = np.array([space.weight for space in spaces]) / sum(space.weight for space in spaces)
    queries = [embedding_space.centred_queries(space, topics.queries[space.name]) for space in spaces]
    sober: NDArray[np.float64] = np.zeros(len(queries[0]))
    if topics.examples:
        queries = [embedding_space.unit(q + EXAMPLE * topics.examples[s.name]) for q, s in zip(queries, spaces, strict=True)]
        sober = np.where(topics.examples[spaces[0].name].any(axis=1), SOBER, 0.0)
    kinship = sum(share * (q @ space.background.T) / space.background_std for share, q, space in zip(shares, queries, spaces, strict=True))
    helpers = np.maximum(kinship - NEAR, 0)
    helpers /= helpers.sum(axis=1, keepdims=True) + SETTLE
    direct = background = np.zeros(1)
    for share, query, space in zip(shares, queries, spaces, strict=True):
        texts = embedding_space.centred_documents(space, vectors[space.name]) * (share / space.document_std)
        direct = direct + texts @ embedding_space.unit(query + HELP * helpers @ space.background).T
        background = background + texts @ space.background.T
    slope, intercept = calibration.curves.get("+".join(space.name for space in spaces), calibration.curves[""])
    against = np.stack([_strongest(background[:, row < FAR]) for row in kinship], axis=1)
    return _sigmoid(slope * (direct - RIVAL * against) + intercept - sober)


def _averaged(first: "Fits", documents: Sequence[Sequence[str]], score: Callable[[Sequence[str]], "Fits"]) -> "Fits":
    """Average the fits of all passages of the long texts whose first passage leaves doubt.

    `first`: fits of the first passages, shape (items, topics); `score` scores the later ones.
    """
    best = first.max(axis=1, initial=0.0)
    long = [n for n, passages in enumerate(documents) if len(passages) > 1 and HOPE <= best[n] < SURE]
    if not long:
        return first
    counts = [len(documents[n]) - 1 for n in long]
    later = score([passage for n in long for passage in documents[n][1:]])
    sums = np.add.reduceat(later, [0, *accumulate(counts[:-1])])
    averaged = first.copy()
    averaged[long] = (first[long] + sums) / (1 + np.array(counts)[:, None])
    return averaged


def _strongest(scores: "NDArray[Any]") -> "NDArray[Any]":
    """Return the mean of the RIVALS highest scores of each row, shape (rows,)."""
    most = min(RIVALS, scores.shape[1])
    return np.partition(scores, -most, axis=1)[:, -most:].mean(axis=1) if most else np.zeros(len(scores))


def _sigmoid(x: "NDArray[Any]") -> "Fits":
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))), np.float64)
