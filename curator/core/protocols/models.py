"""Protocols of what computes with models, and of the caches of what they computed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from curator.core.brand import Topic
from curator.core.protocols.progress import Progress
from curator.core.rescoring import RescoringCurve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

Role = Literal["query", "document"]


class Encoder(Protocol):
    """Text embedding model."""

    @property
    def name(self) -> str:
        """Identifier of the model, its version and settings; different whenever the vectors would differ."""
        ...

    @property
    def dim(self) -> int:
        """Number of dimensions of a vector."""
        ...

    def embed(self, texts: Sequence[str], role: Role) -> "Matrix":
        """Embed texts. Returns shape (len(texts), dim), float32, unit rows, in the order of `texts`."""
        ...


class VectorCache(Protocol):
    """Cache of embeddings by content key. Derived data: losing it costs only time."""

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, NDArray[np.float32]]":
        """Return the cached vectors, each of shape (dim,); keys that are not cached are left out."""
        ...

    def put(self, vectors: "Mapping[bytes, NDArray[np.float32]]") -> None:
        """Store vectors, each of shape (dim,); a vector of the same key is replaced."""
        ...


class EmbeddingSpace(Struct, frozen=True, kw_only=True):
    """Statistics of one encoder's space, with which its vectors are centred and compared. All arrays are float32.

    - `name`: the encoder's; `weight`: its share in the ensemble.
    - `query_mean`, `document_mean`: mean of the query vectors and of the document vectors, shape (dim,).
    - `all_language_directions`: orthonormal directions that tell languages apart, shape (j, dim). `language_directions`:
      the first of them, shape (k, dim), removed when a document is compared with a topic.
    - `background`: vectors of everyday topics, shape (topics, dim), and `background_std`, the standard deviation of their
      cosines to each other. `document_std`: of the documents' cosines to them.
    - `unrelated_cosine`, `same_story_cosine`: cosines of language-free documents. One in a hundred pairs of unrelated texts
      reaches the first, hardly one in a thousand the second.
    """

    name: str
    weight: float
    query_mean: "Matrix"
    document_mean: "Matrix"
    language_directions: "Matrix"
    all_language_directions: "Matrix"
    background: "Matrix"
    background_std: float
    document_std: float
    unrelated_cosine: float
    same_story_cosine: float


class Calibration(Struct, frozen=True, kw_only=True):
    """Everything that turns vectors into calibrated fits.

    `spaces`: statistics by encoder name. `curves`: (slope, intercept) of the logistic curve from score to fit, by the names
    of the encoders in order, joined by "+"; the key "" is for encoders that have no curve of their own.
    """

    spaces: Mapping[str, EmbeddingSpace]
    curves: Mapping[str, tuple[float, float]]


class SpaceCache(Protocol):
    """Cache of learned embedding spaces by encoder name. Derived data, like `VectorCache`."""

    def get(self, encoder: str) -> tuple[EmbeddingSpace, int] | None:
        """Return the space of an encoder and the number of documents it was estimated from, or None."""
        ...

    def put(self, space: EmbeddingSpace, documents: int) -> None:
        """Store a space; one of the same encoder is replaced."""
        ...


class EncodedTexts(Struct, frozen=True, kw_only=True):
    """Texts as the encoders of a brand embed them.

    `vectors`: by encoder name, shape (texts, dim) each. `words`: the packed words of each text (`late_interaction.pack`), None
    for one whose words are not known; None where no encoder gives any.
    """

    vectors: "Mapping[str, Matrix]"
    words: Sequence[bytes | None] | None = None

    @property
    def known_words(self) -> dict[int, bytes]:
        """Return the packed words that are known, by position."""
        return {n: packed for n, packed in enumerate(self.words or ()) if packed is not None}


class Reranker(Protocol):
    """Cross-encoder: a model that reads a query and a text together. Its scores and its curve are kept."""

    @property
    def name(self) -> str:
        """Identifier of the model; different whenever its scores would differ."""
        ...

    def score(self, pairs: Sequence[tuple[str, str]], progress: "Progress | None" = None) -> "NDArray[np.float32]":
        """Return the score of each pair of query and text, shape (pairs,). Raises NoModel where the model cannot be loaded."""
        ...

    def cached(self, pairs: Sequence[tuple[str, str]]) -> "NDArray[np.float32]":
        """Return the scores that are kept, shape (pairs,), NaN for the others. Loads no model."""
        ...

    def curve(self) -> RescoringCurve | None:
        """Return the curve that was learned for the model, or None."""
        ...

    def keep(self, curve: RescoringCurve) -> None:
        """Keep a curve in place of the one before."""
        ...


class EmbeddingEngine(Protocol):
    """Ensemble of the encoders of a brand, best first. Matrices are returned by encoder name, shape (n, dim) each.

    `reranker`: the cross-encoder that scores again what may fit; None where the brand names none.
    """

    encoders: tuple[Encoder, ...]
    reranker: Reranker | None

    @property
    def gives_words(self) -> bool:
        """Whether the words of texts are known too."""
        ...

    def embed_topics(self, topics: Sequence[Topic], *, quick: bool = False) -> "Mapping[str, Matrix]":
        """Embed topics as queries, in their order; with `quick` by the fastest encoder only."""
        ...

    def embed_texts(self, texts: Sequence[str], *, quick: bool = False) -> "Mapping[str, Matrix]":
        """Embed texts as documents, in their order; with `quick` by the fastest encoder only."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> EncodedTexts:
        """Embed texts as documents together with their words, in one pass of each encoder."""
        ...

    def cached_documents(self, texts: Sequence[str]) -> tuple[list[int], EncodedTexts]:
        """Return the positions of the texts whose vectors are cached, and what is cached of them. Loads no model."""
        ...

    def embed_topic_words(self, wordings: Sequence[str]) -> Sequence[bytes]:
        """Return the words of each wording of a topic (`late_interaction.dump`); none where no encoder gives any."""
        ...

    def cached_topic_words(self, wordings: Sequence[str]) -> Sequence[bytes] | None:
        """Return the same without loading a model, or None when one is not cached."""
        ...

    def cached_topics(self, topics: Sequence[Topic]) -> "Mapping[str, Matrix] | None":
        """Return the same as `embed_topics` without loading a model, or None when the vectors are not cached."""
        ...

    def embed_query(self, words: str) -> "NDArray[np.float32]":
        """Embed a search query with the first encoder, shape (dim,). Raises NoModel when the model is missing."""
        ...

    def calibration(self, documents: "Mapping[str, Matrix]") -> Calibration:
        """Return the calibration of the encoders.

        A model without a shipped calibration is calibrated on the document vectors, so pass all there are.
        """
        ...
