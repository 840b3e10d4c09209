"""The ways to place items in the open slots: what the solver chooses from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, field

# The value of an item that the user picked, above that of any fit.
PICKED: Final = 10.0
# The best goes out first, while it is new: the part of its fit that a post loses in the last week.
DELAY: Final = 0.1

Networks = frozenset[str]
# How the open networks of a time are shared out among items: parts that picks ask for, and last all the rest.
NetworkPartition = tuple[Networks, ...]


class TimeSlot(Struct, frozen=True, kw_only=True):
    """A time with the networks that are open then. `week` counts from now, starting at 0."""

    when: datetime
    networks: tuple[str, ...]
    week: int = 0


class Candidate(Struct, frozen=True, kw_only=True):
    """An item that could go out, with its `fit` in 0…1. Empty `networks`: on any."""

    item: str
    fit: float
    kind: str = ""
    source: str = ""
    topic: str = ""
    networks: tuple[str, ...] = ()
    picked: bool = False


class ScheduledItem(Struct, frozen=True, kw_only=True):
    """An item that has its time, with its number of posts. `week` is None where that lies outside the weeks ahead."""

    item: str
    posts: int = 1
    kind: str = ""
    source: str = ""
    topic: str = ""
    week: int | None = None


class SolverRules(Struct, frozen=True, kw_only=True):
    """What an assignment must keep to, or come near to.

    `mix`: the target share of each content type. `per_source`, `per_topic`: the most items in a week. `exclusive`: pairs of
    items of which at most one goes out.
    """

    mix: Mapping[str, float] = field(default_factory=dict)
    per_source: int = 2
    per_topic: int = 3
    exclusive: frozenset[frozenset[str]] = frozenset()


class SlotGroup(Struct, frozen=True, kw_only=True):
    """The slots of one week with the same open networks, which are interchangeable, in order of time."""

    slots: tuple[TimeSlot, ...]
    networks: Networks
    partitions: tuple[NetworkPartition, ...]

    @property
    def week(self) -> int:
        """The week of the slots."""
        return self.slots[0].week


class Placement(Struct, frozen=True, kw_only=True):
    """One possible choice: a candidate in some slot of the group at index `group`, on these networks."""

    candidate: Candidate
    group: int
    week: int
    networks: Networks


class Solution(Struct, frozen=True, kw_only=True):
    """The chosen placements. `partitions`: how many slots of a group, by its index, use each network partition.

    `proven`: whether no other choice is better.
    """

    placements: list[Placement]
    partitions: Counter[tuple[int, NetworkPartition]]
    proven: bool = False


def value(candidate: Candidate, networks: int, week: int, weeks: int) -> float:
    """Return what a candidate is worth on that number of networks, in week `week` (from 0) of `weeks`."""
    return networks * (candidate.fit * (1 - DELAY * week / max(weeks, 1)) + PICKED * candidate.picked)


def group_slots(slots: Sequence[TimeSlot], candidates: Sequence[Candidate]) -> list[SlotGroup]:
    """Group the interchangeable slots."""
    groups: dict[tuple[int, Networks], list[TimeSlot]] = {}
    for slot in sorted(slots, key=lambda s: s.when):
        groups.setdefault((slot.week, frozenset(slot.networks)), []).append(slot)
    wanted = sorted({frozenset(c.networks) for c in candidates if c.networks}, key=sorted)
    return [
        SlotGroup(slots=tuple(group), networks=networks, partitions=_partitions(networks, wanted))
        for (_, networks), group in groups.items()
    ]


def placements(candidates: Sequence[Candidate], groups: Sequence[SlotGroup]) -> list[Placement]:
    """Return every way to place each candidate: on its own networks, or on all that the picks leave."""
    return [
        Placement(candidate=candidate, group=n, week=group.week, networks=networks)
        for n, group in enumerate(groups)
        for candidate in candidates
        for networks in _networks(candidate, group)
    ]


def _partitions(open_: Networks, wanted: Sequence[Networks]) -> tuple[NetworkPartition, ...]:
    """Return every way to share out the open networks among picks that want some of them and one item on the rest."""
    found: list[NetworkPartition] = [()]
    for part in dict.fromkeys(networks & open_ for networks in wanted if networks & open_):
        found += [(*parts, part) for parts in found if not any(part & other for other in parts)]
    return tuple((*parts, open_.difference(*parts)) for parts in found)


def _networks(candidate: Candidate, group: SlotGroup) -> list[Networks]:
    if candidate.networks:
        own = frozenset(candidate.networks) & group.networks
        return [own] if own else []
    return [networks for networks in sorted({p[-1] for p in group.partitions}, key=sorted) if networks]
