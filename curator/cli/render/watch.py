"""Rendering of the trial of a watch term."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from curator.cli.render import report
from curator.cli.render.console import SOFT, STRONG, gap, joined, put, soft
from curator.core.story import Mention
from curator.core.text.plain import line
from curator.jobs.watching import Difference, WatchTrial
from curator.publishing.formats import wording


def show(trial: WatchTrial, now: datetime, console: Console) -> None:
    """Print what a watch term finds, misses and mistakes, and how it differs from the one in brand.toml."""
    stories = wording.plural(trial.stories, "story", "stories")
    found = f"{wording.plural(trial.items, 'item')}, {stories}, {trial.certain:,} certain"
    searched = f"of {wording.plural(trial.searched, 'item')} in {wording.plural(trial.days, 'day')}"
    put(console, Text.assemble((line(trial.query, 500), STRONG)), soft(f"{found}, {searched}"), indent=1)
    for text in filter(None, _advice(trial)):
        put(console, Text(text), indent=1)
    _mentions("the surest", trial.surest, now, console)
    _mentions("the most doubtful", trial.doubtful, now, console)
    _table("not found by it", ((n.text, n.items, n.add) for n in trial.near_misses), console)
    _table("perhaps something else", ((f.text, f.items, f.exclude) for f in trial.false_friends), console)
    if trial.changes:
        _changes(trial.changes, console)


def _advice(trial: WatchTrial) -> Iterable[str]:
    """Yield what to do where the term finds nothing, or is mostly a common word."""
    if not trial.items:
        yield "It finds nothing: as a watch term it would have told nothing in these days."
    elif trial.stories > 2 * trial.certain and not trial.contexts:
        yield (
            "Most of it is written as a common word. Ask for a word beside it, as in 'name NEAR/5 city', "
            "or give it `like` and `unlike` sentences in brand.toml."
        )


def _mentions(title: str, mentions: Sequence[Mention], now: datetime, console: Console) -> None:
    if mentions:
        _title(title, console)
        for mention in mentions:
            put(console, Text(f"“{wording.inside(line(mention.sentence, 500))}”"), indent=3)
            put(console, soft(joined((*report.by(mention.item, now), mention.item.id))), indent=4)


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
