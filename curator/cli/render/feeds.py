"""Rendering of feeds: subscriptions, the feeds of a site, and the check of one feed."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.text import Text

from curator.cli.render import console as render_console
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped
from curator.cli.render.report import fit_bar
from curator.core.report import DiscoveredFeed, FeedCheck, Subscription
from curator.core.story import Fit
from curator.core.text import dates
from curator.core.text.plain import line
from curator.core.text.urls import domain
from curator.publishing.formats import wording

_MINUTE, _LONG = timedelta(minutes=1), 10**9  # seconds


def show_feeds(feeds: Iterable[Subscription], now: datetime, console: Console) -> None:
    """Print one row per feed: title and address, last success, when it is due, its yield, and why it fails."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style=SOFT)
    table.add_column("feed", overflow="fold")
    for name in ("read", "due", "seen → listed → picked"):
        table.add_column(name, justify="right", overflow="fold")
    for feed in feeds:
        read = wording.age(feed.last_success, now) if feed.last_success else "never"
        due = wording.age(now, feed.next_due) if feed.next_due else "now"
        table.add_row(_feed(feed), read, due, f"{feed.seen:,} → {feed.listed:,} → {feed.picked:,}")
    console.print(table, width=render_console.width(console))


def _feed(feed: Subscription) -> Text:
    cell = Text.assemble((line(feed.title) or domain(feed.url), STRONG), "\n", (line(feed.url, 2000), SOFT))
    if feed.failures or feed.reason:
        times = f"failed {feed.failures} times: " if feed.failures > 1 else ""
        cell.append(f"\n{times}{line(feed.reason) or 'failed'}", ACCENT)
    return cell


def show_discovered(feeds: Sequence[DiscoveredFeed], now: datetime, console: Console) -> None:
    """Print the feeds of a site, best first, each with the command that subscribes to it."""
    for number, feed in enumerate(feeds, 1):
        if number > 1:
            gap(console)
        fit = fit_bar(Fit(topic="fit", fit=feed.fit)) if feed.fit is not None else None
        put(console, Text.assemble((line(feed.title) or domain(feed.url), STRONG)), fit, indent=5, head=Text(f"{number:>3}"))
        rhythm = _rhythm(feed.latest, feed.per_week, now)
        put(console, soft(joined((feed.format, wording.plural(feed.entries, "entry", "entries"), rhythm))), indent=5)
        unwrapped(console, Text(f"     curator feeds add {shlex.quote(line(feed.url, 4000))}"))


def _rhythm(latest: datetime | None, per_week: float, now: datetime) -> str:
    """Return how often a feed publishes: 5 a week, the newest 3 h old."""
    if latest is None:
        return "no entry has a date"
    rate = f"{per_week:,.0f}" if per_week >= 1 else "less than 1"
    newest = wording.age(latest, now)
    return f"{rate} a week, the newest {'is new' if newest == 'now' else f'{newest} old'}"


def show_check(document: FeedCheck, now: datetime, console: Console) -> None:
    """Print what a feed holds, what is wrong with it, and how its server behaves; times in UTC."""
    put(console, Text.assemble((line(document.title) or "no title", STRONG)), indent=1)
    put(console, soft(joined((document.format, document.site, wording.plural(len(document.entries), "entry", "entries")))), indent=1)
    for warning in document.warnings:
        put(console, Text.assemble((line(warning, 500), ACCENT)), indent=1)
    _show_server(document, now, console)
    gap(console)
    for entry in document.entries:
        published = wording.moment(entry.published, "UTC") if entry.published else "no date"
        put(console, Text.assemble((published, SOFT), f"  {line(entry.title, 500) or 'no title'}"), indent=1)
        unwrapped(console, soft(f"   {line(entry.link, 4000)}"))


def _show_server(check: FeedCheck, now: datetime, console: Console) -> None:
    """Print the redirects to a feed, the headers of its answer, and when it would be fetched again."""
    if check.hops:
        gap(console)
    for number, hop in enumerate(check.hops):
        unwrapped(console, Text.assemble((" " * 10 if number else " asked    ", SOFT), f"{hop.status} {line(hop.url, 4000)}"))
    for name, value in check.headers.items():
        put(console, Text(f"{name}: {line(value, 500)}{_in_words(name, value, now)}"), indent=10)
    facts = (("rhythm", _rhythm(check.latest, check.per_week, now)), ("repeat", _repeated(check)), ("next", _next(check, now)))
    for name, text in facts if check.hops else facts[:1]:
        put(console, Text(text), indent=10, head=Text.assemble(" ", (name, SOFT)))


def _in_words(name: str, value: str, now: datetime) -> str:
    """Explain a header that holds a time: (lay 5 min in a cache), (3 h ago)."""
    if name == "age" and value.isascii() and value.isdigit():
        lain = timedelta(seconds=min(int(value), _LONG))  # RFC 9111, 5.1
        return f" (lay {wording.age(now - lain, now)} in a cache)" if lain >= _MINUTE else ""
    date = dates.parse(value) if name == "last-modified" else None
    return f" ({wording.age(date, now)} ago)" if date and date <= now - _MINUTE else ""


def _repeated(check: FeedCheck) -> str:
    match check.repeat:
        case None if not {"etag", "last-modified"} & check.headers.keys():
            return "it sends no etag and no last-modified: every request brings all of it"
        case None:
            return "a second request was not answered"
        case 304:
            return "304: a second request brings nothing twice"
        case status if status < 300:
            return f"{check.repeat}: a second request brings all of it again, despite its etag or last-modified"
    return f"{check.repeat}: a second request was refused"


def _next(check: FeedCheck, now: datetime) -> str:
    return f"curator fetch would ask again in {wording.age(now, check.next_due)}" if check.next_due else ""
