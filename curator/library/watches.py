"""`Library.watches`: the watch terms of a brand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from curator.config import edit
from curator.core.brand import Watch
from curator.jobs import watching
from curator.jobs.watching import WatchTrial
from curator.library._workspace import Workspace, moment


class Watches:
    """Watch terms that brand.toml names, in its order. Iterate over them."""

    def __init__(self, workspace: Workspace) -> None:
        """Work on the brand.toml of this workspace."""
        self._workspace = workspace

    def __iter__(self) -> Iterator[Watch]:
        """Iterate over the watch terms."""
        return iter(self._workspace.brand.watch)

    def test(self, query: str, *, since: timedelta = timedelta(days=90), now: datetime | None = None) -> WatchTrial:
        """Return what a query would have found in everything that was found within `since`. Raises UsageError."""
        return watching.trial(self._workspace.read_only_context(), query, moment(now), since=since)

    def add(self, name: str, query: str) -> Watch:
        """Write a watch term into brand.toml, behind the others; what is there stays as it is.

        Raises ConfigError where the name is taken, the query cannot be read, or the file has no place for it.
        """
        watch = Watch(name=name, query=query)
        self._workspace.rewrite_brand(partial(edit.with_watch, watch=watch))
        return watch
