"""The calendar as Markdown: the posts of each day with their texts, ready to be copied."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from curator.core.brand import Brand
from curator.core.text.plain import clean
from curator.publishing.formats import wording
from curator.publishing.formats.markdown_escape import escape, link
from curator.publishing.formats.ready_post import ReadyPost
from curator.publishing.language import Language, chosen
from curator.publishing.retold import retold

_BACKTICKS = re.compile("`+")


def render(posts: Sequence[ReadyPost], brand: Brand) -> str:
    """Return a CommonMark document in the language of the brand: a heading, then the posts of each day by time."""
    language = chosen("", brand.language)
    title, count = language.say("calendar"), language.counted("%(num)s post", "%(num)s posts", len(posts))
    times = language.say("times of %(zone)s", zone=escape(brand.timezone))
    parts = [f"# {escape(brand.name)} · {title}", f"{count} · {times}"]
    for day, posts_of_day in groupby(posts, key=lambda ready: _day(ready, brand)):
        parts += [f"## {wording.day(day, language)}", *("\n\n".join(_post(ready, brand, language)) for ready in posts_of_day)]
    return "\n\n".join(parts) + "\n"


def _day(ready: ReadyPost, brand: Brand) -> date:
    return ready.at.astimezone(ZoneInfo(brand.timezone)).date()


def _post(ready: ReadyPost, brand: Brand, language: Language) -> Iterator[str]:
    item, at = ready.item, ready.at.astimezone(ZoneInfo(brand.timezone))
    kind = (ready.post.kind or item.kind).replace("-", " ")
    yield f"### {at:%H:%M} · {escape(ready.network)}" + (f" · {escape(kind)}" if kind else "")
    yield f"{link(item.title or item.url, item.url)} · {escape(item.source.title)} · `{item.id}`"
    yield _code_block(clean(ready.text).strip())
    yield from (f"**{escape(retold(problem, language))}**" for problem in ready.problems)
    if item.note:
        yield language.say("Note: %(what)s", what=escape(item.note))


def _code_block(text: str) -> str:
    """Return the text as a fenced code block, whose fence is longer than any run of backticks inside (CommonMark 4.5)."""
    fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
