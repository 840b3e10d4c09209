"""Protocol of the library of a brand, and what a command changes in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct, field

from curator.core.errors import Problem
from curator.core.feed import FeedState
from curator.core.item import Item, Tombstone
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.report import RunReport
from curator.core.result import PostResult
from curator.core.scouting import ScoutedSite

PATIENCE = 5.0  # seconds that a writer waits for another to commit


class Changes(Struct, frozen=True, kw_only=True):
    """Everything that one command changes in the library.

    - `items`, `states` and `posts` are added, or replace the record of the same id or URL; `texts` are by item id.
    - `forget`: URLs of the feed states to delete. `undone`: numbers of the decisions to delete.
    - `removed`: items to delete together with their texts; their tombstones are kept.
    - `notices` are added, or replace the notice of the same id; `dropped`: ids of notices to delete.
    - `results` are added, or replace the result of the same post.
    - `scouted` are added, or replace the record of the same site; `unscouted`: sites whose record is deleted.
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
    results: tuple[PostResult, ...] = ()
    scouted: tuple[ScoutedSite, ...] = ()
    unscouted: tuple[str, ...] = ()
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

    def results(self) -> list[PostResult]:
        """Return the results of posts, ordered by post id."""
        ...

    def scouted(self) -> list[ScoutedSite]:
        """Return the sites that were tried for a feed, ordered by site."""
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
