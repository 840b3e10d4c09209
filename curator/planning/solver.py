"""Fill the open slots of a calendar with the best assignment of items.

The best assignment has the highest sum of fits and comes nearest to the mix of content types. It keeps to these rules: an
item goes out once, on all its networks at the same time; a network has one post at a time; no source and no topic exceeds
its weekly limit; of two items that exclude each other one goes out. It is found as an integer programme.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from curator.planning._integer_program import MIX, Solution, solve, value
from curator.planning._placements import (
    Candidate,
    NetworkPartition,
    Placement,
    ScheduledItem,
    SlotGroup,
    SolverRules,
    TimeSlot,
    group_slots,
    placements,
)

__all__ = ["MIX", "Assignment", "Candidate", "ScheduledItem", "SolverRules", "TimeSlot", "fill", "value"]


class Assignment(Struct, frozen=True, kw_only=True):
    """An item with the time and the networks it is to be posted on."""

    item: str
    when: datetime
    networks: tuple[str, ...]


def fill(
    slots: Sequence[TimeSlot], candidates: Sequence[Candidate], scheduled: Sequence[ScheduledItem], rules: SolverRules
) -> tuple[Assignment, ...]:
    """Return the best assignment, by time. The order of the input makes no difference."""
    allowed = sorted(_allowed(candidates, scheduled, rules), key=lambda c: (-c.picked, -c.fit, c.item))
    groups = group_slots(slots, allowed)
    choices = placements(allowed, groups)
    if not choices:
        return ()
    solution = solve(choices, groups, scheduled, rules)
    return tuple(sorted(_assignments(groups, solution), key=lambda a: (a.when, a.networks)))


def _allowed(candidates: Iterable[Candidate], scheduled: Sequence[ScheduledItem], rules: SolverRules) -> list[Candidate]:
    """Return the candidates that no scheduled item excludes."""
    taken = {s.item for s in scheduled}
    excluded = {item for pair in rules.exclusive if pair & taken for item in pair - taken}
    return [c for c in candidates if c.item not in excluded]


def _assignments(groups: Sequence[SlotGroup], solution: Solution) -> Iterable[Assignment]:
    for n, group in enumerate(groups):
        yield from _in_group(group, [p for p in solution.placements if p.group == n], solution.partitions)


def _in_group(group: SlotGroup, chosen: Sequence[Placement], partitions: Counter[tuple[int, NetworkPartition]]) -> Iterable[Assignment]:
    """Give the group's slots, in order of time, the chosen items, in order of their value."""
    left = list(chosen)
    for slot in group.slots:
        if not left:
            return
        n, networks = left[0].group, left[0].networks
        partition = next(p for p in group.partitions if partitions[n, p] and networks in p)
        partitions[n, partition] -= 1
        for part in partition:
            if placement := next((p for p in left if p.networks == part), None):
                left.remove(placement)
                yield Assignment(
                    item=placement.candidate.item, when=slot.when, networks=tuple(network for network in slot.networks if network in part)
                )
