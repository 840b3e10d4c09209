"""The desk's report as one self-contained web page: pictures with their values as tables, no script, nothing remote."""

from functools import lru_cache

from jinja2 import Template
from markupsafe import Markup

from curator.core.desk_report import DeskReport
from curator.publishing.formats import charts, desk_tables, page, wording
from curator.publishing.formats.desk_tables import ENGLISH, Tongue


def render(report: DeskReport, timezone: str) -> str:
    """Return the page, with times in that time zone."""
    css = page.style() + style()
    return _template("desk.html.j2").render(
        report=report,
        timezone=timezone,
        body=body(report),
        style=Markup(css),  # noqa: S704 - from files of this package
        policy=Markup(page.policy(css)),  # noqa: S704 - made there
    )


def body(report: DeskReport, tongue: Tongue = ENGLISH) -> Markup:
    """Return what the page says below its head, for another page whose style sheet has `style`."""
    return Markup(  # noqa: S704 - the template escapes what it prints
        _template("desk_body.html.j2").render(
            report=report,
            say=tongue.say,
            retell=tongue.retell,
            headline=desk_tables.headline(report, tongue),
            days=charts.columns([(f"{each.day:%d/%m}", each.listed, each.picked) for each in report.lists]),
            sections=desk_tables.sections(report, tongue),
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
