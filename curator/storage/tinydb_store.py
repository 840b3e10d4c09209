"""The store on disk: records in TinyDB files, one a month, and texts in sqlite beside them.

    items/2026-11.json       items found in November (UTC)       runs/2026-11.json    reading lists of November
    decisions/2026-11.json   decisions taken in November         posts.json           the calendar
    feeds.json               states of the feeds                 texts.db             texts of the articles
    outbox.json              notices                             outbox.lock          held to send them
    results.json             results of posts                    scouted.json         sites that were tried for a feed
    traces.db                tombstones of removed items         vectors.db, words.db, scores.db  derived (`vectors.py`)
    lock, lock.holder        held to read and commit             run.lock             held for a whole run, fetch or import

A commit writes notices and texts, then items, posts, decisions, results, sites, the report, and the validators of the feeds last. A commit
that is killed at any moment therefore leaves no validator for entries that were not kept, and no record without its text or
its notice: what was not kept is found again, and its notice has the same id. Removal comes at the end: the tombstone is
written, then the record is dropped, then its text.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from curator.core.errors import Problem
from curator.core.feed import FeedState
from curator.core.item import Item, Tombstone
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.protocols import PATIENCE, Changes
from curator.core.report import RunReport
from curator.core.result import PostResult
from curator.core.scouting import ScoutedSite
from curator.storage.lock import LibraryLock
from curator.storage.texts import Texts
from curator.storage.tinydb_files import Files, Records
from curator.storage.tombstones import Tombstones, id_of


class TinyStore:
    """A library in `folder` (`<brand>/library`). Reading creates nothing; the folder is made by the first writer.

    Files are read when they are needed and again when another process has replaced them.
    """

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)
        self._texts = Texts(folder / "texts.db")
        self._traces = Tombstones(folder / "traces.db")
        self._write_lock = LibraryLock(folder / "lock", "another command is writing to this library")
        self._run_lock = LibraryLock(folder / "run.lock", "another run is at work on this library")
        self._send_lock = LibraryLock(folder / "outbox.lock", "another command is sending notices of this library")

    def states(self) -> dict[str, FeedState]:
        """Return what is remembered of each feed, by its URL in feeds.opml."""
        return {state.url: state for state in self._files.feeds().into(FeedState, keep=True).values()}

    def known(self, ids: Iterable[str]) -> set[str]:
        """Return those ids that are kept or belong to removed items."""
        keys = {str(_number(id_)): id_ for id_ in ids}
        here = {keys[key] for month in self._files.months("items") for key in keys.keys() & month.numbers()}
        return here | self._traces.known(set(keys.values()) - here)

    def removed_entries(self, hashes: Iterable[int]) -> set[int]:
        """Return those entry hashes (`Tombstone.entry_hash`) that belong to removed items."""
        return self._traces.entry_hashes(hashes)

    def tombstones(self) -> Iterator[Tombstone]:
        """Yield the tombstones of removed items, in the order of their ids."""
        return self._traces.all()

    def find(self, prefix: str) -> list[Item]:
        """Return the items whose id begins with `prefix`, in the order of their ids."""
        if not re.fullmatch("[0-9a-z]{0,8}", prefix):
            return []
        first, last = _number(prefix.ljust(8, "0")), _number(prefix.ljust(8, "z"))
        months = self._files.months("items")
        numbers = [first] if first == last else {n for month in months for n in map(int, month.numbers()) if first <= n <= last}
        found = self._read(months, numbers)
        return [found[number] for number in sorted(found)]

    def items(self, since: datetime | None = None, before: datetime | None = None) -> list[Item]:
        """Return the items found from `since` on and before `before`, oldest first."""
        months = self._files.months("items", _month(since) if since else "", _month(before - timedelta.resolution) if before else "")
        kept = (i for i in self._read(months).values() if (since is None or i.found >= since) and (before is None or i.found < before))
        return sorted(kept, key=lambda item: (item.found, item.id))

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the texts that are kept, in the order of `ids`."""
        return self._texts.get(ids)

    def months(self) -> dict[str, str]:
        """Return the months that hold items, newest first, each with a stamp that changes with every write."""
        return {month.path.stem: month.stamp() for month in self._files.months("items")}

    def fingerprints(self, month: str) -> dict[str, str]:
        """Return by item id of a month a hash of the whole record."""
        return {id_of(number): hash_ for number, hash_ in self._files.month("items", month).fingerprints().items()}

    def month_items(self, month: str, ids: Iterable[str]) -> list[Item]:
        """Return those items of a month, in the order of their ids."""
        found = self._files.month("items", month).into(Item, map(_number, ids))
        return [found[number] for number in sorted(found)]

    def posts(self) -> list[Post]:
        """Return every post, cancelled ones too, the earliest first, those without a time last."""
        return sorted(self._files.posts().into(Post, keep=True).values(), key=lambda post: post.sort_key)

    def decisions(self) -> list[Decision]:
        """Return the decisions that were not undone, in the order they were taken."""
        found = [decision for month in self._files.months("decisions") for decision in month.into(Decision, keep=True).values()]
        return sorted(found, key=lambda decision: decision.number)

    def notices(self) -> list[Notice]:
        """Return every notice, the earliest first."""
        return sorted(self._files.outbox().into(Notice).values(), key=lambda notice: (notice.made, notice.id))

    def results(self) -> list[PostResult]:
        """Return the results of posts, in the order of their ids."""
        return sorted(self._files.results().into(PostResult).values(), key=lambda result: result.post)

    def scouted(self) -> list[ScoutedSite]:
        """Return the sites that were tried for a feed, in the order of their names."""
        return sorted(self._files.scouted().into(ScoutedSite).values(), key=lambda tried: tried.site)

    def report(self, day: date | None = None) -> RunReport | None:
        """Return the report of a day in the brand's time zone, or the latest; None where there is none."""
        latest = (max(map(int, month.numbers())) for month in self._files.months("runs") if month.numbers())
        number = next(latest, None) if day is None else _day(day)
        if number is None:
            return None
        month = self._files.month("runs", f"{number // 10_000:04}-{number // 100 % 100:02}")
        return month.into(RunReport, [number], keep=True).get(number)

    def days(self) -> list[date]:
        """Return the days that have a report, in order."""
        numbers = sorted(int(number) for month in self._files.months("runs") for number in month.numbers())
        return [date(number // 10_000, number // 100 % 100, number % 100) for number in numbers]

    def commit(self, changes: Changes) -> None:
        """Apply all changes. Each file they touch is written once; a file that would stay the same is not written."""
        with self.writing():
            self._files.outbox().change({_hash(each.id): each for each in changes.notices}, drop=map(_hash, changes.dropped))
            if changes.texts:
                self._texts.put(changes.texts)
            self._keep({item.id: item for item in changes.items}.values())
            self._files.posts().change({_hash(post.id): post for post in changes.posts})
            self._decide(changes)
            self._files.results().change({_hash(result.post): result for result in changes.results})
            scouted = {_hash(each.site): each for each in changes.scouted}
            self._files.scouted().change(scouted, drop=map(_hash, changes.unscouted))
            if changes.report:
                day = changes.report.date
                self._files.month("runs", f"{day:%Y-%m}").change({_day(day): changes.report})
            forget = [_hash(url) for url in changes.forget]
            self._files.feeds().change({_hash(state.url): state for state in changes.states}, drop=forget)
            if changes.removed:
                self._let_go(changes.removed)

    def writing(self, patience: float = PATIENCE) -> AbstractContextManager[None]:
        """Hold the write lock. Raises Locked, naming the holder, when another process has it for longer than `patience` seconds."""
        return self._write_lock.held(patience)

    def running(self) -> AbstractContextManager[None]:
        """Hold the run lock. Raises Locked at once, naming the holder, when another process has it."""
        return self._run_lock.held()

    def sending(self) -> AbstractContextManager[None]:
        """Hold the lock of the outbox. Raises Locked at once, naming the holder, when another process has it."""
        return self._send_lock.held()

    def check(self) -> list[Problem]:
        """Return everything that is wrong with the files. Changes nothing."""
        from curator.storage import repair as storage_repair

        return storage_repair.check(self._files, self._texts)

    def repair(self) -> list[str]:
        """Repair what `check` finds. Returns a sentence for each repair."""
        with self.running(), self.writing():
            from curator.storage import repair as storage_repair

            return storage_repair.repair(self._files, self._texts)

    def _keep(self, items: Iterable[Item]) -> None:
        """Put items into the month they were found in. An item that moves is put first and dropped after, so that none is lost."""
        months: dict[str, dict[int, Item]] = {}
        for item in items:
            months.setdefault(_month(item.found), {})[_number(item.id)] = item
        home: dict[int, Records] = {}
        for name, put in months.items():
            month = self._files.month("items", name)
            month.change(put)
            home |= dict.fromkeys(put, month)
        for month in self._files.months("items") if home else ():
            month.change({}, drop=[number for number in home if home[number] is not month])

    def _decide(self, changes: Changes) -> None:
        """Put decisions into the month they were taken in."""
        months: dict[str, dict[int, Decision]] = {}
        for decision in changes.decisions:
            months.setdefault(_month(decision.at), {})[decision.number] = decision
        for name, put in months.items():
            self._files.month("decisions", name).change(put)
        for month in self._files.months("decisions") if changes.undone else ():
            month.change({}, drop=changes.undone)

    def _let_go(self, traces: Sequence[Tombstone]) -> None:
        self._traces.put(traces)
        numbers = [_number(trace.id) for trace in traces]
        for month in self._files.months("items"):
            month.change({}, drop=numbers)
        self._texts.drop(trace.id for trace in traces)

    def _read(self, months: Iterable[Records], numbers: Collection[int] | None = None) -> dict[int, Item]:
        found: dict[int, Item] = {}
        for month in months:  # newest first: where a move was cut short the newer file counts
            found = month.into(Item, numbers) | found
        return found


def _number(id_: str) -> int:
    return int(id_, 36)


def _hash(url: str) -> int:
    return int.from_bytes(blake2b(url.encode(), digest_size=8).digest(), "big")


def _day(day: date) -> int:
    return int(f"{day:%Y%m%d}")


def _month(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m}"
