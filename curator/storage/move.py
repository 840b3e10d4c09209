"""Moving a library from one store to another: what differs is written, then both are compared record by record.

A move that was cut short is simply done again: what has arrived is not written twice. The target may hold nothing that the
source lacks, so that a library that went on elsewhere is never overwritten by an older one; feed states, notices and the sites
that were scouted, which come and go by themselves, follow the source.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from typing import TypeVar

import msgspec
from msgspec import Struct

from curator.core.errors import StoreError
from curator.core.protocols import Changes, Progress, Store
from curator.storage.caches import KINDS, LibraryCaches

T = TypeVar("T")
Inventory = Mapping[str, Mapping[str, bytes]]

_AT_ONCE = 500  # items or texts in hand
_FOLLOW = ("notices", "feeds", "sites")


class Moved(Struct, frozen=True, kw_only=True):
    """What the target holds now, by kind, each record compared with the source; `written`: how many of them came with this move."""

    items: int
    texts: int
    posts: int
    decisions: int
    lists: int
    notices: int
    feeds: int
    results: int
    sites: int
    tombstones: int
    written: int


def move(source: Store, target: Store, progress: Progress, *, aside: str) -> Moved:
    """Make the target equal to the source, which no command may change meanwhile. `aside`: a command that empties the target.

    Raises StoreError, before anything is written, where the target holds what the source lacks, and at the end where the two
    differ; Locked where another command is at work on one of them.
    """
    with held(source), target.running():
        progress.stage("reading")
        here, there = inventory(source), inventory(target)
        _refuse_strangers(here, there, aside)
        written = sum(map(len, _differing(here, there).values()))
        progress.stage("moving", written)
        for changes, size in _commits(source, here, there):
            target.commit(changes)
            progress.step(size)
        progress.stage("comparing")
        _compare(here, inventory(target))
    return Moved(**{kind: len(records) for kind, records in here.items()}, written=written)


def inventory(store: Store) -> Inventory:
    """Return a hash of every record and text of a library, by kind and by what names it."""
    items = {item.id: _hash(item) for month in store.months() for item in store.month_items(month, store.fingerprints(month))}
    texts = (pair for some in _portions(items) for pair in store.texts(some).items())
    lists = (report for day in store.days() if (report := store.report(day)))
    return {
        "items": items,
        "texts": {id_: _hash(text) for id_, text in texts},
        "posts": {post.id: _hash(post) for post in store.posts()},
        "decisions": {str(decision.number): _hash(decision) for decision in store.decisions()},
        "lists": {str(report.date): _hash(report) for report in lists},
        "notices": {notice.id: _hash(notice) for notice in store.notices()},
        "feeds": {url: _hash(state) for url, state in store.states().items()},
        "results": {result.post: _hash(result) for result in store.results()},
        "sites": {tried.site: _hash(tried) for tried in store.scouted()},
        "tombstones": {trace.id: _hash(trace) for trace in store.tombstones()},
    }


def move_caches(source: LibraryCaches, target: LibraryCaches) -> None:
    """Copy what models have computed and the target lacks. Raises StoreError; what was copied by then is kept."""
    for kind in KINDS:
        here, there = source.keys(kind), set(target.keys(kind))
        for some in _portions(key for key in here if key not in there):
            target.take(kind, source.bodies(kind, some))


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Hold a library against every command that writes."""
    with store.running(), store.sending(), store.writing():
        yield


def _refuse_strangers(here: Inventory, there: Inventory, aside: str) -> None:
    """Raise StoreError where the target holds a record that the source lacks. What has left the source leaves the target too."""
    left = here["tombstones"].keys()
    lacking = {kind: there[kind].keys() - here[kind].keys() - left for kind in here if kind not in _FOLLOW}
    if any(lacking.values()):
        told = ", ".join(f"{len(ids)} {kind}" for kind, ids in lacking.items() if ids)
        raise StoreError(f"there is a library already, and it holds what this one lacks: {told}", where="--to", hint=aside)


def _commits(source: Store, here: Inventory, there: Inventory) -> Iterator[tuple[Changes, int]]:
    """Yield what makes the target equal, each with the number of its records, in an order of which every beginning can be repeated.

    Tombstones come first, for they remove the item and the text of their id, which may have come again since.
    """
    new = _differing(here, there)
    traces = [trace for trace in source.tombstones() if trace.id in new["tombstones"]]
    yield Changes(removed=tuple(traces)), len(traces)
    again = {trace.id for trace in traces}
    yield from _texts(source, new["texts"] | (here["texts"].keys() & again))
    yield from _items(source, new["items"] | (here["items"].keys() & again))
    posts = tuple(post for post in source.posts() if post.id in new["posts"])
    decisions = tuple(decision for decision in source.decisions() if str(decision.number) in new["decisions"])
    yield Changes(posts=posts, decisions=decisions), len(posts) + len(decisions)
    yield from ((Changes(report=source.report(day)), 1) for day in source.days() if str(day) in new["lists"])
    notices = tuple(notice for notice in source.notices() if notice.id in new["notices"])
    yield Changes(notices=notices, dropped=tuple(there["notices"].keys() - here["notices"].keys())), len(notices)
    states = tuple(state for url, state in source.states().items() if url in new["feeds"])
    yield Changes(states=states, forget=tuple(there["feeds"].keys() - here["feeds"].keys())), len(states)
    results = tuple(result for result in source.results() if result.post in new["results"])
    sites = tuple(tried for tried in source.scouted() if tried.site in new["sites"])
    gone = tuple(there["sites"].keys() - here["sites"].keys())
    yield Changes(results=results, scouted=sites, unscouted=gone), len(results) + len(sites)


def _texts(source: Store, wanted: Iterable[str]) -> Iterator[tuple[Changes, int]]:
    for some in _portions(sorted(wanted)):
        yield Changes(texts=source.texts(some)), len(some)


def _items(source: Store, wanted: set[str]) -> Iterator[tuple[Changes, int]]:
    """Yield the items a month at a time: a store in files writes each month whole."""
    for month in source.months():
        if some := source.month_items(month, wanted):
            yield Changes(items=tuple(some)), len(some)


def _differing(here: Inventory, there: Inventory) -> dict[str, set[str]]:
    return {kind: {id_ for id_, hash_ in records.items() if there[kind].get(id_) != hash_} for kind, records in here.items()}


def _compare(here: Inventory, there: Inventory) -> None:
    differing = {kind: here[kind].items() ^ there[kind].items() for kind in here}
    if any(differing.values()):
        told = ", ".join(f"{len({id_ for id_, _ in pairs})} {kind}" for kind, pairs in differing.items() if pairs)
        raise StoreError(f"the two libraries still differ after the move: {told}", where="--to", hint="curator doctor, then move once more")


def _portions(ids: Iterable[T]) -> Iterator[list[T]]:
    every = list(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))


def _hash(value: object) -> bytes:
    return blake2b(msgspec.json.encode(value), digest_size=16).digest()
