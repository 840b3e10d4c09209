"""The `EmbeddingEngine`: one or several encoders whose vectors are cached.

`embedded` stands for two models that come with the installation: multilingual-e5-small, where its package has a wheel, and
the multilingual Universal Sentence Encoder, which is faster and errs on other texts. Together they rank better than either.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cache, partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from curator.core.brand import Topic
from curator.core.protocols import (
    Calibration,
    EmbeddingEngine,
    EmbeddingSpace,
    EncodedTexts,
    Encoder,
    Reranker,
    Role,
    SpaceCache,
    VectorCache,
)
from curator.ranking.embed import calibration, weights
from curator.ranking.embed.cache import CachedEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

EMBEDDED: Final = "embedded"
GROWTH: Final = 2  # a learned space is estimated again from this many times as many documents


def open_engine(
    model: str,
    vectors: VectorCache,
    words: VectorCache,
    spaces: SpaceCache,
    reranker: Reranker | None = None,
    executor: Callable[[], Executor] | None = None,
) -> EmbeddingEngine:
    """Return the encoders of `[engine] model`. Nothing is loaded yet; loading raises NoModel.

    `vectors` and `words` cache what the encoders compute. `spaces` keeps what is learned about the space of a model that comes
    without a calibration. `executor`: opens the processes that load the models, None for this one.
    """
    encoders = _bundled(vectors, words, executor) if model == EMBEDDED else (_named(model, vectors, executor),)
    return EncoderEnsemble(encoders, spaces, reranker)


def open_reranker(model: str, scores: VectorCache) -> Reranker | None:
    """Return the cross-encoder of `[engine] reranker`, or None for "". Nothing is loaded yet. `scores` caches what it computes."""
    if not model:
        return None
    from curator.ranking.embed import hub
    from curator.ranking.embed.cross_encoder import CachedReranker

    hub.allow_download(model)
    return CachedReranker(hub.name(model), lambda: hub.load_cross_encoder(model), scores)


class EncoderEnsemble:
    """Encoders that embed the same texts, best first, fastest last."""

    def __init__(self, encoders: tuple[Encoder, ...], spaces: SpaceCache, reranker: Reranker | None = None) -> None:
        self.encoders = encoders
        self.reranker = reranker
        self._spaces = spaces

    @property
    def gives_words(self) -> bool:
        """Whether the first encoder gives the words of texts."""
        return self._word_source() is not None

    def embed_topics(self, topics: Sequence[Topic], *, quick: bool = False) -> "Mapping[str, Matrix]":
        """Embed topics, each as the mean of its wordings."""
        wordings, ends = _wordings(topics)
        return {encoder.name: _means(encoder.embed(wordings, "query"), ends) for encoder in self._chosen(quick)}

    def embed_texts(self, texts: Sequence[str], *, quick: bool = False) -> "Mapping[str, Matrix]":
        """Embed texts as documents."""
        return {encoder.name: encoder.embed(texts, "document") for encoder in self._chosen(quick)}

    def embed_documents(self, texts: Sequence[str]) -> EncodedTexts:
        """Embed texts as documents. The words come first: their pass also computes the first encoder's vectors."""
        source = self._word_source()
        words = source.embed_words(texts, "document") if source else None
        return EncodedTexts(vectors=self.embed_texts(texts), words=words)

    def cached_documents(self, texts: Sequence[str]) -> tuple[list[int], EncodedTexts]:
        """Return the positions of the texts whose vectors every encoder has in its cache, and what is cached of them."""
        rows = {encoder.name: _cached(encoder, texts, "document") for encoder in self.encoders}
        positions = sorted(set[int].intersection(*(set(known) for known in rows.values())))
        vectors = {name: _stacked(known, positions) for name, known in rows.items()}
        source = self._word_source()
        if not source:
            return positions, EncodedTexts(vectors=vectors)
        words = source.cached_words([texts[n] for n in positions], "document")
        return positions, EncodedTexts(vectors=vectors, words=[words.get(n) for n in range(len(positions))])

    def embed_topic_words(self, wordings: Sequence[str]) -> Sequence[bytes]:
        """Return the words of each wording of a topic; none without an encoder that gives words."""
        source = self._word_source()
        return source.embed_words(wordings, "query") if source else ()

    def cached_topic_words(self, wordings: Sequence[str]) -> Sequence[bytes] | None:
        """Return the cached words of each wording, or None where one is missing."""
        source = self._word_source()
        if not source:
            return ()
        known = source.cached_words(wordings, "query")
        return [known[n] for n in range(len(wordings))] if len(known) == len(wordings) else None

    def cached_topics(self, topics: Sequence[Topic]) -> "Mapping[str, Matrix] | None":
        """Return the topics' vectors from the caches, or None when a wording is missing."""
        wordings, ends = _wordings(topics)
        rows = {encoder.name: _cached(encoder, wordings, "query") for encoder in self.encoders}
        if any(len(known) < len(wordings) for known in rows.values()):
            return None
        return {name: _means(_stacked(known, range(len(wordings))), ends) for name, known in rows.items()}

    def embed_query(self, words: str) -> "NDArray[np.float32]":
        """Embed a search query without loading torch where the first encoder is a bundled one."""
        from curator.ranking.embed import query_encoder

        return query_encoder.embed(words, self.encoders[0])

    def calibration(self, documents: "Mapping[str, Matrix]") -> Calibration:
        """Return the bundled calibration, and the learned space of every encoder that is not in it.

        A space is estimated from the first documents, and again from GROWTH times as many.
        """
        known = calibration.bundled()
        others = [encoder for encoder in self.encoders if encoder.name not in known.spaces]
        learned = {encoder.name: self._space(encoder, documents.get(encoder.name)) for encoder in others}
        spaces = {name: space for name, space in learned.items() if space}
        return Calibration(spaces={**known.spaces, **spaces}, curves=known.curves)

    def _space(self, encoder: Encoder, documents: "Matrix | None") -> EmbeddingSpace | None:
        space, count = self._spaces.get(encoder.name) or (None, 0)
        if documents is None or (space and len(documents) < GROWTH * count):
            return space
        space = calibration.learned(encoder, documents)
        self._spaces.put(space, len(documents))
        return space

    def _word_source(self) -> CachedEncoder | None:
        first = self.encoders[0]
        return first if isinstance(first, CachedEncoder) and first.words else None

    def _chosen(self, quick: bool) -> tuple[Encoder, ...]:
        return self.encoders[-1:] if quick else self.encoders


def _wordings(topics: Sequence[Topic]) -> tuple[list[str], list[int]]:
    """Return the wordings of all topics end to end, and where those of each topic end."""
    return [w for topic in topics for w in topic.wordings], list(accumulate(len(topic.wordings) for topic in topics))


def _means(rows: "Matrix", ends: Sequence[int]) -> "Matrix":
    """Return the unit mean of each run of rows; `ends` holds the position after each run."""
    import numpy as np

    means = np.stack([rows[start:end].mean(axis=0) for start, end in pairwise((0, *ends))]) if ends else rows
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def _cached(encoder: Encoder, texts: Sequence[str], role: Role) -> "dict[int, NDArray[np.float32]]":
    """Return the cached vectors by position. An encoder without a cache has no model to load, so it embeds them all."""
    return encoder.cached(texts, role) if isinstance(encoder, CachedEncoder) else dict(enumerate(encoder.embed(texts, role)))


def _stacked(rows: "Mapping[int, NDArray[np.float32]]", positions: Sequence[int]) -> "Matrix":
    import numpy as np

    return np.stack([rows[position] for position in positions]) if positions else np.empty((0, 0), np.float32)


def _bundled(vectors: VectorCache, words: VectorCache, executor: Callable[[], Executor] | None) -> tuple[Encoder, ...]:
    use = CachedEncoder(weights.USE.name, _loader(executor, weights.USE.name, _load_use), vectors, dim=weights.USE.dim)
    if not weights.E5.path():
        return (use,)
    e5 = CachedEncoder(weights.E5.name, _loader(executor, weights.E5.name, _load_e5), vectors, dim=weights.E5.dim, words=words)
    return (e5, use)


def _loader(executor: Callable[[], Executor] | None, name: str, load: Callable[..., Encoder], *args: str) -> Callable[[], Encoder]:
    """Return what loads a model in this process, or in those of an executor."""
    if executor is None:
        return partial(load, *args)
    from curator.ranking.embed.remote import RemoteEncoder

    return lambda: RemoteEncoder(name, executor(), load, *args)


@cache
def _load_e5() -> Encoder:
    """Load the model, once for all libraries of the process."""
    _prepare_torch()
    from curator.ranking.embed import e5

    return e5.E5Encoder(weights.E5.name, weights.E5.verified())


@cache
def _load_use() -> Encoder:
    """Load the model, once for all libraries of the process."""
    _prepare_torch()
    from curator.ranking.embed import encoder, use

    return encoder.SentenceEncoder(weights.USE.name, use.model())


def _named(model: str, vectors: VectorCache, executor: Callable[[], Executor] | None) -> Encoder:
    from curator.ranking.embed import hub

    name = hub.name(model)
    return CachedEncoder(name, _loader(executor, name, hub.load, model), vectors)


def _prepare_torch() -> None:
    """Set, before torch is imported, what the bundled models need.

    They never use a hub, so no library may contact one. oneDNN keeps a compiled primitive for every shape of batch; no two
    batches have the same shape, so the cache saves nothing and holds 300 MB by the end of a run.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
