"""Export: the calendar and the library in the formats of others."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli.common import NOW, Command, Options, document, opened, raw, say
from curator.core.errors import UsageError
from curator.publishing.formats import CALENDAR_FORMATS, LIBRARY_FORMATS
from curator.publishing.formats.words import plural

if TYPE_CHECKING:
    from curator.publishing.export import ExportFiles, WrittenExport


def _day(_: click.Context, parameter: click.Parameter, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{parameter.opts[0]} {text} is no day", hint=f"{parameter.opts[0]} 2026-11-23") from None


@click.command(cls=Command, json=True)
@click.argument("format", metavar="FORMAT", type=click.Choice(CALENDAR_FORMATS + LIBRARY_FORMATS, case_sensitive=False))
@click.option("-o", "to", type=click.Path(path_type=Path, allow_dash=True), metavar="PATH", help="A file or folder; - prints.")
@click.option("--network", default="", metavar="N", help="Only the posts for that network.")
@click.option("--from", "since", metavar="YYYY-MM-DD", callback=_day, help="From that day on.")
@click.option("--to", "until", metavar="YYYY-MM-DD", callback=_day, help="Up to that day.")
@click.option("--like", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Fill the template your scheduler gave you.")
@click.option("--skip-bad", is_flag=True, help="Leave out what would be refused, and go on.")
@NOW
def export(
    format: str,  # noqa: A002 - the argument's name in the help
    to: Path | None,
    network: str,
    since: date | None,
    until: date | None,
    like: Path | None,
    skip_bad: bool,
    now: datetime,
) -> None:
    r"""The calendar in the formats of other programs. FORMAT is one of these.

    \b
    for calendars    ics vdir google-calendar
    for schedulers   buffer metricool publer sprout hootsuite vista
    for people       csv xlsx md
    for safekeeping  json (the library) opml (what it reads)
    """
    printed = to is not None and str(to) in {"-", "/dev/stdout"}
    if printed and Options.json:
        raise UsageError("--json and -o - both want the standard output", hint=f"curator export {format} -o -")
    with opened(working=True) as desk:
        parcel = desk.export(format, network=network, since=since, until=until, like=like, skip_bad=skip_bad, now=now)
        delivered = None if printed else desk.deliver(parcel, to)
    if delivered:
        _tell(parcel, delivered)
    else:
        raw(parcel.only())
    _mind(parcel)


def _tell(parcel: "ExportFiles", delivered: "WrittenExport") -> None:
    counts = dict(zip(delivered.files, parcel.posts.values(), strict=False))
    if Options.json:
        files = [{"path": str(path), "posts": counts.get(path, 0)} for path in delivered.files]
        document({"files": files, "removed": [str(path) for path in delivered.removed], "left_out": parcel.left_out})
    elif parcel.folder:
        say(f"{plural(len(delivered.files), 'post')} in {delivered.folder}")
    else:
        say(*(f"{path}  {plural(counts[path], 'post')}" if path in counts else str(path) for path in delivered.files))
    if not Options.json:
        say(*(f"{path}  removed: nothing in it is planned any more" for path in delivered.removed))


def _mind(parcel: "ExportFiles") -> None:
    """What a person should know beside the files goes to stderr: the files may be on stdout."""
    if Options.quiet:
        return
    for problem in parcel.left_out:
        click.echo(f"left out: {problem.where}: {problem.what}", err=True)
    if parcel.calendar and not sum(parcel.posts.values()):
        click.echo('no post to export: none has a time there (curator pick ID --at "…")', err=True)
    elif parcel.note:
        click.echo(f"note: {parcel.note}", err=True)


COMMANDS = (export,)
