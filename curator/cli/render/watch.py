"""Rendering of the trial of a watch term."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from curator.cli.render import report
from curator.cli.render.console import SOFT, STRONG, gap, put, soft
from curator.core.story import Mention
from curator.core.text.plain import line
from curator.jobs.watching import Difference, WatchTrial
from curator.publishing.formats import wording


def show(trial: WatchTrial, now: datetime, console: Console) -> None:
    """Print what a watch term finds, misses and mistakes, and how it differs from the one in brand.toml."""
    found = f"{wording.plural(trial.items, 'item')}, {trial.stories:,} as stories, {trial.certain:,} of them certain"
    put(console, Text.assemble((line(trial.query, 500), STRONG)), soft(found), indent=1)
    _mentions("the surest", trial.surest, now, console)
    _mentions("the most doubtful", trial.doubtful, now, console)
    _table("not found by it", ((n.text, n.items, n.add) for n in trial.near_misses), console)
    _table("perhaps something else", ((f.text, f.items, f.exclude) for f in trial.false_friends), console)
    if trial.changes:
        _changes(trial.changes, console)


def _mentions(title: str, mentions: Sequence[Mention], now: datetime, console: Console) -> None:
    if mentions:
        _title(title, console)
        report.show_mentions(mentions, now, console)


def _table(title: str, rows: Iterable[tuple[str, int, str]], console: Console) -> None:
    some = list(rows)
    if some:
        _title(title, console)
    for text, items, change in some:
        put(console, Text.assemble(line(text, 80), (f"  in {wording.plural(items, 'item')}  ", SOFT), line(change, 90)), indent=3)


def _changes(changes: Difference, console: Console) -> None:
    gap(console)
    what = f"{changes.both:,} of them too, {len(changes.gained):,} more, {len(changes.lost):,} fewer"
    put(console, Text.assemble((f"{line(changes.watch, 60)} in brand.toml finds ", SOFT), what), indent=1)
    for sign, ids in (("+", changes.gained), ("-", changes.lost)):
        if ids:
            put(console, soft(" ".join(ids)), indent=5, head=Text(f"   {sign}"))


def _title(title: str, console: Console) -> None:
    gap(console)
    put(console, Text.assemble((title, STRONG)), indent=1)
