"""Rendering of trends: what rises, by how much, and who told it in which language."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, language, say, told
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft
from curator.core.brand import Brand
from curator.core.text.plain import line
from curator.core.trend import Trend, TrendItem, Trends
from curator.publishing.formats import wording

_BARS = "▁▂▃▄▅▆▇█"
_SHOWN = 3  # items of a trend
_COLUMNS = 56  # of a course


def show(trends: Trends, brand: Brand, now: datetime, console: Console) -> None:
    """Print the trends, each with its course, its languages and its first items."""
    since = say("trends since %(time)s", time=wording.moment(trends.since, brand.timezone, language()))
    put(console, Text.assemble((line(brand.name), STRONG), f" · {since}"), indent=1)
    put(console, soft(_against(trends)), indent=1)
    if trends.note or not trends.trends:
        put(console, Text(told(trends.note) or say("Nothing rises that is sure.")), indent=1)
    for trend in trends.trends:
        gap(console)
        _show(trend, now, console)
        for item in trend.items[-_SHOWN:]:
            put(console, Text(line(item.title)), indent=12, head=Text.assemble("   ", (item.id, SOFT)))
            put(console, soft(_by(item, now)), indent=12)


def _against(trends: Trends) -> str:
    return say(
        "%(terms)s terms of %(publishers)s against %(days)s",
        terms=language().number(trends.terms),
        publishers=counted("%(num)s publisher", "%(num)s publishers", trends.publishers),
        days=counted("%(num)s day", "%(num)s days", trends.days),
    )


def show_listed(trends: Sequence[Trend], now: datetime, console: Console) -> None:
    """Print the trends of a reading list, two lines each."""
    gap(console)
    put(console, Text.assemble((say("%(n)s rising", n=len(trends)), STRONG)), indent=1)
    for trend in trends:
        _show(trend, now, console, indent=3)


def sparkline(values: Sequence[float]) -> str:
    """Return a bar a value, as high as its share of the largest one."""
    most = max(values, default=0) or 1
    return "".join(_BARS[round(value / most * (len(_BARS) - 1))] for value in values)


def _show(trend: Trend, now: datetime, console: Console, indent: int = 1) -> None:
    course = Text(sparkline(trend.daily[-_COLUMNS:]) if len(trend.daily) > 1 else "", ACCENT)
    words = ", ".join(trend.terms) if trend.kind == "story" else ""
    state = wording.state(trend.state, language())
    put(console, Text.assemble((line(trend.label), STRONG)), course, indent=indent)
    put(console, soft(joined((state, wording.rise(trend, language()), wording.languages(trend, now, language()), words))), indent=indent)


def _by(item: TrendItem, now: datetime) -> str:
    return joined((line(item.source.title, 40), line(item.lang, 12), wording.age(item.published, now, language())))
