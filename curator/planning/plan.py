"""The plan: the slots of the weeks ahead with their posts, the mix of content types, and warnings about the balance."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.item import Item
from curator.core.post import Post
from curator.core.text.plain import line
from curator.planning import approval, candidates, holidays, slots
from curator.planning.approval import Approval
from curator.planning.holidays import Occasion
from curator.planning.slots import Slot

# The difference from its target at which a share of the mix is warned about.
TOLERANCE = 0.1

Note = Literal["", "proposed", "kept", "outside slots", "second at this time"]


class CalendarEntry(Struct, frozen=True, kw_only=True):
    """A slot and its post, or a post outside the slots. `item` is None in an open slot; `day` is in the brand's time zone.

    `approval`: what a reviewer said of the post last, None where nobody did.
    """

    when: datetime
    day: date
    network: str
    kind: str = ""
    item: str | None = None
    post: str = ""
    title: str = ""
    locked: bool = False
    note: Note = ""
    approval: Approval | None = None


class Share(Struct, frozen=True, kw_only=True):
    """A content type's share of the posts, in 0…1: what the brand wants and what the plan has."""

    target: float
    actual: float


class Plan(Struct, frozen=True, kw_only=True):
    """The calendar of the weeks ahead. `waiting`: ids of posts without a time; `warnings`: what is out of balance, in words."""

    slots: tuple[CalendarEntry, ...]
    mix: Mapping[str, Share]
    days: tuple[Occasion, ...] = ()
    waiting: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def marked(self, posts: Iterable[Post], note: Note) -> "Plan":
        """Return the plan with a note on the entries of these posts."""
        ids = {post.id for post in posts}
        return replace(self, slots=tuple(replace(entry, note=note) if entry.post in ids else entry for entry in self.slots))


def plan(context: Context, now: datetime, weeks: int) -> Plan:
    """Return the plan of the weeks ahead."""
    return draw(context, now, weeks, standing_posts(context))


def standing_posts(context: Context) -> list[Post]:
    """Return the posts that are not cancelled."""
    return [post for post in context.store.posts() if not post.cancelled]


def draw(context: Context, now: datetime, weeks: int, posts: Sequence[Post], known: Mapping[str, Item] | None = None) -> Plan:
    """Draw up the plan of these posts. `known`: items by id that need not be read from the store."""
    brand, until = context.brand, now + timedelta(weeks=weeks)
    ahead = [post for post in posts if post.at and now < post.at <= until]
    items = {**(known or {}), **{i.id: i for id_ in {p.item for p in ahead} for i in context.store.find(id_)}}
    entries = _entries(brand, slots.ahead(brand.calendar, now, weeks, brand.timezone), ahead, items)
    days = holidays.between(brand, context.today(now), context.today(until))
    plan = _summed_up(context, entries, items, days, posts)
    return replace(plan, warnings=(*plan.warnings, *_approval_warnings(brand, plan.slots)))


def between(context: Context, first: date, last: date) -> Plan:
    """Return the plan of the days from `first` to `last` in the brand's time zone, both included, be they past or ahead."""
    brand, posts = context.brand, standing_posts(context)
    before = slots.utc(datetime.combine(first, time()), brand.timezone) - timedelta.resolution
    weeks = (last - first).days // 7 + 2
    ours = [post for post in posts if post.at and first <= post.at.astimezone(ZoneInfo(brand.timezone)).date() <= last]
    items = {i.id: i for id_ in {p.item for p in ours} for i in context.store.find(id_)}
    entries = _entries(brand, slots.ahead(brand.calendar, before, weeks, brand.timezone), ours, items)
    within = tuple(entry for entry in entries if first <= entry.day <= last)
    return _summed_up(context, within, items, holidays.between(brand, first, last), posts)


def _summed_up(
    context: Context, entries: tuple[CalendarEntry, ...], items: Mapping[str, Item], days: tuple[Occasion, ...], posts: Sequence[Post]
) -> Plan:
    """Return the plan of these entries with what was said of them, its mix and its warnings."""
    known = approval.approvals(posts, context.store.decisions())
    entries = tuple(replace(entry, approval=known.get(entry.post)) for entry in entries)
    filled = [entry for entry in entries if entry.item]
    mix = _mix(context.brand, filled)
    return Plan(
        slots=entries,
        mix=mix,
        days=days,
        waiting=tuple(post.id for post in posts if post.at is None),
        warnings=(*_mix_warnings(filled, mix), *_cap_warnings(context, filled, items), *_collision_warnings(filled)),
    )


def _entries(brand: Brand, open_: Sequence[Slot], posts: Sequence[Post], items: Mapping[str, Item]) -> tuple[CalendarEntry, ...]:
    """Return every slot with its post, if any, and the posts outside the slots, by time and by the brand's order of networks."""
    by_slot = {Slot(when=post.at, network=post.network): post for post in reversed(posts) if post.at}
    entries = [_entry(brand, slot.when, slot.network, by_slot.get(slot), items) for slot in open_]
    in_slots = {entry.post for entry in entries}
    for post in posts:
        if post.at and post.id not in in_slots:
            first = by_slot[Slot(when=post.at, network=post.network)].id == post.id
            note: Note = "outside slots" if first else "second at this time"
            entries.append(replace(_entry(brand, post.at, post.network, post, items), note=note))
    order = {network: n for n, network in enumerate(brand.calendar.networks)}
    return tuple(sorted(entries, key=lambda e: (e.when, order.get(e.network, len(order)), e.network, e.note, e.post)))


def _entry(brand: Brand, when: datetime, network: str, post: Post | None, items: Mapping[str, Item]) -> CalendarEntry:
    day = when.astimezone(ZoneInfo(brand.timezone)).date()
    if post is None:
        return CalendarEntry(when=when, network=network, day=day)
    item = items.get(post.item)
    title, kind = (line(item.title), item.kind) if item else ("", "")
    return CalendarEntry(
        when=when, network=network, day=day, item=post.item, post=post.id, title=title, kind=post.kind or kind, locked=post.locked
    )


def _mix(brand: Brand, filled: Sequence[CalendarEntry]) -> dict[str, Share]:
    """Return each content type's share of the posts. Types that [mix] does not name come last, with a target of 0."""
    counts, total = Counter(entry.kind for entry in filled), max(len(filled), 1)
    kinds = [*brand.mix, *sorted(kind for kind in counts if kind and kind not in brand.mix)]
    return {kind: Share(target=brand.mix.get(kind, 0.0), actual=round(counts[kind] / total, 4)) for kind in kinds}


def _mix_warnings(filled: Sequence[CalendarEntry], mix: Mapping[str, Share]) -> Iterable[str]:
    """Name the content types that are off target; nothing where there are fewer items than types."""
    if len({entry.item for entry in filled}) < len(mix):
        return
    for kind, share in mix.items():
        if abs(share.actual - share.target) > TOLERANCE:
            much = "much" if share.actual > share.target else "little"
            yield f"{much} {line(kind, 40)}: {share.actual:.0%} of the posts, {share.target:.0%} are wanted"


def _cap_warnings(context: Context, filled: Sequence[CalendarEntry], items: Mapping[str, Item]) -> Iterable[str]:
    """Name the sources and topics that exceed the weekly limits which a filling keeps to."""
    sources = {item.id: item.source.title or item.source.feed for item in items.values()}
    limits = candidates.weekly_limits(context.brand)
    for names, limit in ((sources, limits.per_source), (_topics(context, items.values()), limits.per_topic)):
        seen = {(entry.day.isocalendar()[:2], names[entry.item], entry.item) for entry in filled if entry.item in names}
        for ((_, week), name), count in sorted(Counter((week, name) for week, name, _ in seen).items()):
            if count > limit:
                yield f"{count} times {line(name, 60)} in week {week}"


def _topics(context: Context, items: Iterable[Item]) -> dict[str, str]:
    """Return the topic that each item was listed for, by item id."""
    reports = [context.store.report(day) for day in sorted({item.listed for item in items if item.listed})]
    return {card.id: card.evidence.topic for report in reports if report for card in report.items}


def _collision_warnings(filled: Sequence[CalendarEntry]) -> Iterable[str]:
    return (f"{entry.network} has two posts at one time: {entry.post}" for entry in filled if entry.note == "second at this time")


def _approval_warnings(brand: Brand, entries: Sequence[CalendarEntry]) -> Iterable[str]:
    """Say how many posts are not approved, where the brand asks for it."""
    filled = [entry for entry in entries if entry.item]
    missing = sum(not (entry.approval and entry.approval.approved) for entry in filled)
    if missing and brand.calendar.approval != "none":
        yield f"{missing} of {len(filled)} posts not approved"
