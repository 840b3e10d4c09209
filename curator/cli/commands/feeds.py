"""`curator feeds`: what the brand reads."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from curator.cli import documents, render
from curator.cli.common import Group
from curator.cli.invocation import Invocation, pass_invocation, raw
from curator.cli.locale import say, told
from curator.core.errors import UsageError


@click.group(cls=Group)
def feeds() -> None:
    """Manage what the brand reads: its subscriptions and their health."""


@feeds.command("list", json=("curator.cli.documents.SubscriptionsDocument",), examples=("curator feeds list --failed",))
@click.option("--failed", is_flag=True, help="Only feeds that failed last time.")
@pass_invocation
def feeds_list(invocation: Invocation, failed: bool) -> None:
    """List every feed with its last success, its failures and why."""
    with invocation.library() as desk:
        rows = [row for row in desk.feeds.health() if row.failures or not failed]
    now = datetime.now(UTC)
    invocation.show(documents.SubscriptionsDocument(feeds=rows), lambda console: render.feeds.show_feeds(rows, now, console))


@feeds.command(
    "add",
    examples=(
        "curator feeds add https://example.org/feed.xml --category Coffee",
        "curator feeds add @name@mastodon.example",
        'curator feeds add --news "kopi spesialti" --geo ID',
    ),
)
@click.argument("url", required=False, default="")
@click.option("--news", default="", metavar="WORDS", help="A search of Google News instead of an address; it may break at any time.")
@click.option(
    "--geo", default="", metavar="CC", help="With --news: the country to search from, two letters; default: that of the language."
)
@click.option("--title", default="", help="Its name; default: what the feed calls itself.")
@click.option("--category", default="", metavar="FOLDER", help="The folder of feeds.opml to put it in.")
@click.option("--unchecked", is_flag=True, help="Do not fetch the feed first.")
@pass_invocation
def feeds_add(invocation: Invocation, url: str, news: str, geo: str, title: str, category: str, unchecked: bool) -> None:
    """Subscribe to a feed, after checking that it is one.

    URL is the address of a feed, of an account on a platform such as YouTube, Reddit or Medium, or a handle.
    """
    if bool(url) == bool(news) or (geo and not re.fullmatch("[A-Za-z]{2}", geo)):
        raise UsageError(
            "one address or one --news search is needed, and --geo is two letters", hint='curator feeds add --news "kopi" --geo ID'
        )
    with invocation.library() as desk:
        if news:
            added = desk.feeds.add_news(news, country=geo, title=title, category=category, check=not unchecked)
        else:
            added = desk.feeds.add(url, title=title, category=category, check=not unchecked)
    if added:
        invocation.say(say("added %(feed)s", feed=added.title or added.url))
    else:
        invocation.say(say("feeds.opml has this feed already: nothing changed"))
    if news and added:
        invocation.say(say("it is a search that Google News gives without a promise: it may break at any time"))


@feeds.command("remove", examples=("curator feeds remove example.org",))
@click.argument("part")
@pass_invocation
def feeds_remove(invocation: Invocation, part: str) -> None:
    """Unsubscribe from the one feed whose address or title has this part."""
    with invocation.library() as desk:
        gone = desk.feeds.remove(part)
    invocation.say(say("removed %(feed)s; what it brought stays in the library", feed=gone.title or gone.url))


@feeds.command(
    "check",
    json=(
        "curator.core.report.FeedCheck",
        "curator.cli.documents.FailureDocument",
    ),
    examples=(
        "curator feeds check https://example.org/feed.xml",
        "curator feeds check feed.xml --json",
    ),
)
@click.argument("targets", metavar="URL|FILE...", nargs=-1, required=True)
@pass_invocation
def feeds_check(invocation: Invocation, targets: tuple[str, ...]) -> None:
    """Show what is in feeds, and what is wrong with them."""
    from curator import library

    now = datetime.now(UTC)
    results = library.check_feeds(targets, invocation.home, now=now)
    invocation.each(results, lambda check, console: render.feeds.show_check(check, now, console))


@feeds.command(
    "discover",
    json=("curator.cli.documents.DiscoveredDocument",),
    examples=("curator feeds discover example.org", "curator feeds discover youtube.com/@name"),
)
@click.argument("url")
@pass_invocation
def feeds_discover(invocation: Invocation, url: str) -> None:
    """Find the feeds of a site, the best for the brand first."""
    from curator import library

    now = datetime.now(UTC)
    with invocation.progress() as progress:
        found = library.discover_feeds(url, invocation.home, now=now, progress=progress)
    invocation.show(documents.DiscoveredDocument(feeds=found), lambda console: render.feeds.show_discovered(found, now, console))


@feeds.command("import", examples=("curator feeds import subscriptions.opml",))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pass_invocation
def feeds_import(invocation: Invocation, file: Path) -> None:
    """Add the feeds of another OPML file."""
    with invocation.library() as desk:
        added, problems = desk.feeds.import_opml(file)
    for problem in problems:
        click.echo(f"{problem.where}: {told(problem.what)} ({told(problem.hint)})", err=True)
    invocation.say(say("added %(n)s feeds", n=len(added)))


@feeds.command("export", examples=("curator feeds export -o feeds-backup.opml",))
@click.option("-o", "--output", metavar="PATH", default="-", help="Where to write; default: standard output.")
@pass_invocation
def feeds_export(invocation: Invocation, output: str) -> None:
    """Write the subscriptions as OPML."""
    with invocation.library() as desk:
        body = desk.feeds.export_opml()
    if output == "-":
        raw([body])
    else:
        from curator.core import files

        files.write(Path(output), body)


COMMANDS = (feeds,)
