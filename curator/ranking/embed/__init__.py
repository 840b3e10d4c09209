"""The voters: models that turn texts into vectors. Importing this is cheap; a model is loaded at the first text it does not know.

`embedded` is two models that come with the installation: multilingual-e5-small, where its package has a wheel, and the
multilingual Universal Sentence Encoder, which is faster and errs elsewhere. Both together are better than either.
"""

import os
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from curator.core.brand import Topic
from curator.core.protocols import Calibration, EmbeddingEngine, EmbeddingSpace, Encoder, Role, VectorCache
from curator.ranking.embed import calibration, weights
from curator.ranking.embed.cache import CachedEncoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

EMBEDDED: Final = "embedded"


def open_engine(model: str, vectors: VectorCache) -> EmbeddingEngine:
    """The voters of `[engine] model`; nothing is loaded yet. Loading raises NoModel."""
    voters = _embedded(vectors) if model == EMBEDDED else (_named(model, vectors),)
    return EncoderEnsemble(voters)


class EncoderEnsemble:
    """The `Engine`: the first voter is the best, the last the fastest."""

    def __init__(self, voters: tuple[Encoder, ...]) -> None:
        self.voters = voters
        self._learned: dict[str, tuple[int, EmbeddingSpace]] = {}

    def brief(self, topics: Sequence[Topic], *, quick: bool = False) -> "Mapping[str, Matrix]":
        asked, ends = _wordings(topics)
        return {voter.name: _means(voter.embed(asked, "query"), ends) for voter in self.voters[-1 if quick else 0 :]}

    def look(self, texts: Sequence[str], *, quick: bool = False) -> "Mapping[str, Matrix]":
        return {voter.name: voter.embed(texts, "document") for voter in self.voters[-1 if quick else 0 :]}

    def recall(self, texts: Sequence[str]) -> "tuple[list[int], Mapping[str, Matrix]]":
        rows = {voter.name: _remembered(voter, texts, "document") for voter in self.voters}
        places = sorted(set[int].intersection(*(set(known) for known in rows.values())))
        return places, {name: _stacked(known, places) for name, known in rows.items()}

    def recall_brief(self, topics: Sequence[Topic]) -> "Mapping[str, Matrix] | None":
        asked, ends = _wordings(topics)
        rows = {voter.name: _remembered(voter, asked, "query") for voter in self.voters}
        if any(len(known) < len(asked) for known in rows.values()):
            return None
        return {name: _means(_stacked(known, range(len(asked))), ends) for name, known in rows.items()}

    def ask(self, words: str) -> "NDArray[np.float32]":
        from curator.ranking.embed import query_encoder

        return query_encoder.ask(words, self.voters[0])

    def calibration(self, seen: "Mapping[str, Matrix]") -> Calibration:
        """The bundled one; a model not in it keeps what it learned from the most items it was shown."""
        known = calibration.bundled()
        for voter in self.voters:
            rows = seen.get(voter.name)
            if voter.name not in known.lenses and rows is not None and len(rows) > self._learned.get(voter.name, (-1,))[0]:
                self._learned[voter.name] = len(rows), calibration.learned(voter, rows)
        return Calibration(lenses={**known.lenses, **{name: lens for name, (_, lens) in self._learned.items()}}, curves=known.curves)


def _wordings(topics: Sequence[Topic]) -> tuple[list[str], list[int]]:
    """All that the topics are asked by, and where each one's wordings end."""
    return [w for topic in topics for w in topic.wordings], list(accumulate(len(topic.wordings) for topic in topics))


def _means(rows: "Matrix", ends: Sequence[int]) -> "Matrix":
    """The unit mean of each run of rows that ends before one of `ends`."""
    import numpy as np

    means = np.stack([rows[start:end].mean(axis=0) for start, end in pairwise((0, *ends))]) if ends else rows
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)


def _remembered(voter: Encoder, texts: Sequence[str], role: Role) -> "dict[int, NDArray[np.float32]]":
    """What a voter knows without its model, by place; one that has none to load knows everything."""
    return voter.remembered(texts, role) if isinstance(voter, CachedEncoder) else dict(enumerate(voter.embed(texts, role)))


def _stacked(rows: "Mapping[int, NDArray[np.float32]]", places: Sequence[int]) -> "Matrix":
    import numpy as np

    return np.stack([rows[place] for place in places]) if places else np.empty((0, 0), np.float32)


def _embedded(vectors: VectorCache) -> tuple[Encoder, ...]:
    second = CachedEncoder(weights.USE.name, _load_use, vectors, dim=weights.USE.dim)
    if not weights.E5.path():
        return (second,)
    return (CachedEncoder(weights.E5.name, _load_e5, vectors, dim=weights.E5.dim), second)


def _load_e5() -> Encoder:
    _settle()
    from curator.ranking.embed import e5, encoder

    return encoder.SentenceEncoder(weights.E5.name, e5.model(weights.E5.verified()))


def _load_use() -> Encoder:
    _settle()
    from curator.ranking.embed import encoder, use

    return encoder.SentenceEncoder(weights.USE.name, use.model())


def _named(model: str, vectors: VectorCache) -> Encoder:
    from curator.ranking.embed import hub

    return CachedEncoder(hub.name(model), lambda: hub.load(model), vectors)


def _settle() -> None:
    """The bundled models need no hub, and no library below is to ask one. What torch keeps for every shape of batch that it
    met, no two of which are alike, is 300 MB by the end of a run and saves nothing.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
