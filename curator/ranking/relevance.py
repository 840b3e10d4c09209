"""Relevance: the one place where a text becomes a fit.

A fit is the calibrated probability that a text is about a topic. It depends on the text and the topic alone, never on the
other items of the day, so every command that shows an item shows the same fits.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.item import Item
from curator.core.protocols import Calibration, EmbeddingEngine, EncodedTexts, Progress, Store
from curator.core.story import Fit
from curator.core.text import urls
from curator.core.text.plain import contains, line
from curator.ranking import embedding_space
from curator.ranking import rerank as reranking
from curator.ranking.embed.encoder import normalised
from curator.ranking.fits import LateTopics, TopicVectors, example_means, fits, late_fits, parts
from curator.ranking.passages import first_passage, folded, passages
from curator.ranking.words import calibration as late_calibration
from curator.ranking.words import late_interaction, lexicon
from curator.ranking.words.late_interaction import MatchedWord

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

    Vectors = Mapping[str, Matrix]
    Fits = NDArray[np.float64]

# A text is read beyond its first passage when that fits a topic with a probability from HOPE up to, but not including, SURE.
HOPE, SURE = 0.1, 0.8


def with_examples(brand: Brand, store: Store, progress: Progress) -> Brand:
    """Return the brand with the texts of its topics' examples. Notes every example that names no kept item."""

    def shown(topic: Topic) -> tuple[str, ...]:
        found = {each: _meant(store, each) for each in topic.examples}
        for each in (each for each, items in found.items() if len(items) != 1):
            progress.note(f"{line(topic.name, 60)}: no kept item is meant by the example {line(each, 200)} (curator save URL)")
        items = [items[0] for items in found.values() if len(items) == 1]
        texts = store.texts([item.id for item in items])
        return tuple(first_passage(item, texts.get(item.id, "")) for item in items)

    return replace(brand, topics=tuple(replace(topic, shown=shown(topic)) for topic in brand.topics))


def _meant(store: Store, example: str) -> list[Item]:
    if not urls.web(example):
        return store.find(example)
    return [item for id_ in urls.page_ids(example) for item in store.find(id_)][:1]


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

    Embedding goes through `engine`, which keeps every vector it computes. `progress` shows how far its cross-encoder is.
    """

    def __init__(self, brand: Brand, engine: EmbeddingEngine, progress: Progress | None = None) -> None:
        self.brand, self.engine, self._progress = brand, engine, progress

    def of_items(self, items: Sequence[Item], texts: Mapping[str, str], *, rerank: bool = True) -> "tuple[Vectors, Fits]":
        """Score items. `texts`: their texts by item id, as far as there are any.

        The first passage of every item is embedded. The later ones are embedded where it leaves doubt, and the fits of all
        passages are averaged. A topic whose `avoid` phrase an item says has the fit 0. The brand's cross-encoder scores the
        first passages again where they leave hope; not so with rerank=False, an estimate that is never shown. Returns the vectors
        of the first passages, shape (items, dim) by encoder, and the fits, shape (items, topics), each in 0…1.
        """
        if not items:
            return {}, np.zeros((0, len(self.brand.topics)))
        documents = [passages(item, texts.get(item.id, "")) for item in items]
        encoded = self.engine.embed_documents([document[0] for document in documents])
        first = self._fits(self._topics, encoded, [document[0] for document in documents])
        found = self._without_avoided(_averaged(first, documents, self.of_texts), items, texts)
        if rerank and self.engine.reranker:
            begins = [document[0] for document in documents]
            found = reranking.rescored(found, self.brand.topics, begins, self.engine.reranker, self._progress)
        return encoded.vectors, found

    def of_texts(self, texts: Sequence[str], *, quick: bool = False) -> "Fits":
        """Score short texts, shape (texts, topics). quick: by the fastest encoder alone, an estimate that is never shown."""
        if not texts:
            return np.zeros((0, len(self.brand.topics)))
        if not quick:
            return self._fits(self._topics, self.engine.embed_documents(texts), texts)
        vectors = self.engine.embed_texts(texts, quick=True)
        return fits(self._quick_topics, vectors, self.engine.calibration(vectors))

    def recall(self, items: Sequence[Item], texts: Mapping[str, str], *, embed_topics: bool = False, compute: bool = False) -> Recalled:
        """Score the items that were embedded before, as `of_items` does, without embedding an item.

        embed_topics: embed the topics where they were never embedded, which loads a model. compute: compute the cross-encoder's
        scores that are not kept, which loads it.
        """
        documents = [passages(item, texts.get(item.id, "")) for item in items]
        positions, encoded = self.engine.cached_documents([document[0] for document in documents])
        topics = (self._topics if embed_topics else self._recalled_topics()) if positions else None
        if topics is None:
            return Recalled(positions=positions, vectors=encoded.vectors, fits=None)
        known = [documents[n] for n in positions]
        first = self._fits(topics, encoded, [document[0] for document in known])
        averaged = _averaged(first, known, lambda later: self._recalled(later, topics))
        kept = self._without_avoided(averaged, [items[n] for n in positions], texts)
        if self.engine.reranker:
            begins = [document[0] for document in known]
            kept = reranking.recalled(kept, self.brand.topics, begins, self.engine.reranker, self._progress, compute=compute)
        return Recalled(positions=positions, vectors=encoded.vectors, fits=kept)

    def matched_words(self, texts: Sequence[str], topics: Sequence[str]) -> list[list[MatchedWord]]:
        """Return for each text, as `first_passage` returns it, the words of its topic that it met, the weightiest first.

        `topics`: the name of each text's topic. Empty where no encoder gives words.
        """
        late = self._topics.late if texts else None
        words = self.engine.embed_documents(texts).known_words if late else {}
        if late is None or not words:
            return [[] for _ in texts]
        items, names = late_interaction.unpack(list(words.values())), [topic.name for topic in self.brand.topics]
        own = {name: [words for n, words in late.wordings if names[n] == name] for name in names}
        rows = zip(texts, topics, strict=True)
        return [late_interaction.matches(own[topic], items, n, " ".join(normalised(text).split())) for n, (text, topic) in enumerate(rows)]

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
        if quick:
            examples = self.engine.embed_texts(texts, quick=True) if texts else {}
            return TopicVectors(queries=queries, examples=self._pulled(owners, examples) if texts else None)
        encoded = self.engine.embed_documents(texts) if texts else EncodedTexts(vectors={}, words=())
        late = None
        if self.engine.gives_words:
            words = self.engine.embed_topic_words(self._worded())
            late = self._late(self.engine.embed_topics(self._named()), words, list(encoded.known_words.values()))
        return TopicVectors(queries=queries, examples=self._pulled(owners, encoded.vectors) if texts else None, late=late)

    def _recalled_topics(self) -> TopicVectors | None:
        """Return the topics as they were embedded before; None where one of them or of their examples never was."""
        queries = self.engine.cached_topics(self.brand.topics)
        named = self.engine.cached_topics(self._named()) if self.engine.gives_words else {}
        words = self.engine.cached_topic_words(self._worded())
        owners, texts = self._examples()
        known, encoded = self.engine.cached_documents(texts) if texts else ([], EncodedTexts(vectors={}, words=()))
        shown = list(encoded.known_words.values())
        if queries is None or named is None or words is None or len(known) < len(texts) or (words and len(shown) < len(texts)):
            return None
        late = self._late(named, words, shown) if words else None
        return TopicVectors(queries=queries, examples=self._pulled(owners, encoded.vectors) if texts else None, late=late)

    def _late(self, named: "Vectors", words: Sequence[bytes], examples: Sequence[bytes]) -> LateTopics:
        space, wordings = late_calibration.bundled().space, self._wordings()
        states = [late_interaction.load(body) for body in words[: len(wordings)]]
        spoken = [lexicon.language_of(". ".join((topic.name, *topic.wordings))) for topic in self.brand.topics]
        topics = [
            (n, late_interaction.topic_words(each, space, self.brand.topics[n].name, text, spoken[n]))
            for (n, text, _), each in zip(wordings, states, strict=True)
        ]
        longest = np.zeros((len(self.brand.topics), 2), np.int64)
        for (n, text, whole), each in zip(wordings, states, strict=True):
            if whole and (length := _rare_words(each, self.brand.topics[n].name)) > longest[n, 0]:
                longest[n] = length, len(parts(text))
        owners = self._examples()[0]
        return LateTopics(
            named=named,
            wordings=[topic for topic, (_, _, whole) in zip(topics, wordings, strict=True) if whole],
            parts=[topic for topic, (_, _, whole) in zip(topics, wordings, strict=True) if not whole],
            examples=[(n, late_interaction.example_words(body)) for n, body in zip(owners, examples, strict=True)],
            means=self._means(words[len(wordings) :]),
            example_means=self._example_means(owners, examples),
            lengths=longest[:, 0],
            counts=longest[:, 1],
        )

    def _means(self, words: Sequence[bytes]) -> "Matrix":
        """Return the mean state of the words of each topic's descriptions, shape (topics, dim)."""
        means = np.zeros((len(self.brand.topics), late_interaction.DIM), np.float32)
        owners = (n for n, topic in enumerate(self.brand.topics) for _ in topic.wordings)
        for n, body in zip(owners, words, strict=True):
            means[n] += late_interaction.query_mean(late_interaction.load(body), late_calibration.bundled().space)
        return embedding_space.unit(means)

    def _example_means(self, owners: Sequence[int], examples: Sequence[bytes]) -> "Matrix | None":
        if not examples:
            return None
        name = late_calibration.WORD_MEANS
        means = {name: late_interaction.compare((), late_interaction.unpack(examples)).means}
        spaces = Calibration(spaces={name: late_calibration.bundled().means}, curves={})
        return example_means(means, owners, len(self.brand.topics), spaces)[name]

    def _named(self) -> list[Topic]:
        """Return the topics with their names among their wordings."""
        return [replace(topic, about=(*topic.wordings, topic.name)) for topic in self.brand.topics]

    def _wordings(self) -> list[tuple[int, str, bool]]:
        """Return what late interaction compares: every description and every part of one, with the position of its topic.

        The last value tells whether it is a whole description.
        """
        topics = enumerate(self.brand.topics)
        described = [(n, text) for n, topic in topics for text in topic.wordings]
        return [row for n, text in described for row in ((n, text, True), *((n, part, False) for part in parts(text)))]

    def _worded(self) -> list[str]:
        """Return the texts whose words are embedded: those of `_wordings`, each behind the name of its topic, then all descriptions."""
        named = [f"{self.brand.topics[n].name}. {text}" for n, text, _ in self._wordings()]
        return [*named, *(text for topic in self.brand.topics for text in topic.wordings)]

    def _examples(self) -> tuple[list[int], list[str]]:
        """Return the texts of all examples, and the position of the topic each belongs to."""
        pairs = [(n, text) for n, topic in enumerate(self.brand.topics) for text in topic.shown]
        return [n for n, _ in pairs], [text for _, text in pairs]

    def _pulled(self, owners: Sequence[int], rows: "Vectors") -> "Vectors":
        return example_means(rows, owners, len(self.brand.topics), self.engine.calibration(rows))

    def _recalled(self, texts: Sequence[str], topics: TopicVectors) -> "Fits":
        """Score texts that were embedded before; rows of NaN for the others."""
        positions, encoded = self.engine.cached_documents(texts)
        found = np.full((len(texts), len(self.brand.topics)), np.nan)
        if positions:
            found[positions] = self._fits(topics, encoded, [texts[n] for n in positions])
        return found

    def _fits(self, topics: TopicVectors, encoded: EncodedTexts, texts: Sequence[str]) -> "Fits":
        """Score embedded texts; rows of NaN for those whose words are not known, where words count."""
        calibration = self.engine.calibration(encoded.vectors)
        if not topics.late or encoded.words is None:
            return fits(topics, encoded.vectors, calibration)
        words = encoded.known_words
        found = np.full((len(texts), len(self.brand.topics)), np.nan)
        if words:
            known = list(words)
            vectors = {name: rows[known] for name, rows in encoded.vectors.items()}
            found[known] = late_fits(topics, topics.late, vectors, list(words.values()), [texts[n] for n in known], calibration)
        return found


def named(brand: Brand, row: "Sequence[float] | NDArray[Any]") -> tuple[Fit, ...]:
    """Return one item's fits, shape (topics,), named by topic, rounded and best first."""
    made = (Fit(topic=topic.name, fit=round(float(fit), 6)) for topic, fit in zip(brand.topics, row, strict=True))
    return tuple(sorted(made, key=lambda fit: -fit.fit))


def _rare_words(words: late_interaction.WordStates, name: str) -> int:
    """Count the rare words of a wording behind the topic's name, which it begins with."""
    own = words.spans[:, 0] > len(name)
    return int((words.rarity[own] > late_calibration.SAID).sum())


def _averaged(first: "Fits", documents: Sequence[Sequence[str]], score: Callable[[Sequence[str]], "Fits"]) -> "Fits":
    """Average the fits of all passages of the long texts to the topics about which the first passage leaves doubt.

    `first`: fits of the first passages, shape (items, topics); `score` scores the later ones. The other topics keep their fits,
    so that a fit does not depend on which topics stand beside.
    """
    doubt = (first >= HOPE) & (first < SURE)
    long = [n for n, passages in enumerate(documents) if len(passages) > 1 and doubt[n].any()]
    if not long:
        return first
    counts = [len(documents[n]) - 1 for n in long]
    later = score([passage for n in long for passage in documents[n][1:]])
    sums = np.add.reduceat(later, [0, *accumulate(counts[:-1])])
    averaged = first.copy()
    averaged[long] = np.where(doubt[long], (first[long] + sums) / (1 + np.array(counts)[:, None]), first[long])
    return averaged
