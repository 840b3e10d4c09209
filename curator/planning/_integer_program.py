"""The assignment problem as an integer programme, solved by HiGHS through `scipy.optimize.milp`.

There are three kinds of variables, in this order: each placement is chosen or not; how many slots of a group use each network
partition; by how many posts each content type is under and over its share.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from curator.planning._limits import LimitKey, limit_keys, limits
from curator.planning._placements import NetworkPartition, Networks, Placement, ScheduledItem, SlotGroup, Solution, SolverRules, value

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

# The cost of a post that a content type lacks, or has too many, against its share.
MIX: Final = 0.25
# The solver stops when no assignment can be better than its own by more than this part.
GAP: Final = 1e-5
# Seconds after which the solver returns the best assignment found so far; eight weeks take a second or two.
TIME_LIMIT: Final = 10.0


def solve(
    placements: Sequence[Placement], groups: Sequence[SlotGroup], scheduled: Sequence[ScheduledItem], rules: SolverRules
) -> Solution | None:
    """Choose the best placements, or the best found within TIME_LIMIT. Returns None where none was found by then."""
    import numpy as np
    from scipy.optimize import Bounds, milp

    partitions = [(n, partition) for n, group in enumerate(groups) for partition in group.partitions]
    weeks = max(group.week for group in groups) + 1
    integers, slacks = len(placements) + len(partitions), 2 * len(rules.mix)
    values = [value(p.candidate, len(p.networks), p.week, weeks) for p in placements]
    rows = [
        *_limit_rows(placements, scheduled, rules),
        *_partition_rows(placements, groups, partitions),
        *_mix_rows(placements, groups, integers, scheduled, rules),
    ]
    result = milp(
        [-v for v in values] + [0.0] * len(partitions) + [MIX] * slacks,
        integrality=[1] * integers + [0] * slacks,
        bounds=Bounds(0, [1] * len(placements) + [len(groups[n].slots) for n, _ in partitions] + [np.inf] * slacks),
        constraints=_constraint(rows, integers + slacks),
        options={"mip_rel_gap": GAP, "time_limit": TIME_LIMIT},
    )
    if result.x is None:
        return None
    counts = result.x.round().astype(int).tolist()
    return Solution(
        placements=[p for p, chosen in zip(placements, counts, strict=False) if chosen],
        partitions=Counter(dict(zip(partitions, counts[len(placements) :], strict=False))),
        proven=result.status == 0,
    )


class _Row(Struct, frozen=True):
    """A constraint: low ≤ the weighted sum of variables, by their index, ≤ high."""

    weights: Mapping[int, float]
    low: float
    high: float


def _constraint(rows: Sequence[_Row], variables: int) -> "LinearConstraint":
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array

    entries = [(weight, n, index) for n, row in enumerate(rows) for index, weight in row.weights.items()]
    weights, row_indices, indices = zip(*entries, strict=True)
    matrix = csr_array((weights, (row_indices, indices)), shape=(len(rows), variables))
    return LinearConstraint(matrix, [row.low for row in rows], [row.high for row in rows])


def _limit_rows(placements: Sequence[Placement], scheduled: Sequence[ScheduledItem], rules: SolverRules) -> list[_Row]:
    """Limit how often an item, an exclusive pair, and a week's source and topic go out."""
    members: dict[LimitKey, list[int]] = {}
    for n, placement in enumerate(placements):
        for key in limit_keys(placement, rules):
            members.setdefault(key, []).append(n)
    left = limits(members, scheduled, rules)
    return [_Row(dict.fromkeys(indices, 1.0), 0, left[key]) for key, indices in members.items()]


def _partition_rows(
    placements: Sequence[Placement], groups: Sequence[SlotGroup], partitions: Sequence[tuple[int, NetworkPartition]]
) -> list[_Row]:
    """Use at most one partition for each slot, and each of its parts for at most one item."""
    takers: dict[tuple[int, Networks], dict[int, float]] = {}
    for index, placement in enumerate(placements):
        takers.setdefault((placement.group, placement.networks), {})[index] = 1.0
    uses = {partition: len(placements) + n for n, partition in enumerate(partitions)}
    slots = [_Row({uses[n, p]: 1.0 for p in group.partitions}, 0, len(group.slots)) for n, group in enumerate(groups)]
    return slots + [
        _Row(taken | {index: -1.0 for (n, partition), index in uses.items() if n == group and part in partition}, -float("inf"), 0)
        for (group, part), taken in takers.items()
    ]


def _mix_rows(
    placements: Sequence[Placement], groups: Sequence[SlotGroup], first: int, scheduled: Sequence[ScheduledItem], rules: SolverRules
) -> list[_Row]:
    """For each content type: its posts + those under − those over = its share of all posts. `first`: index of the first slack."""
    total = sum(s.posts for s in scheduled) + sum(len(group.networks) * len(group.slots) for group in groups)
    rows = []
    for n, (kind, share) in enumerate(rules.mix.items()):
        lacking = share * total - sum(s.posts for s in scheduled if s.kind == kind)
        weights = {index: float(len(p.networks)) for index, p in enumerate(placements) if p.candidate.kind == kind}
        under = first + 2 * n
        rows.append(_Row(weights | {under: 1.0, under + 1: -1.0}, lacking, lacking))
    return rows
