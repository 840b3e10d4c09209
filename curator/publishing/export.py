"""Export the posts of the calendar in the format of another program."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from curator.core.context import Context
from curator.core.errors import UsageError
from curator.publishing import approved
from curator.publishing.formats import CALENDAR_FORMATS, TABLES, agenda, ics, table_layout, xlsx_file
from curator.publishing.formats.ready_post import ReadyPost
from curator.publishing.posts import ready_posts
from curator.publishing.tables import tables
from curator.publishing.types import ExportFiles, ExportRequest

_NO_POSTS = datetime(2000, 1, 1, tzinfo=UTC)  # when a workbook without posts was made


def export_posts(context: Context, request: ExportRequest, now: datetime) -> ExportFiles:
    """Return the files of an export, without writing them.

    Raises CuratorError with every post that the target would refuse or that lacks an approval which the brand requires, unless the
    request skips those; UsageError for an unknown format or network.
    """
    _check_format(request)
    checked = approved.checked(context, ready_posts(context, request, now), request, now)
    made = _made(context, request, checked.posts, now)
    return replace(made, left_out=(*checked.left_out, *made.left_out), unapproved=checked.missing)


def subscription(context: Context, now: datetime) -> bytes:
    """Return the calendar as iCalendar, approved or not, for whoever plans it."""
    return ics.calendar(ready_posts(context, ExportRequest(format="ics"), now), context.brand)


def _made(context: Context, request: ExportRequest, posts: Sequence[ReadyPost], now: datetime) -> ExportFiles:
    standing = [ready for ready in posts if not ready.post.cancelled]
    match request.format:
        case "ics":
            return _one_file("calendar.ics", ics.calendar(posts, context.brand), posts)
        case "vdir":
            return _vdir(context, standing)
        case "md":
            return _one_file("calendar.md", agenda.render(standing, context.brand).encode("utf-8", "replace"), standing)
        case "xlsx":
            return _one_file("calendar.xlsx", _workbook(context, standing), standing)
    return tables(context, request, standing, now)


def _check_format(request: ExportRequest) -> None:
    if request.format not in CALENDAR_FORMATS:
        raise UsageError(f"unknown format {request.format!r}: there are {', '.join(CALENDAR_FORMATS)}", hint="curator export ics")
    if request.like and request.format not in TABLES:
        raise UsageError(f"--like fills in a table, and {request.format} is not a table", hint=f"curator export csv --like {request.like}")


def _one_file(name: str, contents: bytes, posts: Sequence[ReadyPost]) -> ExportFiles:
    return ExportFiles(files={name: contents}, posts={name: len(posts)})


def _workbook(context: Context, posts: Sequence[ReadyPost]) -> bytes:
    layout = table_layout.load("csv")
    rows = [table_layout.cells(ready, layout, context.brand) for ready in posts]
    return xlsx_file.encode(rows, layout, max((ready.post.changed for ready in posts), default=_NO_POSTS))


def _vdir(context: Context, posts: Sequence[ReadyPost]) -> ExportFiles:
    """Return a file for each post. Those of cancelled posts are stale, so that a synchronised calendar loses them too."""
    made = {f"{ics.uid(context.brand, ready.post)}.ics": ics.single(ready, context.brand) for ready in posts}
    stale = tuple(f"{ics.uid(context.brand, post)}.ics" for post in context.store.posts() if post.cancelled or not post.at)
    return ExportFiles(files=made, posts=dict.fromkeys(made, 1), folder="vdir", stale=stale)
