"""Mentions: where the brand is spoken of, whether it is meant, and the trial of a new watch term."""

from __future__ import annotations

from typing import Final

from curator.core.errors import CuratorError
from curator.core.story import Mention
from curator.library import Library
from curator.serve import layout
from curator.serve.pages.spans import SPANS, chosen
from curator.serve.pages.today import shown
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Done, Route


def show(desk: Library, ask: Ask) -> Reply:
    """Return the mentions of a span of days, of one watch term or of all."""
    since, watch = chosen(ask, "7d"), ask.query.get("watch", "")
    terms = [each.name for each in desk.watches]
    wanted = watch if watch in terms else ""
    found = desk.mentions(since=SPANS[since], watch=wanted, now=ask.now) if terms else ()
    return layout.render(
        desk,
        ask,
        "mentions.html.j2",
        found=found,
        since=since,
        watch=wanted,
        terms=terms,
        cards=shown(desk, [mention.item for mention in found]),
        said=_said(desk, found),
    )


def _try(desk: Library, ask: Ask) -> Reply:
    """Return what a query would have found, what it misses and what it mistakes. Nothing is written."""
    query, since = ask.query.get("query", "").strip()[:1000], chosen(ask, "90d")
    trial, problem = None, ""
    if query:
        try:
            trial = desk.watches.test(query, since=SPANS[since], now=ask.now)
        except CuratorError as error:
            problem = ask.problem(error)
    return layout.render(desk, ask, "watch_trial.html.j2", query=query, trial=trial, problem=problem, since=since)


def _add(desk: Library, ask: Ask) -> Done:
    """Write a watch term that was tried into brand.toml."""
    added = desk.watches.add(ask.form.get("name", "").strip(), ask.form.get("query", "").strip())
    return Done(text=ask.say("brand.toml watches for %(name)s now.", name=added.name), to="/mentions?since=90d")


def _us(desk: Library, ask: Ask) -> Done:
    """Say of a mention that it is meant."""
    item = desk.decisions.us(ask.form.get("id", ""), watch=ask.form.get("watch", ""), now=ask.now)[0].item
    return Done(text=ask.say("Meant: %(title)s", title=item.title))


def _not_us(desk: Library, ask: Ask) -> Done:
    """Say of a mention that something else is meant."""
    item = desk.decisions.not_us(ask.form.get("id", ""), watch=ask.form.get("watch", ""), now=ask.now)[0].item
    return Done(text=ask.say("Not meant: %(title)s", title=item.title))


def _said(desk: Library, found: tuple[Mention, ...]) -> dict[tuple[str, str], str]:
    """Return what was said last of the mentions on the page, by watch term and item."""
    shown_here = {(mention.watch, mention.item.id) for mention in found}
    return {key: each.verdict for each in desk.store.decisions() if (key := (each.watch, each.item)) in shown_here}


ROUTES: Final = (
    Route(path="/mentions", run=show, lane="model"),
    Route(path="/mentions/try", run=_try, lane="analysis"),
    Route(path="/mentions/add", run=_add, method="POST"),
    Route(path="/mentions/us", run=_us, method="POST"),
    Route(path="/mentions/not-us", run=_not_us, method="POST"),
)
