"""Excel workbooks."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from curator.publishing.formats.table_layout import TableLayout

_MAX_CELL = 32_767  # characters (Excel's own limit)
_WIDTH, _TEXT_WIDTH = 18, 60  # of a column, in characters


def encode(rows: Sequence[Mapping[str, str]], layout: TableLayout, created: datetime) -> bytes:
    """Return the rows as an .xlsx file. Every cell is text, so that none becomes a formula; the same rows give the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": created.replace(tzinfo=None)})
        page, bold = book.add_worksheet("Calendar"), book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for column, name in enumerate(layout.header):
            page.set_column(column, column, _TEXT_WIDTH if name == "Text" else _WIDTH, wrapped)
            for n, cell in enumerate([name, *(row.get(name, "") for row in rows)]):
                page.write_string(n, column, cell[:_MAX_CELL], wrapped if n else bold)
        page.freeze_panes(1, 0)
    return out.getvalue()
