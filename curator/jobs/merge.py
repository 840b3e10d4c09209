"""Three-way merge: how a job's changes apply to a library that others have changed since the job read it.

A job works for minutes without holding the library's write lock. Meanwhile the user picks, skips, tags or saves. When the
job commits, it takes the lock, reads the items once more, and applies to them only what it changed itself.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from curator.core.item import Item
from curator.core.protocols import Changes, Store

# How far an item was read, from the least to the most.
_DEPTHS: Final = ("entry", "failed", "article")
# Fields that are set when an item's page is read (`normalize.with_article`).
_CONTENT: Final = ("url", "author", "published", "lang", "excerpt", "image", "words", "depth", "links")
# Fields that decisions and lists set.
_MARKS: Final = ("status", "kind", "tags", "note", "listed")


class ItemEdit(Struct, frozen=True, kw_only=True):
    """A change of one item, made without the write lock.

    `before`: the item as it was read from the library or brought by a feed. `after`: as the job wants it kept.
    `text`: its text where the job brings one, else "".
    """

    before: Item
    after: Item
    text: str = ""


def changes(store: Store, edits: Iterable[ItemEdit]) -> Changes:
    """Return what is to be committed for the edits. The caller holds the write lock until it has committed."""
    wanted = {edit.after.id: edit for edit in edits}
    kept: dict[str, Item] = {}
    for month in store.months() if wanted else ():
        kept = {item.id: item for item in store.month_items(month, wanted)} | kept  # newest month first: it counts
    merged = {id_: applied(edit, kept.get(id_)) for id_, edit in wanted.items()}
    return Changes(
        items=tuple(item for item, _ in merged.values()),
        texts={id_: text for id_, (_, text) in merged.items() if text},
    )


def applied(edit: ItemEdit, kept: Item | None) -> tuple[Item, str]:
    """Return the item to keep, and the text to keep with it ("": the text stays as it is). `kept`: the item as it is now.

    Status, kind, tags, note and day of listing are the job's unless they were changed since it read them. Content is that of
    whichever side has read the item further; where both have read equally far, the library's stays.
    """
    if kept is None:
        return edit.after, edit.text
    marks = {name: getattr(kept if getattr(kept, name) != getattr(edit.before, name) else edit.after, name) for name in _MARKS}
    if _DEPTHS.index(edit.after.depth) <= _DEPTHS.index(kept.depth):
        return replace(kept, **marks), ""
    return replace(kept, **marks, **{name: getattr(edit.after, name) for name in _CONTENT}), edit.text
