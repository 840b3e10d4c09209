"""Rendering of a fleet: a line for each brand, then what is wrong and what failed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, language, say, told
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped
from curator.cli.render.report import show_error
from curator.core.errors import CuratorError
from curator.core.fleet import BrandRun, BrandStatus, FleetReport, FleetStatus
from curator.core.text.plain import line
from curator.core.text.urls import short
from curator.publishing.formats import wording
from curator.publishing.language import N_

_NAME = 30  # columns
_SHOWN = 5
_WORDS = {1: N_("needs you"), 3: N_("nothing fetched"), 75: N_("held by another run")}


def show_report(report: FleetReport, console: Console, *, every_failure: bool = False) -> None:
    """Print what became of each brand, what the brands shared, and what failed."""
    _show_rows(((brand.brand, _outcome(brand), brand.code) for brand in report.brands), [each.brand for each in report.brands], console)
    harvest, number = report.harvest, language().number
    gap(console)
    requests, answered = number(harvest.requests), number(harvest.requests_shared)
    read, shared = number(harvest.read), number(harvest.read_shared)
    figures = (
        counted("%(num)s brand", "%(num)s brands", len(report.brands)),
        say("%(requests)s requests, %(answered)s more answered by these", requests=requests, answered=answered),
        say("%(read)s documents read, %(shared)s more shared", read=read, shared=shared),
        wording.span(report.seconds, language()),
    )
    put(console, soft(joined(figures)), indent=1)
    shown = report.failures if every_failure else report.failures[:_SHOWN]
    if report.failures:
        addresses = counted("%(num)s address", "%(num)s addresses", len(report.failures))
        put(console, Text.assemble((say("%(what)s not reached", what=addresses), ACCENT)), indent=1)
    for failure in shown:
        put(console, soft(f"{short(failure.url) or line(failure.url)}: {line(told(failure.reason))}"), indent=3)
    if more := len(report.failures) - len(shown):
        put(console, soft(say("and %(n)s more", n=more)), indent=3)
    show_problems(report.brands, console)


def show_problems(brands: Iterable[BrandRun | BrandStatus], console: Console) -> None:
    """Print the problems of each brand below its name."""
    for brand in brands:
        if brand.problems:
            gap(console)
            unwrapped(console, Text.assemble((line(brand.brand), STRONG)))
            show_error(CuratorError(problems=brand.problems), console)


def show_status(status: FleetStatus, now: datetime, console: Console) -> None:
    """Print how each brand stands."""
    rows = ((brand.brand, _standing(brand, now), int(bool(brand.problems))) for brand in status.brands)
    _show_rows(rows, [each.brand for each in status.brands], console)
    gap(console)
    subscriptions = counted("%(num)s subscription", "%(num)s subscriptions", status.feeds)
    feeds, private = _feeds(status.distinct_feeds), language().number(status.private_feeds)
    figures = (
        counted("%(num)s brand", "%(num)s brands", len(status.brands)),
        say("%(subscriptions)s to %(feeds)s", subscriptions=subscriptions, feeds=feeds),
        say("%(n)s with credentials", n=private) if status.private_feeds else "",
    )
    put(console, soft(joined(figures)), indent=1)
    show_problems(status.brands, console)


def _show_rows(rows: Iterable[tuple[str, str, int]], names: Sequence[str], console: Console) -> None:
    """Print names and what is told of them in two columns, what is wrong with a name in colour."""
    widest = max((cell_len(line(name, _NAME)) for name in names), default=0)
    for name, standing, code in rows:
        head = Text.assemble(" ", (line(name, _NAME), STRONG))
        shown = Text.assemble((say(_WORDS.get(code, _WORDS[1])), ACCENT)) if code else Text.assemble((standing, SOFT))
        put(console, shown, indent=widest + 3, head=head)


def _outcome(brand: BrandRun) -> str:
    counts, number = brand.counts, language().number
    mentions = counted("%(num)s mention", "%(num)s mentions", brand.mentions) if brand.mentions else ""
    failed = say("%(n)s failed", n=number(counts.feeds_failed)) if counts.feeds_failed else ""
    new = say("%(n)s new", n=number(counts.new))
    return joined((say("%(n)s listed", n=counts.listed), mentions, _feeds(counts.feeds), failed, new))


def _standing(brand: BrandStatus, now: datetime) -> str:
    last: tuple[str, ...] = (say("no reading list yet"),)
    if brand.last_run:
        run = say("last run: %(age)s", age=wording.age(brand.last_run, now, language()))
        last = (say("%(n)s listed", n=brand.listed), run)
    failing = say("%(n)s failing", n=language().number(brand.failing)) if brand.failing else ""
    return joined((*last, _feeds(brand.feeds), failing))


def _feeds(n: int) -> str:
    return counted("%(num)s feed", "%(num)s feeds", n)
