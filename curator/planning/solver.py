"""Fill the open slots of a calendar with the best assignment of items.

The best assignment has the highest sum of fits and comes nearest to the mix of content types. It keeps to these rules: an
item goes out once, on all its networks at the same time; a network has one post at a time; no source and no topic exceeds
its weekly limit; of two items that exclude each other one goes out. It is found as an integer programme. Where that takes too
long, a good assignment that keeps to the rules is taken.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from curator.planning import _greedy
from curator.planning._integer_program import MIX, solve
from curator.planning._placements import (
    Candidate,
    NetworkPartition,
    Placement,
    ScheduledItem,
    SlotGroup,
    Solution,
    SolverRules,
    TimeSlot,
    group_slots,
    placements,
    value,
)

__all__ = ["MIX", "Assignment", "Candidate", "Filling", "ScheduledItem", "SolverRules", "TimeSlot", "fill", "value"]


_BEST_FOUND: Final = "there was no time to prove that no filling is better: this is the best one found"
_ONE_BY_ONE: Final = "there was no time to find the best filling: the slots were filled one by one, with the best that was left"


class Assignment(Struct, frozen=True, kw_only=True):
    """An item with the time and the networks it is to be posted on."""

    item: str
    when: datetime
    networks: tuple[str, ...]


class Filling(Struct, frozen=True, kw_only=True):
    """Assignments, by time. `note` says where they are not known to be the best, "" where they are."""

    assignments: tuple[Assignment, ...] = ()
    note: str = ""


def fill(slots: Sequence[TimeSlot], candidates: Sequence[Candidate], scheduled: Sequence[ScheduledItem], rules: SolverRules) -> Filling:
    """Return the best assignment, or a good one where none is known to be the best in time.

    The order of the input makes no difference.
    """
    allowed = sorted(_allowed(candidates, scheduled, rules), key=lambda c: (-c.picked, -c.fit, c.item))
    groups = group_slots(slots, allowed)
    choices = placements(allowed, groups)
    if not choices:
        return Filling()
    solved = solve(choices, groups, scheduled, rules)
    solution = solved or _greedy.choose(choices, groups, scheduled, rules)
    note = "" if solution.proven else _BEST_FOUND if solved else _ONE_BY_ONE
    return Filling(assignments=tuple(sorted(_assignments(groups, solution), key=lambda a: (a.when, a.networks))), note=note)


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
