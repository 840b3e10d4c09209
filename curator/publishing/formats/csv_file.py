"""CSV files as schedulers and spreadsheets read them, and the header of a scheduler's own template."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from curator.core.errors import CuratorError
from curator.publishing.formats.table_layout import TableLayout, with_header

# What a spreadsheet reads as the beginning of a formula, with the full-width forms that some convert; a number is not one.
_FORMULA = re.compile(r"\s*[=+\-@|＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*")
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# The columns that a template must have, by a pattern of their cells.
_REQUIRED = {"text": re.compile(r"\{(?:text|body)\}"), "day": re.compile(r"\{at:.*%d"), "time of day": re.compile(r"\{at:.*%[HI]")}


def encode(rows: Sequence[Mapping[str, str]], layout: TableLayout, columns: Sequence[str]) -> bytes:
    """Return the rows as a CSV file: every field quoted, lines ended by CRLF (RFC 4180).

    Text that the layout's encoding cannot express makes it UTF-8 with a byte order mark.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=layout.delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if layout.has_header:
        writer.writerow(columns)
    escape = _escape_formula if layout.escape_formulas else str
    writer.writerows([escape(row.get(name, "")) for name in columns] for row in rows)
    try:
        return out.getvalue().encode(layout.encoding)
    except UnicodeEncodeError:
        return out.getvalue().encode("utf-8-sig", "replace")


def column_names(rows: Sequence[Mapping[str, str]], layout: TableLayout, network: str) -> list[str]:
    """Return the names of the columns of a network's file."""
    names = (*layout.header, *layout.extra_columns.get(network, ()))
    return [name for name in names if name not in layout.optional_columns or any(row.get(name) for row in rows)]


def layout_of_template(template: Path, layout: TableLayout) -> TableLayout:
    """Return the layout with the template's header, delimiter, byte order mark and encoding.

    Raises CuratorError for a template without a column for the text or the time.
    """
    text, encoding = decoded(template.read_bytes())
    delimiter, header = _header(text)
    filled = replace(with_header(layout, header), delimiter=delimiter, encoding=encoding)
    for what, pattern in _REQUIRED.items():
        if not any(pattern.search(cell) for cell in filled.cells.values()):
            known = ", ".join(name for name, cell in layout.cells.items() if pattern.search(cell))
            raise CuratorError(f"the template has no column for the {what} of a post", where=str(template), hint=f"known names: {known}")
    return filled


def _escape_formula(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def decoded(body: bytes) -> tuple[str, str]:
    """Return the text of a file, and its encoding: by its byte order mark, else UTF-8, else Windows-1252."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if body.startswith(mark)), "utf-8")
    try:
        return body.decode(encoding), encoding
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace"), "windows-1252"


def _header(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the delimiter that splits the first row into the most columns, and those columns."""
    rows = ((delimiter, next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])) for delimiter in ",;\t|")
    delimiter, names = max(rows, key=lambda row: len(row[1]))
    return delimiter, tuple(name.strip() for name in names)
