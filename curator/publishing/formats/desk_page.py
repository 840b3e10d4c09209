"""The desk's report as one self-contained web page: pictures with their values as tables, no script, nothing remote."""

from functools import lru_cache

from jinja2 import Template
from markupsafe import Markup

from curator.core.desk_report import DeskReport
from curator.publishing.formats import charts, desk_tables, page, wording


def render(report: DeskReport, timezone: str) -> str:
    """Return the page, with times in that time zone."""
    style = page.file("page.css") + page.file("desk.css")
    return _template().render(
        report=report,
        timezone=timezone,
        days=charts.columns([(f"{each.day:%d.%m.}", each.listed, each.picked) for each in report.lists]),
        sections=desk_tables.sections(report),
        style=Markup(style),  # noqa: S704 - from files of this package
        policy=Markup(page.policy(style)),  # noqa: S704 - made there
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = page.environment()
    environment.globals |= {"charts": charts, "tables": desk_tables, "wording": wording}
    return environment.from_string(page.file("desk.html.j2"))
