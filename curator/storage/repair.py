"""Checks and repairs of the files of a library."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from curator.core.errors import Problem, StoreError
from curator.core.feed import FeedState
from curator.core.files import beside, sync
from curator.core.item import Item
from curator.core.notice import Notice
from curator.core.post import Decision, Post
from curator.core.report import RunReport
from curator.core.result import PostResult
from curator.core.scouting import ScoutedSite
from curator.storage import disk
from curator.storage.caches import FileCaches
from curator.storage.texts import Texts
from curator.storage.tinydb_files import Database, Files, Records
from curator.storage.tombstones import Tombstones

if TYPE_CHECKING:
    from curator.storage.vectors import SqliteVectors


def check(files: Files, texts: Texts) -> list[Problem]:
    """Return damaged and newer files, items whose text is lost, and files that a killed command left. Changes nothing."""
    looks: list[Callable[[], object]] = [
        *(partial(records.into, kind) for records, kind in _typed(files)),
        texts.check,
        _traces(files).check,
        *(cache.check for cache in _caches(files)),
    ]
    damage = [problem for look in looks if (error := _error(look)) for problem in error.problems]
    try:
        lost = len(_lost(files, texts))
    except StoreError:  # it is among the damage already
        lost = 0
    told = [Problem(what=f"items that have lost their text: {lost}", where=str(texts.path), hint=disk.REPAIR)] if lost else []
    left = [Problem(what=f"{path.name} was left by a killed command", where=str(path), hint=disk.REPAIR) for path in _leftovers(files)]
    return damage + told + left


def repair(files: Files, texts: Texts) -> list[str]:
    """Repair what `check` finds. Returns a sentence for each repair.

    Where items are restored from their backup, the validators of every feed are removed first: the next run then downloads
    again what the backup lacks. Items without their text get the depth of an entry, so that their page is read again.
    Raises Newer for a library of a later version: it is not broken.
    """
    damaged = [(records, kind) for records, kind in _typed(files) if _damaged(partial(records.into, kind))]
    said = [_restore(records, kind) for records, kind in damaged if kind is FeedState]
    if any(kind is Item for _, kind in damaged):
        _forget_validators(files.feeds())
    said += [_restore(records, kind) for records, kind in damaged if kind is not FeedState]
    said += _mend_texts(files, texts)
    if _damaged(_traces(files).check):
        said.append(_traces(files).renew())
    said += _drop_texts(files, texts)
    with disk.on_disk(files.folder):
        return said + _sweep(files)


def _typed(files: Files) -> Iterator[tuple[Records, type]]:
    yield files.feeds(), FeedState
    yield files.posts(), Post
    yield files.outbox(), Notice
    yield files.results(), PostResult
    yield files.scouted(), ScoutedSite
    yield from ((month, Decision) for month in files.months("decisions"))
    yield from ((month, Item) for month in files.months("items"))
    yield from ((month, RunReport) for month in files.months("runs"))


def _error(look: Callable[[], object]) -> StoreError | None:
    try:
        look()
    except StoreError as error:
        return error
    return None


def _damaged(look: Callable[[], object]) -> bool:
    error = _error(look)
    if error and not isinstance(error, disk.Damaged):
        raise error
    return error is not None


def _restore(records: Records, kind: type) -> str:
    """Restore a damaged file from its backup, or start it anew where no backup is good. Returns a sentence that says so."""
    path, backup = records.path, beside(records.path, "bak")
    good = disk.exists(backup) and _error(partial(Database(backup).records(records.name).into, kind)) is None
    with disk.on_disk(path):
        kept = [disk.set_aside(bad).name for bad in ([path] if good else [path, backup]) if bad.exists()]
        if good:
            new = beside(path, "new")
            shutil.copyfile(backup, new)
            sync(new)
            new.replace(path)
        else:
            path.unlink(missing_ok=True)
            backup.unlink(missing_ok=True)
        sync(path.parent)
    done = "is its backup now, which may lack the last command's changes" if good else "has no good backup and starts anew"
    return f"{path.name} {done}; the damaged file is kept as {', '.join(kept) or 'nothing, it was gone'}"


def _forget_validators(feeds: Records) -> None:
    states = feeds.into(FeedState)
    feeds.change({number: replace(state, etag="", last_modified="", next_due=None) for number, state in states.items()})


def _mend_texts(files: Files, texts: Texts) -> list[str]:
    said = []
    if _damaged(texts.check):
        kept = texts.salvage(_ids(files))
        said.append(f"{texts.path.name}: {kept} texts could be read and are kept; the damaged file is kept beside it")
    lost = _lost(files, texts)
    for month in files.months("items"):
        items = month.into(Item, lost)
        month.change({number: replace(item, depth="entry") for number, item in items.items()})
    return [*said, f"items that have lost their text and will be read again: {len(lost)}"] if lost else said


def _drop_texts(files: Files, texts: Texts) -> list[str]:
    """Remove the texts of removed items: a command that was killed in between may have left them."""
    here = set(_ids(files))
    dropped = texts.drop(trace.id for trace in _traces(files).all() if trace.id not in here)
    return [f"texts of stories that have left: {dropped}, removed"] if dropped else []


def _ids(files: Files) -> list[str]:
    return [item.id for month in files.months("items") for item in month.into(Item).values()]


def _sweep(files: Files) -> list[str]:
    said = []
    for cache in filter(lambda cache: _error(cache.check), _caches(files)):
        cache.remove()
        said.append(f"{cache.path.name}: removed, it is derived and will be built anew")
    for path in _leftovers(files):
        path.unlink()
        said.append(f"{path.name}: removed, a killed command had left it")
    return said


def _lost(files: Files, texts: Texts) -> set[int]:
    """Return the numbers of the items whose article was read and whose text is missing."""
    read = {item.id: number for month in files.months("items") for number, item in month.into(Item).items() if item.depth == "article"}
    return {read[id_] for id_ in texts.missing(read)}


def _leftovers(files: Files) -> list[Path]:
    return sorted(files.folder.rglob("*.new"))


def _traces(files: Files) -> Tombstones:
    return Tombstones(files.folder / "traces.db")


def _caches(files: Files) -> "tuple[SqliteVectors, ...]":
    """Return the derived caches of vectors, words and scores."""
    return FileCaches(files.folder).databases()
