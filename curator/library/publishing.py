"""`Library.publishing`: the calendar as files, and on a calendar server."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from curator.config import opml
from curator.library._workspace import Workspace, moment
from curator.publishing import export, schedulers, write
from curator.publishing.types import ExportFiles, ExportRequest, WrittenExport

if TYPE_CHECKING:
    from curator.core.errors import Problem
    from curator.planning.post import PostDraft
    from curator.publishing.caldav import PushResult


class Publishing:
    """Posts in the formats of calendars, schedulers and spreadsheets."""

    def __init__(self, workspace: Workspace) -> None:
        """Publish the posts of this workspace."""
        self._workspace = workspace

    def export(
        self,
        format: str,  # noqa: A002 - as the command calls it
        *,
        network: str = "",
        since: date | None = None,
        until: date | None = None,
        like: Path | None = None,
        skip_bad: bool = False,
        now: datetime | None = None,
    ) -> ExportFiles:
        """Return the files of a format by name; `write` puts them on the disk.

        `since` and `until` are days of the brand's time zone, both included. `like` is a template of the scheduler to fill in.
        Raises CuratorError with every post that the target would refuse, or that lacks an approval which brand.toml requires,
        unless `skip_bad` leaves those out, and UsageError for an unknown format or network.
        """
        if format == "json":
            from curator.storage import transfer

            lines = transfer.export(self._workspace.home, self._workspace.store)
            return ExportFiles(streams={"library.json": lines}, calendar=False)
        if format == "opml":
            document = opml.build(self._workspace.feeds, title=self._workspace.brand.name)
            return ExportFiles(files={"feeds.opml": document}, calendar=False)
        request = ExportRequest(format=format, network=network.lower(), since=since, until=until, like=like, skip_bad=skip_bad)
        return export.export_posts(self._workspace.context(), request, moment(now))

    def refused(self, draft: PostDraft, *, now: datetime | None = None) -> Mapping[str, Sequence[Problem]]:
        """Return by the name of each scheduler what it would refuse in the post of a draft, beyond the draft's own problems.

        The posts before it count as accepted. Nothing is refused of a post that has no time, for no export holds it.
        """
        return schedulers.refused(self._workspace.context(), draft, moment(now))

    def write(self, files: ExportFiles, to: Path | None = None) -> WrittenExport:
        """Write an export to `calendar/` of the brand directory, or to another folder or file.

        Raises UsageError where several files would share one name, and StoreError where the disk refuses.
        """
        return write.write_files(files, self._workspace.home / "calendar", to)

    def calendar(self, *, now: datetime | None = None) -> bytes:
        """Return the iCalendar file that `export("ics")` makes, approved or not, writing nothing, not even to the vector cache."""
        return export.subscription(self._workspace.read_only_context(), moment(now))

    def push(self, url: str = "", *, dry_run: bool = False, now: datetime | None = None) -> PushResult:
        """Make the calendar at `url`, else the one that brand.toml names, show the posts.

        The account is read from CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD. `dry_run` only returns what would be done.
        Raises CuratorError where the server cannot be reached, read or written.
        """
        from curator.publishing import caldav, push

        return push.push(self._workspace.context(), url, caldav.account(os.environ), moment(now), dry_run=dry_run)
