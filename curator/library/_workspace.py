"""The parts behind an open brand directory: files, store, encoders and search index, each opened when first needed."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from curator import config
from curator.config import opml
from curator.core import files
from curator.core.brand import Brand, EngineRules
from curator.core.errors import ConfigError, CuratorError
from curator.core.feed import Feed
from curator.core.notice import Channel
from curator.core.protocols import Changes, EmbeddingEngine, Fetcher, Progress, Store, Workers
from curator.library import _cluster

if TYPE_CHECKING:
    from curator.core.context import Context
    from curator.jobs.harvest import Harvest
    from curator.search.index.protocols import SearchIndex
    from curator.search.sync import SearchContext
    from curator.storage.caches import Caches, LibraryCaches

_LOG = logging.getLogger(__name__)
LOCAL = "local"
"""The `[engine] workers` of this machine."""


def moment(now: datetime | None) -> datetime:
    """Return `now`, or the current time where none is given."""
    return now or datetime.now(UTC)


class Workspace:
    """Wiring of a brand directory: which real part stands behind each protocol of `curator.core.protocols`."""

    def __init__(self, home: Path, progress: Progress, harvest: Harvest | None = None, store: str = "") -> None:
        """Read brand.toml in `home`. Raises ConfigError with every problem in it.

        `harvest`: what is shared with other brands. `store`: where the library is, whatever brand.toml says of it.
        """
        self.home = home
        self.progress = progress
        self.harvest = harvest
        self._elsewhere = store
        self.brand: Brand = self._placed(config.load(home))

    # --- files of the brand directory ---

    @property
    def opml_path(self) -> Path:
        """Path of feeds.opml."""
        return self.home / config.FEEDS

    def read_opml(self) -> bytes:
        """Read feeds.opml. Raises ConfigError where there is none."""
        try:
            return self.opml_path.read_bytes()
        except FileNotFoundError:
            raise ConfigError("there is no feeds.opml here", where=str(self.home), hint=f"curator init {self.home}") from None

    def write_opml(self, body: bytes) -> bool:
        """Write feeds.opml and forget the feeds read before. Returns False where nothing differs.

        The old file is kept as feeds.opml.bak: slips in it were mended, and what stood outside its XML is gone.
        """
        if body == self.read_opml():
            return False
        files.write(self.opml_path, body, backup=True)
        self.__dict__.pop("feeds", None)
        self._record()
        return True

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """Feeds named in feeds.opml. Raises ConfigError where it cannot be read."""
        return opml.parse(self.read_opml()).feeds

    def rewrite_brand(self, change: Callable[[str], str]) -> Brand:
        """Write brand.toml as `change` makes it of its text, and return the brand that it then says.

        Raises ConfigError where it would have a problem, and Locked while another command writes.
        """
        former = self.brand.engine.store
        with self.store.writing():
            self.brand = self._placed(config.rewrite(self.home, change))
        if self.brand.engine.store != former:
            for part in ("store", "caches", "engine"):
                self.__dict__.pop(part, None)
        self._record()
        return self.brand

    def _placed(self, brand: Brand) -> Brand:
        return replace(brand, engine=replace(brand.engine, store=self._elsewhere)) if self._elsewhere else brand

    def _record(self) -> None:
        """Have the two files recorded where the library is, if that is a database; else the next commit does it."""
        if self.brand.engine.store == "tinydb":
            return
        try:
            self.store.commit(Changes())
        except CuratorError as error:  # the files are written, and are what counts
            _LOG.warning("not recorded in the database before the next command: %s", error)

    # --- parts ---

    @cached_property
    def store(self) -> Store:
        """Store named in brand.toml. Nothing is written before the first commit."""
        from curator.config import settings
        from curator.storage import open_store

        return open_store(self.brand.engine.store, self._library, partial(settings.read, self.home))

    @cached_property
    def engine(self) -> EmbeddingEngine:
        """Encoders named in brand.toml, with the vectors kept in the library as their cache."""
        own = self.caches.opened()
        return _engine(self.brand.engine, self.harvest.caches(own) if self.harvest else own)

    @cached_property
    def brand_with_examples(self) -> Brand:
        """Brand with the texts of its topics' examples, as relevance needs it."""
        if not any(topic.examples for topic in self.brand.topics):
            return self.brand
        from curator.ranking import relevance

        return relevance.with_examples(self.brand, self.store, self.progress)

    def context(self) -> Context:
        """Return what the jobs work with."""
        from curator.core.context import Context

        return Context(
            brand=self.brand_with_examples,
            feeds=self.feeds,
            store=self.store,
            engine=lambda: self.engine,
            fetcher=self._fetcher,
            workers=self.workers,
            progress=self.progress,
            channels=self._channels,
        )

    def read_only_context(self) -> Context:
        """Return the same for jobs that write nothing: vectors computed on the way are not kept."""
        engine = _read_only_engine(self.brand.engine, self._library)
        return replace(self.context(), engine=lambda: engine)

    def search_context(self) -> SearchContext:
        """Return what a search works with."""
        from curator.search.sync import SearchContext

        return SearchContext(
            brand=self.brand_with_examples,
            store=self.store,
            engine=lambda: self.engine,
            index=self._index(),
            vectors_stamp=self._computed,
            progress=self.progress,
        )

    def _index(self) -> SearchIndex:
        """Return the search index, which lies where the library lies."""
        languages = tuple(dict.fromkeys(("id", "en", self.brand.language, *self.brand.reads)))
        if self.brand.engine.store == "tinydb":
            from curator.search.index import Index

            return Index(self._library / "index", languages)
        from curator.search.postgres import PostgresIndex
        from curator.storage import address_of

        return PostgresIndex(address_of(self.brand.engine.store, self._library), languages)

    @property
    def _library(self) -> Path:
        return self.home / "library"

    @cached_property
    def caches(self) -> LibraryCaches:
        """What the models have computed for the library."""
        from curator.storage import open_caches

        return open_caches(self.brand.engine.store, self._library)

    def _computed(self) -> str:
        """Return a stamp of what the models have computed."""
        stamp = self.caches.stamp("vectors")
        return f"{stamp} {self.caches.stamp('scores')}" if self.brand.engine.reranker else stamp

    def _channels(self, entry: str) -> Sequence[Channel]:
        from curator.publishing.notify import channels

        return channels.channels(entry, os.environ)

    def workers(self, preload: tuple[str, ...] | None = None) -> AbstractAsyncContextManager[Workers]:
        """Return the workers that brand.toml names. `preload`: modules that those of this machine import first, None for all readers."""
        from curator.feeds.workers import READERS, LocalWorkers, RemoteWorkers

        def part() -> AbstractAsyncContextManager[Workers]:
            if place == LOCAL:
                return LocalWorkers(preload=preload or READERS)
            cluster = _cluster.cluster(place)
            return RemoteWorkers(cluster, lambda: cluster.width)

        place = self.brand.engine.workers
        return self.harvest.workers(place, part) if self.harvest else part()

    def _fetcher(self) -> AbstractAsyncContextManager[Fetcher]:
        from curator.feeds.http import DEFAULT_LIMITS, HttpFetcher
        from curator.storage import open_leases

        rules, leases = self.brand.fetch, open_leases(self.brand.engine.store, self._library, DEFAULT_LIMITS.per_host)
        if self.harvest:
            return self.harvest.fetcher(rules, leases.place if leases else "", lambda: HttpFetcher(rules, leases=leases))
        return HttpFetcher(rules, leases=leases)


@lru_cache(maxsize=1)
def _read_only_engine(rules: EngineRules, library: Path) -> EmbeddingEngine:
    """Open encoders that read the library's caches and never write to them. Cached, for the models take seconds to load."""
    from curator.storage import open_caches

    return _engine(rules, open_caches(rules.store, library).opened().lent())


def _engine(rules: EngineRules, caches: Caches) -> EmbeddingEngine:
    from curator.ranking import embed

    reranker = embed.open_reranker(rules.reranker, caches.scores)
    executor = None if rules.workers == LOCAL else lambda: _cluster.cluster(rules.workers)
    return embed.open_engine(rules.model, caches.vectors, caches.words, caches.spaces, reranker, executor)
