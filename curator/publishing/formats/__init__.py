"""The faces of a reading list: one report, shown as page, note, data and feed. Each face is one file with `render`.

Beside them lie the formats of the calendar: `ready` is what they are made of, `rows` and `sheet` make the tables.
"""

from collections.abc import Iterable
from datetime import date

from curator.core.brand import Brand, ListFormat
from curator.core.report import RunReport

TABLES = ("csv", "buffer", "metricool", "publer", "sprout", "hootsuite", "vista", "google-calendar")
CALENDAR_FORMATS = ("ics", *TABLES, "md", "vdir", "xlsx")
LIBRARY_FORMATS = ("json", "opml")


def reading_list(report: RunReport, brand: Brand, formats: Iterable[ListFormat], *, previous: date | None = None) -> dict[str, str]:
    """The files of one run by name: 2026-11-23.md, .html, .json with their latest.* twins, and feed.xml.

    `previous`: the day of an earlier list whose page lies in the same folder; the new page links to it.
    """
    wanted = frozenset(formats)
    files: dict[str, str] = {}
    for format_ in sorted(wanted):
        # A lone surrogate that got this far must not keep the day's list from being written.
        text = _render(report, brand, format_, previous, "atom" in wanted).encode("utf-8", "replace").decode("utf-8")
        files |= dict.fromkeys(_names(report.date, format_), text)
    return files


def _names(day: date, format_: ListFormat) -> tuple[str, ...]:
    return ("feed.xml",) if format_ == "atom" else (f"{day.isoformat()}.{format_}", f"latest.{format_}")


def _render(report: RunReport, brand: Brand, format_: ListFormat, previous: date | None, feed: bool) -> str:
    """Each face is imported for itself: a list without a page does not pay for a template engine."""
    match format_:
        case "html":
            from curator.publishing.formats import page

            return page.render(report, brand, previous=previous, feed=feed)
        case "md":
            from curator.publishing.formats import markdown

            return markdown.render(report, brand)
        case "json":
            from curator.publishing.formats import listing

            return listing.render(report, brand)
        case "atom":
            from curator.publishing.formats import atom

            return atom.render(report, brand)
