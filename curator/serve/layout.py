"""The frame of every page: templates in the language of the session, navigation, and what can be taken back."""

import re
from datetime import date, datetime
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup, escape
from msgspec import Struct
from msgspec.structs import replace

from curator.core.post import Decision
from curator.core.text.plain import clean, line
from curator.core.text.urls import short, web
from curator.library import Library
from curator.planning.decisions import signature
from curator.publishing.formats import desk_page, page, wording
from curator.publishing.language import CODES, N_, NAMES, Language
from curator.publishing.retold import marked
from curator.serve.background import stage
from curator.serve.rendered import RenderedPages
from curator.serve.replies import OPEN, Reply
from curator.serve.routes import Ask

STATUSES: Final = {"new": N_("new"), "listed": N_("listed"), "picked": N_("picked"), "skipped": N_("skipped"), "saved": N_("saved")}
VERDICTS: Final = {
    "pick": N_("picked"),
    "skip": N_("skipped"),
    "save": N_("saved"),
    "later": N_("left for later"),
    "kind": N_("kind set"),
    "tag": N_("tagged"),
    "note": N_("noted"),
    "place": N_("moved"),
    "text": N_("text written"),
    "us": N_("this is us"),
    "not-us": N_("not us"),
    "approve": N_("approved"),
    "change": N_("change asked"),
    "comment": N_("commented"),
}
_MAX_LENGTH: Final = 4000  # characters of any one text or URL on a page
ASSETS: Final = {"/desk.css": "text/css", "/desk.js": "text/javascript", "/icon.svg": "image/svg+xml"}


_RENDERED: Final = RenderedPages()
_PATHS: Final = re.compile(r'(?<=\s)(href|src|action|formaction|data-asks)="/')


class Rooted(Extension):
    """Put the root of the brand before the paths in templates, which are written as if the brand were alone."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return a template whose links and forms stay with the brand of the page."""
        return _PATHS.sub(r'\1="{{ ask.root }}/', source)


class Undoable(Struct, frozen=True, kw_only=True):
    """The last decision, which can be taken back: what it was, about which item, and its signature."""

    verdict: str
    item: str
    title: str
    seen: str


def render(desk: Library, ask: Ask, template: str, *, status: int = 200, **values: object) -> Reply:
    """Return a page of the desk. Its ages are those of the minute."""
    ask = replace(ask, now=ask.now.replace(second=0, microsecond=0))
    values |= {"ask": ask, "brand": desk.brand, "undoable": _undoable(desk), "notice": ask.told(), "state": ask.background.state}

    def made() -> bytes:
        return _environment(ask.language.code).get_template(template).render(values).encode("utf-8", "replace")

    shown = values | {"ask": replace(ask, told=_told_nothing)}
    body = _RENDERED.page((template, ask.language.code, ask.csrf, ask.path), shown, made)
    return Reply(body=body, status=status, type="text/html", policy=OPEN)


def _told_nothing() -> None:
    """Stand for the notice of a request, which is compared by itself."""


@cache
def asset(path: str) -> Reply:
    """Return the style sheet, the script or the icon of the desk. The style is that of the written pages, and more."""
    body = files("curator.serve").joinpath(f"static{path}").read_text("utf-8")
    return Reply(body=(page.style() + desk_page.style() + body if path == "/desk.css" else body).encode(), type=ASSETS[path])


def _undoable(desk: Library) -> Undoable | None:
    last: Decision | None = desk.decisions.last()
    if last is None:
        return None
    found = desk.decisions.standing(last.item).get(last.item)
    title = found.item.title if found else last.item
    return Undoable(verdict=last.verdict, item=last.item, title=title, seen=signature(last))


@lru_cache
def _environment(code: str) -> Environment:
    """Return the templates in a language. Whatever they print is reduced to one clean line, before it is escaped."""
    language = Language(code=code)
    environment = Environment(
        loader=PackageLoader("curator.serve"),
        autoescape=True,
        finalize=_one_line,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", Rooted],
        auto_reload=False,
    )
    catalogue = language.catalogue
    environment.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {"web": web, "short": short, "lines": _lines, "retold": partial(marked, language=language)}
    environment.globals |= {
        "wording": wording,
        "local": _local_day,
        "language": language,
        "stage": stage,
        "codes": CODES,
        "language_names": NAMES,
        "statuses": {status: language.say(word) for status, word in STATUSES.items()},
        "verbs": {verdict: language.say(word) for verdict, word in VERDICTS.items()},
    }
    return environment


def _one_line(value: object) -> object:
    return _cleaned(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=10_000)
def _cleaned(text: str) -> str:
    """Return a text as one clean line. A day prints some 2,000, most of them the same each time."""
    return line(text, _MAX_LENGTH)


def _local_day(when: datetime, timezone: str) -> date:
    return when.astimezone(ZoneInfo(timezone)).date()


def _lines(text: str) -> Markup:
    """Return a text of several lines for a field to edit. The first line break in such a field is not shown (HTML, 13.1.2.6)."""
    return Markup("\n") + escape(clean(text))
