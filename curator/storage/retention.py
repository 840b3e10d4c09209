"""Retention: which items leave the library, and what is kept of them.

An item leaves when the whole month (UTC) in which it was found is longer ago than `[library] keep`, so that a month's file
is rewritten once and not daily. It stays while it is picked or saved, has a tag, a note or a post, is a topic's example, or
was decided on within that time. Its text and record are removed. A tombstone of sixteen bytes is kept, so that a feed that
shows the item again brings nothing new.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from hashlib import blake2b

from curator.core.brand import Brand
from curator.core.item import Item, Tombstone
from curator.core.protocols import Store
from curator.core.text import urls

_FOR_EVER = {"picked", "saved"}


def leaving(store: Store, brand: Brand, now: datetime, today: date) -> tuple[Tombstone, ...]:
    """Return the tombstones of the items that leave with the first run of a day; none with its later runs.

    The age of an item counts from the earlier of `now` and the time of the last run, so that a clock that is wrong once
    removes nothing.
    """
    last = store.report()
    if last is None or last.date == today:
        return ()
    long_ago = horizon(brand, min(now, last.generated_at))
    old = store.items(before=long_ago)
    if not old:
        return ()
    needed = {d.item for d in store.decisions() if d.at >= long_ago} | {post.item for post in store.posts()}
    shown = tuple(id_ for topic in brand.topics for each in topic.examples for id_ in (urls.page_ids(each) if urls.web(each) else (each,)))
    return tuple(tombstone(i) for i in old if _may_leave(i) and i.id not in needed and not i.id.startswith(shown))


def horizon(brand: Brand, now: datetime) -> datetime:
    """Return the first moment of the oldest month that is kept: of `keep` and the window of the list the longer counts."""
    kept = (now - max(brand.library.keep, brand.shortlist.window)).astimezone(UTC)
    return kept.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def tombstone(item: Item) -> Tombstone:
    """Return the tombstone of an item."""
    return Tombstone(id=item.id, entry_hash=entry_hash(item.source.feed, item.guid))


def entry_hash(feed: str, guid: str) -> int:
    """Return a 63-bit hash of a feed URL and guid; 0 for an empty guid."""
    if not guid:
        return 0
    return int.from_bytes(blake2b(f"{feed}\n{guid}".encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


def entry_hashes(items: Iterable[Item]) -> dict[int, str]:
    """Return the entry hashes of each item with a guid, mapped to its id; a guid may have begun with http or https."""
    return {entry_hash(item.source.feed, guid): item.id for item in items if item.guid for guid in _schemes(item.guid)}


def _schemes(guid: str) -> tuple[str, ...]:
    scheme, colon, rest = guid.partition("://")
    return (f"http://{rest}", f"https://{rest}") if colon and scheme.lower() in ("http", "https") else (guid,)


def _may_leave(item: Item) -> bool:
    return item.status not in _FOR_EVER and not item.tags and not item.note
