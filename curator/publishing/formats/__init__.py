"""Formats: the reading list as web page, Markdown, JSON and Atom, and the calendar as iCalendar, CSV, Excel and Markdown.

Each format of the reading list is a module with `render`. The formats of the calendar are made of `ReadyPost`.
"""

from collections.abc import Iterable
from datetime import date

from curator.core.brand import Brand, ListFormat
from curator.core.report import RunReport

TABLES = ("csv", "buffer", "metricool", "publer", "sprout", "hootsuite", "vista", "google-calendar")
CALENDAR_FORMATS = ("ics", *TABLES, "md", "vdir", "xlsx")
LIBRARY_FORMATS = ("json", "opml")


def reading_list(report: RunReport, brand: Brand, formats: Iterable[ListFormat], *, previous: date | None = None) -> dict[str, str]:
    """Return the files of a reading list by name: 2026-11-23.md, .html, .json, each also as latest.*, and feed.xml.

    `previous` is the day of an earlier list in the same folder, to which the page links.
    """
    wanted = frozenset(formats)
    files: dict[str, str] = {}
    for format_ in sorted(wanted):
        # Without this, a lone surrogate in a title would keep the list from being written.
        text = _render(report, brand, format_, previous, "atom" in wanted).encode("utf-8", "replace").decode("utf-8")
        files |= dict.fromkeys(_names(report.date, format_), text)
    return files


def _names(day: date, format_: ListFormat) -> tuple[str, ...]:
    return ("feed.xml",) if format_ == "atom" else (f"{day.isoformat()}.{format_}", f"latest.{format_}")


def _render(report: RunReport, brand: Brand, format_: ListFormat, previous: date | None, feed: bool) -> str:
    """Render one format. Its module is imported here, so that a list without a page does not load a template engine."""
    match format_:
        case "html":
            from curator.publishing.formats import page

            return page.render(report, brand, previous=previous, feed=feed)
        case "md":
            from curator.publishing.formats import markdown

            return markdown.render(report, brand)
        case "json":
            from curator.publishing.formats import json_list

            return json_list.render(report, brand)
        case "atom":
            from curator.publishing.formats import atom

            return atom.render(report, brand)
