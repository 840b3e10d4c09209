"""Rendering of the plan: the weeks with their posts and gaps, the mix, and what is out of balance."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, language, say, told
from curator.cli.render import console as render_console
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped
from curator.core.brand import Brand
from curator.core.post import Post
from curator.core.text.plain import line
from curator.planning.answers import Answered
from curator.planning.approval import Approval
from curator.planning.holidays import Occasion
from curator.planning.plan import CalendarEntry, Plan, Share
from curator.publishing.formats import wording
from curator.publishing.language import N_

_DAY, _TIME = 13, 7  # columns of "Mon 23 Nov" and of "09:00", with the space behind them
_BAR, _SHORT_BAR = 20, 8  # columns; the short one where there is little room
_FILLED = {"proposed", "kept"}  # notes of what a filling put there
_SAID: Mapping[str, str] = {
    "approve": N_("approved by %(name)s"),
    "change": N_("change asked by %(name)s"),
    "comment": N_("commented by %(name)s"),
}
_EXAMPLE = ': [calendar] slots = ["Mon 09:00", "Fri 17:00"]'
_WAITING = 6  # picks without a time that are named


class _Row(Struct, frozen=True, kw_only=True):
    """Entries of one time on several networks that have the same item, or none."""

    entries: tuple[CalendarEntry, ...]

    @property
    def networks(self) -> str:
        """Names of the networks, joined by commas."""
        return ", ".join(line(entry.network, 20) for entry in self.entries)


def show_plan(plan: Plan, brand: Brand, console: Console) -> None:
    """Print the weeks, one or two lines per time, then the mix and the warnings."""
    own = [entry for entry in plan.slots if entry.note in {"", *_FILLED}]
    filled = sum(entry.item is not None for entry in own)
    title = Text.assemble((line(brand.name), STRONG), " · ", say("plan"))
    slots = counted("%(num)s slot", "%(num)s slots", len(own))
    put(console, title, soft(say("%(n)s of %(slots)s filled", n=filled, slots=slots)), indent=1)
    by_day = {day: tuple(entries) for day, entries in groupby(plan.slots, key=lambda entry: entry.day)}
    days = sorted({*by_day, *(occasion.day for occasion in plan.days)})
    for (_, week), some in groupby(days, key=lambda day: day.isocalendar()[:2]):
        gap(console)
        unwrapped(console, soft(say(" week %(n)s", n=week)))
        for day in some:
            _show_day(day, by_day.get(day, ()), [o for o in plan.days if o.day == day], brand, console)
    _show_mix(plan, console)
    _show_rest(plan, brand, console)


def show_changed(posts: Sequence[Post], done: str, timezone: str, console: Console) -> None:
    """Print what was done to posts (kept, moved …) and their times now."""
    for post in posts:
        at = wording.moment(post.at, timezone, language()) if post.at else say("no time yet")
        put(console, Text(f"{done}  {joined((post.id, at))}"), indent=1)
    if not posts:
        put(console, Text(say("nothing changed")), indent=1)


def show_answers(taken: Answered, console: Console) -> None:
    """Print what a reviewer said of each post."""
    for each in taken.kept:
        if each.answer:
            head = joined((f"{each.item}-{each.answer.network}", say(_SAID[each.verdict], name=taken.by)))
            put(console, Text(head + (f": {line(each.answer.comment, 200)}" if each.answer.comment else "")), indent=1)
    if not taken.kept:
        put(console, Text(say("nothing new was answered")), indent=1)


def _show_day(day: date, entries: Sequence[CalendarEntry], occasions: Sequence[Occasion], brand: Brand, console: Console) -> None:
    head = Text(f" {wording.short_day(day, language())}")
    for occasion in occasions:
        put(console, _named(occasion), indent=_DAY, head=head)
        head = Text()
    for row in _rows(entries):
        at = row.entries[0].when.astimezone(ZoneInfo(brand.timezone))
        start = Text.assemble(head, " " * (_DAY - head.cell_len), (f"{at:%H:%M}", STRONG if row.entries[0].item else SOFT))
        _show_row(row, start, console)
        head = Text()


def _named(occasion: Occasion) -> Text:
    """Return the name of a day; days off and the brand's own stand out."""
    name = line(occasion.name, 80)
    return soft(joined((name, say("observance")))) if occasion.kind == "observance" else Text.assemble((name, ACCENT))


def _rows(entries: Sequence[CalendarEntry]) -> Iterator[_Row]:
    """Group the entries of a day by time and item."""
    for _, at_once in groupby(entries, key=lambda entry: entry.when):
        by_item: dict[str | None, list[CalendarEntry]] = {}
        for entry in at_once:
            by_item.setdefault(entry.item, []).append(entry)
        yield from (_Row(entries=tuple(some)) for some in by_item.values())


def _show_row(row: _Row, start: Text, console: Console) -> None:
    indent, entry = _DAY + _TIME, row.entries[0]
    if entry.item is None:
        put(console, soft(say("open on %(networks)s", networks=row.networks)), indent=indent, head=start)
        return
    proposed = entry.note == "proposed"
    title = Text(line(entry.title) or entry.item, style=ACCENT if proposed else STRONG)
    title.truncate(max(render_console.width(console) - indent, 10), overflow="ellipsis")
    put(console, title, indent=indent, head=start)
    about = (entry.kind.replace("-", " "), row.networks, entry.item, say("locked") if entry.locked else "", told(entry.note))
    put(console, soft(joined(about)), indent=indent)
    for one in row.entries:
        if one.approval:
            put(console, _answered(one, one.approval), indent=indent)


def _answered(entry: CalendarEntry, said: Approval) -> Text:
    """Return what a reviewer said of a post; what is still to be done stands out."""
    since = say(", text changed since")
    by = say(_SAID[said.verdict], name=line(said.by, 80))
    words = f"{line(entry.network, 20)}: {by}{'' if said.stands else since}"
    return Text.assemble((words, SOFT if said.approved else ACCENT), soft(f": {line(said.comment, 200)}" if said.comment else ""))


def _show_mix(plan: Plan, console: Console) -> None:
    """Print one bar per kind: its share of the posts, with a mark at its target."""
    if not plan.mix:
        return
    gap(console)
    widest = max(cell_len(line(kind, 24)) for kind in plan.mix)
    columns = _BAR if render_console.width(console) >= widest + _BAR + 20 else _SHORT_BAR
    for kind, share in plan.mix.items():
        name = line(kind, 24)
        numbers = f" {share.actual:>4.0%}" + (say(" of %(share)s", share=f"{share.target:.0%}") if share.target else "")
        unwrapped(console, Text.assemble(f" {name}", " " * (widest - cell_len(name) + 2), _bar(share, columns), numbers))


def _bar(share: Share, columns: int) -> Text:
    full, mark = round(share.actual * columns), round(share.target * columns)
    cells = Text.assemble(("▇" * full, ACCENT), ("▁" * (columns - full), SOFT))
    return Text.assemble(cells[:mark], ("|", STRONG), cells[mark:])


def _show_rest(plan: Plan, brand: Brand, console: Console) -> None:
    open_ = sum(entry.item is None for entry in plan.slots)
    if plan.warnings or plan.waiting or open_:
        gap(console)
    for warning in plan.warnings:
        put(console, Text.assemble((told(warning), ACCENT)), indent=1)
    if plan.waiting:
        more = ", …" if len(plan.waiting) > _WAITING else ""
        named = ", ".join(map(line, plan.waiting[:_WAITING])) + more
        waiting = counted("%(num)s post has no time", "%(num)s posts have no time", len(plan.waiting))
        put(console, Text(f"{waiting}: {named}"), indent=1)
    if not brand.calendar.slots:
        put(console, Text(say("brand.toml names no slots") + _EXAMPLE), indent=1)
    elif open_ and not any(entry.note in _FILLED for entry in plan.slots):
        unwrapped(console, Text.assemble(" ", (say("next: "), SOFT), "curator plan --fill"))
