"""A fleet: the daily job of many brands, with one harvest for all of them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from curator.core.errors import Problem
from curator.core.feed import Failure
from curator.core.report import Counts, Seconds

# What a script must see first: a person has to act, nothing was fetched, a library is held by another run.
_GRAVEST = (1, 3, 75)


class BrandRun(Struct, frozen=True, kw_only=True):
    """What became of one brand. `brand`: the name of its directory. `code`: the exit code that `curator run` would have ended with.

    Where it is 0, `counts` and `seconds` are those of its report; else `problems` says what is wrong.
    """

    brand: str
    code: int = 0
    counts: Counts = Counts()
    seconds: Seconds = Seconds()
    mentions: int = 0
    problems: Sequence[Problem] = ()


class HarvestCounts(Struct, kw_only=True):
    """What was asked of the web and the workers, and how often an answer served a further brand."""

    requests: int = 0
    requests_shared: int = 0
    read: int = 0
    read_shared: int = 0


class FleetReport(Struct, frozen=True, kw_only=True):
    """The report of a fleet run. `seconds`: from its beginning to its end. `failures`: each feed or page that failed, once."""

    generated_at: datetime
    seconds: float
    brands: Sequence[BrandRun]
    harvest: HarvestCounts
    failures: Sequence[Failure] = ()

    @property
    def code(self) -> int:
        """Exit code of the run: the gravest of the brands', 1 before 3 before 75."""
        codes = {brand.code for brand in self.brands}
        return next((code for code in _GRAVEST if code in codes), 0)


class BrandStatus(Struct, frozen=True, kw_only=True):
    """State of one brand. `last_run`: when its latest list was made. `failing`: feeds whose last request failed.

    `problems` says why the brand cannot be looked at.
    """

    brand: str
    last_run: datetime | None = None
    listed: int = 0
    feeds: int = 0
    failing: int = 0
    problems: Sequence[Problem] = ()


class FleetStatus(Struct, frozen=True, kw_only=True):
    """State of the brands of a fleet. `feeds` counts subscriptions, `distinct_feeds` addresses, `private_feeds` those with credentials."""

    brands: Sequence[BrandStatus]
    feeds: int
    distinct_feeds: int
    private_feeds: int
