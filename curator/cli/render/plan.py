"""What a person sees of the plan: the weeks with their posts and gaps, the mix, and what is out of balance."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from curator.cli.render import console as render_console
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, whole
from curator.core.brand import Brand
from curator.core.post import Post
from curator.core.text.plain import line
from curator.planning.holidays import Occasion
from curator.planning.plan import CalendarEntry, Plan, Share
from curator.publishing.formats import words

_DAY, _TIME = 13, 7  # columns of "Mon 23 Nov" and of "09:00", with the space behind them
_BAR, _SHORT_BAR = 20, 8  # columns; the short one where there is little room
_FILLED = {"proposed", "kept"}  # notes of what a filling put there
_WAITING = 6  # so many picks without a time are named


class _Row(Struct, frozen=True, kw_only=True):
    """The networks of one time that have the same item, or none."""

    spots: tuple[CalendarEntry, ...]

    @property
    def networks(self) -> str:
        return ", ".join(line(spot.network, 20) for spot in self.spots)


def show_plan(plan: Plan, brand: Brand, console: Console) -> None:
    """The weeks, a line or two for each time; then the mix and the warnings."""
    own = [spot for spot in plan.slots if spot.note in {"", *_FILLED}]
    filled = sum(spot.item is not None for spot in own)
    title = Text.assemble((line(brand.name), STRONG), " · plan")
    put(console, title, soft(f"{filled} of {words.plural(len(own), 'slot')} filled"), indent=1)
    by_day = {day: tuple(spots) for day, spots in groupby(plan.slots, key=lambda spot: spot.day)}
    days = sorted({*by_day, *(occasion.day for occasion in plan.days)})
    for (_, week), some in groupby(days, key=lambda day: day.isocalendar()[:2]):
        gap(console)
        whole(console, soft(f" week {week}"))
        for day in some:
            _show_day(day, by_day.get(day, ()), [o for o in plan.days if o.day == day], brand, console)
    _show_mix(plan, console)
    _show_rest(plan, brand, console)


def show_kept(posts: Sequence[Post], done: str, timezone: str, console: Console) -> None:
    """What became of posts: "kept", "moved", and where they are now."""
    for post in posts:
        at = words.moment(post.at, timezone) if post.at else "no time yet"
        put(console, Text(f"{done}  {joined((post.id, at))}"), indent=1)
    if not posts:
        put(console, Text("nothing changed"), indent=1)


def _show_day(day: date, spots: Sequence[CalendarEntry], occasions: Sequence[Occasion], brand: Brand, console: Console) -> None:
    head = Text(f" {day:%a} {day.day:>2} {day:%b}")
    for occasion in occasions:
        put(console, _named(occasion), indent=_DAY, head=head)
        head = Text()
    for row in _rows(spots):
        at = row.spots[0].when.astimezone(ZoneInfo(brand.timezone))
        start = Text.assemble(head, " " * (_DAY - head.cell_len), (f"{at:%H:%M}", STRONG if row.spots[0].item else SOFT))
        _show_row(row, start, console)
        head = Text()


def _named(occasion: Occasion) -> Text:
    """Days off and of one's own stand out; one that is only observed says so."""
    name = line(occasion.name, 80)
    return soft(f"{name} · observance") if occasion.kind == "observance" else Text.assemble((name, ACCENT))


def _rows(spots: Sequence[CalendarEntry]) -> Iterator[_Row]:
    """The spots of a day, those of one time and item together."""
    for _, at_once in groupby(spots, key=lambda spot: spot.when):
        by_item: dict[str | None, list[CalendarEntry]] = {}
        for spot in at_once:
            by_item.setdefault(spot.item, []).append(spot)
        yield from (_Row(spots=tuple(some)) for some in by_item.values())


def _show_row(row: _Row, start: Text, console: Console) -> None:
    indent, spot = _DAY + _TIME, row.spots[0]
    if spot.item is None:
        put(console, soft(f"open on {row.networks}"), indent=indent, head=start)
        return
    proposed = spot.note == "proposed"
    title = Text(line(spot.title) or spot.item, style=ACCENT if proposed else STRONG)
    title.truncate(max(render_console.width(console) - indent, 10), overflow="ellipsis")
    put(console, title, indent=indent, head=start)
    about = (spot.kind.replace("-", " "), row.networks, spot.item, "locked" if spot.locked else "", spot.note)
    put(console, soft(joined(about)), indent=indent)


def _show_mix(plan: Plan, console: Console) -> None:
    """A bar a kind: how much of it there is, and a mark where its share ends."""
    if not plan.mix:
        return
    gap(console)
    widest = max(cell_len(line(kind, 24)) for kind in plan.mix)
    columns = _BAR if render_console.width(console) >= widest + _BAR + 20 else _SHORT_BAR
    for kind, share in plan.mix.items():
        name = line(kind, 24)
        told = f" {share.actual:>4.0%}" + (f" of {share.target:.0%}" if share.target else "")
        whole(console, Text.assemble(f" {name}", " " * (widest - cell_len(name) + 2), _bar(share, columns), told))


def _bar(share: Share, columns: int) -> Text:
    full, mark = round(share.actual * columns), round(share.target * columns)
    cells = Text.assemble(("▇" * full, ACCENT), ("▁" * (columns - full), SOFT))
    return Text.assemble(cells[:mark], ("|", STRONG), cells[mark:])


def _show_rest(plan: Plan, brand: Brand, console: Console) -> None:
    open_ = sum(spot.item is None for spot in plan.slots)
    if plan.warnings or plan.waiting or open_:
        gap(console)
    for warning in plan.warnings:
        put(console, Text.assemble((warning, ACCENT)), indent=1)
    if plan.waiting:
        more = ", …" if len(plan.waiting) > _WAITING else ""
        named = ", ".join(map(line, plan.waiting[:_WAITING])) + more
        put(console, Text(f"{words.plural(len(plan.waiting), 'post has', 'posts have')} no time: {named}"), indent=1)
    if not brand.calendar.slots:
        put(console, Text('brand.toml names no slots: [calendar] slots = ["Mon 09:00", "Fri 17:00"]'), indent=1)
    elif open_ and not any(spot.note in _FILLED for spot in plan.slots):
        whole(console, Text.assemble(" ", ("next: ", SOFT), "curator plan --fill"))
