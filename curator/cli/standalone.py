"""What needs no brand, or makes one: pages and feeds looked at, a site's feeds, the demo, a library taken in."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from curator import config
from curator.core.brand import FetchRules
from curator.core.errors import ConfigError, CuratorError, UsageError
from curator.core.feed import Article, Failure
from curator.core.protocols import Progress
from curator.core.report import DiscoveredFeed, FeedCheck, RunReport
from curator.core.text import urls
from curator.library import Library, Silence, outside

if TYPE_CHECKING:
    from curator.storage.transfer import ImportResult


def demo(directory: Path, now: datetime, progress: Progress | None = None) -> tuple[Library, RunReport]:
    """Serves the bundled little internet on loopback while the daily job runs on it; leaves a brand directory."""
    from curator.jobs.demo.world import load, serving

    with serving(load(), now=now) as running:
        running.write_brand(directory)
        with Library.open(directory, progress=progress) as desk:
            return desk, desk.run(now=now)


def import_library(file: Path, home: Path | None = None, *, merge: bool = False) -> "tuple[Path, ImportResult]":
    """Takes an exported library into a brand directory: `home`, or the one here, or here. Where that is, and what came."""
    from curator.storage import transfer

    place = _place(home)
    return place, transfer.bring(file, place, lambda: Library(place).store, merge=merge)


def _place(home: Path | None) -> Path:
    """Where a library is taken to: the directory that is named, else the brand directory that one is in, else this directory."""
    if named := home or os.environ.get("CURATOR_HOME"):
        return Path(named).expanduser()
    try:
        return config.find_home()
    except ConfigError:
        return Path()


def extract(targets: Sequence[str], home: Path | None = None) -> Sequence[Article | Failure]:
    """The article in each page, an address or a file, in order."""
    from curator.feeds import inspect

    return outside(_rules(home), lambda door, workers: inspect.articles(targets, door, workers))


def check(targets: Sequence[str], home: Path | None = None, *, now: datetime | None = None) -> Sequence[FeedCheck | Failure]:
    """What each feed, an address or a file, says, and how its server behaves, in order."""
    from curator.feeds import inspect

    return outside(_rules(home), lambda door, workers: inspect.feeds(targets, door, workers, now or datetime.now(UTC)))


def discover(url: str, home: Path | None = None, *, progress: Progress | None = None) -> tuple[DiscoveredFeed, ...]:
    """The feeds of a site, best for the brand first where there is one. Raises CuratorError when there is none."""
    from curator.jobs import discover

    desk, site, progress = _nearby(home), urls.web(url if "://" in url else f"https://{url}"), progress or Silence()
    if not site:
        raise UsageError(f"{url!r} is no web address", hint="curator feeds discover https://example.org")
    found = outside(desk.brand.fetch if desk else FetchRules(), lambda door, workers: discover.find(site, door, workers, progress))
    by_hand = "look on the site for a link that says RSS or Feed, then: curator feeds check URL"
    if isinstance(found, Failure):
        raise CuratorError(found.reason, where=site, hint=by_hand if found.status else found.hint)
    if not found:
        raise CuratorError("no feed was found: the site names none, and none lies where feeds usually lie", where=site, hint=by_hand)
    progress.stage("reading", len(found))
    return discover.ranked(found, datetime.now(UTC), *((desk.brand, desk.engine) if desk else ()))


def _nearby(home: Path | None) -> Library | None:
    """The brand, when there is one; looking at a page or feed needs none, but a brand that is named must be sound."""
    try:
        return Library.open(home)
    except ConfigError:
        if home:
            raise
        return None


def _rules(home: Path | None) -> FetchRules:
    desk = _nearby(home)
    return desk.brand.fetch if desk else FetchRules()
