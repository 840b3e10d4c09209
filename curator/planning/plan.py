"""The calendar of the weeks ahead: its slots and gaps, the mix against what is wanted, and what a person changes of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.errors import ConfigError, CuratorError
from curator.core.item import Item
from curator.core.post import Post
from curator.core.text.plain import line
from curator.planning import decisions, filling, holidays, slots
from curator.planning.filling import Filling
from curator.planning.holidays import Occasion
from curator.planning.slots import Slot

OFF = 0.1  # a share of the mix that is further off than this is worth a word
Note = Literal["", "proposed", "kept", "outside slots", "second at this time"]


class CalendarEntry(Struct, frozen=True, kw_only=True):
    """A slot and what is in it; `item` is None while nothing is. `day` is the brand's."""

    when: datetime
    day: date
    network: str
    kind: str = ""
    item: str | None = None
    post: str = ""
    title: str = ""
    locked: bool = False
    note: Note = ""


class Share(Struct, frozen=True, kw_only=True):
    target: float
    actual: float


class Plan(Struct, frozen=True, kw_only=True):
    """The weeks ahead. `waiting`: picks without a time, as ids of posts; `warnings`: what is out of balance, in words."""

    slots: tuple[CalendarEntry, ...]
    mix: Mapping[str, Share]
    days: tuple[Occasion, ...] = ()
    waiting: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class PlanProposal(Struct, frozen=True, kw_only=True):
    """A plan with what would be put into its gaps, and that alone, to be kept or not."""

    plan: Plan
    filling: Filling = field(default_factory=Filling)

    def kept(self, posts: Iterable[Post]) -> Plan:
        """The plan once these of its posts are in the calendar."""
        return _marked(self.plan, posts, "kept")


def plan(context: Context, now: datetime, weeks: int) -> Plan:
    """What stands in the calendar of so many weeks."""
    return _drawn(context, now, weeks, _standing(context))


def propose(context: Context, now: datetime, weeks: int) -> PlanProposal:
    """The best filling of what is open. Raises ConfigError where brand.toml names no slot; keeps nothing."""
    if not context.brand.calendar.slots:
        raise ConfigError("there is no slot to fill", where="brand.toml: calendar.slots", hint='slots = ["Mon 09:00", "Fri 17:00"]')
    posts = _standing(context)
    gaps = [Slot(when=s.when, network=s.network) for s in _drawn(context, now, weeks, posts).slots if not s.item]
    found = filling.propose(context, now, gaps, posts)
    fresh = [_placed(found, item, when, network, now) for item, when, network in _each(found)]
    there = {post.id for post in fresh}
    drawn = _drawn(context, now, weeks, [*(p for p in posts if p.id not in there), *fresh], found.items)
    return PlanProposal(plan=_marked(drawn, fresh, "proposed"), filling=found)


def keep(context: Context, found: Filling, now: datetime) -> list[Post]:
    """Puts a proposal into the calendar, as one command that can be undone."""
    wanted: dict[str, list[tuple[datetime, str]]] = {}
    for item, when, network in _each(found):
        wanted.setdefault(item, []).append((when, network))

    def placed(item: Item, posts: Sequence[Post]) -> tuple[Item, Sequence[Post]]:
        before = {post.network: post for post in posts}
        fresh = [_placed(found, item.id, when, network, now) for when, network in wanted[item.id]]
        moved = [
            decisions.moved(old, now, at=p.at) if (old := before.get(p.network)) and not old.cancelled else _anew(p, old) for p in fresh
        ]
        return replace(item, status="picked", kind=item.kind or found.items[item.id].kind), moved

    return _changed(context, list(wanted), now, placed)


def move(context: Context, name: str, when: str, now: datetime) -> list[Post]:
    """Gives posts another time. Raises UsageError for a time that is none or past, CuratorError for a post that is locked."""
    at = slots.when(when, now, context.brand.timezone)
    return _edit(context, name, now, lambda post: decisions.moved(_free(post), now, at=at))


def lock(context: Context, name: str, now: datetime, *, locked: bool = True) -> list[Post]:
    """Leaves posts where they are, whatever is moved or dropped; or lets them go again."""
    return _edit(context, name, now, lambda post: replace(post, locked=locked))


def drop(context: Context, name: str, now: datetime) -> list[Post]:
    """Takes posts out of the calendar; the item stays picked, so that it is not proposed again."""
    return _edit(context, name, now, lambda post: decisions.moved(_free(post), now, cancelled=True))


# --- drawing it up ------------------------------------------------------------------------------------------------


def _standing(context: Context) -> list[Post]:
    return [post for post in context.store.posts() if not post.cancelled]


def _drawn(context: Context, now: datetime, weeks: int, posts: Sequence[Post], known: Mapping[str, Item] | None = None) -> Plan:
    brand, until = context.brand, now + timedelta(weeks=weeks)
    ahead = [post for post in posts if post.at and now < post.at <= until]
    items = {**(known or {}), **{i.id: i for id_ in {p.item for p in ahead} for i in context.store.find(id_)}}
    spots = _spots(brand, slots.ahead(brand.calendar, now, weeks, brand.timezone), ahead, items)
    mix = _mix(brand, [spot for spot in spots if spot.item])
    waiting = tuple(post.id for post in posts if post.at is None)
    filled = [spot for spot in spots if spot.item]
    return Plan(
        slots=spots,
        mix=mix,
        days=holidays.between(brand, context.today(now), context.today(until)),
        waiting=waiting,
        warnings=(*_unbalanced(filled, mix), *_crowded(context, filled, items), *_doubled(filled)),
    )


def _marked(plan: Plan, posts: Iterable[Post], note: Note) -> Plan:
    there = {post.id for post in posts}
    return replace(plan, slots=tuple(replace(spot, note=note) if spot.post in there else spot for spot in plan.slots))


def _spots(brand: Brand, open_: Sequence[Slot], posts: Sequence[Post], items: Mapping[str, Item]) -> tuple[CalendarEntry, ...]:
    """Every slot with its post, or none; then the posts that stand elsewhere. In order of time, and of the brand's networks."""
    left = {Slot(when=post.at, network=post.network): post for post in reversed(posts) if post.at}
    spots = [_spot(brand, slot.when, slot.network, left.get(slot), items) for slot in open_]
    taken = {spot.post for spot in spots}
    for post in posts:
        if post.at and post.id not in taken:
            note: Note = "second at this time" if left[Slot(when=post.at, network=post.network)].id != post.id else "outside slots"
            spots.append(replace(_spot(brand, post.at, post.network, post, items), note=note))
    order = {network: n for n, network in enumerate(brand.calendar.networks)}
    return tuple(sorted(spots, key=lambda s: (s.when, order.get(s.network, len(order)), s.network, s.note, s.post)))


def _spot(brand: Brand, when: datetime, network: str, post: Post | None, items: Mapping[str, Item]) -> CalendarEntry:
    day = when.astimezone(ZoneInfo(brand.timezone)).date()
    if post is None:
        return CalendarEntry(when=when, network=network, day=day)
    item = items.get(post.item)
    title, kind = (line(item.title), item.kind) if item else ("", "")
    return CalendarEntry(
        when=when, network=network, day=day, item=post.item, post=post.id, title=title, kind=post.kind or kind, locked=post.locked
    )


def _mix(brand: Brand, filled: Sequence[CalendarEntry]) -> dict[str, Share]:
    """The share of each kind among the posts, beside the one that is wanted; kinds that nobody asked for come last."""
    counts, all_ = Counter(spot.kind for spot in filled), max(len(filled), 1)
    kinds = [*brand.mix, *sorted(kind for kind in counts if kind and kind not in brand.mix)]
    return {kind: Share(target=brand.mix.get(kind, 0.0), actual=round(counts[kind] / all_, 4)) for kind in kinds}


def _unbalanced(filled: Sequence[CalendarEntry], mix: Mapping[str, Share]) -> Iterable[str]:
    """The kinds that are far from their share, once there are items enough to have a mix."""
    if len({spot.item for spot in filled}) < len(mix):
        return
    for kind, share in mix.items():
        if abs(share.actual - share.target) > OFF:
            much = "much" if share.actual > share.target else "little"
            yield f"{much} {line(kind, 40)}: {share.actual:.0%} of the posts, {share.target:.0%} are wanted"


def _crowded(context: Context, filled: Sequence[CalendarEntry], items: Mapping[str, Item]) -> Iterable[str]:
    """The sources and topics that take more of a week than a filling would give them."""
    sources = {item.id: item.source.title or item.source.feed for item in items.values()}
    most = filling.most(context.brand)
    for names, limit in ((sources, most.of_a_source), (_topics(context, items.values()), most.of_a_topic)):
        there = {(spot.day.isocalendar()[:2], names[spot.item], spot.item) for spot in filled if spot.item in names}
        for ((_, week), name), count in sorted(Counter((week, name) for week, name, _ in there).items()):
            if count > limit:
                yield f"{count} times {line(name, 60)} in week {week}"


def _topics(context: Context, items: Iterable[Item]) -> dict[str, str]:
    """What the items were listed for, by id."""
    lists = [context.store.report(day) for day in sorted({item.listed for item in items if item.listed})]
    return {card.id: card.evidence.topic for report in lists if report for card in report.items}


def _doubled(filled: Sequence[CalendarEntry]) -> Iterable[str]:
    return (f"{spot.network} has two posts at one time: {spot.post}" for spot in filled if spot.note == "second at this time")


# --- changing it ----------------------------------------------------------------------------------------------------


def _each(found: Filling) -> Iterable[tuple[str, datetime, str]]:
    return ((place.item, place.when, network) for place in found.places for network in place.networks)


def _placed(found: Filling, item: str, when: datetime, network: str, now: datetime) -> Post:
    return Post(item=item, network=network, at=when, kind=found.items[item].kind, changed=now)


def _anew(post: Post, old: Post | None) -> Post:
    """A post where a cancelled one was: calendars hear that it is back."""
    return replace(post, sequence=old.sequence + 1, text=old.text) if old else post


def _free(post: Post) -> Post:
    if post.locked:
        raise CuratorError(f"{post.id} is locked", hint=f"curator plan --unlock {post.id}")
    return post


def _edit(context: Context, name: str, now: datetime, change: Callable[[Post], Post]) -> list[Post]:
    """Changes the posts of that name. Raises CuratorError when there is none, or when they are of several items."""
    found = _named(name, _standing(context))
    chosen = {post.id for post in found}
    after = _changed(context, [found[0].item], now, lambda item, posts: (item, [change(p) if p.id in chosen else p for p in posts]))
    return [post for post in after if post.id in chosen]


def _named(name: str, posts: Sequence[Post]) -> list[Post]:
    """The posts of one item that a name means: the first characters of an item's id, and of a network behind a dash."""
    id_, _, network = name.strip().lower().partition("-")
    found = [post for post in posts if id_ and post.item.startswith(id_) and post.network.startswith(network)]
    if not found:
        raise CuratorError(f"the calendar has no post {line(name, 60)!r}", hint="curator plan shows the posts")
    if len(items := sorted({post.item for post in found})) > 1:
        raise CuratorError(f"{line(name, 60)!r} may be any of {', '.join(items[:4])}", hint="type one more character")
    return found


def _changed(context: Context, ids: Sequence[str], now: datetime, made: decisions.Change) -> list[Post]:
    return [post for done in decisions.change(context, ids, now, "place", made) for post in done.posts]
