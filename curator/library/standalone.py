"""Functions that need no brand directory, or make one: pages and feeds, the feeds of a site, the demo, an imported library."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from curator import config
from curator.core.brand import Brand, FetchRules
from curator.core.errors import ConfigError, CuratorError, UsageError
from curator.core.feed import Article, Failure
from curator.core.protocols import Progress
from curator.core.report import DiscoveredFeed, FeedCheck, HealthCheck, RunReport
from curator.library._library import Library
from curator.library._network import online
from curator.library._progress import SilentProgress
from curator.library._workspace import Workspace, moment

if TYPE_CHECKING:
    from curator.storage.transfer import ImportResult


def demo(directory: Path, *, now: datetime | None = None, progress: Progress | None = None) -> tuple[Library, RunReport]:
    """Run the daily job on a bundled little internet, served on loopback meanwhile.

    Leaves a brand directory in `directory`, and returns it opened, with its first reading list.
    """
    from curator.jobs.demo.world import load, serving

    now = moment(now)
    with serving(load(), now=now) as world:
        world.write_brand(directory)
        desk = Library.open(directory, progress=progress)
        return desk, desk.run(now=now)


def import_library(file: Path, home: Path | None = None, *, merge: bool = False) -> tuple[Path, ImportResult]:
    """Import an exported library into a brand directory. Returns the directory, and what was imported.

    The directory is `home`, else $CURATOR_HOME, else the brand directory that one is in, else the current directory.
    `merge` adds to a library that is not empty: what is there stays as it is. Raises CuratorError where the file is no
    export or is cut short, and where the library is not empty.
    """
    from curator.storage import open_store, transfer

    target = _target(home)
    return target, transfer.bring(file, target, lambda brand: open_store(brand.engine.store, target / "library"), merge=merge)


def extract(targets: Sequence[str], home: Path | None = None) -> Sequence[Article | Failure]:
    """Return the article in each page, in order. A target is a web address or a file; [fetch] of the brand at `home` holds."""
    from curator.feeds import inspect

    return online(_brand(home).fetch, lambda fetcher, workers: inspect.articles(targets, fetcher, workers))


def check_feeds(targets: Sequence[str], home: Path | None = None, *, now: datetime | None = None) -> Sequence[FeedCheck | Failure]:
    """Return what each feed holds and how its server behaves, in order. A target is a web address or a file."""
    from curator.feeds import inspect

    brand = _brand(home)
    return online(brand.fetch, lambda fetcher, workers: inspect.feeds(targets, fetcher, workers, moment(now), brand.timezone))


def discover_feeds(
    url: str, home: Path | None = None, *, now: datetime | None = None, progress: Progress | None = None
) -> tuple[DiscoveredFeed, ...]:
    """Find the feeds of a site, the best for the brand at `home` first, where there is one.

    `url` is a web address, with or without its scheme, or a handle: @name@mastodon.example, @name.bsky.social, r/name.
    Raises UsageError for what is neither, and CuratorError where the site cannot be reached or has no feed.
    """
    from curator.feeds import platforms
    from curator.jobs import discover
    from curator.ranking.relevance import Relevance

    workspace, site, progress = _nearby(home), platforms.address(url), progress or SilentProgress()
    if not site:
        raise UsageError(f"{url!r} is not a web address", hint="curator feeds discover https://example.org")
    rules = workspace.brand.fetch if workspace else FetchRules()
    found = online(rules, lambda fetcher, workers: discover.find(site, fetcher, workers, progress))
    by_hand = "look on the site for a link that says RSS or Feed, then: curator feeds check URL"
    if isinstance(found, Failure):
        raise CuratorError(found.reason, where=site, hint=by_hand if found.status else found.hint)
    if not found:
        raise CuratorError("no feed was found: the site names none, and none lies where feeds usually lie", where=site, hint=by_hand)
    progress.stage("reading", len(found))
    relevance = Relevance(workspace.brand_with_examples, workspace.engine, progress) if workspace else None
    return discover.ranked(found, moment(now), relevance)


def doctor(home: Path | None = None, *, fix: bool = False) -> tuple[HealthCheck, ...]:
    """Check a brand directory as `Library.doctor` does; problems of brand.toml itself are failed checks too."""
    try:
        desk = Library.open(home)
    except ConfigError as error:
        from curator.jobs import doctor

        return doctor.failed("brand.toml", error)
    return desk.doctor(fix=fix)


def _target(home: Path | None) -> Path:
    if named := home or os.environ.get("CURATOR_HOME"):
        return Path(named).expanduser()
    try:
        return config.find_home()
    except ConfigError:
        return Path()


def _nearby(home: Path | None) -> Workspace | None:
    """Return the brand directory, if there is one. None is needed; but one that is named must be sound."""
    try:
        return Workspace(config.find_home(home), SilentProgress())
    except ConfigError:
        if home:
            raise
        return None


def _brand(home: Path | None) -> Brand:
    workspace = _nearby(home)
    return workspace.brand if workspace else Brand(name="", topics=())
