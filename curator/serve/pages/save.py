"""Save a page from elsewhere: by a bookmarklet of a browser, or by what a telephone shares."""

import re
from collections.abc import Mapping
from typing import Final

from curator.core.errors import CuratorError
from curator.core.text import urls
from curator.core.text.plain import line
from curator.library import Library
from curator.serve import layout
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Route

_ADDRESS: Final = re.compile(r"https?://\S+", re.I)


def show(desk: Library, ask: Ask) -> Reply:
    """Return the page that asks whether to save; nothing is saved or fetched yet."""
    return _window(desk, ask, address(ask.query), line(ask.query.get("t", ""), 300))


def address(query: Mapping[str, str]) -> str:
    """Return the address that is shared, "" where there is none. Telephones put it into the text or the title as often."""
    given = [query.get("u", ""), *(found for name in ("x", "t") for found in _ADDRESS.findall(query.get(name, "")))]
    return next(filter(None, map(urls.web, given)), "")


def _save(desk: Library, ask: Ask) -> Reply:
    """Save the page, and say so in the window that asked."""
    form = ask.form
    url, title = form.get("u", ""), form.get("t", "")
    try:
        card, _ = desk.save(url, note=form.get("note", ""), tags=form.get("tags", "").split(","), now=ask.now)
    except CuratorError as error:
        return _window(desk, ask, url, title, problem=ask.problem(error))
    return _window(desk, ask, card.url, card.title, saved=True)


def _window(desk: Library, ask: Ask, url: str, title: str, *, problem: str = "", saved: bool = False) -> Reply:
    status = 422 if problem else 200
    return layout.render(desk, ask, "save.html.j2", status=status, url=url, title=title, problem=problem, saved=saved)


ROUTES: Final = (
    Route(path="/save", run=show, keyed=True),
    Route(path="/save", run=_save, method="POST", lane="patient", keyed=True),
)
