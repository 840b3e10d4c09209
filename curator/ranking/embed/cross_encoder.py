"""A caching cross-encoder: every pair of query and text is scored once, and known pairs load no model."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from curator.core.protocols import Progress, VectorCache
from curator.core.rescoring import RescoringCurve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

Pair = tuple[str, str]
PORTION: Final = 32  # pairs that are scored and kept at once: a killed run loses half a minute


class CachedReranker:
    """A `Reranker` that looks scores up in a cache and loads its model at the first pair that is not there.

    The curve lies in the same cache, under the name of the model.
    """

    def __init__(self, name: str, load: "Callable[[], Callable[[Sequence[Pair]], Scores]]", kept: VectorCache) -> None:
        """`load` returns the model: a function that scores pairs."""
        self.name = name
        self._load, self._kept = load, kept
        self._model: Callable[[Sequence[Pair]], Scores] | None = None

    def score(self, pairs: Sequence[Pair], progress: Progress | None = None) -> "Scores":
        """Return the score of each pair, shape (pairs,). Raises NoModel where a model is needed and cannot be loaded."""
        keys = [self._key(*pair) for pair in pairs]
        known = dict(self._kept.get(keys))
        missing = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in known}
        if missing and progress:
            progress.stage("reading again", len(missing))
        for portion in _portions(missing):
            known |= self._computed(portion)
            if progress:
                progress.step(len(portion))
        return _column(known, keys)

    def cached(self, pairs: Sequence[Pair]) -> "Scores":
        """Return the scores that are kept, shape (pairs,), NaN for the others. Loads no model."""
        keys = [self._key(*pair) for pair in pairs]
        return _column(self._kept.get(keys), keys)

    def curve(self) -> RescoringCurve | None:
        """Return the curve that was learned for the model, or None."""
        key = self._key("curve")
        kept = self._kept.get([key]).get(key)
        if kept is None:
            return None
        offset, own, read, pairs = kept.tolist()
        return RescoringCurve(offset=offset, own=own, read=read, pairs=int(pairs))

    def keep(self, curve: RescoringCurve) -> None:
        """Keep a curve in place of the one before."""
        import numpy as np

        self._kept.put({self._key("curve"): np.array([curve.offset, curve.own, curve.read, curve.pairs], np.float32)})

    def _computed(self, portion: "Mapping[bytes, Pair]") -> "dict[bytes, Scores]":
        if self._model is None:
            self._model = self._load()
        scores = self._model(list(portion.values()))
        fresh = {key: scores[n : n + 1] for n, key in enumerate(portion)}
        self._kept.put(fresh)
        return fresh

    def _key(self, *texts: str) -> bytes:
        return hashlib.blake2b("\0".join((self.name, *texts)).encode("utf-8", "replace"), digest_size=16).digest()


def _portions(pairs: "Mapping[bytes, Pair]") -> "list[dict[bytes, Pair]]":
    rows = list(pairs.items())
    return [dict(rows[i : i + PORTION]) for i in range(0, len(rows), PORTION)]


def _column(known: "Mapping[bytes, Scores]", keys: Sequence[bytes]) -> "Scores":
    import numpy as np

    return np.array([known[key][0] if key in known else np.nan for key in keys], np.float32)
