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
from curator.jobs.harvest.background import Background
from curator.jobs.harvest.fetching import SharedFetcher
from curator.jobs.harvest.reading import SharedWorkers
from curator.jobs.harvest.shelf import Shelf
from curator.storage.caches import Caches, FileCaches


class Harvest:
    """What the brands of one run share. Use it as a context manager; what it holds is gone at its end."""

    def __init__(self) -> None:
        """Open nothing."""
        self._fetchers: dict[tuple[str, str], Fetcher] = {}
        self._workers: dict[str, Workers] = {}
        self.counts = HarvestCounts()

    def __enter__(self) -> Self:
        """Make a temporary folder for what is shared."""
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="curator-harvest-")))
        self._shelf = self._stack.enter_context(closing(Shelf(folder / "answers.db")))
        self._caches = FileCaches(folder).opened()
        self._background = self._stack.enter_context(closing(Background()))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the clients and workers, and remove the folder."""
        self._stack.close()

    def fetcher(
        self, rules: FetchRules, place: str, part: Callable[[], AbstractAsyncContextManager[Fetcher]]
    ) -> AbstractAsyncContextManager[Fetcher]:
        """Return the fetcher of a brand. `part` is an HTTP client, opened where there is none yet for the addresses it may ask.

        `place`: the database whose leases the client keeps to, "" for none. Brands with the same share a client.
        """
        realm = "\n".join(sorted(rules.allow))
        if (realm, place) not in self._fetchers:
            self._fetchers[realm, place] = self._background.fetcher(part)
        return nullcontext(SharedFetcher(self._fetchers[realm, place], self._shelf, realm, self.counts))

    def workers(self, place: str, part: Callable[[], AbstractAsyncContextManager[Workers]]) -> AbstractAsyncContextManager[Workers]:
        """Return the workers of a brand. `part` is opened where there are none yet in this place."""
        if place not in self._workers:
            self._workers[place] = self._background.open(part)
        return nullcontext(SharedWorkers(self._workers[place], self._shelf, self.counts))

    def caches(self, own: Caches) -> Caches:
        """Return the caches of a brand, to which come what was computed for the others."""
        return own.shared(self._caches)
