"""Read an analytics export and keep what each post got."""

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from curator.core.context import Context
from curator.core.errors import UsageError
from curator.core.protocols import Changes
from curator.core.result import PostResult
from curator.core.text.suggest import closest
from curator.planning.post import networks
from curator.publishing.results import table
from curator.publishing.results.join import Joined, Unjoined, join
from curator.publishing.results.layout import COUNTS

_PARTS = ("likes", "comments", "shares", "saves", "clicks")


class ResultsRead(Struct, frozen=True, kw_only=True):
    """What came of reading an export. `rows`: how many it has. `results`: those that were kept. `left`: the rows without a post."""

    tool: str
    rows: int
    results: tuple[PostResult, ...]
    left: tuple[Unjoined, ...]


def read(context: Context, file: Path, now: datetime, *, like: Path | None = None, network: str = "") -> ResultsRead:
    """Read an export, join its rows to the posts whose time has come, and keep their counts in place of earlier ones.

    `like`: a template that says what the columns hold. `network`: that of rows that name none. Raises CuratorError for a file
    that cannot be read or whose columns are not known, UsageError for an unknown network, Locked when another writer is at work.
    """
    _check(network)
    found = table.read(file, context.brand, like=like, channel=network)
    with context.store.writing():
        posts = [post for post in context.store.posts() if post.at and post.at <= now and not post.cancelled]
        items = {item.id: item for item in context.store.items()} if posts else {}
        joined, left = join(found.rows, posts, items)
        results = tuple(_result(each, found.tool, now) for each in joined)
        context.store.commit(Changes(results=results))
    return ResultsRead(tool=found.tool, rows=len(found.rows), results=results, left=tuple(left))


def _check(network: str) -> None:
    known = networks.networks()
    if network and network not in known:
        raise UsageError(f"unknown network {network!r}: there are {', '.join(known)}", hint=f"--network {closest(network, known) or 'x'}")


def _result(joined: Joined, tool: str, now: datetime) -> PostResult:
    row, counts = joined.row, {name: joined.row.counts.get(name) for name in COUNTS}
    parts = [number for name in _PARTS if (number := counts[name]) is not None]
    if counts["engagements"] is None and parts:
        counts["engagements"] = sum(parts)
    return PostResult(post=joined.post.id, measured=now, at=row.at, url=row.url, tool=tool, **counts)
