"""The reading lists in a brand directory: one file per day and format."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from curator.core import files
from curator.core.brand import Brand
from curator.core.report import RunReport

FOLDER = "reading-list"


def write(home: Path, report: RunReport, brand: Brand) -> None:
    """Write a reading list in every format that brand.toml names. Its page links to the page before it."""
    from curator.publishing.formats import reading_list

    folder = home / FOLDER
    earlier = sorted(path.stem for path in folder.glob("????-??-??.html") if path.stem < report.date.isoformat())
    previous = date.fromisoformat(earlier[-1]) if earlier else None
    for name, text in reading_list(report, brand, brand.shortlist.formats, previous=previous).items():
        files.write(folder / name, text.encode())


def page(home: Path, report: RunReport) -> Path | None:
    """Return the path of a reading list's web page, None where there is none."""
    path = home / FOLDER / f"{report.date.isoformat()}.html"
    return path if path.exists() else None
