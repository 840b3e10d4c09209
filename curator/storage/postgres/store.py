"""The store on Postgres. A commit is one transaction: all of it is kept, or nothing."""

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import TypeVar

from curator.core.errors import Problem
from curator.core.feed import FeedState
from curator.core.item import Item, Tombstone
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.protocols import PATIENCE, Changes
from curator.core.report import RunReport
from curator.core.result import PostResult
from curator.core.scouting import ScoutedSite
from curator.storage.postgres import commit, health, tables
from curator.storage.postgres.address import Address
from curator.storage.postgres.database import Database, Rows
from curator.storage.postgres.locks import Locks
from curator.storage.postgres.settings import Recorder
from curator.storage.postgres.tables import Table

T = TypeVar("T")


class PostgresStore:
    """One brand's library in a database of many. The tables are made, or migrated, by the first call."""

    def __init__(self, address: Address, recorder: Recorder | None = None) -> None:
        """Connect to nothing. `recorder`: what is asked for the settings of the brand with every commit."""
        self._database, self._recorder = Database(address), recorder
        self._locks = Locks(self._database)

    def states(self) -> dict[str, FeedState]:
        """Return what is remembered of each feed, by its URL in feeds.opml."""
        return {state.url: state for state in self._all(tables.FEEDS, FeedState)}

    def known(self, ids: Iterable[str]) -> set[str]:
        """Return those ids that are kept or belong to removed items."""
        kept = "SELECT id FROM curator.items WHERE id = ANY(%(ids)s) UNION SELECT id FROM curator.traces WHERE id = ANY(%(ids)s)"
        with self._database.transaction() as db:
            return {id_ for (id_,) in db.execute(kept, {"ids": list(ids)})}

    def removed_entries(self, hashes: Iterable[int]) -> set[int]:
        """Return those entry hashes (`Tombstone.entry_hash`) that belong to removed items."""
        with self._database.transaction() as db:
            found = db.execute("SELECT entry_hash FROM curator.traces WHERE entry_hash = ANY(%s::bigint[])", (list(hashes),))
            return {hash_ for (hash_,) in found}

    def tombstones(self) -> Iterator[Tombstone]:
        """Yield the tombstones of removed items, in the order of their ids."""
        with self._database.transaction() as db:
            found = db.execute("SELECT id, entry_hash FROM curator.traces ORDER BY id").fetchall()
        return (Tombstone(id=id_, entry_hash=hash_) for id_, hash_ in found)

    def find(self, prefix: str) -> list[Item]:
        """Return the items whose id begins with `prefix`, in the order of their ids."""
        if not re.fullmatch("[0-9a-z]{0,8}", prefix):
            return []
        with self._database.transaction() as db:
            return tables.read(db, tables.ITEMS, Item, "id BETWEEN %s AND %s", (prefix, prefix.ljust(8, "z")))

    def items(self, since: datetime | None = None, before: datetime | None = None) -> list[Item]:
        """Return the items found from `since` on and before `before`, oldest first."""
        among = "found >= coalesce(%s, '-infinity'::timestamptz) AND found < coalesce(%s, 'infinity'::timestamptz)"
        with self._database.transaction() as db:
            found = tables.read(db, tables.ITEMS, Item, among, (since, before))
        return sorted(found, key=lambda item: (item.found, item.id))

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the texts that are kept, in the order of `ids`."""
        wanted = list(dict.fromkeys(ids))
        with self._database.transaction() as db:
            rows = db.execute("SELECT id, record FROM curator.texts WHERE id = ANY(%s)", (wanted,)).fetchall()
        found = dict(rows)
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def months(self) -> dict[str, str]:
        """Return the months that hold items, newest first, each with a stamp that changes with every write."""
        with self._database.transaction() as db:
            rows = db.execute("SELECT name, stamp::text FROM curator.stamps WHERE kind = 'month' ORDER BY name DESC").fetchall()
        return dict(rows)

    def fingerprints(self, month: str) -> dict[str, str]:
        """Return by item id of a month a hash of the whole record."""
        with self._database.transaction() as db:
            return dict(db.execute("SELECT id, print FROM curator.items WHERE month = %s", (month,)).fetchall())

    def month_items(self, month: str, ids: Iterable[str]) -> list[Item]:
        """Return those items of a month, in the order of their ids."""
        with self._database.transaction() as db:
            return tables.read(db, tables.ITEMS, Item, "month = %s AND id = ANY(%s)", (month, list(ids)))

    def posts(self) -> list[Post]:
        """Return every post, cancelled ones too, the earliest first, those without a time last."""
        return sorted(self._all(tables.POSTS, Post), key=lambda post: post.sort_key)

    def decisions(self) -> list[Decision]:
        """Return the decisions that were not undone, in the order they were taken."""
        return self._all(tables.DECISIONS, Decision)

    def notices(self) -> list[Notice]:
        """Return every notice, the earliest first."""
        return sorted(self._all(tables.NOTICES, Notice), key=lambda notice: (notice.made, notice.id))

    def results(self) -> list[PostResult]:
        """Return the results of posts, ordered by post id."""
        return self._all(tables.RESULTS, PostResult)

    def scouted(self) -> list[ScoutedSite]:
        """Return the sites that were tried for a feed, ordered by site."""
        return sorted(self._all(tables.SITES, ScoutedSite), key=lambda tried: tried.site)

    def report(self, day: date | None = None) -> RunReport | None:
        """Return the report of a day in the brand's time zone, or the latest; None where there is none."""
        which = "id = coalesce(%s, (SELECT max(id) FROM curator.reports))"
        with self._database.transaction() as db:
            return next(iter(tables.read(db, tables.REPORTS, RunReport, which, (day,))), None)

    def days(self) -> list[date]:
        """Return the days that have a report, in order."""
        with self._database.transaction() as db:
            return [day for (day,) in db.execute("SELECT id FROM curator.reports ORDER BY id")]

    def commit(self, changes: Changes) -> None:
        """Apply all changes in one transaction, and record the settings. A row that would stay the same is not written."""
        with self._writing() as connection, self._database.within(connection):
            commit.apply(connection, changes)
            if self._recorder:
                self._recorder.record(connection)

    @contextmanager
    def writing(self, patience: float = PATIENCE) -> Iterator[None]:
        """Hold the write lock. Raises Locked, naming the holder, when another process has it for longer than `patience` seconds."""
        with self._writing(patience):
            yield

    @contextmanager
    def running(self) -> Iterator[None]:
        """Hold the run lock. Raises Locked at once, naming the holder, when another process has it."""
        with self._locks.held("run", "another run is at work on this library"):
            yield

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Hold the lock of the outbox. Raises Locked at once, naming the holder, when another process has it."""
        with self._locks.held("send", "another command is sending notices of this library"):
            yield

    def check(self) -> list[Problem]:
        """Return records that cannot be decoded, and items whose text is lost. Changes nothing."""
        with self._database.transaction() as db:
            return health.check(db, self._database.address.shown)

    def repair(self) -> list[str]:
        """Let items whose text is lost be read again. Returns a sentence for each repair."""
        with self.running(), self._writing() as connection, self._database.within(connection):
            return health.repair(connection)

    def _writing(self, patience: float = PATIENCE) -> AbstractContextManager[Rows]:
        return self._locks.held("write", "another command is writing to this library", patience)

    def _all(self, table: Table, kind: type[T]) -> list[T]:
        with self._database.transaction() as db:
            return tables.read(db, table, kind)
