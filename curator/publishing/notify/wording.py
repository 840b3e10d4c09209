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
from curator.publishing.language import N_, Language, chosen

if TYPE_CHECKING:
    from jinja2 import Template

AGAIN = N_("This message may have reached you before: no answer to it came.")
_ORDER = ("mention", "lost", "back", "list")
_UNLIMITED = 10_000_000
_HEADINGS = {"mention": N_("Mentions"), "lost": N_("Feeds"), "back": N_("Feeds")}

# What calls everybody or a member on Discord, Slack, Matrix and Telegram: "@everyone", "<@123>".
_CALL = re.compile(r"@(?=(?:everyone|here|channel|room|all)\b)|(?<=<)@", re.IGNORECASE)

Reports = Mapping[str, RunReport]


def fitting(notices: Iterable[Notice], reports: Reports, limit: int, language: Language) -> tuple[list[Notice], str]:
    """Return the notices that fit into one message of `limit` characters, at least one, and their text.

    `reports`: the reading lists by day. A list that is too long gets a message of its own and ends with the number of its other
    stories.
    """
    taken: list[Notice] = []
    text = ""
    for notice in sorted(notices, key=lambda each: (_ORDER.index(each.kind), each.watch, not each.certain, each.made, each.id)):
        heading = _HEADINGS.get(notice.kind, "")
        new = heading and heading not in {_HEADINGS.get(each.kind) for each in taken}
        start = ("\n\n" if text else "") + (f"{language.say(heading)}\n\n" if new else "")
        block = start + _block(notice, reports, _UNLIMITED if taken else limit - len(start), language)
        if taken and len(text) + len(block) > limit:
            break
        taken, text = [*taken, notice], text + block
    return taken, text


def title(brand: Brand, notices: Sequence[Notice], reports: Reports) -> str:
    """Return the title of a message: "Kopi Senja: 2 mentions, 14 stories"."""
    kinds = [notice.kind for notice in notices]
    stories = sum(len(reports[notice.about].items) for notice in notices if notice.kind == "list")
    failing = kinds.count("lost") + kinds.count("back")
    counted = spoken(brand).counted
    counts = (
        (kinds.count("mention"), counted("%(num)s mention", "%(num)s mentions", kinds.count("mention"))),
        (stories, counted("%(num)s story", "%(num)s stories", stories)),
        (failing, counted("%(num)s feed", "%(num)s feeds", failing)),
    )
    return line(f"{brand.name}: {', '.join(said for n, said in counts if n)}", 150)


def message(id_: str, brand: Brand, notices: Sequence[Notice], text: str, reports: Reports, *, again: bool) -> Message:
    """Return the message with these notices. `again`: whether it may have been received before, which it then says."""
    name, first = title(brand, notices, reports), spoken(brand).say(AGAIN) if again else ""
    plain = f"{first}\n\n{text}" if again else text
    return Message(id=id_, title=name, text=_sound(plain), html=_sound(_html(name, notices, reports, spoken(brand), first)))


def test_message(id_: str, brand: Brand) -> Message:
    """Return the message that tries a channel."""
    language = spoken(brand)
    subject = language.say("test")
    name = line(f"{brand.name}: {subject}", 150)
    text = language.say("This is a test. The daily list, mentions and failing feeds will be told here.")
    return Message(id=id_, title=name, text=text, html=_sound(_html(name, (), {}, language, text)))


def spoken(brand: Brand) -> Language:
    """Return the language of a brand's messages: that of its own posts, where it is one of the desk's."""
    return chosen("", brand.language)


def _sound(text: str) -> str:
    """Replace lone surrogates, which no message can carry."""
    return text.encode("utf-8", "replace").decode()


def _block(notice: Notice, reports: Reports, room: int, language: Language) -> str:
    match notice.kind:
        case "mention":
            watch = watched(notice, language)
            by = " — ".join(filter(None, (_inert(notice.title), _inert(notice.source, 80))))
            return "\n".join(filter(None, (f"{watch}: “{_inert(wording.inside(notice.sentence), 500)}”", by, web(notice.url))))
        case "lost":
            name, why = f"{_inert(notice.title)} ({notice.source})", f": {_inert(notice.sentence)}" if notice.sentence else ""
            return language.say("%(feed)s no longer answers", feed=name) + why
        case "back":
            return language.say("%(feed)s answers again", feed=f"{_inert(notice.title)} ({notice.source})")
    return _list(reports[notice.about], room, language)


def watched(notice: Notice, language: Language) -> str:
    """Return the watch term of a mention, and whether it is doubtful."""
    name = line(notice.watch)
    return name if notice.certain else language.say("perhaps %(name)s", name=name)


def _list(report: RunReport, room: int, language: Language) -> str:
    """Return a reading list as text that takes no more than `room`, as far as its heading leaves any."""
    stories = language.counted("%(num)s story", "%(num)s stories", len(report.items))
    text = f"{language.day(report.date)}: {stories}"
    for n, card in enumerate(report.items, 1):
        more = "\n\n" + language.say("… and %(n)s more: curator list", n=len(report.items) - n + 1)
        row = "\n\n" + _card(n, card)
        if len(text) + len(row) + (len(more) if n < len(report.items) else 0) > room:
            return text + more
        text += row
    return text


def _card(n: int, card: Card) -> str:
    return f"{n}. {_inert(wording.title(card))} — {_inert(card.source.title, 80)} · {card.id}\n{web(card.url)}"


def _inert(text: str, limit: int = 300) -> str:
    """Return one line of foreign text in which no chat finds a call to its members or a link with a false name."""
    return _CALL.sub("＠", line(text, limit)).replace("](", "] (")


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"web": web, "line": line}
    environment.globals |= {"wording": wording, "watched": watched}
    return environment.from_string(files("curator.publishing.notify").joinpath("mail.html.j2").read_text("utf-8"))


def _html(name: str, notices: Sequence[Notice], reports: Reports, language: Language, first: str) -> str:
    lists = [reports[notice.about] for notice in notices if notice.kind == "list"]
    return _template().render(
        title=name,
        first=first,
        language=language,
        say=language.say,
        mentions=[notice for notice in notices if notice.kind == "mention"],
        feeds=[notice for notice in notices if notice.kind in ("lost", "back")],
        lists=sorted(lists, key=_day),
    )


def _day(report: RunReport) -> date:
    return report.date
