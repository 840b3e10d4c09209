"""Protocols for everything that touches the outside world: network, worker processes, models, disk and terminal.

Each has one production implementation and one in-memory implementation for tests (`tests/support/parts.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from msgspec import Struct, field

from curator.core.brand import Topic
from curator.core.errors import Problem
from curator.core.feed import Failure, FeedState, NotModified, Page, Stage
from curator.core.item import Item, Tombstone
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.report import RunReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

T = TypeVar("T")
Role = Literal["query", "document"]
PATIENCE = 5.0  # seconds that a writer waits for another to commit


class FetchRequest(Struct, frozen=True, kw_only=True):
    """One GET request.

    Requests for feeds carry the validators `etag` and `last_modified` of the last response (RFC 9110, section 13.1).
    Requests for articles are checked against robots.txt first.
    """

    url: str
    kind: Literal["feed", "article"] = "feed"
    etag: str = ""
    last_modified: str = ""


class Fetcher(Protocol):
    """The only way to the network."""

    async def get(self, request: FetchRequest) -> Page | NotModified | Failure:
        """Send a request and return the outcome. Never raises for network errors: they are returned as a `Failure`."""
        ...


class Workers(Protocol):
    """Pool that runs functions on untrusted input, out of process, so that a hanging job can be killed."""

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        """Run the module-level function `job(*args)` and return its result.

        Returns a `Failure` with `stage` and `url` when the job raises `Unreadable`, exceeds its time limit or dies.
        """
        ...


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


class RescoringCurve(Struct, frozen=True, kw_only=True):
    """The line from a fit and a cross-encoder's score to a new fit, all but the score in log-odds.

    new = `offset` + `own` · fit + `read` · score. `pairs`: the number of pairs it was learned from.
    """

    offset: float
    own: float
    read: float
    pairs: int


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


class Changes(Struct, frozen=True, kw_only=True):
    """Everything that one command changes in the library.

    - `items`, `states` and `posts` are added, or replace the record of the same id or URL; `texts` are by item id.
    - `forget`: URLs of the feed states to delete. `undone`: numbers of the decisions to delete.
    - `removed`: items to delete together with their texts; their tombstones are kept.
    - `notices` are added, or replace the notice of the same id; `dropped`: ids of notices to delete.
    """

    items: tuple[Item, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    states: tuple[FeedState, ...] = ()
    forget: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()
    decisions: tuple[Decision, ...] = ()
    undone: tuple[int, ...] = ()
    removed: tuple[Tombstone, ...] = ()
    notices: tuple[Notice, ...] = ()
    dropped: tuple[str, ...] = ()
    report: RunReport | None = None


class Store(Protocol):
    """The library of a brand. Reading needs no lock.

    Every writer holds `writing()` around what it reads and commits, and for moments only. A job that must not run twice at
    once (run, fetch, import, repair) also holds `running()`, from its beginning to its end. Every method raises StoreError
    when the library is damaged, was written by a newer version, is read-only, or the disk is full.
    """

    def states(self) -> dict[str, FeedState]:
        """Return the state of every feed by its URL in feeds.opml."""
        ...

    def known(self, ids: Iterable[str]) -> set[str]:
        """Return those ids that are, or once were, in the library."""
        ...

    def removed_entries(self, hashes: Iterable[int]) -> set[int]:
        """Return those entry hashes (`Tombstone.entry_hash`) that belong to removed items."""
        ...

    def tombstones(self) -> Iterator[Tombstone]:
        """Return the tombstones of all removed items, ordered by id."""
        ...

    def find(self, prefix: str) -> list[Item]:
        """Return the items whose id begins with `prefix`, ordered by id."""
        ...

    def items(self, since: datetime | None = None, before: datetime | None = None) -> list[Item]:
        """Return the items found in the half-open interval [since, before), oldest first."""
        ...

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the article texts by item id, in the order of `ids`; ids without a text are left out."""
        ...

    def months(self) -> dict[str, str]:
        """Return the monthly partitions of the items, newest first, mapped to a version that changes on every write."""
        ...

    def fingerprints(self, month: str) -> dict[str, str]:
        """Return a content hash of every item of a partition, by item id."""
        ...

    def month_items(self, month: str, ids: Iterable[str]) -> list[Item]:
        """Return those items of a partition, ordered by id; ids that are not in it are left out."""
        ...

    def posts(self) -> list[Post]:
        """Return all posts, cancelled ones too, in chronological order; posts without a time come last."""
        ...

    def decisions(self) -> list[Decision]:
        """Return all decisions that were not undone, in chronological order."""
        ...

    def notices(self) -> list[Notice]:
        """Return all notices, those that were told too, in chronological order."""
        ...

    def report(self, day: date | None = None) -> RunReport | None:
        """Return the reading list of `day` (in the brand's time zone), by default the latest; None when there is none."""
        ...

    def days(self) -> list[date]:
        """Return the days that have a reading list, in chronological order."""
        ...

    def commit(self, changes: Changes) -> None:
        """Save changes under the write lock. A crash in between loses nothing that was there before.

        Raises Locked when another writer holds the lock for longer than `PATIENCE`.
        """
        ...

    def writing(self, patience: float = PATIENCE) -> AbstractContextManager[None]:
        """Hold the library against every other writer. Raises Locked when it is still held elsewhere after `patience` seconds.

        The thread that holds it may enter again.
        """
        ...

    def running(self) -> AbstractContextManager[None]:
        """Hold the library against every other run, fetch, import and repair. Raises Locked at once.

        The thread that holds it may enter again. It is taken before `writing()`, never while holding it alone.
        """
        ...

    def sending(self) -> AbstractContextManager[None]:
        """Hold the outbox against every other command that sends notices. Raises Locked at once.

        The system releases it when the process ends, however it ends. It is taken before `writing()`.
        """
        ...

    def check(self) -> Sequence[Problem]:
        """Return everything that is wrong with the files. Changes nothing."""
        ...

    def repair(self) -> Sequence[str]:
        """Repair what `check` reports with the least loss, and return what was done, one sentence per repair."""
        ...


class Progress(Protocol):
    """Display of what a job is doing."""

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage of `total` steps (0: unknown) and end the previous one."""
        ...

    def step(self, n: int = 1) -> None:
        """Count `n` steps of the current stage as done."""
        ...

    def note(self, text: str) -> None:
        """Show a message beside the progress."""
        ...
