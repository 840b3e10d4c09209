"""The pages of the desk: a module for each section, with the paths it answers and what its forms do."""

from typing import Final

from curator.serve.pages import (
    brief,
    bring,
    calendar,
    documents,
    drafts,
    feeds,
    filling,
    mentions,
    report,
    run,
    save,
    search,
    today,
    trends,
    why,
)
from curator.serve.pages.approval import asking, review
from curator.serve.routes import Route

SECTIONS: Final = (
    documents,
    today,
    calendar,
    filling,
    drafts,
    search,
    feeds,
    brief,
    mentions,
    trends,
    report,
    why,
    run,
    save,
    bring,
    asking,
    review,
)
ROUTES: Final[tuple[Route, ...]] = tuple(route for section in SECTIONS for route in section.ROUTES)
