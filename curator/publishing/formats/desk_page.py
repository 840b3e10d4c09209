"""The desk's report as one self-contained web page: pictures with their values as tables, no script, nothing remote."""

from functools import lru_cache

from jinja2 import Template
from markupsafe import Markup

from curator.core.desk_report import DeskReport
from curator.publishing.formats import charts, desk_tables, page, wording
from curator.publishing.language import Language


def render(report: DeskReport, timezone: str) -> str:
    """Return the page, with times in that time zone."""
    css, language = page.style() + style(), Language(code=report.language)
    return _template("desk.html.j2").render(
        report=report,
        language=language,
        span=language.span(report.since, report.until, timezone),
        say=language.say,
        body=body(report),
        style=Markup(css),  # noqa: S704 - from files of this package
        policy=Markup(page.policy(css)),  # noqa: S704 - made there
    )


def body(report: DeskReport) -> Markup:
    """Return what the page says below its head, for another page whose style sheet has `style`."""
    language = Language(code=report.language)
    return Markup(  # noqa: S704 - the template escapes what it prints
        _template("desk_body.html.j2").render(
            report=report,
            say=language.say,
            headline=desk_tables.headline(report),
            days=charts.columns([(f"{each.day:%d/%m}", each.listed, each.picked) for each in report.lists]),
            sections=desk_tables.sections(report),
        )
    )


def style() -> str:
    """Return the style sheet of the body, for behind that of the reading list's page."""
    return page.file("desk.css")


@lru_cache(maxsize=2)
def _template(name: str) -> Template:
    environment = page.environment()
    environment.globals |= {"charts": charts, "wording": wording}
    return environment.from_string(page.file(name))
