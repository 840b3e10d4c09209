"""Writing of one commit: the statements for each kind of change, within a transaction of the caller."""

from collections.abc import Iterable
from datetime import UTC
from hashlib import blake2b

from curator.core.item import Item, Tombstone
from curator.core.protocols import Changes
from curator.storage.postgres import tables
from curator.storage.postgres.database import Rows
from curator.storage.postgres.tables import encoded


def apply(db: Rows, changes: Changes) -> None:
    """Write all changes in the transaction of `db`."""
    tables.drop(db, tables.NOTICES, changes.dropped)
    tables.put(db, tables.NOTICES, {notice.id: encoded(notice) for notice in changes.notices})
    tables.put(db, tables.TEXTS, {id_: encoded(text) for id_, text in changes.texts.items()})
    keep_items(db, changes.items)
    tables.put(db, tables.POSTS, {post.id: encoded(post) for post in changes.posts})
    tables.drop(db, tables.DECISIONS, changes.undone)
    tables.put(db, tables.DECISIONS, {decision.number: encoded(decision) for decision in changes.decisions})
    tables.put(db, tables.RESULTS, {result.post: encoded(result) for result in changes.results})
    tables.drop(db, tables.SITES, map(_hash, changes.unscouted))
    tables.put(db, tables.SITES, {_hash(tried.site): encoded(tried) for tried in changes.scouted})
    if changes.report:
        tables.put(db, tables.REPORTS, {changes.report.date: encoded(changes.report)})
    tables.drop(db, tables.FEEDS, map(_hash, changes.forget))
    tables.put(db, tables.FEEDS, {_hash(state.url): encoded(state) for state in changes.states})
    if changes.removed:
        _let_go(db, {trace.id: trace for trace in changes.removed})


def keep_items(db: Rows, items: Iterable[Item]) -> None:
    """Write items, and give new stamps to the months in which one changed, came or went."""
    rows = {item.id: item for item in items}
    records = {id_: encoded(item) for id_, item in rows.items()}
    found = [item.found for item in rows.values()]
    months = {id_: f"{item.found.astimezone(UTC):%Y-%m}" for id_, item in rows.items()}
    before = _months_of(db, rows)
    changed = tables.put(db, tables.ITEMS, records, found, list(months.values()), [_print(each) for each in records.values()])
    _stamp(db, {month for id_ in changed for month in (before.get(id_), months[id_]) if month})


def _let_go(db: Rows, traces: dict[str, Tombstone]) -> None:
    put = (
        "INSERT INTO curator.traces (id, entry_hash) SELECT * FROM unnest(%s::text[], %s::bigint[]) "
        "ON CONFLICT (brand, id) DO UPDATE SET entry_hash = excluded.entry_hash"
    )
    db.execute(put, (list(traces), [trace.entry_hash for trace in traces.values()]))
    _stamp(db, set(_months_of(db, traces).values()))
    tables.drop(db, tables.ITEMS, traces)
    tables.drop(db, tables.TEXTS, traces)


def _months_of(db: Rows, ids: Iterable[str]) -> dict[str, str]:
    return dict(db.execute("SELECT id, month FROM curator.items WHERE id = ANY(%s)", (list(ids),)).fetchall())


def _stamp(db: Rows, months: set[str]) -> None:
    statement = (
        "INSERT INTO curator.stamps (kind, name) SELECT 'month', unnest(%s::text[]) "
        "ON CONFLICT (brand, kind, name) DO UPDATE SET stamp = excluded.stamp"
    )
    if months:
        db.execute(statement, (sorted(months),))


def _print(record: str) -> str:
    """Return the hash that the files give to the same record, so that a search index stays good when a library moves."""
    return blake2b(record.encode(), digest_size=8).hexdigest()


def _hash(url: str) -> str:
    return blake2b(url.encode(), digest_size=16).hexdigest()
