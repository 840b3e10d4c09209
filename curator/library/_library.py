"""The brand directory, opened: the daily job on it, and facades for everything else."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from curator import config
from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.item import Item, Status
from curator.core.protocols import EmbeddingEngine, Progress, Store
from curator.core.report import HealthCheck, RunReport
from curator.core.story import Card, Mention
from curator.library import _reading_list
from curator.library._progress import SilentProgress
from curator.library._workspace import Workspace, moment

if TYPE_CHECKING:
    from curator.core.desk_report import DeskReport, Proposal
    from curator.core.explanation import Explanation
    from curator.core.trend import Trends
    from curator.jobs.harvest import Harvest
    from curator.jobs.replay import Replay
    from curator.jobs.results import ResultsRead
    from curator.library.brief import Brief
    from curator.library.calendar import Calendar
    from curator.library.decisions import Decisions
    from curator.library.drafts import Drafts
    from curator.library.feeds import Feeds
    from curator.library.notifications import Notifications
    from curator.library.publishing import Publishing
    from curator.library.reviews import Reviews
    from curator.library.saving_key import SavingKey
    from curator.library.search import Search
    from curator.library.watches import Watches
    from curator.storage.move import Moved

_LOG = logging.getLogger(__name__)


class Library:
    """An open brand directory.

    Use it as a context manager. Times are aware; `now` defaults to the current time. Ids may be shortened as long as they
    name one item. Errors that the user can act on are CuratorErrors.
    """

    def __init__(self, home: Path, progress: Progress | None = None, harvest: Harvest | None = None, store: str = "") -> None:
        """Open the brand directory `home`. Raises ConfigError with every problem in its brand.toml.

        `harvest` is what a run shares with those of other brands. `store` is where the library is, if not where brand.toml says.
        """
        self._workspace = Workspace(home, progress or SilentProgress(), harvest, store)

    @classmethod
    def open(cls, home: str | Path | None = None, *, progress: Progress | None = None) -> Self:
        """Open `home`, else $CURATOR_HOME, else the nearest of this directory and its parents that holds brand.toml.

        `progress` is told of the stages of long jobs. Raises ConfigError where there is no brand.toml, or one with problems.
        """
        return cls(config.find_home(home), progress)

    def __enter__(self) -> Self:
        """Return the library itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Do nothing: every method has written what it keeps before it returns."""

    @property
    def home(self) -> Path:
        """Path of the brand directory."""
        return self._workspace.home

    @property
    def brand(self) -> Brand:
        """Contents of brand.toml."""
        return self._workspace.brand

    @property
    def store(self) -> Store:
        """Store of items, texts, posts, decisions and reading lists, for reading."""
        return self._workspace.store

    @property
    def engine(self) -> EmbeddingEngine:
        """Encoders that brand.toml names. Raises NoModel where the model cannot be loaded."""
        return self._workspace.engine

    # --- facades ---

    @cached_property
    def feeds(self) -> Feeds:
        """Subscriptions."""
        from curator.library.feeds import Feeds

        return Feeds(self._workspace)

    @cached_property
    def decisions(self) -> Decisions:
        """Picks, skips, tags and notes."""
        from curator.library.decisions import Decisions

        return Decisions(self._workspace)

    @cached_property
    def calendar(self) -> Calendar:
        """Slots of the weeks ahead and the posts in them."""
        from curator.library.calendar import Calendar

        return Calendar(self._workspace)

    @cached_property
    def drafts(self) -> Drafts:
        """Texts of posts."""
        from curator.library.drafts import Drafts

        return Drafts(self._workspace)

    @cached_property
    def publishing(self) -> Publishing:
        """Exports, and calendar servers."""
        from curator.library.publishing import Publishing

        return Publishing(self._workspace)

    @cached_property
    def search(self) -> Search:
        """Search by words and meaning. Callable: `desk.search("cold brew")`."""
        from curator.library.search import Search

        return Search(self._workspace)

    @cached_property
    def notifications(self) -> Notifications:
        """Outbox: what is told on which channel, and what waits."""
        from curator.library.notifications import Notifications

        return Notifications(self._workspace)

    @cached_property
    def watches(self) -> Watches:
        """Watch terms: what is listened for."""
        from curator.library.watches import Watches

        return Watches(self._workspace)

    @cached_property
    def brief(self) -> Brief:
        """Text of brand.toml, to edit and to try."""
        from curator.library.brief import Brief

        return Brief(self._workspace)

    @cached_property
    def reviews(self) -> Reviews:
        """Links and files with which others approve posts."""
        from curator.library.reviews import Reviews

        return Reviews(self._workspace)

    @cached_property
    def saving_key(self) -> SavingKey:
        """Key with which a bookmarklet may save pages, and do nothing else."""
        from curator.library.saving_key import SavingKey

        return SavingKey(self.home)

    # --- the daily job ---

    def run(self, *, fetch: bool = True, limit: int | None = None, now: datetime | None = None) -> RunReport:
        """Do the daily job: fetch, read, rank, and write the reading list. Running it again only adds what is new.

        `fetch=False` ranks what is kept and contacts nobody; `limit` shortens the list. Raises NothingFetched where no feed
        answered, Locked while another command writes, and NoModel where the model cannot be loaded.
        """
        from curator.jobs import daily

        now = moment(now)
        with self._telling(now):
            report = daily.run(self._workspace.context(), now, fetch=fetch, limit=limit)
            _reading_list.write(self.home, report, self.brand)
            self._refresh_index()
        return report

    def fetch(self, *, all_: bool = False, now: datetime | None = None) -> RunReport:
        """Fetch the feeds that are due, or `all_`, and keep what is new. Loads no page and no model, and makes no list."""
        from curator.feeds import workers
        from curator.jobs import fetch

        readers = partial(self._workspace.workers, workers.FEED_READERS)
        now = moment(now)
        with self._telling(now):
            return fetch.fetch(replace(self._workspace.context(), workers=readers), now, all_=all_)

    def list(self, day: date | None = None) -> RunReport:
        """Return the reading list of a day, or the latest one. Raises CuratorError where there is none."""
        report = self.store.report(day)
        if report is None:
            raise CuratorError(f"no reading list of {day}" if day else "no reading list yet", where=str(self.home), hint="curator run")
        return report

    def page(self, report: RunReport) -> Path | None:
        """Return the path of a reading list's web page, None where none was written."""
        return _reading_list.page(self.home, report)

    def front_page(self) -> str | None:
        """Render the latest reading list as a web page that refers to no other file, None where there is no list yet."""
        from curator.publishing.formats import page

        report = self.store.report()
        return page.render(report, self.brand) if report else None

    # --- items ---

    def rank(self, *, all_: bool = False, near: bool = False, now: datetime | None = None) -> tuple[Card, ...]:
        """Rank everything that fits, without the caps of the list.

        `all_` ranks the items that fit no topic too, `near` only what just missed the list.
        """
        from curator.jobs import daily

        return daily.rank(self._workspace.context(), moment(now), all_=all_, near=near)

    def mentions(self, *, since: timedelta = timedelta(days=7), watch: str = "", now: datetime | None = None) -> tuple[Mention, ...]:
        """Return the mentions in everything found within `since`, the certain and newest first, each story once for each watch term.

        `watch` is the name of one watch term. Raises ConfigError where brand.toml has none, UsageError for an unknown name.
        """
        from curator.jobs import mentions

        return mentions.mentions(self._workspace.context(), moment(now), since=since, watch=watch)

    def item(self, id: str) -> Item:  # noqa: A002 - as the commands call it
        """Return one item as it is kept, without ranking it. Raises CuratorError for an id that names none, or several."""
        from curator.core.context import find_item

        return find_item(self.store, id)

    def show(self, id: str, *, now: datetime | None = None) -> tuple[Card, str]:  # noqa: A002
        """Return one item with its reasons, and its text. Raises CuratorError for an id that names none, or several."""
        from curator.jobs import explain

        return explain.show(self._workspace.context(), id, moment(now))

    def why(self, asked: str, *, now: datetime | None = None) -> Explanation:
        """Return why the item of an id or a web address is, or is not, on the reading list, and which lines would change that.

        Nothing is fetched or written. Raises CuratorError for an id that names no item, or several.
        """
        from curator.jobs import explain

        return explain.why(self._workspace.read_only_context(), asked, moment(now))

    def items(self, status: Status, *, now: datetime | None = None) -> tuple[Card, ...]:
        """Return the items of a status, the last found first."""
        from curator.jobs import save

        return save.items(self._workspace.context(), status, moment(now))

    def save(self, url: str, *, note: str = "", tags: Sequence[str] = (), now: datetime | None = None) -> tuple[Card, str]:
        """Add a web page to the library for good, as if a feed had brought it. Returns its card and its text.

        Raises UsageError for a text that is not a web address, and CuratorError where the page cannot be read.
        """
        from curator.jobs import save

        return save.save(self._workspace.context(), url, moment(now), note=note, tags=tags)

    # --- looking back, and after the library ---

    def trends(self, span: timedelta = timedelta(days=7), *, now: datetime | None = None) -> Trends:
        """Return the stories and terms that rise against their own baseline, in the last `span`. Nothing is fetched or written."""
        from curator.jobs import trends

        return trends.find(self._workspace.read_only_context(), moment(now), span)

    def replay(self, brief: Path, span: timedelta = timedelta(days=30), *, now: datetime | None = None) -> Replay:
        """Rank the items of the last `span` with the brief in another file, and compare. Nothing is fetched or written.

        Raises ConfigError with every problem in that file.
        """
        from curator.jobs import replay

        return replay.replay(self._workspace.read_only_context(), config.read(brief), moment(now), span)

    def report(self, span: timedelta = timedelta(days=7), *, now: datetime | None = None, language: str = "") -> DeskReport:
        """Return what came of the work of the last `span`, with proposals. Nothing is fetched or written.

        `language`: of what it says, `id` or `en`; otherwise that of the brand's posts, where it is one of these.
        """
        from curator.jobs import report
        from curator.publishing.language import chosen

        return report.report(self._workspace.read_only_context(), moment(now), span, chosen(language, self.brand.language))

    def write_report(self, report: DeskReport, *, html: Path | None = None, md: Path | None = None) -> Sequence[Path]:
        """Write a report as a web page, as Markdown, or both. Returns what was written. Raises CuratorError where it cannot be."""
        from curator.library import _desk_report

        return _desk_report.write(report, self.brand, html=html, md=md)

    def read_results(self, file: Path, *, like: Path | None = None, network: str = "", now: datetime | None = None) -> ResultsRead:
        """Read the analytics export of a scheduler and keep what each post got; reports then say what worked.

        `like` says what the columns of an unknown tool hold; `network` is that of rows that name none. Raises CuratorError for a
        file that cannot be read, UsageError for an unknown network.
        """
        from curator.jobs import results

        return results.read(self._workspace.context(), file, moment(now), like=like, network=network)

    def apply_proposal(self, report: DeskReport, id: str) -> Proposal:  # noqa: A002
        """Write a proposal of a report into brand.toml, whose former text stays as brand.toml.bak. Returns the proposal.

        Raises UsageError for an id that none has, and ConfigError where brand.toml cannot be edited line by line.
        """
        from curator.library import _desk_report

        return _desk_report.apply(self._workspace, report, id)

    def move(self, to: str, *, switch: bool = False) -> Moved:
        """Copy the library to another store and compare both, record by record. `switch` names that store in brand.toml then.

        `to` is what `[engine] store` may be. The library that is left stays as it is. Raises UsageError where `to` is no store
        or the library is there already, StoreError where the target holds what this library lacks.
        """
        from curator.library import _move

        return _move.move(self._workspace, to, switch=switch)

    def doctor(self, *, fix: bool = False) -> tuple[HealthCheck, ...]:
        """Check brand, model, library, search index and feeds. `fix` repairs what can be derived from the rest."""
        from curator.jobs import doctor

        workspace = self._workspace
        examined = doctor.Examined(
            brand=workspace.brand,
            feeds_file=workspace.read_opml,
            subscriptions=lambda: self.feeds.health(),
            store=lambda: workspace.store,
            engine=lambda: workspace.engine,
            search=workspace.search_context,
        )
        return doctor.examine(examined, fix=fix)

    def _telling(self, now: datetime) -> AbstractContextManager[None]:
        """Send the notices that are due after the job in the block."""
        from curator.library.notifications import told_after

        return told_after(self.notifications, now)

    def _refresh_index(self) -> None:
        """Update the search index, so that the next search need not. What prevents it is reported by that search."""
        from curator.search import sync

        try:
            sync.refresh(self._workspace.search_context())
        except CuratorError as error:
            _LOG.info("search index: not updated: %s", error)
