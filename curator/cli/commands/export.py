"""Export: the calendar and the library in the formats of other programs; and moving: a library from a file or to another store."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from curator.cli import documents
from curator.cli.common import NOW, Command, day
from curator.cli.invocation import Invocation, document, pass_invocation, raw
from curator.cli.locale import counted, language, say, told
from curator.core.errors import UsageError
from curator.publishing.formats import CALENDAR_FORMATS, LIBRARY_FORMATS
from curator.publishing.language import N_

if TYPE_CHECKING:
    from curator.publishing.types import ExportFiles, WrittenExport


@click.command(
    cls=Command,
    json=("curator.cli.documents.ExportDocument",),
    examples=(
        "curator export ics",
        "curator export buffer --network x -o -",
        "curator export csv --like template.csv",
    ),
)
@click.argument("format", metavar="FORMAT", type=click.Choice(CALENDAR_FORMATS + LIBRARY_FORMATS, case_sensitive=False))
@click.option("-o", "to", type=click.Path(path_type=Path, allow_dash=True), metavar="PATH", help="A file or folder; - prints.")
@click.option("--network", default="", metavar="N", help="Only the posts for that network.")
@click.option("--from", "since", metavar="YYYY-MM-DD", callback=day, help="From that day on.")
@click.option("--to", "until", metavar="YYYY-MM-DD", callback=day, help="Up to that day.")
@click.option("--like", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Fill the template your scheduler gave you.")
@click.option("--skip-bad", is_flag=True, help="Leave out what would be refused, and go on.")
@NOW
@pass_invocation
def export(
    invocation: Invocation,
    format: str,  # noqa: A002 - the argument's name in the help
    to: Path | None,
    network: str,
    since: date | None,
    until: date | None,
    like: Path | None,
    skip_bad: bool,
    now: datetime,
) -> None:
    r"""Write the calendar in the formats of other programs. FORMAT is one of these.

    \b
    for calendars    ics vdir google-calendar
    for schedulers   buffer metricool publer sprout hootsuite vista
    for people       csv xlsx md
    for safekeeping  json (the library) opml (what it reads)
    """
    printed = to is not None and str(to) in {"-", "/dev/stdout"}
    if printed and invocation.json:
        raise UsageError("--json and -o - both want the standard output", hint=f"curator export {format} -o -")
    with invocation.library(working=True) as desk:
        files = desk.publishing.export(format, network=network, since=since, until=until, like=like, skip_bad=skip_bad, now=now)
        written = None if printed else desk.publishing.write(files, to)
        if printed:
            raw(files.chunks())
    if written:
        _show_written(invocation, files, written)
    _warn(invocation, files)


@click.command(
    "import",
    cls=Command,
    json=("curator.storage.transfer.ImportResult",),
    examples=(
        "curator import kopi-senja.json --home kopi-senja",
        "curator import kopi-senja.json --merge",
    ),
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.json")
@click.option("--merge", is_flag=True, help="Into a library that is not empty: what it has already stays as it is.")
@pass_invocation
def import_(invocation: Invocation, file: Path, merge: bool) -> None:
    """Take in a library that `export json` wrote."""
    from curator import library

    home, moved = library.import_library(file, invocation.home, merge=merge)
    if invocation.json:
        document(moved)
        return
    number = language().number
    known = say(", %(n)s were there already", n=number(moved.known)) if moved.known else ""
    invocation.say(say("%(n)s stories came to %(home)s", n=number(moved.items), home=home) + known)
    if moved.left:
        invocation.say(say("left as they were: %(names)s", names=", ".join(moved.left)))
    invocation.say(say("next: curator doctor --home %(home)s", home=home))


@click.command(
    cls=Command,
    json=("curator.storage.move.Moved",),
    examples=(
        "curator move --to 'postgresql://db.example/curator?brand=kopi-senja'",
        "curator move --to tinydb --switch",
    ),
)
@click.option("--to", required=True, metavar="STORE", help="tinydb, postgresql://…, or env:NAME of an address.")
@click.option("--switch", is_flag=True, help="Name the store in brand.toml when all has arrived.")
@pass_invocation
def move(invocation: Invocation, to: str, switch: bool) -> None:
    """Copy the library to another store, and compare both record by record.

    A move that was cut short is done again by the same line. The library that is left stays as it is.
    """
    with invocation.library(working=True) as desk:
        moved = desk.move(to, switch=switch)
    if invocation.json:
        document(moved)
        return
    items, records = map(language().number, (moved.items, moved.written))
    form = N_("%(items)s stories with all that belongs to them, compared one by one; %(records)s records came now")
    invocation.say(say(form, items=items, records=records))
    said = say("brand.toml names it now") if switch else say("next: write this below [engine] in brand.toml")
    invocation.say(f'{said}: store = "{to}"')


def _show_written(invocation: Invocation, files: ExportFiles, written: WrittenExport) -> None:
    if invocation.json:
        document(documents.export(files, written))
        return
    counts = dict(zip(written.files, files.posts.values(), strict=False))
    if files.folder:
        invocation.say(say("%(posts)s in %(folder)s", posts=_posts(len(written.files)), folder=written.folder))
    else:
        invocation.say(*(f"{path}  {_posts(counts[path])}" if path in counts else str(path) for path in written.files))
    removed = [say("%(path)s  removed: nothing in it is planned any more", path=path) for path in written.removed]
    invocation.say(*removed)


def _posts(n: int) -> str:
    return counted("%(num)s post", "%(num)s posts", n)


def _warn(invocation: Invocation, files: ExportFiles) -> None:
    """Print to stderr what the user should know beside the files, which may be on stdout."""
    for problem in files.left_out:
        invocation.warn(say("left out: %(what)s", what=f"{problem.where}: {told(problem.what)}"))
    if files.unapproved:
        invocation.warn(say("note: %(what)s", what=f"{told(files.unapproved)} (curator plan)"))
    if files.calendar and not sum(files.posts.values()):
        invocation.warn(say('no post to export: none has a time there (curator pick ID --at "…")'))
    elif files.note:
        invocation.warn(say("note: %(what)s", what=told(files.note)))


COMMANDS: tuple[click.Command, ...] = (export, import_, move)
