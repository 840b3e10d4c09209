"""A fleet: the brands of one folder or database, run one after the other with one harvest."""

from __future__ import annotations

import logging
import shlex
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Self

from curator.core.errors import CuratorError, Problem
from curator.core.feed import Failure
from curator.core.fleet import BrandRun, BrandStatus, FleetReport, FleetStatus
from curator.core.protocols import Progress
from curator.library._progress import SilentProgress
from curator.library._workspace import moment

if TYPE_CHECKING:
    from curator.jobs.harvest import Harvest
    from curator.library._brands import Brands

_LOG = logging.getLogger(__name__)


class Fleet:
    """Many brands. What goes wrong with one is told in its row and does not stop the others."""

    def __init__(self, brands: Brands, progress: Progress | None = None) -> None:
        """Take the brands. `progress` is told of the stages of each."""
        self._brands, self._homes = brands, brands.homes
        self._progress = progress or SilentProgress()

    @classmethod
    def open(cls, brands: str | Path | None = None, *, home: Path | None = None, progress: Progress | None = None) -> Self:
        """Take the brand directories in the folder `brands`, else `home`, else $CURATOR_HOME.

        `brands` may be the address of a database, `postgresql://…` or `env:NAME`: the brands are then those that have settings
        there, and the directory of each is made in `home`, else in the current one. Raises ConfigError where there is no brand,
        UsageError for an address with a password, StoreError where the database cannot be asked.
        """
        from curator.library import _brands

        return cls(_brands.brands(brands, home), progress)

    def run(self, *, now: datetime | None = None) -> FleetReport:
        """Do the daily job of every brand. What several follow is fetched, parsed, extracted and embedded once."""
        from curator.jobs.harvest import Harvest

        at, begun = moment(now), perf_counter()
        with Harvest() as harvest:
            failures: dict[str, Failure] = {}
            brands = [self._run(name, harvest, at, failures) for name in self._homes]
        seconds = round(perf_counter() - begun, 2)
        return FleetReport(generated_at=at, seconds=seconds, brands=brands, harvest=harvest.counts, failures=tuple(failures.values()))

    def status(self) -> FleetStatus:
        """Return the state of every brand. Nothing is fetched or written."""
        from curator.feeds import credentials

        urls: list[str] = []
        brands = [self._status(name, urls) for name in self._homes]
        distinct = set(urls)
        return FleetStatus(
            brands=brands, feeds=len(urls), distinct_feeds=len(distinct), private_feeds=sum(map(credentials.are_in, distinct))
        )

    def _run(self, name: str, harvest: Harvest, now: datetime, failures: dict[str, Failure]) -> BrandRun:
        """Do the job of a brand, and add what failed to `failures`, by address."""
        self._progress.note(f"{name}: {list(self._homes).index(name) + 1} of {len(self._homes)}")
        try:
            report = self._brands.opened(name, self._progress, harvest).run(now=now)
        except CuratorError as error:
            return BrandRun(brand=name, code=error.code, problems=error.problems)
        except Exception as error:  # a bug that one brand's data brings to light must not cost the others their list
            _LOG.exception("%s: something unexpected", name)
            return BrandRun(brand=name, code=CuratorError.code, problems=(_bug(error, self._homes[name]),))
        failures |= {failure.url: failure for failure in report.failures}
        return BrandRun(brand=name, counts=report.counts, seconds=report.seconds, mentions=len(report.mentions))

    def _status(self, name: str, urls: list[str]) -> BrandStatus:
        """Return the state of a brand, and add the addresses of its feeds to `urls`."""
        try:
            health, last = self._brands.state(name)
        except CuratorError as error:
            return BrandStatus(brand=name, problems=error.problems)
        urls += [feed.url for feed in health]
        return BrandStatus(
            brand=name,
            last_run=last.generated_at if last else None,
            listed=len(last.items) if last else 0,
            feeds=len(health),
            failing=sum(feed.failures > 0 for feed in health),
        )


def _bug(error: Exception, home: Path) -> Problem:
    hint = f"curator run --home {shlex.quote(str(home))} --debug shows where"
    return Problem(what=f"something unexpected: {type(error).__name__}: {error}", where=str(home), hint=hint)
