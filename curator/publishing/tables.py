"""The tables of an export: posts in the files that a scheduler or a spreadsheet imports."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import CuratorError, Problem, UsageError
from curator.core.text.plain import line
from curator.publishing.formats import checks, csv_file, table_layout
from curator.publishing.formats.ready_post import ReadyPost
from curator.publishing.formats.table_layout import TableLayout
from curator.publishing.types import ExportFiles, ExportRequest

_MAX_FILES = 100  # of one network, that an earlier export may have left


def tables(context: Context, request: ExportRequest, posts: Sequence[ReadyPost], now: datetime) -> ExportFiles:
    """Return the tables of these posts.

    Raises CuratorError with every post that the target would refuse, unless the request skips those.
    """
    layout = table_layout.localized(_layout(request), context.brand.language)
    refusals = dict(zip((r.post.id for r in posts), checks.refusals(posts, layout, context.brand.timezone, now), strict=True))
    left_out = tuple(_located(posts, refusals, layout, request))
    if left_out and not request.skip_bad:
        raise CuratorError(problems=left_out)
    by_file = _by_file([r for r in posts if not refusals[r.post.id]], layout, request)
    return ExportFiles(
        files={name: _table(context, those, layout) for name, those in by_file.items()},
        posts={name: len(those) for name, those in by_file.items()},
        stale=tuple(name for name in _possible_names(context, request, layout) if name not in by_file),
        left_out=left_out,
        note=layout.note,
        empty_file=_table(context, [], layout),
    )


def _layout(request: ExportRequest) -> TableLayout:
    """Return the layout of the format, or of the template. With a template, `csv` is a table for the template's scheduler."""
    if not request.like:
        return table_layout.load(request.format)
    layout = table_layout.load("template" if request.format == "csv" else request.format)
    if not layout.has_header:
        raise UsageError(f"{layout.name} has no header: there is nothing to fill in --like", hint=f"curator export {request.format}")
    return csv_file.layout_of_template(request.like, layout)


def _by_file(posts: Sequence[ReadyPost], layout: TableLayout, request: ExportRequest) -> dict[str, list[ReadyPost]]:
    """Return the posts by the name of their file: one for each network where the target wants that, split at its row limit."""
    stem = _stem(request)
    by_stem: dict[str, list[ReadyPost]] = {} if layout.file_per_network else {stem: []}
    for r in posts:
        by_stem.setdefault(f"{stem}-{_slug(r.post.network)}" if layout.file_per_network else stem, []).append(r)
    limit = layout.max_rows or max(map(len, by_stem.values()), default=0) or 1
    portions = ((stem, those[n : n + limit], n // limit) for stem, those in by_stem.items() for n in range(0, max(len(those), 1), limit))
    return {_name(stem, n): those for stem, those, n in portions}


def _possible_names(context: Context, request: ExportRequest, layout: TableLayout) -> Iterator[str]:
    """Yield the names that an earlier export may have used. A file that is not replaced would be imported again."""
    known = {*context.brand.calendar.networks, *(p.network for p in context.store.posts())}
    networks = sorted(known & {request.network} if request.network else known)
    stems = [f"{_stem(request)}-{_slug(network)}" for network in networks] if layout.file_per_network else [_stem(request)]
    for stem in stems:
        yield from (_name(stem, n) for n in range(_MAX_FILES if layout.max_rows else 1))


def _located(
    posts: Sequence[ReadyPost], refusals: Mapping[str, Sequence[Problem]], layout: TableLayout, request: ExportRequest
) -> Iterator[Problem]:
    """Yield each problem with its file, and its row as a spreadsheet numbers it."""
    for name, those in _by_file(posts, layout, request).items():
        for n, r in enumerate(those, 2 if layout.has_header else 1):
            where = f"{name}, row {n}: {r.item.id} {line(r.item.title, 60)}"
            yield from (replace(problem, where=where) for problem in refusals[r.post.id])


def _table(context: Context, posts: Sequence[ReadyPost], layout: TableLayout) -> bytes:
    rows = [table_layout.cells(r, layout, context.brand) for r in posts]
    return csv_file.encode(rows, layout, csv_file.column_names(rows, layout, posts[0].post.network if posts else ""))


def _stem(request: ExportRequest) -> str:
    return "calendar" if request.format == "csv" else request.format


def _name(stem: str, n: int) -> str:
    """Return the name of file `n`: x.csv for 0, x-2.csv for 1."""
    return f"{stem}-{n + 1}.csv" if n else f"{stem}.csv"


def _slug(network: str) -> str:
    return re.sub(r"[^\w-]+", "-", network) or "any"
