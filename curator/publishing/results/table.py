"""Read an analytics export: its rows with time, network, links and counts."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.text import dates, urls
from curator.core.text.plain import line
from curator.planning.post import links
from curator.publishing.formats.csv_file import decoded
from curator.publishing.results.layout import COUNTS, FIELDS, ResultsLayout, key, layouts, network

_LARGEST: Final = 32 << 20  # bytes of a file
_READ: Final = 20_000  # characters of a text
_PREFACE: Final = 30  # rows among which the header is sought: some tools put a title and dates above it
_GROUPED = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+")
_WHOLE = re.compile(r"(\d+)(?:[.,]0+)?")
_SHORT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(k|rb|m|jt)", re.I)
_TIMES: Final = {"k": 1_000, "rb": 1_000, "m": 1_000_000, "jt": 1_000_000}


class ResultRow(Struct, frozen=True, kw_only=True):
    """A row of an export. `line`: its place among the rows of the file, counted from 1. `at`: in UTC.

    `exact`: whether the time of day is known. `links`: addresses that the post shared. `url`: the post on its network.
    """

    line: int
    at: datetime | None
    exact: bool
    network: str
    text: str
    links: tuple[str, ...]
    url: str
    counts: Mapping[str, int]


class ResultTable(Struct, frozen=True, kw_only=True):
    """The rows of an export, and the name of the tool whose layout it has."""

    tool: str
    rows: tuple[ResultRow, ...]


def read(file: Path, brand: Brand, *, like: Path | None = None, channel: str = "") -> ResultTable:
    """Read an export; its times without a zone are on the brand's clocks.

    `like`: a template with the header of the export, and below each column what it holds. `channel`: network of rows that name none.
    Raises CuratorError for a file that cannot be read, or whose columns for time or counts are not known.
    """
    text = _text(file)
    known = (_of_template(like),) if like else layouts()
    delimiter, top, layout = _header(text, known)
    rows = list(_cells(text, delimiter, file))
    places = layout.fields(rows[top]) if rows else {}
    _check(places, rows[top] if rows else [], file)
    body = [(n, row) for n, row in enumerate(rows[top + 1 :], top + 2) if any(cell.strip() for cell in row)]
    records = [(n, {field: row[place] if place < len(row) else "" for field, place in places.items()}) for n, row in body]
    order = dates.month_first(_when(cells) for _, cells in records)
    first = layout.month_first if order is None else order
    return ResultTable(tool=layout.name, rows=tuple(_row(n, cells, brand, first, channel) for n, cells in records))


def count(cell: str) -> int | None:
    """Return the number in a cell, None for a rate, a dash or nothing. Thousands may be grouped, or written as 1.2K."""
    said = cell.strip()
    if _GROUPED.fullmatch(said):
        return int(re.sub(r"\D", "", said))
    if whole := _WHOLE.fullmatch(said):
        return int(whole[1])
    short = _SHORT.fullmatch(said)
    return round(float(short[1].replace(",", ".")) * _TIMES[short[2].lower()]) if short else None


def _row(n: int, cells: Mapping[str, str], brand: Brand, month_first: bool | None, channel: str) -> ResultRow:
    when = _when(cells)
    found = dates.stated(when, brand.language, month_first=month_first)
    url = urls.web(cells.get("url", ""))
    text = cells.get("text", "")[:_READ]
    said = (cells.get("link", ""), *(text[start:end] for start, end in links.spans(text, bare=False)))
    counts = {field: number for field in COUNTS if (number := count(cells.get(field, ""))) is not None}
    return ResultRow(
        line=n,
        at=dates.in_utc(found, ZoneInfo(brand.timezone)) if found else None,
        exact=found is not None and (found.tzinfo is None or ":" in when),
        network=network(cells.get("network", ""), url) or channel,
        text=line(text, 300),
        links=tuple(dict.fromkeys(filter(None, map(urls.web, said)))),
        url=url,
        counts=counts,
    )


def _when(cells: Mapping[str, str]) -> str:
    return (cells.get("at") or f"{cells.get('date', '')} {cells.get('time', '')}").strip()


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            body = opened.read(_LARGEST + 1)
    except OSError as error:
        raise CuratorError(f"{file.name} cannot be read: {error.strerror}", where=str(file), hint=f"ls -l {file}") from error
    if len(body) > _LARGEST:
        raise CuratorError(f"{file.name} is larger than {_LARGEST >> 20} MiB", where=str(file), hint="export fewer days at once")
    if body.startswith(b"PK\x03\x04"):
        raise CuratorError(f"{file.name} is a workbook, not a CSV file", where=str(file), hint="save it as CSV in the spreadsheet")
    return decoded(body)[0].replace("\0", "")


def _cells(text: str, delimiter: str, file: Path) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise CuratorError(f"{file.name} is not a CSV file: {error}", where=str(file), hint="export it again as CSV") from error


def _header(text: str, known: Sequence[ResultsLayout]) -> tuple[str, int, ResultsLayout]:
    """Return the delimiter, the place of the header, and the layout with which the most columns are known."""
    head = "".join(islice(io.StringIO(text), _PREFACE))
    tried = [
        (layout.known(row), delimiter, n, layout)
        for delimiter in ",;\t|"
        for n, row in enumerate(islice(_lenient(head, delimiter), _PREFACE))
        for layout in known
    ]
    _, delimiter, n, layout = max(tried, key=lambda each: each[0], default=(0, ",", 0, known[0]))
    return delimiter, n, layout


def _lenient(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield rows as far as they can be read with a delimiter that may be the wrong one."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            yield next(rows)
        except (csv.Error, StopIteration):
            return


def _check(places: Mapping[str, int], header: Sequence[str], file: Path) -> None:
    missing = [
        what
        for what, fields in (("the time or the link of a post", ("at", "date", "link", "text")), ("any count", COUNTS))
        if places.keys().isdisjoint(fields)
    ]
    if missing:
        columns = ", ".join(line(name, 30) for name in header[:12]) or "none"
        hint = f"put that header into a file, below each name one of: {', '.join(FIELDS)}; then --like FILE"
        raise CuratorError(f"{file.name} has no column for {' or '.join(missing)}; its columns: {columns}", where=str(file), hint=hint)


def _of_template(file: Path) -> ResultsLayout:
    """Return the layout of a template: a header, and below each column the field that it holds, or nothing."""
    text = _text(file)
    delimiter = max(",;\t|", key=lambda sign: len(next(_lenient(text, sign), [])))
    rows = [*islice(_lenient(text, delimiter), 2)]
    columns = {field: (name,) for name, said in zip(*rows, strict=False) if (field := key(said)) in FIELDS} if len(rows) == 2 else {}
    if not columns:
        raise CuratorError(
            f"{file.name} does not say what its columns hold",
            where=str(file),
            hint=f"its second row has, below each name, one of: {', '.join(FIELDS)}",
        )
    return ResultsLayout(name=file.stem, columns=columns)
