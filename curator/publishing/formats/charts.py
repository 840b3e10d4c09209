"""Geometry of charts: lengths and places in the units of a picture, which a template draws as SVG."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from curator.core.text.plain import line

WIDTH: Final = 480  # of a picture
ROW: Final = 26  # height of a bar with its gap
HEIGHT: Final = 120  # of columns
_LABEL, _VALUE = 150, 84  # room for what stands on the left and on the right of a bar
ROOM: Final = WIDTH - _LABEL - _VALUE  # for the bar itself
_LONGEST = 20  # characters of a label
_GAP = 0.25  # of a column's place
_WIDEST = 40  # units of a column


class Row(Struct, frozen=True, kw_only=True):
    """A value to draw: `shown` is the value in words, `mark` another value to compare it with."""

    label: str
    value: float
    shown: str
    mark: float | None = None


class Bar(Struct, frozen=True, kw_only=True):
    """A horizontal bar and its texts; `mark` is the place of a stroke across it."""

    label: str
    shown: str
    y: float
    x: float
    width: float
    mark: float | None


class Column(Struct, frozen=True, kw_only=True):
    """Two upright bars from one base: a whole, and a part of it."""

    label: str
    x: float
    width: float
    whole: float
    part: float


def bars(rows: Sequence[Row]) -> list[Bar]:
    """Return a bar a row, the longest as wide as there is room."""
    most = max((max(row.value, row.mark or 0) for row in rows), default=0) or 1
    scale = ROOM / most
    return [
        Bar(
            label=line(row.label, _LONGEST),
            shown=row.shown,
            y=n * ROW,
            x=_LABEL,
            width=round(row.value * scale, 1),
            mark=None if row.mark is None else round(_LABEL + row.mark * scale, 1),
        )
        for n, row in enumerate(rows)
    ]


def columns(values: Sequence[tuple[str, float, float]]) -> list[Column]:
    """Return a column for each label, whole and part, the highest as high as there is room."""
    most = max((whole for _, whole, _ in values), default=0) or 1
    place = WIDTH / max(len(values), 1)
    width = min(place * (1 - _GAP), _WIDEST)
    return [
        Column(
            label=label,
            x=round(n * place + (place - width) / 2, 1),
            width=round(width, 1),
            whole=round(whole / most * HEIGHT, 1),
            part=round(part / most * HEIGHT, 1),
        )
        for n, (label, whole, part) in enumerate(values)
    ]
