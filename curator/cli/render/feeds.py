"""Rendering of feeds: subscriptions, the feeds of a site, and the check of one feed."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, language, say, told
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
    table.add_column(say("feed"), overflow="fold")
    for name in (say("read"), say("due"), say("seen → listed → picked")):
        table.add_column(name, justify="right", overflow="fold")
    for feed in feeds:
        read = wording.age(feed.last_success, now, language()) if feed.last_success else say("never")
        due = wording.age(now, feed.next_due, language()) if feed.next_due else say("now")
        table.add_row(_feed(feed), read, due, " → ".join(map(language().number, (feed.seen, feed.listed, feed.picked))))
    console.print(table, width=render_console.width(console))


def _feed(feed: Subscription) -> Text:
    cell = Text.assemble((line(feed.title) or domain(feed.url), STRONG), "\n", (line(feed.url, 2000), SOFT))
    if feed.failures or feed.reason:
        times = say("failed %(n)s times: ", n=feed.failures) if feed.failures > 1 else ""
        cell.append("\n" + times + (line(told(feed.reason)) or say("failed")), ACCENT)
    return cell


def show_discovered(feeds: Sequence[DiscoveredFeed], now: datetime, console: Console) -> None:
    """Print the feeds of a site, best first, each with the command that subscribes to it."""
    for number, feed in enumerate(feeds, 1):
        if number > 1:
            gap(console)
        fit = fit_bar(Fit(topic=say("fit"), fit=feed.fit)) if feed.fit is not None else None
        put(console, Text.assemble((line(feed.title) or domain(feed.url), STRONG)), fit, indent=5, head=Text(f"{number:>3}"))
        rhythm = _rhythm(feed.latest, feed.per_week, now)
        put(console, soft(joined((feed.format, _entries(feed.entries), rhythm))), indent=5)
        unwrapped(console, Text(f"     curator feeds add {shlex.quote(line(feed.url, 4000))}"))


def _rhythm(latest: datetime | None, per_week: float, now: datetime) -> str:
    """Return how often a feed publishes: 5 a week, the newest 3 h old."""
    if latest is None:
        return say("no entry has a date")
    rate = language().number(round(per_week)) if per_week >= 1 else say("less than 1")
    if now - latest < _MINUTE:
        return say("%(n)s a week, the newest is new", n=rate)
    return say("%(n)s a week, the newest %(age)s old", n=rate, age=wording.age(latest, now, language()))


def _entries(n: int) -> str:
    return counted("%(num)s entry", "%(num)s entries", n)


def show_check(document: FeedCheck, now: datetime, console: Console) -> None:
    """Print what a feed holds, what is wrong with it, and how its server behaves; times in UTC."""
    put(console, Text.assemble((line(document.title) or say("no title"), STRONG)), indent=1)
    put(console, soft(joined((document.format, document.site, _entries(len(document.entries))))), indent=1)
    for warning in document.warnings:
        put(console, Text.assemble((line(told(warning), 500), ACCENT)), indent=1)
    _show_server(document, now, console)
    gap(console)
    for entry in document.entries:
        published = wording.moment(entry.published, "UTC", language()) if entry.published else say("no date")
        put(console, Text.assemble((published, SOFT), "  ", line(entry.title, 500) or say("no title")), indent=1)
        unwrapped(console, soft(f"   {line(entry.link, 4000)}"))


def _show_server(check: FeedCheck, now: datetime, console: Console) -> None:
    """Print the redirects to a feed, the headers of its answer, and when it would be fetched again."""
    asked = say("asked")
    if check.hops:
        gap(console)
    for number, hop in enumerate(check.hops):
        unwrapped(console, Text.assemble((" " * 10 if number else f" {asked:<9}", SOFT), f"{hop.status} {line(hop.url, 4000)}"))
    for name, value in check.headers.items():
        put(console, Text(f"{name}: {line(value, 500)}{_in_words(name, value, now)}"), indent=10)
    facts = (
        (say("rhythm"), _rhythm(check.latest, check.per_week, now)),
        (say("repeat"), _repeated(check)),
        (say("next"), _next(check, now)),
    )
    for name, text in facts if check.hops else facts[:1]:
        put(console, Text(text), indent=10, head=Text.assemble(" ", (name, SOFT)))


def _in_words(name: str, value: str, now: datetime) -> str:
    """Explain a header that holds a time: (lay 5 min in a cache), (3 h ago)."""
    if name == "age" and value.isascii() and value.isdigit():
        lain = timedelta(seconds=min(int(value), _LONG))  # RFC 9111, 5.1
        return say(" (lay %(age)s in a cache)", age=wording.age(now - lain, now, language())) if lain >= _MINUTE else ""
    date = dates.parse(value) if name == "last-modified" else None
    return say(" (%(age)s ago)", age=wording.age(date, now, language())) if date and date <= now - _MINUTE else ""


def _repeated(check: FeedCheck) -> str:
    match check.repeat:
        case None if not {"etag", "last-modified"} & check.headers.keys():
            return say("it sends no etag and no last-modified: every request brings all of it")
        case None:
            return say("a second request was not answered")
        case 304:
            return say("304: a second request brings nothing twice")
        case status if status < 300:
            return say("%(status)s: a second request brings all of it again, despite its etag or last-modified", status=status)
    return say("%(status)s: a second request was refused", status=check.repeat)


def _next(check: FeedCheck, now: datetime) -> str:
    if check.next_due is None:
        return ""
    return say("curator fetch would ask again in %(age)s", age=wording.age(now, check.next_due, language()))
