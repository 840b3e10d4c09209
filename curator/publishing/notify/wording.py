"""Messages: notices in words, as plain text that fits its receiver and as HTML for mail."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from curator.core.brand import Brand
from curator.core.notice import Message, Notice
from curator.core.report import RunReport
from curator.core.story import Card
from curator.core.text.plain import line
from curator.core.text.urls import web
from curator.publishing.formats import wording

if TYPE_CHECKING:
    from jinja2 import Template

AGAIN = "This message may have reached you before: no answer to it came."
_ORDER = ("mention", "lost", "back", "list")
_UNLIMITED = 10_000_000
_HEADINGS = {"mention": "Mentions", "lost": "Feeds", "back": "Feeds"}

# What calls everybody or a member on Discord, Slack, Matrix and Telegram: "@everyone", "<@123>".
_CALL = re.compile(r"@(?=(?:everyone|here|channel|room|all)\b)|(?<=<)@", re.IGNORECASE)

Reports = Mapping[str, RunReport]


def fitting(notices: Iterable[Notice], reports: Reports, limit: int) -> tuple[list[Notice], str]:
    """Return the notices that fit into one message of `limit` characters, at least one, and their text.

    `reports`: the reading lists by day. A list that is too long gets a message of its own and ends with the number of its other
    stories.
    """
    taken: list[Notice] = []
    text = ""
    for notice in sorted(notices, key=lambda each: (_ORDER.index(each.kind), each.watch, not each.certain, each.made, each.id)):
        heading = _HEADINGS.get(notice.kind, "")
        new = heading and heading not in {_HEADINGS.get(each.kind) for each in taken}
        start = ("\n\n" if text else "") + (f"{heading}\n\n" if new else "")
        block = start + _block(notice, reports, _UNLIMITED if taken else limit - len(start))
        if taken and len(text) + len(block) > limit:
            break
        taken, text = [*taken, notice], text + block
    return taken, text


def title(brand: Brand, notices: Sequence[Notice], reports: Reports) -> str:
    """Return the title of a message: "Kopi Senja: 2 mentions, 14 stories"."""
    kinds = [notice.kind for notice in notices]
    stories = sum(len(reports[notice.about].items) for notice in notices if notice.kind == "list")
    failing = kinds.count("lost") + kinds.count("back")
    counts = ((kinds.count("mention"), "mention", ""), (stories, "story", "stories"), (failing, "feed", ""))
    return line(f"{brand.name}: {', '.join(wording.plural(n, one, many) for n, one, many in counts if n)}", 150)


def message(id_: str, brand: Brand, notices: Sequence[Notice], text: str, reports: Reports, *, again: bool) -> Message:
    """Return the message with these notices. `again`: whether it may have been received before, which it then says."""
    name = title(brand, notices, reports)
    plain = f"{AGAIN}\n\n{text}" if again else text
    return Message(id=id_, title=name, text=_sound(plain), html=_sound(_html(name, notices, reports, again=again)))


def test_message(id_: str, brand: Brand) -> Message:
    """Return the message that tries a channel."""
    name = line(f"{brand.name}: test", 150)
    text = "This is a test. The daily list, mentions and failing feeds will be told here."
    return Message(id=id_, title=name, text=text, html=_sound(_html(name, (), {}, again=False, text=text)))


def _sound(text: str) -> str:
    """Replace lone surrogates, which no message can carry."""
    return text.encode("utf-8", "replace").decode()


def _block(notice: Notice, reports: Reports, room: int) -> str:
    match notice.kind:
        case "mention":
            watch = line(notice.watch) if notice.certain else f"perhaps {line(notice.watch)}"
            by = " — ".join(filter(None, (_inert(notice.title), _inert(notice.source, 80))))
            return "\n".join(filter(None, (f"{watch}: “{_inert(wording.inside(notice.sentence), 500)}”", by, web(notice.url))))
        case "lost":
            return f"{_inert(notice.title)} ({notice.source}) no longer answers{f': {_inert(notice.sentence)}' if notice.sentence else ''}"
        case "back":
            return f"{_inert(notice.title)} ({notice.source}) answers again"
    return _list(reports[notice.about], room)


def _list(report: RunReport, room: int) -> str:
    """Return a reading list as text that takes no more than `room`, as far as its heading leaves any."""
    heading = f"{wording.day(report.date)}: {wording.plural(len(report.items), 'story', 'stories')}"
    text = heading
    for n, card in enumerate(report.items, 1):
        more = f"\n\n… and {len(report.items) - n + 1} more: curator list"
        row = "\n\n" + _card(n, card)
        if len(text) + len(row) + (len(more) if n < len(report.items) else 0) > room:
            return text + more
        text += row
    return text


def _card(n: int, card: Card) -> str:
    return f"{n}. {_inert(wording.title(card))} — {_inert(card.source.title, 80)}\n{web(card.url)}"


def _inert(text: str, limit: int = 300) -> str:
    """Return one line of foreign text in which no chat finds a call to its members or a link with a false name."""
    return _CALL.sub("＠", line(text, limit)).replace("](", "] (")


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"web": web, "line": line}
    environment.globals |= {"wording": wording}
    return environment.from_string(files("curator.publishing.notify").joinpath("mail.html.j2").read_text("utf-8"))


def _html(name: str, notices: Sequence[Notice], reports: Reports, *, again: bool, text: str = "") -> str:
    lists = [reports[notice.about] for notice in notices if notice.kind == "list"]
    return _template().render(
        title=name,
        first=AGAIN if again else text,
        mentions=[notice for notice in notices if notice.kind == "mention"],
        feeds=[notice for notice in notices if notice.kind in ("lost", "back")],
        lists=sorted(lists, key=_day),
    )


def _day(report: RunReport) -> date:
    return report.date
