"""An encoder whose model is loaded by the processes of an executor, once in each."""

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import cache
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast

from curator.core.errors import NoModel
from curator.core.protocols import Encoder, Role
from curator.ranking.embed.cache import WordEncoder
from curator.ranking.embed.encoder import batches

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

_BATCHES: Final = 2  # of the model in one task: a quarter of a second on one core, so that all processes end together
_LOADING: Final = Lock()


class RemoteEncoder:
    """A `WordEncoder` on other machines. Texts meet in the batches in which one machine alone would embed them: a number may depend on
    what it is computed together with.
    """

    def __init__(self, name: str, executor: Executor, load: Callable[..., Encoder], *args: str) -> None:
        """`load`, called with `args` where the texts are, returns the model; both can be pickled."""
        self.name = name
        self._executor, self._load, self._args = executor, load, args

    @property
    def dim(self) -> int:
        """Number of dimensions, asked of a process that has the model."""
        return int(self._result(self._executor.submit(_dim, self._load, self._args)))

    def embed(self, texts: Sequence[str], role: Role) -> "Matrix":
        """Embed texts, shape (len(texts), dim). Raises NoModel where the model cannot be loaded."""
        import numpy as np

        parts = list(_parts(texts))
        found = self._everywhere(_embed, parts, texts, role)
        rows = np.empty((len(texts), found[0].shape[1] if found else self.dim), np.float32)
        for part, some in zip(parts, found, strict=True):
            rows[part] = some
        return rows

    def embed_words(self, texts: Sequence[str], role: Role) -> "tuple[Matrix, list[bytes]]":
        """Return the vectors of texts, shape (len(texts), dim), and their words."""
        import numpy as np

        parts, words = list(_parts(texts)), [b""] * len(texts)
        found = self._everywhere(_embed_words, parts, texts, role)
        rows = np.empty((len(texts), found[0][0].shape[1] if found else self.dim), np.float32)
        for part, (some, theirs) in zip(parts, found, strict=True):
            rows[part] = some
            for n, word in zip(part, theirs, strict=True):
                words[n] = word
        return rows, words

    def _everywhere(self, job: Callable[..., Any], parts: Sequence[Sequence[int]], texts: Sequence[str], role: Role) -> list[Any]:
        """Run a job on each part of the texts, many at once."""
        futures = [self._executor.submit(job, self._load, self._args, [texts[n] for n in part], role) for part in parts]
        return [self._result(future) for future in futures]

    def _result(self, future: "Future[Any]") -> Any:
        try:
            return future.result()
        except BrokenExecutor as error:
            what = f"the workers that embed end before they are done: {error}"
            raise NoModel(what, where="brand.toml: engine.workers", hint='give each worker more memory, or workers = "local"') from error


def _parts(texts: Sequence[str]) -> "list[list[int]]":
    """Return the positions of the texts of each task: some batches, whole, in their order."""
    left, parts = batches(texts), []
    while some := list(islice(left, _BATCHES)):
        parts.append([n for batch in some for n in batch])
    return parts


def _dim(load: Callable[..., Encoder], args: tuple[str, ...]) -> int:
    return _model(load, args).dim


def _embed(load: Callable[..., Encoder], args: tuple[str, ...], texts: Sequence[str], role: Role) -> "Matrix":
    return _model(load, args).embed(texts, role)


def _embed_words(load: Callable[..., Encoder], args: tuple[str, ...], texts: Sequence[str], role: Role) -> "tuple[Matrix, list[bytes]]":
    return cast("WordEncoder", _model(load, args)).embed_words(texts, role)


def _model(load: Callable[..., Encoder], args: tuple[str, ...]) -> Encoder:
    """Return the model of this process; threads that need it at once load it once."""
    with _LOADING:
        return _loaded(load, args)


@cache
def _loaded(load: Callable[..., Encoder], args: tuple[str, ...]) -> Encoder:
    return load(*args)
