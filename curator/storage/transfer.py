"""Export and import of a whole brand as one JSON file: for another machine, another store, or as a backup.

The file is a JSON array with a record a line, so that neither writing nor reading holds all of it in memory. The first
record names the format and holds brand.toml and feeds.opml as they are written. The last record has the number of records:
a file that was cut is refused before anything of it is kept. A file that another program has laid out anew is read whole.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from curator import config
from curator.config import opml
from curator.core import files
from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.feed import FeedState
from curator.core.item import Item, Tombstone
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.protocols import Changes, Store
from curator.core.report import RunReport
from curator.core.result import PostResult
from curator.core.scouting import ScoutedSite
from curator.core.text import urls
from curator.core.text.plain import line

T = TypeVar("T")

VERSION = 1
_AT_ONCE = 500  # items whose texts are in hand
_ID = re.compile("[0-9a-z]{8}")


class Header(Struct, frozen=True, kw_only=True, tag_field="record", tag="library"):
    """The first record; `brand` and `feeds` are the texts of brand.toml and feeds.opml."""

    version: int
    brand: str = ""
    feeds: str = ""


class ItemRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="item"):
    """An item with the text of its article, where that was read."""

    item: Item
    text: str | None = None


class PostRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="post"):
    """A post of the calendar."""

    post: Post


class DecisionRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="decision"):
    """A decision that was not undone."""

    decision: Decision


class ReportRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="report"):
    """The report of a run, with its reading list."""

    report: RunReport


class TombstoneRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="trace"):
    """The tombstone of a removed item."""

    trace: Tombstone


class FeedStateRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="feed"):
    """What is remembered of a feed."""

    state: FeedState


class NoticeRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="notice"):
    """A notice, told or not."""

    notice: Notice


class ResultRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="result"):
    """The result of a post."""

    result: PostResult


class SiteRecord(Struct, frozen=True, kw_only=True, tag_field="record", tag="site"):
    """A site that was tried for a feed."""

    site: ScoutedSite


class Trailer(Struct, frozen=True, kw_only=True, tag_field="record", tag="end"):
    """The last record; `records` counts those before it."""

    records: int


Record = (
    Header
    | ItemRecord
    | PostRecord
    | DecisionRecord
    | ReportRecord
    | TombstoneRecord
    | NoticeRecord
    | ResultRecord
    | SiteRecord
    | FeedStateRecord
    | Trailer
)
_ONE, _ALL = msgspec.json.Decoder(Record), msgspec.json.Decoder(list[Record])
_FIRST = b'[\n{"record":"library"'


class ImportResult(Struct, frozen=True, kw_only=True):
    """The result of an import.

    `items`: the number of items that came. `known`: the number of those that were here already. `written`: files of the
    brand that it wrote. `left`: files of the brand that it left as they were.
    """

    items: int
    known: int
    written: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


# --- out --------------------------------------------------------------------------------------------------------


def export(home: Path, store: Store) -> Iterator[bytes]:
    """Yield the library of a brand directory, a line at a time. Raises Locked and StoreError.

    The lines are collected in a temporary file first, so that a slow reader does not hold the write lock.
    """
    with TemporaryFile() as file:
        with store.writing():
            file.writelines(_lines(_records_of(home, store)))
        file.seek(0)
        yield from file


def _lines(records: Iterable[Record]) -> Iterator[bytes]:
    count = 0
    for count, record in enumerate(records, 1):
        yield (b"" if count > 1 else b"[\n") + msgspec.json.encode(record) + b",\n"
    yield msgspec.json.encode(Trailer(records=count)) + b"\n]\n"


def _records_of(home: Path, store: Store) -> Iterator[Record]:
    """Yield the records in the order of their import, in which an import that was killed can be repeated."""
    yield Header(version=VERSION, brand=_text(home / config.BRAND), feeds=_text(home / config.FEEDS))
    yield from (TombstoneRecord(trace=trace) for trace in store.tombstones())
    yield from (PostRecord(post=post) for post in store.posts())
    yield from (DecisionRecord(decision=decision) for decision in store.decisions())
    for some in _portions(store.items()):
        texts = store.texts(item.id for item in some)
        yield from (ItemRecord(item=item, text=texts.get(item.id)) for item in some)
    yield from (ReportRecord(report=report) for day in store.days() if (report := store.report(day)))
    yield from (NoticeRecord(notice=notice) for notice in store.notices())
    yield from (ResultRecord(result=result) for result in store.results())
    yield from (SiteRecord(site=site) for site in store.scouted())
    yield from (FeedStateRecord(state=state) for _, state in sorted(store.states().items()))


def _text(path: Path) -> str:
    """Return a file of the brand directory as text, "" when there is none. OPML in an old encoding is converted."""
    if not path.exists():
        return ""
    body = path.read_bytes()
    try:
        return body.decode("utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8")
    except UnicodeDecodeError:
        return opml.build(opml.parse(body, where=str(path)).feeds, title="").decode()


# --- in ---------------------------------------------------------------------------------------------------------


def bring(file: Path, home: Path, opened: Callable[[Brand], Store], *, merge: bool = False) -> ImportResult:
    """Import an exported library into a brand directory; `opened` returns the store that a brand's settings name.

    Existing brand.toml, feeds.opml, items with their posts and decisions, reading lists and feed states are kept. Raises
    CuratorError when the file is not an export or is cut short, and when the library is not empty without `merge`; nothing is
    written then.
    """
    head = _checked(file)
    is_new = head.brand and not (home / config.BRAND).exists()
    store = opened(config.parse(head.brand.encode()) if is_new else config.load(home))
    with store.running(), store.writing():
        taking = _Taking(store)
        if not merge and (taking.here or _holds_more(store)):
            raise CuratorError(
                "there is a library already, and it is not empty",
                where=str(home),
                hint=f"curator import {file} --merge adds what is missing here; --home names another directory",
            )
        written, left = _configured(home, head)
        taking.all(_records(file))
    return ImportResult(items=taking.new, known=taking.known, written=written, left=left)


def _checked(file: Path) -> Header:
    """Read the whole file and return its first record. Raises CuratorError when the file is not an export, or is cut short."""
    number, head, record = 0, None, None
    for number, record in enumerate(_records(file)):
        if number == 0:
            head = record
        elif not _sound(record):
            raise _foreign(file, f"record {number + 1} has no valid id")
    if not isinstance(head, Header):
        raise _foreign(file, "its first record does not say so")
    if head.version > VERSION:
        what = f"{file.name} was exported by a newer curator (its version is {head.version}, this one knows {VERSION})"
        raise CuratorError(what, where=str(file), hint="pip install --upgrade curator")
    if not isinstance(record, Trailer) or record.records != number:
        raise CuratorError(f"{file.name} is not whole: its end is missing", where=str(file), hint="curator export json, once more")
    return head


def _sound(record: Record) -> bool:
    match record:
        case ItemRecord(item=item):
            return bool(_ID.fullmatch(item.id) and urls.web(item.url) and item.found.tzinfo and item.published.tzinfo)
        case TombstoneRecord(trace=trace):
            return bool(_ID.fullmatch(trace.id))
    return not isinstance(record, Header)


def _configured(home: Path, head: Header) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the files that are missing. Returns their names, and those of the files that differ and are kept."""
    there = {config.BRAND: head.brand, config.FEEDS: head.feeds}
    missing = {name: text for name, text in there.items() if text and not (home / name).exists()}
    for name, text in missing.items():
        files.write(home / name, text.encode())
    return tuple(missing), tuple(name for name, text in there.items() if name not in missing and text != _text(home / name))


def _holds_more(store: Store) -> bool:
    kinds = (store.states, store.posts, store.decisions, store.days, store.notices, store.results, store.scouted)
    return any(kind() for kind in kinds) or next(store.tombstones(), None) is not None


class _Taking:
    """Commits records kind by kind, leaving out those that are here. An empty library then holds what the exported one did."""

    def __init__(self, store: Store) -> None:
        self.store, self.here = store, frozenset(item.id for item in store.items())
        self.new = self.known = 0

    def all(self, records: Iterable[Record]) -> None:
        steps: dict[type, Callable[[Iterator[Any]], None]] = {
            TombstoneRecord: self._traces,
            PostRecord: self._posts,
            DecisionRecord: self._decisions,
            ItemRecord: self._items,
            ReportRecord: self._reports,
            NoticeRecord: self._notices,
            ResultRecord: self._results,
            SiteRecord: self._sites,
            FeedStateRecord: self._states,
        }
        for kind, group in groupby(records, type):
            if kind in steps:
                steps[kind](group)

    def _traces(self, records: Iterator[TombstoneRecord]) -> None:
        for some in _portions(record.trace for record in records):
            self.store.commit(Changes(removed=tuple(trace for trace in some if trace.id not in self.here)))

    def _posts(self, records: Iterator[PostRecord]) -> None:
        self.store.commit(Changes(posts=tuple(record.post for record in records if record.post.item not in self.here)))

    def _decisions(self, records: Iterator[DecisionRecord]) -> None:
        """Commit decisions, numbered after those that are here. One that a killed import has brought already comes once."""
        standing = self.store.decisions()
        last = standing[-1] if standing else None
        number, command = (last.number, last.command) if last else (0, 0)
        seen = {(d.at, d.item, d.verdict) for d in standing}
        new = [d for r in records if (d := r.decision).item not in self.here and (d.at, d.item, d.verdict) not in seen]
        moved = (replace(d, number=d.number + number, command=d.command + command) for d in new)
        self.store.commit(Changes(decisions=tuple(moved)))

    def _items(self, records: Iterator[ItemRecord]) -> None:
        """Commit texts in portions, then all items at once, because a month's file is written whole."""
        items: list[Item] = []
        for some in _portions(records):
            fresh = [record for record in some if record.item.id not in self.here]
            self.store.commit(Changes(texts={record.item.id: record.text for record in fresh if record.text is not None}))
            items += [record.item for record in fresh]
            self.known += len(some) - len(fresh)
        self.store.commit(Changes(items=tuple(items)))
        self.new += len(items)

    def _reports(self, records: Iterator[ReportRecord]) -> None:
        days = set(self.store.days())
        for record in records:
            if record.report.date not in days:
                self.store.commit(Changes(report=record.report))

    def _notices(self, records: Iterator[NoticeRecord]) -> None:
        known = {notice.id for notice in self.store.notices()}
        self.store.commit(Changes(notices=tuple(record.notice for record in records if record.notice.id not in known)))

    def _results(self, records: Iterator[ResultRecord]) -> None:
        known = {result.post for result in self.store.results()}
        self.store.commit(Changes(results=tuple(record.result for record in records if record.result.post not in known)))

    def _sites(self, records: Iterator[SiteRecord]) -> None:
        known = {tried.site for tried in self.store.scouted()}
        self.store.commit(Changes(scouted=tuple(record.site for record in records if record.site.site not in known)))

    def _states(self, records: Iterator[FeedStateRecord]) -> None:
        known = self.store.states()
        self.store.commit(Changes(states=tuple(record.state for record in records if record.state.url not in known)))


def _records(file: Path) -> Iterator[Record]:
    try:
        with file.open("rb") as lines:
            if lines.read(len(_FIRST)) != _FIRST:
                lines.seek(0)
                yield from _ALL.decode(lines.read())
                return
            lines.seek(_FIRST.index(b"{"))
            yield from (_ONE.decode(row.rstrip(b",\r\n")) for row in lines if row.strip() != b"]")
    except OSError as error:
        raise CuratorError(f"{file.name} cannot be read: {error.strerror}", where=str(file), hint=f"ls -l {file}") from error
    except msgspec.DecodeError as error:
        raise _foreign(file, str(error)) from error


def _foreign(file: Path, why: str) -> CuratorError:
    what = f"{file.name} is not a library that curator exported: {line(why, 200)}"
    return CuratorError(what, where=str(file), hint="curator export json -o library.json makes one")


def _portions(things: Iterable[T]) -> Iterator[list[T]]:
    left = iter(things)
    while some := list(islice(left, _AT_ONCE)):
        yield some
