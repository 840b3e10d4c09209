"""Trends: what rises in the feeds against its own past."""

from typing import Final

from curator.library import Library
from curator.publishing.formats import charts
from curator.publishing.formats.wording import STATES
from curator.serve import layout
from curator.serve.pages.spans import SPANS, chosen
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Route


def show(desk: Library, ask: Ask) -> Reply:
    """Return the trends of a span of days, each with its course, its languages and its items."""
    since = chosen(ask, "7d")
    found = desk.trends(SPANS[since], now=ask.now)
    courses = {trend.id: charts.columns([("", told, told) for told in trend.daily]) for trend in found.trends if len(trend.daily) > 1}
    states = {state: ask.say(name) for state, name in STATES.items()}
    return layout.render(desk, ask, "trends.html.j2", found=found, since=since, courses=courses, states=states, charts=charts)


ROUTES: Final = (Route(path="/trends", run=show, lane="analysis"),)
