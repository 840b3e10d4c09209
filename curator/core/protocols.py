"""Where the stories touch the world. Each Protocol has a real part at the edge and an honest one in memory for tests."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from msgspec import Struct, field

from curator.core.brand import Topic
from curator.core.errors import Problem
from curator.core.feed import Failure, FeedState, NotModified, Page, Stage
from curator.core.item import Item, Tombstone
from curator.core.post import Decision, Post
from curator.core.report import RunReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

T = TypeVar("T")
Role = Literal["query", "document"]
# Seconds that a writer waits for another to commit.
PATIENCE = 5.0


class FetchRequest(Struct, frozen=True, kw_only=True):
    """One request. Feeds send what was remembered of the last answer; articles ask robots.txt first."""

    url: str
    kind: Literal["feed", "article"] = "feed"
    etag: str = ""
    last_modified: str = ""


class Fetcher(Protocol):
    """The one door to the network. Never raises for what the network does: it answers with a Failure."""

    async def get(self, ask: FetchRequest) -> Page | NotModified | Failure: ...


class Workers(Protocol):
    """Runs a module-level function elsewhere, so that a hostile input can be killed with its process."""

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure: ...


class Encoder(Protocol):
    """One voter. `name` changes whenever its vectors would; rows come back as unit vectors, in order, (n, dim)."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    def embed(self, texts: Sequence[str], role: Role) -> "Matrix": ...


class VectorCache(Protocol):
    """Vectors kept between runs by content key; derived data, losing it costs only time."""

    def get(self, keys: Sequence[bytes]) -> "Mapping[bytes, NDArray[np.float32]]": ...

    def put(self, vectors: "Mapping[bytes, NDArray[np.float32]]") -> None: ...


class EmbeddingSpace(Struct, frozen=True, kw_only=True):
    """What is known of the space of one voter (made and used by `lens`); `name` is the voter's.

    `asked`, `told`: (dim,), the middle of queries and of documents. `tongues`: (k, dim), directions that tell languages
    apart, as far as a topic is concerned; `accents`: (j, dim), all that do. `background`: (g, dim), everyday topics. `spread`:
    how far documents lie apart along a topic; `gap`: topics among each other. `near`, `same`: cosines of tellings
    (`lens.retold`); few unrelated texts reach the first, none the second.
    """

    name: str
    weight: float
    asked: "Matrix"
    told: "Matrix"
    tongues: "Matrix"
    accents: "Matrix"
    background: "Matrix"
    spread: float
    gap: float
    near: float
    same: float


class Calibration(Struct, frozen=True, kw_only=True):
    """What turns vectors into an honest fit: a lens a voter, and for the voters asked the curve from score to fit.

    `curves`: (slope, intercept) by the voters' names in order, joined by "+"; "" is the curve of any other voter.
    """

    lenses: Mapping[str, EmbeddingSpace]
    curves: Mapping[str, tuple[float, float]]


class EmbeddingEngine(Protocol):
    """The voters of a brand, best first, and what is known of them. Vectors are given by voter's name: (n, dim) each."""

    voters: tuple[Encoder, ...]

    def brief(self, topics: Sequence[Topic], *, quick: bool = False) -> "Mapping[str, Matrix]":
        """What the topics ask for, in their order; quick: of the fastest voter alone."""
        ...

    def look(self, texts: Sequence[str], *, quick: bool = False) -> "Mapping[str, Matrix]":
        """Reads texts, in their order; quick: with the fastest voter alone."""
        ...

    def recall(self, texts: Sequence[str]) -> "tuple[list[int], Mapping[str, Matrix]]":
        """The places of the texts that were looked at before, and their vectors; loads no model."""
        ...

    def recall_brief(self, topics: Sequence[Topic]) -> "Mapping[str, Matrix] | None":
        """As `brief`, without loading a model; None when it was never asked for."""
        ...

    def ask(self, words: str) -> "NDArray[np.float32]":
        """What a person looks for, (dim,), as the first voter takes it; with the bundled models in a tenth of a second. Raises NoModel."""
        ...

    def calibration(self, seen: "Mapping[str, Matrix]") -> Calibration:
        """How to judge; a model nobody calibrated learns it from the items seen, so give it all there are."""
        ...


class Changes(Struct, frozen=True, kw_only=True):
    """All that one command changes: kept whole or not at all, per item and per feed. `texts` by item id.

    `items`, `states` and `posts` replace those of the same id or address; `forget` names feed states to drop, `undone` the
    numbers of decisions that are taken back. `left`: items that go, with their texts, and stay known by these traces.
    """

    items: tuple[Item, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    states: tuple[FeedState, ...] = ()
    forget: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()
    decisions: tuple[Decision, ...] = ()
    undone: tuple[int, ...] = ()
    left: tuple[Tombstone, ...] = ()
    report: RunReport | None = None


class Store(Protocol):
    """What is known. Reading needs no lock.

    Every writer holds `writing()` around what it reads and commits, and for moments only. A job that must not run twice at
    once (run, fetch, import, repair) also holds `running()`, from its beginning to its end. Raises StoreError when the
    library is damaged, newer, read-only or the disk is full; Locked when a lock is held elsewhere.
    """

    def states(self) -> dict[str, FeedState]: ...

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that were ever kept, by items that have left too."""
        ...

    def recalled(self, names: Iterable[int]) -> set[int]:
        """Those of the names (`Trace.name`) that items had which have left."""
        ...

    def traces(self) -> Iterator[Tombstone]:
        """What stays of the items that have left, in the order of their ids."""
        ...

    def find(self, prefix: str) -> list[Item]: ...

    def items(self, since: datetime | None = None, before: datetime | None = None) -> list[Item]:
        """Those found from then on, and before that, oldest first."""
        ...

    def texts(self, ids: Iterable[str]) -> dict[str, str]: ...

    def months(self) -> dict[str, str]:
        """The parts the items are kept in, newest first, each with a stamp that is another one after every change of it."""
        ...

    def prints(self, month: str) -> dict[str, str]:
        """By item id of a part, what is another one when the item is."""
        ...

    def some(self, month: str, ids: Iterable[str]) -> list[Item]:
        """Those of a part's items."""
        ...

    def posts(self) -> list[Post]:
        """Every post, cancelled ones too, the earliest first, those without a time last."""
        ...

    def decisions(self) -> list[Decision]:
        """All that stand, the first first."""
        ...

    def report(self, day: date | None = None) -> RunReport | None: ...

    def days(self) -> list[date]:
        """The days that have a reading list, the first first."""
        ...

    def commit(self, changes: Changes) -> None: ...

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

    def check(self) -> Sequence[Problem]:
        """What is wrong with what is kept; changes nothing."""
        ...

    def repair(self) -> Sequence[str]:
        """Mends what `check` finds with the least loss, and says what it did."""
        ...


class Progress(Protocol):
    """What a person sees while waiting. `total` may grow; a stage is over when the next begins."""

    def stage(self, name: str, total: int = 0) -> None: ...

    def step(self, n: int = 1) -> None: ...

    def note(self, text: str) -> None: ...
