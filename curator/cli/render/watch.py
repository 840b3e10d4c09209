"""Rendering of the trial of a watch term."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, language, say
from curator.cli.render import report
from curator.cli.render.console import SOFT, STRONG, gap, joined, put, soft
from curator.core.story import Mention
from curator.core.text.plain import line
from curator.jobs.watching import Difference, WatchTrial
from curator.publishing.formats import wording
from curator.publishing.language import N_


def show(trial: WatchTrial, now: datetime, console: Console) -> None:
    """Print what a watch term finds, misses and mistakes, and how it differs from the one in brand.toml."""
    items = counted("%(num)s item", "%(num)s items", trial.items)
    stories = counted("%(num)s story", "%(num)s stories", trial.stories)
    certain = say("%(n)s certain", n=language().number(trial.certain))
    searched = say(
        "of %(items)s in %(days)s",
        items=counted("%(num)s item", "%(num)s items", trial.searched),
        days=counted("%(num)s day", "%(num)s days", trial.days),
    )
    put(console, Text.assemble((line(trial.query, 500), STRONG)), soft(f"{items}, {stories}, {certain}, {searched}"), indent=1)
    for text in filter(None, _advice(trial)):
        put(console, Text(text), indent=1)
    _mentions(say("the surest"), trial.surest, now, console)
    _mentions(say("the most doubtful"), trial.doubtful, now, console)
    _table(say("not found by it"), ((n.text, n.items, n.add) for n in trial.near_misses), console)
    _table(say("perhaps something else"), ((f.text, f.items, f.exclude) for f in trial.false_friends), console)
    if trial.changes:
        _changes(trial.changes, console)


def _advice(trial: WatchTrial) -> Iterable[str]:
    """Yield what to do where the term finds nothing, or is mostly a common word."""
    if not trial.items:
        yield say("It finds nothing: as a watch term it would have told nothing in these days.")
    elif trial.stories > 2 * trial.certain and not trial.contexts:
        yield say(
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
        found = counted("in %(num)s item", "in %(num)s items", items)
        put(console, Text.assemble(line(text, 80), (f"  {found}  ", SOFT), line(change, 90)), indent=3)


def _changes(changes: Difference, console: Console) -> None:
    gap(console)
    form = N_("%(both)s of them too, %(more)s more, %(fewer)s fewer")
    number = language().number
    what = say(form, both=number(changes.both), more=number(len(changes.gained)), fewer=number(len(changes.lost)))
    name = say("%(name)s in brand.toml finds ", name=line(changes.watch, 60))
    put(console, Text.assemble((name, SOFT), what), indent=1)
    for sign, ids in (("+", changes.gained), ("-", changes.lost)):
        if ids:
            put(console, soft(" ".join(ids)), indent=5, head=Text(f"   {sign}"))


def _title(title: str, console: Console) -> None:
    gap(console)
    put(console, Text.assemble((title, STRONG)), indent=1)
