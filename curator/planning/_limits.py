"""Limits of an assignment: how often an item, an exclusive pair, and a week's source and topic may still go out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from curator.planning._placements import Placement, ScheduledItem, SolverRules

LimitKey = tuple[object, ...]


def limit_keys(placement: Placement, rules: SolverRules) -> Iterator[LimitKey]:
    """Yield the limits that a placement counts for."""
    candidate = placement.candidate
    yield "item", candidate.item
    if candidate.source:
        yield "source", placement.week, candidate.source
    if candidate.topic:
        yield "topic", placement.week, candidate.topic
    yield from (("exclusive", *sorted(pair)) for pair in rules.exclusive if candidate.item in pair)


def limits(keys: Iterable[LimitKey], scheduled: Sequence[ScheduledItem], rules: SolverRules) -> dict[LimitKey, int]:
    """Return what the scheduled items leave of each limit."""
    most = {"source": rules.per_source, "topic": rules.per_topic}
    used: Counter[LimitKey] = Counter(key for s in scheduled for key in (("source", s.week, s.source), ("topic", s.week, s.topic)))
    return {key: max(most.get(str(key[0]), 1) - used[key], 0) for key in keys}
