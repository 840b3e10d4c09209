"""Trends: what several publishers tell more often than they used to."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from curator.core.item import Source

TrendState = Literal["new", "growing", "fading", "back"]


class LanguageStart(Struct, frozen=True, kw_only=True):
    """When a trend was first told in a language, and by how many publishers since."""

    lang: str
    since: datetime
    publishers: int


class TrendItem(Struct, frozen=True, kw_only=True):
    """An item that tells of a trend. `publisher` is the family of its outlet: the owner, else the registered domain."""

    id: str
    url: str
    title: str
    source: Source
    lang: str
    published: datetime
    publisher: str


class Trend(Struct, frozen=True, kw_only=True):
    """A story or term that rises against its own baseline.

    - `id`: that of the first item that told it. `kind`: `story` where items that tell one event are among its members.
    - `terms`: the words that rise together, the surest first. `label`: the title of its story, or the terms.
    - `publishers`: families that told it in their last 24 hours before now. `peak`: the most in 24 hours. `expected`: what the
      baseline leads to expect of the day it was surest. `chance`: the share of false discoveries among trends that are as sure.
    - `daily`: publishers in each 24 hours of the span, the oldest first.
    - `languages`: in the order in which they told it. `missing`: languages that the brand reads and nobody has told it in.
    """

    id: str
    label: str
    kind: Literal["story", "term"]
    state: TrendState
    terms: tuple[str, ...]
    publishers: int
    peak: int
    expected: float
    chance: float
    daily: tuple[int, ...]
    languages: tuple[LanguageStart, ...]
    missing: tuple[str, ...]
    items: tuple[TrendItem, ...]


class Trends(Struct, frozen=True, kw_only=True):
    """Trends since a time, the strongest first.

    - `days`: days of the baseline. `publishers`: families that published in the span. `terms`: how many terms were tested.
    - `note`: why nothing can be sure, "" where something can.
    """

    since: datetime
    days: int
    publishers: int
    terms: int
    note: str = ""
    trends: tuple[Trend, ...] = ()
