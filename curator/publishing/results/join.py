"""Join the rows of an analytics export to the posts of the calendar: by the link that was shared or the text, else by the time."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from curator.core.item import Item
from curator.core.post import Post
from curator.core.text import urls
from curator.core.text.plain import fold, line
from curator.publishing.results.table import ResultRow

WORDS: Final = 4  # of a title or of a written post, from which on a text that has them is that post
NEAR: Final = timedelta(minutes=20)  # of the planned time, for a row that names no page: schedulers post on their own grid
LATE: Final = timedelta(days=14)  # of the planned time, for a row that shared the page: later it was shared anew


class Joined(Struct, frozen=True, kw_only=True):
    """A row and its post."""

    row: ResultRow
    post: Post


class Unjoined(Struct, frozen=True, kw_only=True):
    """A row that belongs to no post, and why."""

    row: ResultRow
    why: str


class _Pair(Struct, frozen=True, kw_only=True, order=True):
    """A row and a post that may belong together; the best first. `by_time`: the link did not tell."""

    by_time: bool
    apart: timedelta
    row: int
    post: int


def join(rows: Sequence[ResultRow], posts: Sequence[Post], items: Mapping[str, Item]) -> tuple[list[Joined], list[Unjoined]]:
    """Return each row with its post, and the rows without one. A post has one row at most, the nearest in time.

    `posts`: those that have a time. `items`: by id. A row that fits posts of several networks and names none is not joined.
    """
    by_row = defaultdict[int, list[_Pair]](list)
    for pair in _pairs(rows, posts, items):
        by_row[pair.row].append(pair)
    unclear = {n: names for n, pairs in by_row.items() if len(names := _networks(pairs, posts)) > 1}
    mine: dict[int, int] = {}
    taken = set[int]()
    for pair in sorted(pair for n, pairs in by_row.items() if n not in unclear for pair in pairs):
        if pair.row not in mine and pair.post not in taken:
            mine[pair.row] = pair.post
            taken.add(pair.post)
    joined = [Joined(row=rows[n], post=posts[post]) for n, post in sorted(mine.items())]
    return joined, [Unjoined(row=row, why=_why(row, unclear.get(n, ()))) for n, row in enumerate(rows) if n not in mine]


def _pairs(rows: Sequence[ResultRow], posts: Sequence[Post], items: Mapping[str, Item]) -> Iterator[_Pair]:
    by_page = defaultdict[str, list[int]](list)
    for n, post in enumerate(posts):
        for page in _pages(post, items):
            by_page[page].append(n)
    said = [_said(post, items) for post in posts]
    times = sorted((post.at, n) for n, post in enumerate(posts) if post.at)
    for n, row in enumerate(rows):
        shared = {place for link in row.links for page in _names(link) for place in by_page.get(page, ())}
        if not _telling(row) and (text := fold(row.text)):
            shared = {k for k, parts in enumerate(said) if any(part in text for part in parts)}
        yield from (_Pair(by_time=False, apart=_apart(row, posts[k]), row=n, post=k) for k in shared if _may_be(row, posts[k], LATE))
        if row.at and row.exact and not _telling(row):
            here = _around(times, row.at)
            yield from (_Pair(by_time=True, apart=_apart(row, posts[k]), row=n, post=k) for k in here if _may_be(row, posts[k], NEAR))


def _pages(post: Post, items: Mapping[str, Item]) -> set[str]:
    item = items.get(post.item)
    return {post.item} | ({urls.canonical(item.url)} if item else set())


def _said(post: Post, items: Mapping[str, Item]) -> tuple[str, ...]:
    """Return what the text of a post has: the title of its item, and the first line that was written for it; none that is short."""
    item = items.get(post.item)
    parts = (fold(line(item.title)) if item else "", fold(post.text.strip().partition("\n")[0]))
    return tuple(part for part in parts if len(part.split()) >= WORDS)


def _names(link: str) -> tuple[str, ...]:
    """Return what a link's page is known by: the ids that an item of it may have, and its canonical address."""
    return (*urls.page_ids(link), urls.canonical(link))


def _around(times: Sequence[tuple[datetime, int]], at: datetime) -> Iterator[int]:
    first = bisect_left(times, (at - NEAR, -1))
    for moment, place in times[first:]:
        if moment > at + NEAR:
            return
        yield place


def _may_be(row: ResultRow, post: Post, within: timedelta) -> bool:
    return row.network in ("", post.network) and _apart(row, post) <= within


def _apart(row: ResultRow, post: Post) -> timedelta:
    return abs(row.at - post.at) if row.at and post.at else timedelta(0)


def _telling(row: ResultRow) -> bool:
    """Whether a row says which page was shared."""
    return any(not urls.is_short(link) for link in row.links)


def _networks(pairs: Sequence[_Pair], posts: Sequence[Post]) -> tuple[str, ...]:
    """Return the networks of the posts that a row may belong to by its best evidence."""
    best = min(pair.by_time for pair in pairs)
    return tuple(sorted({posts[pair.post].network for pair in pairs if pair.by_time == best}))


def _why(row: ResultRow, networks: Sequence[str]) -> str:
    if networks:
        return f"it may be a post on {' or '.join(networks)}: --network says which"
    if row.links and _telling(row):
        return "no post shared that page"
    return "no post was planned near that time" if row.at else "it says neither when it went out nor what it shared"
