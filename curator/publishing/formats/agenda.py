"""The plan as a Markdown note, day by day: what goes out where, its words ready to be copied."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from curator.core.brand import Brand
from curator.core.text.plain import clean
from curator.publishing.formats import words
from curator.publishing.formats.marks import link, plain
from curator.publishing.formats.ready import ReadyPost

_TICKS = re.compile("`+")


def render(posts: Sequence[ReadyPost], brand: Brand) -> str:
    """CommonMark: a heading, then for every day its posts in the order of their times."""
    parts = [f"# {plain(brand.name)} · calendar", f"{words.plural(len(posts), 'post')} · times of {plain(brand.timezone)}"]
    for day, those in groupby(posts, key=lambda ready: _day(ready, brand)):
        parts += [f"## {words.day(day)}", *("\n\n".join(_post(ready, brand)) for ready in those)]
    return "\n\n".join(parts) + "\n"


def _day(ready: ReadyPost, brand: Brand) -> date:
    return ready.at.astimezone(ZoneInfo(brand.timezone)).date()


def _post(ready: ReadyPost, brand: Brand) -> Iterator[str]:
    item, at = ready.item, ready.at.astimezone(ZoneInfo(brand.timezone))
    kind = (ready.post.kind or item.kind).replace("-", " ")
    yield f"### {at:%H:%M} · {plain(ready.network)}" + (f" · {plain(kind)}" if kind else "")
    yield f"{link(item.title or item.url, item.url)} · {plain(item.source.title)} · `{item.id}`"
    yield _as_it_is(clean(ready.text).strip())
    yield from (f"**{plain(problem)}**" for problem in ready.problems)
    if item.note:
        yield f"Note: {plain(item.note)}"


def _as_it_is(text: str) -> str:
    """A code block: nothing in it means anything, and programs offer to copy it. Its fence is longer than any run of ticks inside."""
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
