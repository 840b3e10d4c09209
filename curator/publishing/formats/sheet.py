"""Tables as files: CSV as schedulers and spreadsheets read it, workbooks, and the header of a person's own template."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from curator.core.errors import CuratorError
from curator.publishing.formats.rows import Layout, fitted

Row = Mapping[str, str]

# What a spreadsheet reads as the beginning of a formula, also in the wide forms that some of them narrow; numbers are none.
_FORMULA = re.compile(r"\s*[=+\-@|＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_NEEDED = {"text": re.compile(r"\{(?:text|body)\}"), "day": re.compile(r"\{at:.*%d"), "time of day": re.compile(r"\{at:.*%[HI]")}
_CELL = 32_767  # characters: the most a workbook's cell holds


def written(rows: Sequence[Row], layout: Layout, header: Sequence[str]) -> bytes:
    """A CSV file: every field quoted, CRLF. What the encoding cannot say makes it UTF-8 with its mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=layout.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if layout.named:
        writer.writerow(header)
    guard = _guarded if layout.guarded else str
    writer.writerows([guard(row.get(name, "")) for name in header] for row in rows)
    try:
        return out.getvalue().encode(layout.encoding)
    except UnicodeEncodeError:
        return out.getvalue().encode("utf-8-sig", "replace")


def header(rows: Sequence[Row], layout: Layout, network: str) -> list[str]:
    """The columns of a file."""
    names = (*layout.header, *layout.more.get(network, ()))
    return [name for name in names if name not in layout.optional or any(row.get(name) for row in rows)]


def workbook(rows: Sequence[Row], layout: Layout, made: datetime) -> bytes:
    """The rows as .xlsx. Every cell is text, so none can become a formula; the same rows make the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": made.replace(tzinfo=None)})
        page, bold = book.add_worksheet("Calendar"), book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for column, name in enumerate(layout.header):
            page.set_column(column, column, 60 if name == "Text" else 18, wrapped)
            for n, cell in enumerate([name, *(row.get(name, "") for row in rows)]):
                page.write_string(n, column, cell[:_CELL], wrapped if n else bold)
        page.freeze_panes(1, 0)
    return out.getvalue()


def like(template: Path, layout: Layout) -> Layout:
    """The layout as the template wants it: its header, delimiter, mark and encoding. Raises CuratorError."""
    body = template.read_bytes()
    text, encoding = _decoded(body)
    delimiter, names = _header(text)
    as_theirs = replace(fitted(layout, names), delimiter=delimiter, encoding=encoding)
    for what, fact in _NEEDED.items():
        if not any(fact.search(pattern) for pattern in as_theirs.cells.values()):
            known = ", ".join(name for name, pattern in layout.cells.items() if fact.search(pattern))
            raise CuratorError(f"the template has no column for the {what} of a post", where=str(template), hint=f"known names: {known}")
    return as_theirs


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _decoded(body: bytes) -> tuple[str, str]:
    marked = next((encoding for mark, encoding in _MARKS.items() if body.startswith(mark)), "utf-8")
    try:
        return body.decode(marked), marked
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace"), "windows-1252"


def _header(text: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter that parts the first row into the most columns, and those."""
    rows = ((delimiter, next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])) for delimiter in ",;\t|")
    delimiter, names = max(rows, key=lambda found: len(found[1]))
    return delimiter, tuple(name.strip() for name in names)
