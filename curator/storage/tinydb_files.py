"""Records in TinyDB files that are replaced whole, keep a backup and have a schema version.

A library file is a plain TinyDB file. Its table `curator` holds the schema version of the other tables.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, KeysView, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Table

from curator.core.files import beside, replace, stamp, twin
from curator.storage.disk import Damaged, Newer, exists, on_disk

T = TypeVar("T")
Tables = dict[str, dict[str, "Row"]]

SCHEMA = 1  # a field that comes with a default needs no new one
_MONTH = re.compile(r"(\d{4}-\d\d)\.json(?:\.bak)?")
MIGRATIONS: Mapping[int, Callable[[Tables], Tables]] = {}  # from schema n to n + 1


class Row(Mapping[str, Any]):
    """A document that stays JSON until one of its keys is read.

    A command reads many files and few documents. Read this way 10,000 items take 10 ms and 20 MB, as dicts (orjson) 170 ms
    and 50 MB; and a change of one document does not encode the others again.
    """

    __slots__ = ("_decoded", "_fingerprint", "json")

    def __init__(self, json: msgspec.Raw) -> None:
        self.json = json
        self._fingerprint = ""
        self._decoded: object = None

    @property
    def fingerprint(self) -> str:
        """A hash of the document, 16 hexadecimal digits; it is kept, for a row outlives many writes of its file."""
        if not self._fingerprint:
            self._fingerprint = blake2b(self.json, digest_size=8).hexdigest()
        return self._fingerprint

    @classmethod
    def of(cls, value: object) -> "Row":
        """Encode a value as a row."""
        return cls(msgspec.Raw(msgspec.json.encode(value)))

    def into(self, kind: type[T], *, keep: bool) -> T:
        """Return the document decoded as `kind`; with `keep` it is decoded once. Raises what msgspec does where it is none."""
        if isinstance(self._decoded, kind):
            return self._decoded
        decoded = _decoder(kind).decode(self.json)
        if keep:
            self._decoded = decoded
        return decoded

    def _read(self) -> dict[str, Any]:
        return msgspec.json.decode(self.json, type=dict[str, Any])

    def __getitem__(self, key: str) -> Any:
        return self._read()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and bytes(self.json) == bytes(other.json)

    __hash__ = None  # type: ignore[assignment]


class JsonFile(Storage):
    """A TinyDB storage in one file, which is read again when it changed and replaced as a whole.

    A file of an older schema is migrated in memory; the first write keeps the old file as `<name>.v<schema>`. Methods raise
    Damaged, Newer, or StoreError where the disk refuses.
    """

    def __init__(self, path: Path, schema: int = SCHEMA, migrations: Mapping[int, Callable[[Tables], Tables]] = MIGRATIONS) -> None:
        self.path, self._schema, self._migrations = path, schema, migrations
        self._found = schema
        self._seen: tuple[str, Tables] | None = None  # one assignment: threads never see the stamp of other tables

    def read(self) -> Tables | None:
        """Return the tables by name, or None where nothing was ever written."""
        with on_disk(self.path):
            found, seen = self._there(), self._seen
            if not found:
                return None
            if seen is None or seen[0] != found:
                self._seen = seen = (found, self._load(self.path.read_bytes()))
            return seen[1]

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace the file by `data`, the changed result of `read`. After an error the file holds what it held before."""
        self._seen = None
        body = msgspec.json.encode({"curator": {"1": {"schema": self._schema}}, **{name: _raw(table) for name, table in data.items()}})
        with on_disk(self.path):
            self._keep_old_schema()
            replace(self.path, body)
            self._found = self._schema
            if written := stamp(self.path):
                self._seen = (written, cast("Tables", data))

    def _load(self, data: bytes) -> Tables:
        try:
            raw = _decoder(dict[str, dict[str, msgspec.Raw]]).decode(data)
            tables = {name: {key: Row(json) for key, json in table.items()} for name, table in raw.items()}
            found = _decoder(dict[str, int]).decode(tables.pop("curator")["1"].json)["schema"]
        except (msgspec.DecodeError, KeyError) as error:
            raise Damaged(self.path, _why(data, error)) from error
        if found > self._schema:
            raise Newer(self.path, found, self._schema)
        for version in range(found, self._schema):
            tables = self._migrations[version](tables)
        self._found = found
        return tables

    def _keep_old_schema(self) -> None:
        old = beside(self.path, f"v{self._found}")
        if self._found < self._schema and not old.exists():
            twin(self.path, old)

    def _there(self) -> str:
        """Return the file's stamp, "" where it does not exist. Raises Damaged where only its backup exists.

        A file that is missing beside its backup is looked for twice: another process may just have written it.
        """
        found = stamp(self.path)
        if not found and beside(self.path, "bak").exists():
            found = stamp(self.path)
            if not found:
                raise Damaged(self.path, "it is gone, only its backup is there")
        return found


class Records(Table):
    """A table of typed documents by number."""

    @property
    def path(self) -> Path:
        """The file of the table."""
        return cast("JsonFile", self.storage).path

    def into(self, kind: type[T], numbers: Iterable[int] | None = None, *, keep: bool = False) -> dict[int, T]:
        """Return the documents of these numbers that are there, by default all, decoded as `kind`. Raises Damaged when one cannot be.

        `keep`: whether they stay decoded until they change, for documents that are few and asked for again and again.
        """
        rows = self._rows()
        keys = rows.keys() if numbers is None else [key for key in map(str, numbers) if key in rows]
        try:
            return {int(key): rows[key].into(kind, keep=keep) for key in keys}
        except (msgspec.DecodeError, ValueError) as error:
            raise Damaged(self.path, str(error)) from error

    def numbers(self) -> KeysView[str]:
        """Return the numbers as TinyDB keeps them: strings of decimal digits."""
        return self._rows().keys()

    def stamp(self) -> str:
        """Return a string that changes with every write of the file."""
        with on_disk(self.path):
            return stamp(self.path)

    def fingerprints(self) -> dict[int, str]:
        """Return by number a hash of each document, 16 hexadecimal digits."""
        return {int(key): row.fingerprint for key, row in self._rows().items()}

    def change(self, put: Mapping[int, object], drop: Iterable[int] = ()) -> None:
        """Put and drop documents in one write of the file. Writes nothing where nothing would differ.

        TinyDB's own way converts the numbers of all documents to integers and back, which takes longer than to write them.
        """
        rows = self._rows()
        fresh = {str(number): Row.of(value) for number, value in put.items()}
        changed = {key: row for key, row in fresh.items() if rows.get(key) != row}
        gone = {key for key in map(str, drop) if key in rows and key not in fresh}
        if changed or gone:
            kept = {key: row for key, row in rows.items() if key not in gone} if gone else dict(rows)
            self.storage.write({**(self.storage.read() or {}), self.name: {**kept, **changed}})

    def _rows(self) -> Mapping[str, Row]:
        return cast("Mapping[str, Row]", self._read_table())


class Database(TinyDB):
    """A TinyDB of `Records` in a `JsonFile`."""

    table_class = Records

    def __init__(self, path: Path) -> None:
        super().__init__(path, storage=JsonFile)

    def records(self, name: str) -> Records:
        """Return the table of that name."""
        return cast("Records", self.table(name))


class Files:
    """The TinyDB files of a library folder, each opened once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[Path, Database] = {}

    def feeds(self) -> Records:
        """Return the states of the feeds."""
        return self._records("feeds", self.folder / "feeds.json")

    def posts(self) -> Records:
        """Return the posts."""
        return self._records("posts", self.folder / "posts.json")

    def outbox(self) -> Records:
        """Return the notices."""
        return self._records("notices", self.folder / "outbox.json")

    def results(self) -> Records:
        """Return the results of posts."""
        return self._records("results", self.folder / "results.json")

    def scouted(self) -> Records:
        """Return the sites that were tried for a feed."""
        return self._records("scouted", self.folder / "scouted.json")

    def month(self, name: str, month: str) -> Records:
        """Return a month's records. `name` is `items`, `decisions` or `runs`, `month` as in 2026-11."""
        return self._records(name, self.folder / name / f"{month}.json")

    def months(self, name: str, since: str = "", until: str = "") -> list[Records]:
        """Return the records of each month that has a file from `since` to `until`, both included, newest first."""
        folder = self.folder / name
        with on_disk(folder):
            names = [path.name for path in folder.iterdir()] if exists(folder) else []
        months = {match[1] for name in names if (match := _MONTH.fullmatch(name))}
        return [self.month(name, month) for month in sorted(months, reverse=True) if since <= month <= (until or month)]

    def _records(self, name: str, path: Path) -> Records:
        return self._open.setdefault(path, Database(path)).records(name)


def _why(data: bytes, error: Exception) -> str:
    if not data.strip(b"\0"):
        return f"it holds {len(data)} zeros" if data else "it is empty"
    return "it does not say its schema" if isinstance(error, KeyError) else str(error)


def _raw(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table whose rows are copied as they are; calling back for each of them would take twice as long."""
    return {key: row.json if isinstance(row, Row) else row for key, row in table.items()}


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    return cast("msgspec.json.Decoder[T]", _made(cast("Hashable", kind)))


@cache
def _made(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
