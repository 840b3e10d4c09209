"""`curator feeds`: what the brand reads."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    pass


from curator.cli.common import Group, Options, console, document, each, opened, raw, say


@click.group(cls=Group)
def feeds() -> None:
    """What the brand reads: its subscriptions and their health."""


@feeds.command("list", json=True)
@click.option("--failed", is_flag=True, help="Only feeds that failed last time.")
def feeds_list(failed: bool) -> None:
    """Every feed with its last success, its failures and why."""
    with opened() as desk:
        rows = [row for row in desk.subscriptions() if row.failures or not failed]
    if Options.json:
        document({"feeds": rows})
    elif not Options.quiet:
        from curator.cli.render import feeds as render_feeds

        render_feeds.show_feeds(rows, datetime.now(UTC), console())


@feeds.command("add")
@click.argument("url")
@click.option("--title", default="", help="Its name; default: what the feed calls itself.")
@click.option("--category", default="", metavar="FOLDER", help="The folder of feeds.opml to put it in.")
@click.option("--unchecked", is_flag=True, help="Do not ask the feed first.")
def feeds_add(url: str, title: str, category: str, unchecked: bool) -> None:
    """Subscribe to a feed, after asking whether it is one."""
    with opened() as desk:
        added = desk.add_feed(url, title=title, category=category, check=not unchecked)
    say(f"added {added.title or added.url}" if added else "feeds.opml has this feed already: nothing changed")


@feeds.command("remove")
@click.argument("part")
def feeds_remove(part: str) -> None:
    """Unsubscribe from the one feed whose address or title has this part."""
    with opened() as desk:
        gone = desk.remove_feed(part)
    say(f"removed {gone.title or gone.url}; what it brought stays in the library")


@feeds.command("check", json=True)
@click.argument("targets", metavar="URL|FILE...", nargs=-1, required=True)
def feeds_check(targets: tuple[str, ...]) -> None:
    """Show what is in feeds, and what is wrong with them."""
    from curator.cli import standalone
    from curator.cli.render import feeds as render_feeds

    now = datetime.now(UTC)
    each(standalone.check(targets, Options.home, now=now), lambda c: render_feeds.show_check(c, now, console()))


@feeds.command("discover", json=True)
@click.argument("url")
def feeds_discover(url: str) -> None:
    """Find the feeds of a site, the best for the brand first."""
    from curator.cli import standalone
    from curator.cli.render import report as render_report

    with render_report.progress(Options.quiet) as progress:
        found = standalone.discover(url, Options.home, progress=progress)
    if Options.json:
        document({"feeds": found})
    elif not Options.quiet:
        from curator.cli.render import feeds as render_feeds

        render_feeds.show_found(found, datetime.now(UTC), console())


@feeds.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def feeds_import(file: Path) -> None:
    """Add the feeds of another OPML file."""
    with opened() as desk:
        added, problems = desk.import_feeds(file)
    for problem in problems:
        click.echo(f"left out: {problem.what}", err=True)
    say(f"added {len(added)} feeds")


@feeds.command("export")
@click.option("-o", "--output", metavar="PATH", default="-", help="Where to write; default: standard output.")
def feeds_export(output: str) -> None:
    """Write the subscriptions as OPML."""
    with opened() as desk:
        body = desk.export_feeds()
    if output == "-":
        raw(body)
    else:
        from curator.core import files

        files.write(Path(output), body)


COMMANDS = (feeds,)
