"""Rendering of search results: hits with their best sentence, the words of the query in colour."""

from datetime import datetime

from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, say, told
from curator.cli.render import report
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped
from curator.core.report import SearchHit, SearchResults
from curator.core.text import query
from curator.core.text.plain import line
from curator.publishing.formats import wording
from curator.publishing.language import N_
from curator.search.index import analysis, request

_ROOMY = 80  # columns: from here on ids have a column of their own


def show(found: SearchResults, now: datetime, console: Console) -> None:
    """Print one block per hit: id and title; outlet, language, age and fit; its best sentence."""
    wanted = _query_words(found.query)
    for number, hit in enumerate(found.hits):
        if number:
            gap(console)
        _show_hit(hit, wanted, now, console)
    if found.hits:
        gap(console)
    unwrapped(console, soft(f" {_count(found)}"))


def _show_hit(hit: SearchHit, wanted: tuple[str, ...], now: datetime, console: Console) -> None:
    roomy = console.width >= _ROOMY
    indent = 10 if roomy else 3
    title = _highlighted(wording.title(hit), wanted, hit.lang, STRONG)
    put(console, title, indent=indent, head=Text.assemble((f" {hit.id}", SOFT)) if roomy else Text(" "))
    status = "" if hit.status == "new" else told(hit.status)
    by = (*report.by(hit, now), status, *(f"#{tag}" for tag in hit.tags))
    put(console, soft(joined(("" if roomy else hit.id, *by))), report.fit_bar(wording.best(hit)), indent=indent)
    if hit.highlight:
        put(console, _highlighted(line(hit.highlight), wanted, hit.lang), indent=indent)


def _highlighted(text: str, wanted: tuple[str, ...], lang: str, style: str = "") -> Text:
    """Return the text with every word of the query in colour."""
    shown = Text.assemble((text, style))
    for start, end in analysis.highlights(text, wanted, ("id", "en", lang)):
        shown.stylize(ACCENT, start, end)
    return shown


def _query_words(typed: str) -> tuple[str, ...]:
    if not typed.strip():
        return ()
    return tuple(term.text for term in query.wanted(query.parse(typed, request.FIELDS)) if term.field not in request.FILTERS)


def _count(found: SearchResults) -> str:
    by = say({"words": N_("by words"), "meaning": N_("by meaning"), "both": N_("by words and meaning")}[found.mode])
    items = counted("%(num)s item", "%(num)s items", found.total)
    if len(found.hits) < found.total:
        items = say("%(n)s of %(items)s", n=len(found.hits), items=items)
    more = say(" · %(n)s more, less near: --all", n=found.more) if found.more else ""
    return f"{items} {by}, {found.took_ms} ms{more}"
