"""Statements on the tables. None names a brand: the columns' default and the policies take it from the transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString, TypeVar

import msgspec
from msgspec import Struct
from psycopg.sql import SQL, Identifier

from curator.core.errors import StoreError
from curator.storage.postgres.database import Rows

T = TypeVar("T")


class Table(Struct, frozen=True, kw_only=True):
    """A table of records by `id`; `key` is the SQL type of the id. `extra`: further columns and their types, written with each record."""

    name: str
    key: LiteralString = "text"
    extra: Mapping[str, LiteralString] = {}


ITEMS = Table(name="items", extra={"found": "timestamptz", "month": "text", "print": "text"})
TEXTS = Table(name="texts")
POSTS = Table(name="posts")
DECISIONS = Table(name="decisions", key="bigint")
NOTICES = Table(name="notices")
REPORTS = Table(name="reports", key="date")
FEEDS = Table(name="feeds")
RESULTS = Table(name="results")
SITES = Table(name="sites")


def encoded(value: object) -> str:
    """Return a value as the JSON that is kept of it."""
    return msgspec.json.encode(value).decode()


def put(db: Rows, table: Table, records: Mapping[Any, str], *extra: Sequence[Any]) -> set[Any]:
    """Keep records by id, with a list for each further column. Returns the ids of those that were new or differed."""
    if not records:
        return set()
    names = [*table.extra, "record"]
    types: list[LiteralString] = [table.key, *table.extra.values(), "text"]
    statement = SQL(
        "INSERT INTO curator.{table} AS old (id, {names}) SELECT id, {values} FROM unnest({arrays}) AS new (id, {names}) "
        "ON CONFLICT (brand, id) DO UPDATE SET {changes} WHERE old.record::text <> excluded.record::text RETURNING id"
    ).format(
        table=Identifier(table.name),
        names=SQL(", ").join(map(Identifier, names)),
        values=SQL(", ").join([*map(Identifier, table.extra), SQL("record::json")]),
        arrays=SQL(", ").join(SQL("%s::{}[]").format(SQL(each)) for each in types),
        changes=SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(each)) for each in names),
    )
    return {id_ for (id_,) in db.execute(statement, [list(records), *extra, list(records.values())])}


def drop(db: Rows, table: Table, ids: Iterable[Any]) -> None:
    """Remove records by id."""
    if wanted := list(ids):
        statement = SQL("DELETE FROM curator.{} WHERE id = ANY(%s::{}[])").format(Identifier(table.name), SQL(table.key))
        db.execute(statement, (wanted,))


def read(db: Rows, table: Table, kind: type[T], where: LiteralString = "true", values: Sequence[Any] = ()) -> list[T]:
    """Return the records of a condition, decoded, in the order of the ids. Raises StoreError for one that cannot be decoded."""
    statement = SQL("SELECT id, record::text FROM curator.{} WHERE {} ORDER BY id").format(Identifier(table.name), SQL(where))
    decode = msgspec.json.Decoder(kind).decode
    found = []
    for id_, record in db.execute(statement, values):
        try:
            found.append(decode(record))
        except msgspec.DecodeError as error:
            what = f"a record is damaged: curator.{table.name}, id {id_}: {error}"
            raise StoreError(what, where=f"postgresql: {db.info.dbname}", hint="restore the row from a backup of the database") from error
    return found
