"""Which item goes where: the best filling of open places in the calendar, not a good one. Pure.

Best is what fits best and comes nearest to the mix, under what must hold: an item goes out once, all its networks at one
time; a network has one post a time; no source and no topic takes more of a week than its cap; of two that echo each other
one goes out. It is found as an integer programme.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

# A post of a kind that is over its share must fit better by twice this than one of a kind that is short of its own.
MIX: Final = 0.25
# What a person picked goes before whatever was not.
PICKED: Final = 10.0
# The best goes out first, while it is new: so much of its fit a post would lose in the last week.
WAIT: Final = 0.1
# No other filling is better than the one found by more than this part of it; the last digits of a fit mean nothing.
PROVEN: Final = 1e-5


class TimeSlot(Struct, frozen=True, kw_only=True):
    """A time with the networks that have no post then; `week` counts from now."""

    when: datetime
    networks: tuple[str, ...]
    week: int = 0


class Candidate(Struct, frozen=True, kw_only=True):
    """An item that could go out; without `networks` on any. `fit` in 0…1."""

    item: str
    fit: float
    kind: str = ""
    source: str = ""
    topic: str = ""
    networks: tuple[str, ...] = ()
    picked: bool = False


class ScheduledItem(Struct, frozen=True, kw_only=True):
    """An item that has its place in the calendar, with so many posts; those out of the weeks ahead have no `week`."""

    item: str
    posts: int = 1
    kind: str = ""
    source: str = ""
    topic: str = ""
    week: int | None = None


class SolverRules(Struct, frozen=True, kw_only=True):
    """`mix`: the share of each kind; `per_source`, `per_topic`: items a week; `echoes`: pairs of which one goes out at most."""

    mix: Mapping[str, float] = field(default_factory=dict)
    per_source: int = 2
    per_topic: int = 3
    echoes: frozenset[frozenset[str]] = frozenset()


class Assignment(Struct, frozen=True, kw_only=True):
    """What goes where."""

    item: str
    when: datetime
    networks: tuple[str, ...]


def fill(
    openings: Sequence[TimeSlot], candidates: Sequence[Candidate], standing: Sequence[ScheduledItem], rules: SolverRules
) -> tuple[Assignment, ...]:
    """The best filling, the earliest first; the same for the same input in any order."""
    able = sorted(_able(candidates, standing, rules), key=lambda c: (-c.picked, -c.fit, c.item))
    groups = _alike(openings, able)
    ways = [way for n, alike in enumerate(groups) for who in able for way in _ways(who, n, alike)]
    if not ways:
        return ()
    done, splits = _solved(ways, groups, standing, rules)
    places = (place for n, alike in enumerate(groups) for place in _laid_out(alike, [w for w in done if w.of == n], splits))
    return tuple(sorted(places, key=lambda p: (p.when, p.networks)))


def worth(who: Candidate, networks: int, week: int, weeks: int) -> float:
    """What an item adds that goes out on so many networks in that of so many weeks."""
    return networks * (who.fit * (1 - WAIT * week / max(weeks, 1)) + PICKED * who.picked)


Networks = frozenset[str]
Split = tuple[Networks, ...]  # how a time's open networks are shared out: parts that picks ask for, at last all the rest


class _Alike(Struct, frozen=True, kw_only=True):
    """Openings of one week with the same open networks: which of them an item takes makes no difference."""

    openings: tuple[TimeSlot, ...]
    networks: Networks
    splits: tuple[Split, ...]


class _NetworkPartition(Struct, frozen=True, kw_only=True):
    """One thing that may be done: this item at one of the `of`th openings that are alike, on these networks."""

    who: Candidate
    of: int
    week: int
    networks: Networks


def _able(candidates: Iterable[Candidate], standing: Sequence[ScheduledItem], rules: SolverRules) -> list[Candidate]:
    """Those that are no echo of what stands already."""
    there = {s.item for s in standing}
    echoed = {item for pair in rules.echoes if pair & there for item in pair - there}
    return [c for c in candidates if c.item not in echoed]


def _alike(openings: Sequence[TimeSlot], candidates: Sequence[Candidate]) -> list[_Alike]:
    groups: dict[tuple[int, Networks], list[TimeSlot]] = {}
    for opening in sorted(openings, key=lambda o: o.when):
        groups.setdefault((opening.week, frozenset(opening.networks)), []).append(opening)
    asked = sorted({frozenset(c.networks) for c in candidates if c.networks}, key=sorted)
    return [_Alike(openings=tuple(group), networks=networks, splits=_splits(networks, asked)) for (_, networks), group in groups.items()]


def _splits(open_: Networks, asked: Sequence[Networks]) -> tuple[Split, ...]:
    """Every way to share out the open networks: some parts that picks ask for, and one item on all the rest."""
    found: list[tuple[Networks, ...]] = [()]
    for part in dict.fromkeys(a & open_ for a in asked if a & open_):
        found += [(*parts, part) for parts in found if not any(part & other for other in parts)]
    return tuple((*parts, open_.difference(*parts)) for parts in found)


def _ways(who: Candidate, of: int, alike: _Alike) -> list[_NetworkPartition]:
    """Every way to place an item among openings that are alike: on its own networks, or on all that picks leave it."""
    mine = frozenset(who.networks) & alike.networks
    parts = [mine] if who.networks else sorted({split[-1] for split in alike.splits}, key=sorted)
    return [_NetworkPartition(who=who, of=of, week=alike.openings[0].week, networks=part) for part in parts if part]


def _solved(
    ways: Sequence[_NetworkPartition], alike: Sequence[_Alike], standing: Sequence[ScheduledItem], rules: SolverRules
) -> tuple[list[_NetworkPartition], Counter[tuple[int, Split]]]:
    """The ways that are gone, and how often each split is used.

    An integer programme of three kinds of unknowns: a way is gone or not; how many openings are split so; how many posts each
    kind has over and under its share.
    """
    import numpy as np
    from scipy.optimize import Bounds, milp

    splits = [(n, split) for n, each in enumerate(alike) for split in each.splits]
    weeks = max(each.openings[0].week for each in alike) + 1
    slack = 2 * len(rules.mix)
    gain = [-worth(way.who, len(way.networks), way.week, weeks) for way in ways] + [0.0] * len(splits) + [MIX] * slack
    upper = [1] * len(ways) + [len(alike[n].openings) for n, _ in splits] + [np.inf] * slack
    answer = milp(
        gain,
        integrality=[1] * (len(ways) + len(splits)) + [0] * slack,
        bounds=Bounds(0, upper),
        constraints=_constraints(
            [*_limits(ways, standing, rules), *_room(ways, alike, splits), *_balance(ways, alike, len(splits), standing, rules)], len(gain)
        ),
        options={"mip_rel_gap": PROVEN},
    )
    used = answer.x.round().astype(int).tolist()
    return [way for way, gone in zip(ways, used, strict=False) if gone], Counter(dict(zip(splits, used[len(ways) :], strict=False)))


class _Row(Struct, frozen=True):
    """A weighted sum of unknowns, by their place, and its bounds."""

    weights: Mapping[int, float]
    low: float
    high: float


def _constraints(rows: Sequence[_Row], unknowns: int) -> "LinearConstraint":
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array

    entries = [(weight, n, place) for n, row in enumerate(rows) for place, weight in row.weights.items()]
    weights, at, places = zip(*entries, strict=True)
    matrix = csr_array((weights, (at, places)), shape=(len(rows), unknowns))
    return LinearConstraint(matrix, [row.low for row in rows], [row.high for row in rows])


def _limits(ways: Sequence[_NetworkPartition], standing: Sequence[ScheduledItem], rules: SolverRules) -> list[_Row]:
    """An item, a source and a topic of a week, and a pair of echoes go out so often at most."""
    met: dict[tuple[object, ...], list[int]] = {}
    for n, way in enumerate(ways):
        for key in _keys(way, rules):
            met.setdefault(key, []).append(n)
    most = {"source": rules.per_source, "topic": rules.per_topic}
    stands: Counter[tuple[object, ...]] = Counter(
        key for s in standing for key in (("source", s.week, s.source), ("topic", s.week, s.topic))
    )
    return [_Row(dict.fromkeys(places, 1.0), 0, max(most.get(str(key[0]), 1) - stands[key], 0)) for key, places in met.items()]


def _keys(way: _NetworkPartition, rules: SolverRules) -> Iterable[tuple[object, ...]]:
    yield "item", way.who.item
    if way.who.source:
        yield "source", way.week, way.who.source
    if way.who.topic:
        yield "topic", way.week, way.who.topic
    yield from (("echo", *sorted(pair)) for pair in rules.echoes if way.who.item in pair)


def _room(ways: Sequence[_NetworkPartition], alike: Sequence[_Alike], splits: Sequence[tuple[int, Split]]) -> list[_Row]:
    """An opening is split in one way, and each part takes one item."""
    takers: dict[tuple[int, Networks], dict[int, float]] = {}
    for place, way in enumerate(ways):
        takers.setdefault((way.of, way.networks), {})[place] = 1.0
    uses = {split: len(ways) + n for n, split in enumerate(splits)}
    whole = [_Row({uses[n, split]: 1.0 for split in each.splits}, 0, len(each.openings)) for n, each in enumerate(alike)]
    return whole + [
        _Row(row | {place: -1.0 for (n, split), place in uses.items() if n == of and part in split}, -float("inf"), 0)
        for (of, part), row in takers.items()
    ]


def _balance(
    ways: Sequence[_NetworkPartition], alike: Sequence[_Alike], splits: int, standing: Sequence[ScheduledItem], rules: SolverRules
) -> list[_Row]:
    """Posts of a kind, plus those it lacks, less those it has too many, are its share of all posts that there could be."""
    all_ = sum(s.posts for s in standing) + sum(len(each.networks) * len(each.openings) for each in alike)
    rows = []
    for n, (kind, share) in enumerate(rules.mix.items()):
        lacking = share * all_ - sum(s.posts for s in standing if s.kind == kind)
        weights = {place: float(len(way.networks)) for place, way in enumerate(ways) if way.who.kind == kind}
        under = len(ways) + splits + 2 * n
        rows.append(_Row(weights | {under: 1.0, under + 1: -1.0}, lacking, lacking))
    return rows


def _laid_out(alike: _Alike, ways: Sequence[_NetworkPartition], splits: Counter[tuple[int, Split]]) -> Iterable[Assignment]:
    """Openings in order of time and items in order of worth."""
    left = list(ways)
    for opening in alike.openings:
        if not left:
            return
        of, part = left[0].of, left[0].networks
        split = next(s for s in alike.splits if splits[of, s] and part in s)
        splits[of, split] -= 1
        for part in split:
            if way := next((w for w in left if w.networks == part), None):
                left.remove(way)
                yield Assignment(item=way.who.item, when=opening.when, networks=tuple(n for n in opening.networks if n in part))
