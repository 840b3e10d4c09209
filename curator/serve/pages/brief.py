"""Brief: topics, watch terms, mutes and the size of the list, tried on what is kept before they are written into brand.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from curator.core.errors import CuratorError
from curator.library import Library
from curator.serve import layout
from curator.serve.pages.brief_form import ENTRIES, FIELDS, Form
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Done, Route

if TYPE_CHECKING:
    from curator.jobs.replay import Replay


def show(desk: Library, ask: Ask) -> Reply:
    """Return the form with what brand.toml says."""
    return _page(desk, ask, _form(desk, ask))


def _preview(desk: Library, ask: Ask) -> Reply:
    """Return the form as it was typed, with what would enter and leave the list. Nothing is written."""
    form = _form(desk, ask)
    edits = form.edits()
    if not edits:
        return _page(desk, ask, form)
    try:
        return _page(desk, ask, form, desk.brief.preview(edits, seen=form.seen, now=ask.now))
    except CuratorError as error:
        return _page(desk, ask, replace(form, told=form.problems(error)))


def _save(desk: Library, ask: Ask) -> Done | Reply:
    """Write what was typed into brand.toml; the form with its problems comes back where that cannot be."""
    form = _form(desk, ask)
    edits = form.edits()
    if not edits:
        return Done(text=ask.say("Nothing was changed."), to="/brief")
    try:
        desk.brief.write(edits, seen=form.seen)
    except CuratorError as error:
        return _page(desk, ask, replace(form, told=form.problems(error)))
    return Done(text=ask.say("Written into brand.toml. The next run lists by it."), to="/brief")


def _form(desk: Library, ask: Ask) -> Form:
    document, stamp = desk.brief.document()
    return Form(document=document, seen=ask.form.get("seen") or stamp, typed=ask.form)


def _page(desk: Library, ask: Ask, form: Form, tried: Replay | None = None) -> Reply:
    return layout.render(desk, ask, "brief.html.j2", form=form, tried=tried, fields=FIELDS, several=ENTRIES)


ROUTES: Final = (
    Route(path="/brief", run=show),
    Route(path="/brief", run=_save, method="POST"),
    Route(path="/brief/preview", run=_preview, method="POST", lane="analysis"),
)
