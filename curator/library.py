"""The desk itself: opens a brand directory, wires the real parts to its stories, and is the whole Python API."""

import os
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from msgspec.structs import replace

from curator import config
from curator.config import opml
from curator.core import files
from curator.core.brand import Brand, FetchRules
from curator.core.errors import ConfigError, CuratorError, Problem
from curator.core.feed import Failure, Feed, FeedState
from curator.core.item import Status
from curator.core.post import Post
from curator.core.protocols import EmbeddingEngine, Fetcher, Progress, Store, Workers
from curator.core.report import RunReport, Subscription
from curator.core.story import Card
from curator.core.text import urls

if TYPE_CHECKING:
    from curator.core.context import Context
    from curator.core.report import SearchResults
    from curator.feeds.http import HttpFetcher
    from curator.jobs.replay import Replay
    from curator.planning.decisions import Decided
    from curator.planning.plan import Plan, PlanProposal
    from curator.planning.post import PostDraft
    from curator.publishing.caldav import PushResult
    from curator.publishing.export import ExportFiles, WrittenExport
    from curator.search.sync import SearchContext

T = TypeVar("T")

PAGES = "reading-list"


class Library:
    """A brand directory. Use it as a context manager; times are aware, `now` defaults to the clock."""

    def __init__(self, home: Path, progress: Progress | None = None) -> None:
        self.home = home
        self.brand: Brand = config.load(home)
        self._progress = progress or Silence()

    @classmethod
    def open(cls, home: str | Path | None = None, *, progress: Progress | None = None) -> Self:
        """The brand directory `home`, or $CURATOR_HOME, or the nearest one holding brand.toml. Raises ConfigError."""
        return cls(config.find_home(home), progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is left to close: every command writes what it keeps before it returns."""

    # --- the daily job ---

    def run(self, *, fetch: bool = True, limit: int | None = None, now: datetime | None = None) -> RunReport:
        """Fetches, reads, ranks and writes the reading list of the day; typing it again changes nothing but what is new."""
        from curator.jobs import daily

        now = now or datetime.now(UTC)
        report = daily.run(self._desk(), now, fetch=fetch, limit=limit)
        self._publish(report)
        self._index_it()
        return report

    def fetch(self, *, all_: bool = False, now: datetime | None = None) -> RunReport:
        """Asks the due feeds (all: due or not) and keeps what is new; no page, no model, no list."""
        from curator.feeds import workers
        from curator.jobs import fetch as jobs_fetch

        readers = partial(workers.LocalWorkers, preload=workers.FEED_READERS)
        return jobs_fetch.fetch(replace(self._desk(), workers=readers), now or datetime.now(UTC), all_=all_)

    def list(self, day: date | None = None) -> RunReport:
        """The reading list of a day, or the latest one."""
        report = self.store.report(day)
        if report is None:
            raise CuratorError(f"no reading list of {day}" if day else "no reading list yet", where=str(self.home), hint="curator run")
        return report

    def rank(self, *, all_: bool = False, now: datetime | None = None) -> tuple[Card, ...]:
        """What fits, best first, without the shortlist's caps; all: every item of the window, unfit and folded too."""
        from curator.jobs import daily

        return daily.rank(self._desk(), now or datetime.now(UTC), all_=all_)

    def show(self, prefix: str) -> tuple[Card, str]:
        """One item with its reasons, and its text; the id may be shortened as long as one item has it."""
        from curator.jobs import daily

        return daily.show(self._desk(), prefix, datetime.now(UTC))

    # --- decisions ---

    def pick(
        self,
        *ids: str,
        at: datetime | str | None = None,
        networks: Sequence[str] = (),
        kind: str = "",
        note: str = "",
        tags: Sequence[str] = (),
        now: datetime | None = None,
    ) -> "Sequence[Decided]":
        """Takes items into the calendar; `at` in words is meant in the brand's time zone ("besok 9.00")."""
        from curator.planning import decisions, slots

        now = now or datetime.now(UTC)
        time = slots.when(at, now, self.brand.timezone) if isinstance(at, str) else at
        return decisions.pick(self._desk(), ids, now, at=time, networks=networks, kind=kind, note=note, tags=tags)

    def skip(self, *ids: str, now: datetime | None = None) -> "Sequence[Decided]":
        """Puts items aside for good."""
        from curator.planning import decisions

        return decisions.skip(self._desk(), ids, now or datetime.now(UTC))

    def undo(self, now: datetime | None = None) -> "Sequence[Decided]":
        """Takes back what the last command decided."""
        from curator.planning import decisions

        return decisions.undo(self._desk(), now or datetime.now(UTC))

    def tag(self, *ids: str, tags: Sequence[str], remove: bool = False, now: datetime | None = None) -> "Sequence[Decided]":
        """Adds tags to items, or takes them away."""
        from curator.planning import decisions

        return decisions.tag(self._desk(), ids, tags, now or datetime.now(UTC), remove=remove)

    def note(self, id: str, text: str, now: datetime | None = None) -> "Sequence[Decided]":  # noqa: A002
        """Writes a note to an item."""
        from curator.planning import decisions

        return decisions.note(self._desk(), id, text, now or datetime.now(UTC))

    def set_kind(self, *ids: str, kind: str, now: datetime | None = None) -> "Sequence[Decided]":
        """Says what kind of content items are, whatever was proposed."""
        from curator.planning import decisions

        return decisions.kind(self._desk(), ids, kind, now or datetime.now(UTC))

    # --- plan ---

    def plan(self, *, weeks: int = 2, now: datetime | None = None) -> "Plan":
        """The calendar of so many weeks: slots, gaps, mix against target."""
        from curator.planning import plan

        return plan.plan(self._desk(), now or datetime.now(UTC), weeks)

    def fill(self, *, weeks: int = 2, now: datetime | None = None) -> "PlanProposal":
        """The same with the best filling of its gaps, which `keep_plan` keeps."""
        from curator.planning import plan

        return plan.propose(self._desk(), now or datetime.now(UTC), weeks)

    def keep_plan(self, proposal: "PlanProposal", *, now: datetime | None = None) -> "Sequence[Post]":
        """Puts what was proposed into the calendar."""
        from curator.planning import plan

        return plan.keep(self._desk(), proposal.filling, now or datetime.now(UTC))

    def move(self, post: str, when: str, *, now: datetime | None = None) -> "Sequence[Post]":
        """Gives a post another time, on the brand's clocks: "tue 09:00", "besok 9.00"."""
        from curator.planning import plan

        return plan.move(self._desk(), post, when, now or datetime.now(UTC))

    def lock(self, post: str, *, locked: bool = True, now: datetime | None = None) -> "Sequence[Post]":
        """Keeps a post from being moved or dropped, or lets it go again."""
        from curator.planning import plan

        return plan.lock(self._desk(), post, now or datetime.now(UTC), locked=locked)

    def drop(self, post: str, *, now: datetime | None = None) -> "Sequence[Post]":
        """Takes a post out of the calendar."""
        from curator.planning import plan

        return plan.drop(self._desk(), post, now or datetime.now(UTC))

    # --- drafts ---

    def draft(self, id: str, network: str | None = None, *, now: datetime | None = None) -> "PostDraft":  # noqa: A002
        """The item's post, ready to share: on that network, else the first it is planned for, else the brand's first."""
        return self.drafts(id, network, now=now)[0]

    def drafts(self, id: str, network: str | None = None, *, now: datetime | None = None) -> "tuple[PostDraft, ...]":  # noqa: A002
        """The same for every network that it is planned for, or that the brand has."""
        from curator.planning import drafts

        return drafts.drafts(self._desk(), id, now or datetime.now(UTC), network=network)

    def write(self, id: str, text: str, network: str | None = None, *, now: datetime | None = None) -> "PostDraft":  # noqa: A002
        """Keeps a wording of your own for the item's post; an empty one brings the draft back."""
        from curator.planning import drafts

        return drafts.write(self._desk(), id, text, now or datetime.now(UTC), network=network)

    # --- keeping ---

    def save(self, url: str, *, note: str = "", tags: Sequence[str] = (), now: datetime | None = None) -> tuple[Card, str]:
        """Puts any page into the library for good, as if a feed had brought it; its card and its text."""
        from curator.jobs import save as jobs_save

        return jobs_save.save(self._desk(), url, now or datetime.now(UTC), note=note, tags=tags)

    def items(self, status: Status, *, now: datetime | None = None) -> tuple[Card, ...]:
        """The items of a status, the last found first."""
        from curator.jobs import save as jobs_save

        return jobs_save.items(self._desk(), status, now or datetime.now(UTC))

    def export_library(self) -> Iterator[bytes]:
        """All of it as one JSON document, a line at a time: what `import_library` takes."""
        from curator.storage import transfer

        return transfer.export(self.home, self.store)

    # --- export ---

    def export(
        self,
        format: str,  # noqa: A002 - as the command calls it
        *,
        network: str = "",
        since: date | None = None,
        until: date | None = None,
        like: Path | None = None,
        skip_bad: bool = False,
        now: datetime | None = None,
    ) -> "ExportFiles":
        """The files of a format, by name; `deliver` writes them. Raises CuratorError with every post that would be refused."""
        from curator.publishing import export as publishing_export

        if format == "json":
            return publishing_export.ExportFiles(files={"library.json": b"".join(self.export_library())}, calendar=False)
        if format == "opml":
            return publishing_export.ExportFiles(files={"feeds.opml": self.export_feeds()}, calendar=False)
        wish = publishing_export.ExportRequest(
            format=format, network=network.lower(), since=since, until=until, like=like, skip_bad=skip_bad
        )
        return publishing_export.pack(self._desk(), wish, now or datetime.now(UTC))

    def deliver(self, parcel: "ExportFiles", to: Path | None = None) -> "WrittenExport":
        """Writes an export into calendar/, or to another folder or file."""
        from curator.publishing import export as publishing_export

        return publishing_export.deliver(parcel, self.home / "calendar", to)

    # --- push ---

    def push(self, url: str = "", *, dry_run: bool = False, now: datetime | None = None) -> "PushResult":
        """Makes the calendar on a CalDAV server show the posts: the one at `url`, else the one that the brand names.

        Who one is there, CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD say. dry_run: changes nothing, tells what would be done.
        """
        from curator.publishing import caldav, push

        return push.caldav(self._desk(), url, caldav.account(os.environ), now or datetime.now(UTC), dry_run=dry_run)

    # --- serve ---

    def calendar(self) -> bytes:
        """What `export("ics")` makes, for whoever may look and change nothing: not even a vector is kept."""
        from curator.publishing import export as publishing_export

        return publishing_export.pack(self._looking_desk(), publishing_export.ExportRequest(format="ics"), datetime.now(UTC)).only()

    def front_page(self) -> str | None:
        """The latest reading list as a web page that needs none beside it; None as long as there is none."""
        from curator.publishing.formats import page

        report = self.store.report()
        return page.render(report, self.brand) if report else None

    # --- replay ---

    def replay(self, brief: Path, span: timedelta = timedelta(days=30), *, now: datetime | None = None) -> "Replay":
        """What the brief in another file would change among the items of the span before now; nothing is fetched or written."""
        from curator.jobs import replay

        edited = config.read(brief)
        return replay.replay(self._looking_desk(), edited, now or datetime.now(UTC), span)

    # --- search ---

    def search(self, query: str = "", *, now: datetime | None = None, **asked: Any) -> "SearchResults":
        """What answers a query; beside it, the fields of `index.wish.Request`: mode, limit, like, topics, langs, since and others."""
        from curator.search import service
        from curator.search.index.request import SearchRequest

        return service.search(self.shelf(), SearchRequest(query=query, **asked), now or datetime.now(UTC))

    def reindex(self) -> int:
        """Makes the search index anew; how many items are in it."""
        from curator.search import sync

        return sync.refresh(self.shelf(), anew=True)

    # --- subscriptions ---

    @cached_property
    def feeds(self) -> tuple[Feed, ...]:
        """What feeds.opml names. Raises ConfigError when it cannot be read."""
        return opml.parse(self.opml()).feeds

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every feed with its health, in the order of feeds.opml."""
        states, items = self.store.states(), self.store.items()
        listed = Counter(item.source.feed for item in items if item.listed)
        picked = Counter(item.source.feed for item in items if item.status == "picked")
        return tuple(_subscription(feed, states.get(feed.url), listed[feed.url], picked[feed.url]) for feed in self.feeds)

    def add_feed(self, url: str, *, title: str = "", category: str = "", check: bool = True) -> Feed | None:
        """Subscribes to a feed after asking it, unless told not to; None when feeds.opml has it already."""
        feed = Feed(url=url, title=title, category=category)
        if check:
            feed = self._asked(feed)
        return feed if self._rewrite(opml.add(self.opml(), feed)) else None

    def remove_feed(self, part: str) -> Feed:
        """Unsubscribes from the one feed whose address or title has this part."""
        found = [f for f in self.feeds if f.url == part] or [f for f in self.feeds if part.casefold() in f"{f.url} {f.title}".casefold()]
        if len(found) != 1:
            what = f"{len(found)} feeds have {part!r} in address or title" if found else f"no feed has {part!r} in address or title"
            raise ConfigError(what, where=str(self._opml_path), hint="curator feeds list")
        self._rewrite(opml.remove(self.opml(), found[0].url))
        return found[0]

    def import_feeds(self, file: Path) -> tuple[tuple[Feed, ...], tuple[Problem, ...]]:
        """Adds the feeds of another OPML file; the problems are what of it was left out."""
        theirs = opml.parse(file.read_bytes(), where=str(file))
        known = {urls.canonical(feed.url) for feed in self.feeds}
        added = tuple(feed for feed in theirs.feeds if urls.canonical(feed.url) not in known)
        self._rewrite(opml.add(self.opml(), *added))
        return added, theirs.problems

    def export_feeds(self) -> bytes:
        """The subscriptions as OPML."""
        return opml.build(self.feeds, title=self.brand.name)

    # --- inside ---

    @cached_property
    def store(self) -> Store:
        """What is known; opened at the first question."""
        from curator.storage import open_store

        return open_store(self.brand.engine.store, self.home / "library")

    @cached_property
    def engine(self) -> EmbeddingEngine:
        from curator.ranking import embed
        from curator.storage.vectors import SqliteVectors

        return embed.open_engine(self.brand.engine.model, SqliteVectors(self.home / "library" / "vectors.db"))

    @cached_property
    def _briefed(self) -> Brand:
        """The brand with the texts of its topics' examples, where it names any."""
        if not any(topic.examples for topic in self.brand.topics):
            return self.brand
        from curator.ranking import reading

        return reading.briefed(self.brand, self.store, self._progress)

    def _desk(self) -> "Context":
        from curator.core.context import Context
        from curator.feeds.workers import LocalWorkers

        return Context(
            brand=self._briefed,
            feeds=self.feeds,
            store=self.store,
            engine=lambda: self.engine,
            door=self._door,
            workers=LocalWorkers,
            progress=self._progress,
        )

    def _looking_desk(self) -> "Context":
        """The desk of a command that changes nothing."""
        engine = _looking_engine(self.brand.engine.model, self.home / "library" / "vectors.db")
        return replace(self._desk(), engine=lambda: engine)

    def shelf(self) -> "SearchContext":
        from curator.search.index import Index
        from curator.search.sync import SearchContext

        return SearchContext(
            brand=self.brand,
            store=self.store,
            engine=lambda: self.engine,
            index=Index(self.home / "library" / "index", tuple(dict.fromkeys(("id", "en", self.brand.language, *self.brand.reads)))),
            kept=lambda: files.stamp(self.home / "library" / "vectors.db"),
            progress=self._progress,
        )

    def _index_it(self) -> None:
        """After a run, so that the next search need not wait. What hinders it now is told then."""
        from curator.search import sync

        with suppress(CuratorError):
            sync.refresh(self.shelf())

    def _door(self) -> "HttpFetcher":
        from curator.feeds.http import HttpFetcher

        return HttpFetcher(self.brand.fetch)

    def _publish(self, report: RunReport) -> None:
        from curator.publishing.formats import reading_list

        folder = self.home / PAGES
        earlier = sorted(path.stem for path in folder.glob("????-??-??.html") if path.stem < report.date.isoformat())
        previous = date.fromisoformat(earlier[-1]) if earlier else None
        for name, text in reading_list(report, self.brand, self.brand.shortlist.formats, previous=previous).items():
            files.write(folder / name, text.encode())

    def page(self, report: RunReport) -> Path | None:
        """Where the page of a reading list lies, if there is one."""
        path = self.home / PAGES / f"{report.date.isoformat()}.html"
        return path if path.exists() else None

    @property
    def _opml_path(self) -> Path:
        return self.home / "feeds.opml"

    def opml(self) -> bytes:
        try:
            return self._opml_path.read_bytes()
        except FileNotFoundError:
            raise ConfigError("there is no feeds.opml here", where=str(self.home), hint=f"curator init {self.home}") from None

    def _rewrite(self, body: bytes) -> bool:
        """Keeps a changed feeds.opml; False when nothing changed."""
        if body == self.opml():
            return False
        files.write(self._opml_path, body)
        self.__dict__.pop("feeds", None)
        return True

    def _asked(self, feed: Feed) -> Feed:
        from curator.feeds import inspect

        answer = outside(self.brand.fetch, lambda door, workers: inspect.feeds([feed.url], door, workers, datetime.now(UTC)))[0]
        if isinstance(answer, Failure):
            hint = answer.hint or f"curator feeds add {feed.url} --unchecked adds it all the same"
            raise ConfigError(answer.reason, where=feed.url, hint=hint)
        return replace(feed, title=feed.title or answer.title, site=answer.site)


@lru_cache(maxsize=1)
def _looking_engine(model: str, vectors: Path) -> EmbeddingEngine:
    """Voters that read what is kept of vectors and add nothing; the same at every look, for models take seconds to load."""
    from curator.ranking import embed
    from curator.storage.vectors import LentVectors, SqliteVectors

    return embed.open_engine(model, LentVectors(SqliteVectors(vectors)))


def outside(rules: FetchRules, look: Callable[[Fetcher, Workers], Coroutine[Any, Any, T]]) -> T:
    """What a look at the outside brings, through a door with these rules."""
    import asyncio

    from curator.feeds.http import HttpFetcher
    from curator.feeds.workers import LocalWorkers

    async def looked() -> T:
        async with HttpFetcher(rules) as door, LocalWorkers() as workers:
            return await look(door, workers)

    return asyncio.run(looked())


def _subscription(feed: Feed, state: FeedState | None, listed: int, picked: int) -> Subscription:
    state = state or FeedState(url=feed.url)
    return Subscription(
        url=feed.url,
        title=feed.title or state.title,
        category=feed.category,
        last_success=state.last_success,
        failures=state.failures,
        reason=state.reason,
        next_due=state.next_due,
        seen=state.seen,
        listed=listed,
        picked=picked,
    )


class Silence:
    """A Progress that nobody watches."""

    def stage(self, name: str, total: int = 0) -> None: ...

    def step(self, n: int = 1) -> None: ...

    def note(self, text: str) -> None: ...
