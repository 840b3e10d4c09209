"""Checks and repairs of a library on Postgres. The server itself sees to pages and rows; what can go wrong is what was written."""

from msgspec.structs import replace

from curator.core.errors import Problem, StoreError
from curator.core.feed import FeedState
from curator.core.item import Item
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.report import RunReport
from curator.storage.disk import REPAIR
from curator.storage.postgres import commit, tables
from curator.storage.postgres.database import Rows
from curator.storage.postgres.tables import Table

_KINDS: tuple[tuple[Table, type], ...] = (
    (tables.FEEDS, FeedState),
    (tables.POSTS, Post),
    (tables.NOTICES, Notice),
    (tables.DECISIONS, Decision),
    (tables.ITEMS, Item),
    (tables.REPORTS, RunReport),
    (tables.TEXTS, str),
)


def check(db: Rows, where: str) -> list[Problem]:
    """Return a problem for each table with a record that cannot be decoded, and one for items whose text is lost."""
    damage = [problem for table, kind in _KINDS for problem in _damage(db, table, kind)]
    lost = [] if damage else _lost(db)
    return damage + ([Problem(what=f"items that have lost their text: {len(lost)}", where=where, hint=REPAIR)] if lost else [])


def repair(db: Rows) -> list[str]:
    """Give items without their text the depth of an entry, so that their page is read again. Returns a sentence for each repair."""
    lost = _lost(db)
    commit.keep_items(db, (replace(item, depth="entry") for item in lost))
    return [f"items that have lost their text and will be read again: {len(lost)}"] if lost else []


def _lost(db: Rows) -> list[Item]:
    """Return the items whose article was read and whose text is missing. Postgres itself cannot read a record with U+0000 in it."""
    without = "NOT EXISTS (SELECT FROM curator.texts WHERE texts.id = items.id)"
    return [item for item in tables.read(db, tables.ITEMS, Item, without) if item.depth == "article"]


def _damage(db: Rows, table: Table, kind: type) -> list[Problem]:
    try:
        tables.read(db, table, kind)
    except StoreError as error:
        return list(error.problems)
    return []
