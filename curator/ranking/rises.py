"""Rises: keys (terms or stories) that more publishers tell on a day than their own past leads to expect.

The rate of a key is unknown: a Poisson rate with a gamma prior, which the baseline updates, so that the count of a new day is
negative binomial (Gelman et al., Bayesian Data Analysis, 3rd ed., sections 2.6 and 2.7: the exposure is the day's volume). Rates
also drift and cluster more than Poisson counts do; the baseline therefore counts for less the further its counts scatter (the
quasi-Poisson dispersion of Noufaily et al. 2013, doi 10.1002/sim.5595). Many keys are tested at once, so the share of false
discoveries among all keys of a day is controlled (Benjamini and Hochberg 1995).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Vector = NDArray[np.float64]

BASELINE: Final = 56  # days before a day that tell what is usual
LEAST_DAYS: Final = 7  # fewer days tell nothing
LEAST: Final = 3  # publishers that make a trend
LIFT: Final = 2.0  # times as many as expected
FALSE: Final = 0.01  # share of false discoveries
PRIOR: Final = 0.5  # Jeffreys' prior of a Poisson rate: half a count in no volume
WEEK: Final = 7
WEEKLY: Final = 3  # earlier weeks in which a key was told on the same weekday, from which that weekday is its baseline


class Sighting(Struct, frozen=True, kw_only=True):
    """An item as it is counted: how many whole days before now it was published, by which publisher, and the keys it tells."""

    item: str
    day: int
    publisher: str
    keys: frozenset[str]


class Rise(Struct, frozen=True, kw_only=True):
    """A key that rose. `days`: the days before now on which it did, the first one first. The rest is of its surest day."""

    key: str
    days: tuple[int, ...]
    publishers: int
    expected: float
    chance: float


class Tellings:
    """Who told what on which day. `told[day][key]` has the publishers, `volume[day]` the number of tellings of all keys."""

    def __init__(self, recent: Iterable[Sighting], past: Iterable[Sighting], tested: int) -> None:
        """Count sightings, both in order of their days, the `recent` ones being those of the days that are `tested`.

        Of the past only what is told now counts, and one day of it is held at a time.
        """
        self.tested = tested
        self.told: dict[int, dict[str, set[str]]] = {}
        self.volume: dict[int, int] = {}
        self._add(recent)
        self.keys = {day: len(told) for day, told in self.told.items()}
        self.candidates = {key for told in self.told.values() for key, who in told.items() if len(who) >= LEAST}
        self._add(past, self.candidates)

    def _add(self, sightings: Iterable[Sighting], only: Set[str] | None = None) -> None:
        for day, some in groupby(sightings, key=lambda sighting: sighting.day):
            told = list(some)
            self.told[day] = _publishers(told, only)
            self.volume[day] = _volume(told)

    def count(self, key: str, day: int) -> int:
        """Return how many publishers told a key on a day."""
        return len(self.told.get(day, {}).get(key, ()))

    def known_days(self) -> int:
        """Return how many days before now have any tellings, today not counted."""
        return len(self.volume.keys() - {0})


def find(tellings: Tellings) -> list[Rise]:
    """Return the keys that rose on a tested day, the surest first."""
    found: defaultdict[str, dict[int, tuple[float, int, float]]] = defaultdict(dict)
    for day in range(tellings.tested):
        for key, chance, count, expected in _of_day(tellings, day):
            found[key][day] = chance, count, expected
    return sorted((_rise(key, days) for key, days in found.items()), key=lambda r: (r.chance, -r.publishers, -len(r.key), r.key))


def _rise(key: str, days: Mapping[int, tuple[float, int, float]]) -> Rise:
    chance, count, expected = min(days.values())
    return Rise(key=key, days=tuple(sorted(days, reverse=True)), publishers=count, expected=round(expected, 2), chance=chance)


def _of_day(tellings: Tellings, day: int) -> list[tuple[str, float, int, float]]:
    """Return each key that rose on a day, with the share of false discoveries, its count, and the count to expect."""
    keys = sorted(key for key in tellings.candidates if tellings.count(key, day) >= LEAST)
    before = [past for past in range(day + 1, day + BASELINE + 1) if tellings.volume.get(past)]
    if not keys or len(before) < LEAST_DAYS:
        return []
    counts = np.array([tellings.count(key, day) for key in keys])
    past = np.array([[tellings.count(key, earlier) for earlier in before] for key in keys], np.float64)
    chances, expected = _chances(counts, past, np.array(before) - day, tellings, day)
    shares = false_discoveries(chances, tellings.keys[day])
    sure = (shares <= FALSE) & (counts >= LIFT * expected)
    return [(keys[n], float(shares[n]), int(counts[n]), float(expected[n])) for n in np.flatnonzero(sure)]


def _chances(
    counts: "Counts",
    past: "Vector",
    ago: "Counts",
    tellings: Tellings,
    day: int,
) -> "tuple[Vector, Vector]":
    """Return the chance of each count by its past, shape (keys, days), and the count to expect. `ago`: the days' distances."""
    volumes = np.array([tellings.volume[day + int(n)] for n in ago], np.float64)
    today = float(tellings.volume[day])
    chances, expected = exceedance(counts, past, volumes, today)
    weekly = ago % WEEK == 0
    often = (past[:, weekly] > 0).sum(axis=1) >= WEEKLY
    if often.any():
        chances[often] = np.maximum(chances[often], exceedance(counts[often], past[often][:, weekly], volumes[weekly], today)[0])
    return chances, expected


def exceedance(
    counts: "Counts",
    past: "Vector",
    volumes: "Vector",
    today: float,
) -> "tuple[Vector, Vector]":
    """Return the chance that a day of volume `today` has at least these counts, and the counts to expect.

    `past`: counts of earlier days, shape (keys, days); `volumes`: those of the days.
    """
    from scipy.special import betainc

    spread = _dispersion(past, volumes)
    told, volume = past.sum(axis=1) / spread + PRIOR, volumes.sum() / spread
    chances: Vector = betainc(counts, told, today / (volume + today))
    return chances, told / volume * today


def _dispersion(past: "Vector", volumes: "Vector") -> "Vector":
    """Return how many times further the counts of each key scatter than Poisson counts would, 1 at least."""
    fitted = np.outer(past.sum(axis=1), volumes) / volumes.sum()
    squares = np.divide((past - fitted) ** 2, fitted, out=np.zeros_like(past), where=fitted > 0)
    spread: Vector = squares.sum(axis=1) / max(len(volumes) - 1, 1)
    return np.maximum(spread, 1.0)


def false_discoveries(chances: "Vector", tests: int) -> "Vector":
    """Return for each chance the share of false discoveries among those as small. `tests`: how many were made, these among them."""
    order = np.argsort(chances)
    raw = chances[order] * tests / np.arange(1, len(chances) + 1)
    shares = np.empty_like(raw)
    shares[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return shares


def _publishers(sightings: Sequence[Sighting], only: Set[str] | None = None) -> dict[str, set[str]]:
    told: defaultdict[str, set[str]] = defaultdict(set)
    for sighting in sightings:
        for key in sighting.keys if only is None else sighting.keys & only:
            told[key].add(sighting.publisher)
    return dict(told)


def _volume(sightings: Sequence[Sighting]) -> int:
    said: defaultdict[str, set[str]] = defaultdict(set)
    for sighting in sightings:
        said[sighting.publisher] |= sighting.keys
    return sum(map(len, said.values()))
