"""A filling that takes one placement after another: quick, and good enough where the solver finds none in time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil

from curator.planning._limits import limit_keys, limits
from curator.planning._placements import NetworkPartition, Networks, Placement, ScheduledItem, SlotGroup, Solution, SolverRules, value


def choose(
    placements: Sequence[Placement], groups: Sequence[SlotGroup], scheduled: Sequence[ScheduledItem], rules: SolverRules
) -> Solution:
    """Choose the most valuable placement that the rules allow, again and again.

    A content type that has its share waits until all others had their turn.
    """
    filling = _Filling(placements, groups, scheduled, rules)
    weeks = max(group.week for group in groups) + 1
    ordered = sorted(placements, key=lambda p: -value(p.candidate, len(p.networks), p.week, weeks))
    waiting = []
    for placement in ordered:
        if filling.is_kind_full(placement):
            waiting.append(placement)
        else:
            filling.take(placement)
    for placement in waiting:
        filling.take(placement)
    return filling.solution()


class _Filling:
    """The placements taken so far. `taken`: the parts of each slot that are taken, for each group."""

    def __init__(
        self, placements: Iterable[Placement], groups: Sequence[SlotGroup], scheduled: Sequence[ScheduledItem], rules: SolverRules
    ) -> None:
        self._groups, self._rules = groups, rules
        self._left = limits((key for p in placements for key in limit_keys(p, rules)), scheduled, rules)
        self._lacking = _lacking(groups, scheduled, rules)
        self._taken: list[list[list[Networks]]] = [[[] for _ in group.slots] for group in groups]
        self._chosen: list[Placement] = []

    def is_kind_full(self, placement: Placement) -> bool:
        """Return whether the placement's content type has its share of the posts."""
        return self._lacking.get(placement.candidate.kind, 1) <= 0

    def take(self, placement: Placement) -> None:
        """Take a placement, if the rules allow it."""
        keys = list(limit_keys(placement, self._rules))
        slot = self._slot(placement) if all(self._left[key] > 0 for key in keys) else None
        if slot is None:
            return
        slot.append(placement.networks)
        self._chosen.append(placement)
        self._left.update({key: self._left[key] - 1 for key in keys})
        if placement.candidate.kind in self._lacking:
            self._lacking[placement.candidate.kind] -= len(placement.networks)

    def solution(self) -> Solution:
        """Return what was taken, with the partition of every slot."""
        used = (
            (n, partition)
            for n, (slots, group) in enumerate(zip(self._taken, self._groups, strict=True))
            for taken in slots
            if taken and (partition := _partition(taken, group.partitions)) is not None
        )
        return Solution(placements=self._chosen, partitions=Counter(used))

    def _slot(self, placement: Placement) -> list[Networks] | None:
        """Return the taken parts of the first slot of the group in which the placement's networks are free."""
        partitions = self._groups[placement.group].partitions
        free = (taken for taken in self._taken[placement.group] if _partition([*taken, placement.networks], partitions) is not None)
        return next(free, None)


def _partition(taken: Sequence[Networks], partitions: Iterable[NetworkPartition]) -> NetworkPartition | None:
    """Return the first partition that has all of these parts, each once."""
    once = len(set(taken)) == len(taken)
    return next((partition for partition in partitions if once and set(taken) <= set(partition)), None)


def _lacking(groups: Sequence[SlotGroup], scheduled: Sequence[ScheduledItem], rules: SolverRules) -> dict[str, int]:
    """Return how many posts each content type lacks to its share of all posts."""
    total = sum(s.posts for s in scheduled) + sum(len(group.networks) * len(group.slots) for group in groups)
    return {kind: ceil(share * total) - sum(s.posts for s in scheduled if s.kind == kind) for kind, share in rules.mix.items()}
