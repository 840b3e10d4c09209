"""The desk's report as files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from curator.config import edit
from curator.core import files
from curator.core.brand import Brand
from curator.core.desk_report import DeskReport, Proposal
from curator.core.errors import UsageError
from curator.library._workspace import Workspace


def apply(workspace: Workspace, report: DeskReport, id_: str) -> Proposal:
    """Write a proposal into brand.toml; the former file stays as brand.toml.bak. Returns it.

    Raises UsageError for an id that no proposal for brand.toml has, ConfigError for a file that cannot be edited.
    """
    found = next((each for each in report.proposals if each.id == id_ and each.topic), None)
    if found is None:
        known = ", ".join(each.id for each in report.proposals if each.topic) or "none"
        raise UsageError(f"no proposal for brand.toml has the id {id_!r}; those of today: {known}", hint="curator report")
    workspace.rewrite_brand(partial(edit.with_topic, topic=found.topic, values=found.values))
    return found


def write(report: DeskReport, brand: Brand, *, html: Path | None, md: Path | None) -> Sequence[Path]:
    """Write the report to each file that is named. Returns their paths. Raises StoreError where the disk refuses."""
    from curator.publishing.formats import desk_markdown, desk_page

    for path, render in ((html, desk_page.render), (md, desk_markdown.render)):
        if path:
            files.write(path, render(report, brand.timezone).encode())
    return [path for path in (html, md) if path]
