"""Report: what came of the feeds, the lists and the calendar, and what to change."""

from typing import Final

from curator.library import Library
from curator.publishing.formats import desk_markdown, desk_page
from curator.publishing.language import N_
from curator.serve import layout
from curator.serve.pages.spans import SPANS, chosen
from curator.serve.replies import Reply, download
from curator.serve.routes import Ask, Route

# Words that a report has as data.
WORDS: Final = (
    N_("starving"),
    N_("flooding"),
    N_("topic"),
    N_("kind"),
    N_("slot"),
    N_("source"),
    *(N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")),
    N_("too few to say"),
    N_("more"),
    N_("less"),
    N_("not clear"),
    N_("4 s to take in a headline in a feed reader, 12 s to decide on a card"),
)


def show(desk: Library, ask: Ask) -> Reply:
    """Return the report of a span of days."""
    since = chosen(ask, "7d")
    report = desk.report(SPANS[since], now=ask.now, language=ask.language.code)
    body = desk_page.body(report)
    return layout.render(desk, ask, "report.html.j2", report=report, since=since, body=body)


def _html(desk: Library, ask: Ask) -> Reply:
    """Return the report as one page to keep."""
    page = desk_page.render(desk.report(SPANS[chosen(ask, "7d")], now=ask.now, language=ask.language.code), desk.brand.timezone)
    return download("report.html", page.encode("utf-8", "replace"), "text/html")


def _markdown(desk: Library, ask: Ask) -> Reply:
    """Return the report as Markdown."""
    text = desk_markdown.render(desk.report(SPANS[chosen(ask, "7d")], now=ask.now, language=ask.language.code), desk.brand.timezone)
    return download("report.md", text.encode("utf-8", "replace"), "text/markdown")


ROUTES: Final = (
    Route(path="/report", run=show, lane="analysis"),
    Route(path="/report.html", run=_html, lane="analysis"),
    Route(path="/report.md", run=_markdown, lane="analysis"),
)
