"""A caching encoder: every text is embedded once, and a run that meets only known texts loads no model."""

import hashlib
from collections.abc import Callable, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Final, Protocol, cast

from curator.core.protocols import Encoder, Role, VectorCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

PORTION: Final = 512
_LOADING: Final = RLock()  # two threads that need the same model load it once


class WordEncoder(Encoder, Protocol):
    """An encoder that returns the words of texts from the same pass as their vectors."""

    def embed_words(self, texts: Sequence[str], role: Role) -> "tuple[Matrix, list[bytes]]":
        """Return the vectors of texts, shape (len(texts), dim), and their words."""
        ...


class CachedEncoder:
    """An `Encoder` that looks vectors up in a cache and loads its model at the first text that is not there.

    Vectors are rounded to float16, which changes a fit by less than .001. New vectors are returned rounded too, so that a
    first run and every later one compute with the same numbers. They are cached in portions: a killed run loses little.
    """

    def __init__(
        self, name: str, load: Callable[[], Encoder], vectors: VectorCache, *, dim: int = 0, words: VectorCache | None = None
    ) -> None:
        """`load` returns the model; `dim`: its number of dimensions, 0 where only the model knows it.

        `words`: cache of the words of texts, for a model that is a `WordEncoder`.
        """
        self.words = words
        self.name = name
        self._load, self._vectors, self._dim = load, vectors, dim
        self._model: Encoder | None = None

    @property
    def dim(self) -> int:
        """Number of dimensions; loads the model where it was not given."""
        return self._dim or self._loaded().dim

    def embed(self, texts: Sequence[str], role: Role) -> "Matrix":
        """Embed texts, shape (len(texts), dim). Raises NoModel where a model is needed and cannot be loaded."""
        import numpy as np

        keys = [self._key(text, role) for text in texts]
        known = dict(self._vectors.get(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for portion in _portions(list(missing), PORTION):
            fresh = self._loaded().embed([missing[key] for key in portion], role).astype(np.float16).astype(np.float32)
            kept: dict[bytes, NDArray[np.float32]] = dict(zip(portion, fresh, strict=True))
            self._vectors.put(kept)
            known |= kept
        return np.stack([known[key] for key in keys]).astype(np.float32) if keys else np.empty((0, self.dim), np.float32)

    def embed_words(self, texts: Sequence[str], role: Role) -> list[bytes]:
        """Return the words of texts. The pass that computes them caches the vectors too."""
        keys = [self._key(text, role) for text in texts]
        known = self._cached_words(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        for portion in _portions(list(missing), PORTION):
            known |= self._embed_words(portion, [missing[key] for key in portion], role)
        return [known[key] for key in keys]

    def cached_words(self, texts: Sequence[str], role: Role) -> dict[int, bytes]:
        """Return the cached words by position in `texts`. Loads no model."""
        keys = [self._key(text, role) for text in texts]
        known = self._cached_words(keys)
        return {n: known[key] for n, key in enumerate(keys) if key in known}

    def _embed_words(self, keys: Sequence[bytes], texts: Sequence[str], role: Role) -> dict[bytes, bytes]:
        import numpy as np

        model = cast("WordEncoder", self._loaded())
        rows, words = model.embed_words(texts, role)
        self._vectors.put(dict(zip(keys, rows.astype(np.float16).astype(np.float32), strict=True)))
        if self.words:
            self.words.put({key: np.frombuffer(body, np.uint8) for key, body in zip(keys, words, strict=True)})
        return dict(zip(keys, words, strict=True))

    def _cached_words(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        return {key: body.tobytes() for key, body in self.words.get(keys).items()} if self.words else {}

    def cached(self, texts: Sequence[str], role: Role) -> "dict[int, NDArray[np.float32]]":
        """Return the cached vectors, shape (dim,) each, by position in `texts`. Loads no model."""
        keys = [self._key(text, role) for text in texts]
        known = self._vectors.get(keys)
        return {n: known[key] for n, key in enumerate(keys) if key in known}

    def _loaded(self) -> Encoder:
        if self._model is None:
            with _LOADING:
                self._model = self._load()
        return self._model

    def _key(self, text: str, role: Role) -> bytes:
        words = "\0".join((self.name, role, text)).encode("utf-8", "replace")
        return hashlib.blake2b(words, digest_size=16).digest()


def _portions(keys: list[bytes], size: int) -> list[list[bytes]]:
    return [keys[i : i + size] for i in range(0, len(keys), size)]
