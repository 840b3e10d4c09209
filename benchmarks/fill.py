# ruff: noqa: S311, T201 - a script that makes calendars by chance, and prints what it found
"""Time the solver on a calendar of eight weeks with five times a week and four hundred candidates.

    python benchmarks/fill.py [--worlds 10]

Content types, sources and topics are as unevenly distributed as in a real library; sixty pairs exclude each other. It runs with
one network, and with three where ten picks ask for the first alone.
"""

import argparse
import random
import time
from datetime import UTC, datetime, timedelta

from curator.planning.solver import Candidate, SolverRules, TimeSlot, fill

WEEKS, TIMES, CANDIDATES, PICKS, EXCLUSIVE = 8, 5, 400, 10, 60
FIRST = datetime(2026, 11, 23, 2, tzinfo=UTC)
MIX = {"education": 0.4, "quote": 0.2, "soft-selling": 0.3, "hard-selling": 0.1}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--worlds", type=int, default=10)
    for networks in (("instagram",), ("instagram", "linkedin", "x")):
        seconds = sorted(_timed(networks, random.Random(seed)) for seed in range(asked.parse_args().worlds))
        print(f"{len(networks)} networks: median {seconds[len(seconds) // 2]:.2f} s, longest {seconds[-1]:.2f} s")


def _timed(networks: tuple[str, ...], chance: random.Random) -> float:
    slots = [TimeSlot(when=FIRST + timedelta(weeks=w, days=d), networks=networks, week=w) for w in range(WEEKS) for d in range(TIMES)]
    candidates = [_candidate(n, networks, chance) for n in range(CANDIDATES)]
    pairs = (frozenset(chance.sample(candidates, 2)) for _ in range(EXCLUSIVE))
    exclusive = frozenset(frozenset(each.item for each in pair) for pair in pairs)
    started = time.perf_counter()
    assignments = fill(slots, candidates, (), SolverRules(mix=MIX, exclusive=exclusive)).assignments
    if len({a.when for a in assignments}) != len(slots):
        raise SystemExit("not every time was filled")
    return time.perf_counter() - started


def _candidate(n: int, networks: tuple[str, ...], chance: random.Random) -> Candidate:
    picked = len(networks) > 1 and n < PICKS
    return Candidate(
        item=f"i{n:03}",
        fit=round(chance.uniform(0.3, 1), 4),
        kind=chance.choices(list(MIX), (6, 2, 1, 0.5))[0],
        source=f"s{int(chance.expovariate(0.1))}",
        topic=chance.choice("aaabbcde"),
        networks=networks[:1] if picked else (),
        picked=picked,
    )


if __name__ == "__main__":
    main()
