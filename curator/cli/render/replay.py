"""Rendering of a replay: two briefs side by side, what enters and leaves, and suggestions."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from curator.cli.locale import counted, language, say, told
from curator.cli.render.console import SOFT, STRONG, gap, joined, put, soft
from curator.core.brand import Brand
from curator.core.text.plain import line
from curator.jobs.replay import RankChange, Replay, Suggestion
from curator.publishing.formats import wording

_NOTHING = "–"


def show(replay: Replay, brand: Brand, console: Console) -> None:
    """Print the figures, then what enters and leaves the top list, then suggestions."""
    stories = counted("%(num)s story", "%(num)s stories", replay.items)
    time = wording.moment(replay.since, brand.timezone, language())
    since = say("%(stories)s since %(time)s", stories=stories, time=time)
    put(console, Text.assemble((line(brand.name), STRONG), " · ", say("replay")), soft(since), indent=1)
    if replay.unread:
        put(console, soft(say("%(n)s more were never read: curator run reads them", n=language().number(replay.unread))), indent=1)
    gap(console)
    console.print(_figures(replay))
    _show_moved(say("%(n)s enters", n=len(replay.enters)), replay.enters, console)
    _show_moved(say("%(n)s leaves", n=len(replay.leaves)), replay.leaves, console)
    if not (replay.enters or replay.leaves):
        gap(console)
        put(console, Text(say("The top list stays the same.")), indent=1)
    _show_suggestions(replay.suggestions, console)


def _figures(replay: Replay) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 1), header_style=SOFT)
    table.add_column("")
    for name in (say("now"), say("edited")):
        table.add_column(name, justify="right")
    sides = (replay.before, replay.after)
    picks = counted("%(num)s pick", "%(num)s picks", replay.picks)
    table.add_row(say("on the top list"), *(f"{side.size}" for side in sides))
    table.add_row(say("of your %(picks)s", picks=picks), *(f"{side.picks}" for side in sides))
    skips = counted("%(num)s skip", "%(num)s skips", replay.skips)
    table.add_row(f"precision@10 ({picks}, {skips})", *(_share(side.precision) for side in sides))
    table.add_row("nDCG@10", *(_share(side.ndcg) for side in sides))
    return table


def _share(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.2f}"


def _show_moved(what: str, moved: Sequence[RankChange], console: Console) -> None:
    if moved:
        gap(console)
        put(console, Text.assemble((what, STRONG), soft(say("   place now → edited"))), indent=1)
    for one in moved:
        head = Text.assemble(f"{one.before:>6,} → {one.after:<6,} ", (one.item.id, SOFT), "  ")
        put(console, Text(wording.title(one.item)), indent=head.cell_len, head=head)
        put(console, soft(joined(told(reason.text) for reason in one.item.why if reason.part != "age")), indent=head.cell_len)


def _show_suggestions(suggestions: Sequence[Suggestion], console: Console) -> None:
    for one in suggestions:
        gap(console)
        many, topic = len(one.items), line(one.topic, 60)
        badly = say("%(n)s picks fit %(topic)s badly", n=many, topic=topic)
        what = badly if one.key == "about" else say("%(n)s skips fit %(topic)s well", n=many, topic=topic)
        put(console, Text.assemble((what, STRONG), soft(f"  {', '.join(one.items[:4])}")), indent=1)
        said = say('add to its about: "%(words)s"', words=line(one.text)) if one.key == "about" else f'avoid = ["{line(one.text)}"]'
        put(console, Text(said), indent=3)
