"""Rendering of a fleet: a line for each brand, then what is wrong and what failed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped
from curator.cli.render.report import show_error
from curator.core.errors import CuratorError
from curator.core.fleet import BrandRun, BrandStatus, FleetReport, FleetStatus
from curator.core.text.plain import line
from curator.core.text.urls import short
from curator.publishing.formats import wording

_NAME = 30  # columns
_SHOWN = 5
_WORDS = {0: "", 1: "needs you", 3: "nothing fetched", 75: "held by another run"}


def show_report(report: FleetReport, console: Console, *, every_failure: bool = False) -> None:
    """Print what became of each brand, what the brands shared, and what failed."""
    _show_rows(((brand.brand, _outcome(brand), brand.code) for brand in report.brands), [each.brand for each in report.brands], console)
    harvest = report.harvest
    gap(console)
    figures = (
        wording.plural(len(report.brands), "brand"),
        f"{harvest.requests:,} requests, {harvest.requests_shared:,} more answered by these",
        f"{harvest.read:,} documents read, {harvest.read_shared:,} more shared",
        wording.span(report.seconds),
    )
    put(console, soft(joined(figures)), indent=1)
    shown = report.failures if every_failure else report.failures[:_SHOWN]
    if report.failures:
        put(console, Text.assemble((f"{wording.plural(len(report.failures), 'address', 'addresses')} not reached", ACCENT)), indent=1)
    for failure in shown:
        put(console, soft(f"{short(failure.url) or line(failure.url)}: {line(failure.reason)}"), indent=3)
    if more := len(report.failures) - len(shown):
        put(console, soft(f"and {more} more"), indent=3)
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
    figures = (
        wording.plural(len(status.brands), "brand"),
        f"{wording.plural(status.feeds, 'subscription')} to {wording.plural(status.distinct_feeds, 'feed')}",
        f"{status.private_feeds:,} with credentials" if status.private_feeds else "",
    )
    put(console, soft(joined(figures)), indent=1)
    show_problems(status.brands, console)


def _show_rows(rows: Iterable[tuple[str, str, int]], names: Sequence[str], console: Console) -> None:
    """Print names and what is told of them in two columns, what is wrong with a name in colour."""
    widest = max((cell_len(line(name, _NAME)) for name in names), default=0)
    for name, told, code in rows:
        head = Text.assemble(" ", (line(name, _NAME), STRONG))
        told_ = Text.assemble((_WORDS.get(code, _WORDS[1]), ACCENT)) if code else Text.assemble((told, SOFT))
        put(console, told_, indent=widest + 3, head=head)


def _outcome(brand: BrandRun) -> str:
    counts = brand.counts
    mentions = wording.plural(brand.mentions, "mention") if brand.mentions else ""
    failed = f"{counts.feeds_failed:,} failed" if counts.feeds_failed else ""
    return joined((f"{counts.listed} listed", mentions, wording.plural(counts.feeds, "feed"), failed, f"{counts.new:,} new"))


def _standing(brand: BrandStatus, now: datetime) -> str:
    last = (f"{brand.listed} listed", f"last run: {wording.age(brand.last_run, now)}") if brand.last_run else ("no reading list yet",)
    return joined((*last, wording.plural(brand.feeds, "feed"), f"{brand.failing:,} failing" if brand.failing else ""))
