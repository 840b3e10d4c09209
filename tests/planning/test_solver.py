from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult, milp

from curator.planning import _integer_program, solver
from curator.planning.solver import MIX, Assignment, Candidate, ScheduledItem, SolverRules, TimeSlot, value

START = datetime(2026, 11, 23, 2, tzinfo=UTC)


def slot(n: int, *networks: str, a_week: int = 2) -> TimeSlot:
    week, day = divmod(n, a_week)
    return TimeSlot(when=START + timedelta(weeks=week, days=day), networks=networks or ("x",), week=week)


def candidate(item: str, fit: float = 0.8, **more: object) -> Candidate:
    return Candidate(item=item, fit=fit, **more)  # type: ignore[arg-type]


def fill(*world: Any) -> tuple[Assignment, ...]:
    return solver.fill(*world).assignments


def chosen(assignments: Sequence[Assignment]) -> set[str]:
    return {assignment.item for assignment in assignments}


# --- against every assignment there is -------------------------------------------------------------------------------------


def total_value(
    assignments: Sequence[Assignment], world: tuple[Sequence[TimeSlot], Sequence[Candidate], Sequence[ScheduledItem], SolverRules]
) -> float | None:
    """Return what an assignment is worth, or None where it breaks a rule: written from the rules, not from the programme."""
    slots, candidates, scheduled, rules = world
    week = {o.when: o.week for o in slots}
    weeks = max(week.values()) + 1
    who = {c.item: c for c in candidates}
    taken = Counter((p.when, network) for p in assignments for network in p.networks)
    items = Counter(p.item for p in assignments)
    sources = Counter([(week[p.when], who[p.item].source) for p in assignments] + [(s.week, s.source) for s in scheduled])
    topics = Counter([(week[p.when], who[p.item].topic) for p in assignments] + [(s.week, s.topic) for s in scheduled])
    there = items.keys() | {s.item for s in scheduled}
    if max([*taken.values(), *items.values()], default=0) > 1 or any(pair <= there and pair & items.keys() for pair in rules.exclusive):
        return None
    if any(sources[week[p.when], who[p.item].source] > rules.per_source for p in assignments):
        return None
    if any(topics[week[p.when], who[p.item].topic] > rules.per_topic for p in assignments):
        return None
    all_ = sum(s.posts for s in scheduled) + sum(len(o.networks) for o in slots)
    kinds = Counter[str]()
    for p in assignments:
        kinds[who[p.item].kind] += len(p.networks)
    for s in scheduled:
        kinds[s.kind] += s.posts
    off = sum(abs(kinds[kind] - share * all_) for kind, share in rules.mix.items())
    return sum(value(who[p.item], len(p.networks), week[p.when], weeks) for p in assignments) - MIX * off


def every(slots: Sequence[TimeSlot], candidates: Sequence[Candidate]) -> Iterator[list[Assignment]]:
    asked = {frozenset(c.networks) for c in candidates if c.networks}

    def ways(c: Candidate) -> list[Assignment | None]:
        found: list[Assignment | None] = [None]
        for o in slots:
            left = {frozenset(o.networks).difference(*some) for n in range(len(asked) + 1) for some in combinations(asked, n)}
            for part in {frozenset(o.networks) & frozenset(c.networks)} if c.networks else left:
                if part:
                    found.append(Assignment(item=c.item, when=o.when, networks=tuple(sorted(part))))  # noqa: PERF401
        return found

    for some in product(*map(ways, candidates)):
        yield [assignment for assignment in some if assignment]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[TimeSlot], list[Candidate], list[ScheduledItem], SolverRules]:
    slots = [slot(n, *draw(st.sampled_from([("x",), ("ig", "x")]))) for n in range(draw(st.integers(1, 3)))]
    candidates = []
    for n in range(draw(st.integers(1, 4))):
        networks = draw(st.sampled_from([(), (), ("ig",), ("x",), ("ig", "x")]))
        more = {key: draw(st.sampled_from(["a", "b"])) for key in ("kind", "source", "topic")}
        candidates.append(candidate(f"i{n}", draw(st.integers(30, 99)) / 100, networks=networks, picked=bool(networks), **more))
    scheduled = [ScheduledItem(item="old", posts=2, kind="a", source="a", topic="b", week=0)] * draw(st.integers(0, 1))
    names = [c.item for c in candidates] + ["old"]
    pairs = draw(st.lists(st.sampled_from([frozenset(p) for p in combinations(names, 2)]), max_size=2))
    share = draw(st.integers(0, 10)) / 10
    rules = SolverRules(
        mix={"a": share, "b": 1 - share}, per_source=draw(st.integers(1, 2)), per_topic=draw(st.integers(1, 2)), exclusive=frozenset(pairs)
    )
    return slots, candidates, scheduled, rules


@settings(max_examples=60)
@given(worlds())
def test_no_other_assignment_is_better(world: tuple[list[TimeSlot], list[Candidate], list[ScheduledItem], SolverRules]) -> None:
    slots, candidates, _, _ = world
    reached = total_value(fill(*world), world)
    assert reached is not None
    best = max(v for assignments in every(slots, candidates) if (v := total_value(assignments, world)) is not None)
    assert reached == pytest.approx(best, abs=1e-3)


@settings(max_examples=15)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_what_it_is_given_does_not_matter(
    world: tuple[list[TimeSlot], list[Candidate], list[ScheduledItem], SolverRules], random: Random
) -> None:
    slots, candidates, scheduled, rules = world
    shuffled = random.sample(slots, len(slots)), random.sample(candidates, len(candidates)), scheduled, rules
    assert fill(*shuffled) == fill(*world)


@settings(max_examples=40)
@given(worlds())
def test_a_filling_one_by_one_keeps_to_every_rule_and_leaves_nothing_out_that_they_allow(
    world: tuple[list[TimeSlot], list[Candidate], list[ScheduledItem], SolverRules],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_integer_program, "TIME_LIMIT", 0.0)
        quick = solver.fill(*world)
    assert total_value(quick.assignments, world) is not None
    assert bool(quick.assignments) == bool(fill(*world))


def test_a_filling_that_is_known_to_be_the_best_has_no_note() -> None:
    assert solver.fill([slot(0)], [candidate("a")], [], SolverRules()).note == ""


def test_a_solver_that_runs_out_of_time_is_replaced_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_integer_program, "TIME_LIMIT", 0.0)
    slots, pool, mix = _eight_weeks()
    filling = solver.fill(slots, pool, [], SolverRules(mix=mix))
    assert "filled one by one" in filling.note
    assert len(filling.assignments) == 40
    kind = {c.item: c.kind for c in pool}
    assert Counter(kind[a.item] for a in filling.assignments) == {"education": 16, "quote": 8, "soft-selling": 12, "hard-selling": 4}


def test_the_best_found_in_time_is_taken_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*asked: object, **more: object) -> OptimizeResult:
        return OptimizeResult(milp(*asked, **more), status=1)

    monkeypatch.setattr("scipy.optimize.milp", stopped)
    filling = solver.fill([slot(0)], [candidate("a")], [], SolverRules())
    assert chosen(filling.assignments) == {"a"}
    assert "the best one found" in filling.note


# --- one rule at a time ---------------------------------------------------------------------------------------------------


def test_what_fits_best_goes_out_first_and_on_every_open_network() -> None:
    assignments = fill(
        [slot(0, "ig", "x"), slot(1, "x")], [candidate("b", 0.5), candidate("a", 0.9), candidate("c", 0.4)], [], SolverRules()
    )
    assert [(p.item, p.networks) for p in assignments] == [("a", ("ig", "x")), ("b", ("x",))]


def test_what_was_picked_goes_before_what_fits_better() -> None:
    assignments = fill([slot(0)], [candidate("a", 0.9), candidate("b", 0.1, networks=("x",), picked=True)], [], SolverRules())
    assert chosen(assignments) == {"b"}


def test_a_pick_keeps_to_its_network_and_leaves_the_others_to_one_other_item() -> None:
    picks = [candidate("mine", networks=("x",), picked=True)]
    assignments = fill([slot(0, "ig", "li", "x")], [*picks, candidate("a", 0.9), candidate("b", 0.8)], [], SolverRules())
    assert {p.item: p.networks for p in assignments} == {"mine": ("x",), "a": ("ig", "li")}


def test_a_kind_that_is_short_of_its_share_goes_before_one_that_fits_a_little_better() -> None:
    slots, mix = [slot(n) for n in range(4)], {"education": 0.5, "quote": 0.5}
    learned = [candidate(f"e{n}", 0.9, kind="education") for n in range(4)]
    quoted = [candidate(f"q{n}", 0.6, kind="quote") for n in range(4)]
    assert Counter(item[0] for item in chosen(fill(slots, [*learned, *quoted], [], SolverRules(mix=mix)))) == {"e": 2, "q": 2}
    poor = [candidate(f"q{n}", 0.3, kind="quote") for n in range(4)]
    assert Counter(item[0] for item in chosen(fill(slots, [*learned, *poor], [], SolverRules(mix=mix)))) == {"e": 4}


def test_what_stands_counts_for_the_mix() -> None:
    rules = SolverRules(mix={"education": 0.5, "quote": 0.5})
    both = [candidate("e", 0.7, kind="education"), candidate("q", 0.7, kind="quote")]
    assert chosen(fill([slot(0)], both, [ScheduledItem(item="s", kind="quote")], rules)) == {"e"}
    assert chosen(fill([slot(0)], both, [ScheduledItem(item="s", kind="education")], rules)) == {"q"}


def test_no_source_and_no_topic_takes_more_of_a_week_than_its_cap() -> None:
    slots = [slot(n, a_week=4) for n in range(4)]
    one_source = [candidate(f"s{n}", source="a") for n in range(4)]
    assert len(fill(slots, one_source, [], SolverRules(per_source=2))) == 2
    one_topic = [candidate(f"t{n}", topic="kopi") for n in range(4)]
    assert len(fill(slots, one_topic, [], SolverRules(per_topic=3))) == 3
    assert len(fill(slots, one_topic, [ScheduledItem(item="s", topic="kopi", week=0)], SolverRules(per_topic=3))) == 2
    assert len(fill([slot(n, a_week=2) for n in range(4)], one_source, [], SolverRules(per_source=2))) == 4


def test_of_two_that_exclude_each_other_one_goes_out_and_none_that_a_scheduled_item_excludes() -> None:
    rules = SolverRules(exclusive=frozenset({frozenset({"a", "b"}), frozenset({"c", "old"})}))
    assignments = fill(
        [slot(n) for n in range(3)], [candidate("a", 0.9), candidate("b"), candidate("c")], [ScheduledItem(item="old")], rules
    )
    assert chosen(assignments) == {"a"}


def test_nothing_to_place_or_nowhere_to_place_it_is_an_empty_filling() -> None:
    assert fill([], [candidate("a")], [], SolverRules(mix={"education": 1.0})) == ()
    assert fill([slot(0)], [], [], SolverRules(mix={"education": 1.0})) == ()
    assert fill([slot(0, "x")], [candidate("a", networks=("ig",), picked=True)], [], SolverRules()) == ()


def test_eight_weeks_of_five_slots_are_filled_from_four_hundred_candidates() -> None:
    slots, pool, mix = _eight_weeks()
    assignments = fill(slots, pool, [], SolverRules(mix=mix))
    kind = {c.item: c.kind for c in pool}
    assert len(assignments) == 40
    assert Counter(kind[p.item] for p in assignments) == {"education": 16, "quote": 8, "soft-selling": 12, "hard-selling": 4}


def _eight_weeks() -> tuple[list[TimeSlot], list[Candidate], dict[str, float]]:
    random = Random(8)
    slots = [slot(n, "ig", "li", "x", a_week=5) for n in range(40)]
    mix = {"education": 0.4, "quote": 0.2, "soft-selling": 0.3, "hard-selling": 0.1}
    pool = [
        candidate(
            f"i{n:03}", random.uniform(0.3, 1), kind=random.choice([*mix]), source=f"s{random.randrange(40)}", topic=random.choice("abcde")
        )
        for n in range(400)
    ]
    return slots, pool, mix
