"""One harvest for many brands: what several follow is fetched, parsed, extracted and embedded once, and ranked for each.

    brand A ─┐                ┌─ shelf: answers of the web, results of the workers
    brand B ─┼─ harvest ──────┼─ HTTP client, worker processes
    brand C ─┘                └─ vectors, words and scores of texts

The jobs are the same as for one brand. The harvest stands behind the protocols `Fetcher`, `Workers` and `VectorCache`, and lasts
as long as the run of a fleet. Brands take turns, so that no host is asked more at once than by one of them.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, ExitStack, closing, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from curator.core.brand import FetchRules
from curator.core.fleet import HarvestCounts
from curator.core.protocols import Fetcher, Workers
from curator.jobs.harvest.fetching import BackgroundFetcher, SharedFetcher
from curator.jobs.harvest.reading import SharedWorkers
from curator.jobs.harvest.shelf import Shelf
from curator.storage.caches import Caches, FileCaches


class Harvest:
    """What the brands of one run share. Use it as a context manager; what it holds is gone at its end."""

    def __init__(self, workers: Workers) -> None:
        """Share these workers."""
        self._workers = workers
        self._clients: dict[tuple[str, str], BackgroundFetcher] = {}
        self.counts = HarvestCounts()

    def __enter__(self) -> Self:
        """Make a temporary folder for what is shared."""
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="curator-harvest-")))
        self._shelf = self._stack.enter_context(closing(Shelf(folder / "answers.db")))
        self._caches = FileCaches(folder).opened()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the clients and remove the folder."""
        self._stack.close()

    def fetcher(
        self, rules: FetchRules, place: str, open_: Callable[[], AbstractAsyncContextManager[Fetcher]]
    ) -> AbstractAsyncContextManager[Fetcher]:
        """Return the fetcher of a brand. `open_` opens an HTTP client where there is none yet for the addresses it may ask.

        `place`: the database whose leases the client keeps to, "" for none. Brands with the same share a client.
        """
        realm = "\n".join(sorted(rules.allow))
        if (realm, place) not in self._clients:
            self._clients[realm, place] = self._stack.enter_context(closing(BackgroundFetcher(open_)))
        return nullcontext(SharedFetcher(self._clients[realm, place], self._shelf, realm, self.counts))

    def workers(self) -> AbstractAsyncContextManager[Workers]:
        """Return the workers of a brand."""
        return nullcontext(SharedWorkers(self._workers, self._shelf, self.counts))

    def caches(self, own: Caches) -> Caches:
        """Return the caches of a brand, to which come what was computed for the others."""
        return own.shared(self._caches)
