# ruff: noqa: S311, T201 - a script that makes calendars by chance, and prints what it found
"""How long the best filling of a calendar takes to find: eight weeks of five times a week, four hundred candidates.

    python benchmarks/fill.py [--worlds 10]

Kinds, sources and topics come as unevenly as they do; sixty pairs echo each other. With one network, and with three where
ten picks ask for the first alone.
"""

import argparse
import random
import time
from datetime import UTC, datetime, timedelta

from curator.planning.solver import Candidate, SolverRules, TimeSlot, fill

WEEKS, TIMES, CANDIDATES, PICKS, ECHOES = 8, 5, 400, 10, 60
FIRST = datetime(2026, 11, 23, 2, tzinfo=UTC)
MIX = {"education": 0.4, "quote": 0.2, "soft-selling": 0.3, "hard-selling": 0.1}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--worlds", type=int, default=10)
    for networks in (("instagram",), ("instagram", "linkedin", "x")):
        seconds = sorted(_timed(networks, random.Random(seed)) for seed in range(asked.parse_args().worlds))
        print(f"{len(networks)} networks: median {seconds[len(seconds) // 2]:.2f} s, longest {seconds[-1]:.2f} s")


def _timed(networks: tuple[str, ...], chance: random.Random) -> float:
    openings = [TimeSlot(when=FIRST + timedelta(weeks=w, days=d), networks=networks, week=w) for w in range(WEEKS) for d in range(TIMES)]
    candidates = [_candidate(n, networks, chance) for n in range(CANDIDATES)]
    pairs = (frozenset(chance.sample(candidates, 2)) for _ in range(ECHOES))
    echoes = frozenset(frozenset(each.item for each in pair) for pair in pairs)
    started = time.perf_counter()
    places = fill(openings, candidates, (), SolverRules(mix=MIX, echoes=echoes))
    if len({place.when for place in places}) != len(openings):
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
