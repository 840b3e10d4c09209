"""What other programs fetch and what is printed: the calendar to subscribe to, and the reading list as one file."""

from typing import Final

from curator.library import Library
from curator.publishing.formats import page
from curator.serve.replies import CLOSED, Reply
from curator.serve.routes import Ask, Route

CALENDAR: Final = "feed.ics"
_NO_LIST = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>curator</title>
<p>There is no reading list yet. This makes one: <code>curator run</code></p></html>
"""


def _list(desk: Library, ask: Ask) -> Reply:
    shown = desk.front_page()
    body = (shown or _NO_LIST).encode("utf-8", "replace")
    return Reply(body=body, type="text/html", policy=page.policy() if shown else CLOSED)


def _calendar(desk: Library, ask: Ask) -> Reply:
    return Reply(body=desk.publishing.calendar(), type="text/calendar")


ROUTES: Final = (
    Route(path="/reading-list", run=_list),
    Route(path=f"/{CALENDAR}", run=_calendar, lane="model"),
)
