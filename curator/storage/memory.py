"""A store in memory, for tests and for runs that keep nothing."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime

import msgspec

from curator.core.errors import Locked, Problem
from curator.core.feed import FeedState
from curator.core.item import Item, Tombstone
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.protocols import PATIENCE, Changes
from curator.core.report import RunReport
from curator.core.result import PostResult
from curator.core.scouting import ScoutedSite


class MemoryStore:
    """A `core.protocols.Store` that lasts as long as the process; its methods do what the protocol says."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._texts: dict[str, str] = {}
        self._states: dict[str, FeedState] = {}
        self._posts: dict[str, Post] = {}
        self._decisions: dict[int, Decision] = {}
        self._reports: dict[date, RunReport] = {}
        self._traces: dict[str, Tombstone] = {}
        self._notices: dict[str, Notice] = {}
        self._results: dict[str, PostResult] = {}
        self._scouted: dict[str, ScoutedSite] = {}
        self._commits = 0
        self._write_lock = threading.RLock()
        self._run_lock = threading.RLock()
        self._send_lock = threading.RLock()

    def states(self) -> dict[str, FeedState]:
        """Return what is remembered of each feed, by its URL."""
        return dict(self._states)

    def known(self, ids: Iterable[str]) -> set[str]:
        """Return those ids that are kept or were removed."""
        return set(ids) & (self._items.keys() | self._traces.keys())

    def removed_entries(self, hashes: Iterable[int]) -> set[int]:
        """Return those entry hashes that belong to removed items."""
        return set(hashes) & {trace.entry_hash for trace in self._traces.values()}

    def tombstones(self) -> Iterator[Tombstone]:
        """Yield the tombstones of removed items, in the order of their ids."""
        return iter([self._traces[id_] for id_ in sorted(self._traces)])

    def find(self, prefix: str) -> list[Item]:
        """Return the items whose id begins with `prefix`, in the order of their ids."""
        return [self._items[id_] for id_ in sorted(self._items) if id_.startswith(prefix)]

    def items(self, since: datetime | None = None, before: datetime | None = None) -> list[Item]:
        """Return the items found from `since` on and before `before`, oldest first."""
        kept = (i for i in self._items.values() if (since is None or i.found >= since) and (before is None or i.found < before))
        return sorted(kept, key=lambda item: (item.found, item.id))

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the texts that are kept, in the order of `ids`."""
        return {id_: self._texts[id_] for id_ in dict.fromkeys(ids) if id_ in self._texts}

    def months(self) -> dict[str, str]:
        """Return the one month there is, with a stamp that changes with every commit."""
        return {"memory": str(self._commits)}

    def fingerprints(self, month: str) -> dict[str, str]:
        """Return by item id a fingerprint of the whole item."""
        return {id_: msgspec.json.encode(self._items[id_]).hex() for id_ in sorted(self._items)}

    def month_items(self, month: str, ids: Iterable[str]) -> list[Item]:
        """Return those items, in the order of their ids."""
        return [self._items[id_] for id_ in sorted(set(ids) & self._items.keys())]

    def posts(self) -> list[Post]:
        """Return every post, the earliest first, those without a time last."""
        return sorted(self._posts.values(), key=lambda post: post.sort_key)

    def decisions(self) -> list[Decision]:
        """Return the decisions that were not undone, in the order they were taken."""
        return [self._decisions[number] for number in sorted(self._decisions)]

    def notices(self) -> list[Notice]:
        """Return every notice, the earliest first."""
        return sorted(self._notices.values(), key=lambda notice: (notice.made, notice.id))

    def results(self) -> list[PostResult]:
        """Return the results of posts, in the order of their ids."""
        return [self._results[post] for post in sorted(self._results)]

    def scouted(self) -> list[ScoutedSite]:
        """Return the sites that were tried for a feed, in the order of their names."""
        return [self._scouted[site] for site in sorted(self._scouted)]

    def report(self, day: date | None = None) -> RunReport | None:
        """Return the report of a day, or the latest; None where there is none."""
        return self._reports.get(day or max(self._reports, default=date.min))

    def days(self) -> list[date]:
        """Return the days that have a report, in order."""
        return sorted(self._reports)

    def commit(self, changes: Changes) -> None:
        """Apply all changes."""
        with self.writing():
            self._commits += 1
            self._notices = {id_: notice for id_, notice in self._notices.items() if id_ not in changes.dropped}
            self._notices.update({notice.id: notice for notice in changes.notices})
            self._texts.update(changes.texts)
            self._items.update({item.id: item for item in changes.items})
            self._posts.update({post.id: post for post in changes.posts})
            for number in changes.undone:
                self._decisions.pop(number, None)
            self._decisions.update({decision.number: decision for decision in changes.decisions})
            self._results.update({result.post: result for result in changes.results})
            for site in changes.unscouted:
                self._scouted.pop(site, None)
            self._scouted.update({tried.site: tried for tried in changes.scouted})
            if changes.report:
                self._reports[changes.report.date] = changes.report
            for url in changes.forget:
                self._states.pop(url, None)
            self._states.update({state.url: state for state in changes.states})
            for trace in changes.removed:
                self._traces[trace.id] = trace
                self._items.pop(trace.id, None)
                self._texts.pop(trace.id, None)

    def writing(self, patience: float = PATIENCE) -> AbstractContextManager[None]:
        """Hold the write lock. Raises Locked when another thread has it for longer than `patience` seconds."""
        return _held(self._write_lock, patience, "another thread is writing to this library")

    def running(self) -> AbstractContextManager[None]:
        """Hold the run lock. Raises Locked when another thread has it."""
        return _held(self._run_lock, 0, "another run is at work on this library")

    def sending(self) -> AbstractContextManager[None]:
        """Hold the lock of the outbox. Raises Locked when another thread has it."""
        return _held(self._send_lock, 0, "another command is sending notices of this library")

    def check(self) -> list[Problem]:
        """Return no problems: there are no files."""
        return []

    def repair(self) -> list[str]:
        """Return no repairs: there are no files."""
        return []


@contextmanager
def _held(lock: "threading.RLock", patience: float, busy: str) -> Iterator[None]:
    if not lock.acquire(timeout=patience):
        raise Locked(busy, hint="wait until it is done")
    try:
        yield
    finally:
        lock.release()
