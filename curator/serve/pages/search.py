"""Search: what the library holds, by words and meaning, while one types."""

from typing import Final, cast

from msgspec.structs import replace

from curator.core.errors import CuratorError
from curator.core.report import SearchHit, SearchResults
from curator.core.story import Card
from curator.library import Library
from curator.search.index.request import STATUSES, Mode, Sort
from curator.serve import layout
from curator.serve.pages.today import kinds, shown
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Route

_FILTERS: Final = ("topic", "feed", "lang", "status", "tag", "since", "until")
_PAGE: Final = 20  # hits on a page


def show(desk: Library, ask: Ask) -> Reply:
    """Return the form of a search, and what it finds."""
    results, problem = None, ""
    if any(ask.query.get(name, "").strip() for name in ("q", "like", *_FILTERS)):
        try:
            results = _found(desk, ask)
        except CuratorError as error:
            problem = ask.problem(error)
    cards = shown(desk, [_quoted(hit) for hit in results.hits] if results else [])
    return layout.render(
        desk,
        ask,
        "search.html.j2",
        results=results,
        problem=problem,
        cards=cards,
        kinds=kinds(desk.brand),
        like=_title(desk, ask.query.get("like", "")),
        topics=[topic.name for topic in desk.brand.topics],
        languages=tuple(dict.fromkeys((desk.brand.language, *desk.brand.reads))),
        all_statuses=STATUSES,
    )


def _found(desk: Library, ask: Ask) -> SearchResults:
    query = ask.query
    given = {name: (query[name],) if query.get(name) else () for name in _FILTERS}
    return desk.search(
        query.get("q", "")[:1000],
        mode=cast("Mode", query.get("mode") or "both"),
        sort=cast("Sort", query.get("sort") or "relevance"),
        like=query.get("like", ""),
        limit=_PAGE,
        topics=given["topic"],
        feeds=given["feed"],
        langs=given["lang"],
        statuses=given["status"],
        tags=given["tag"],
        since=query.get("since", ""),
        until=query.get("until", ""),
        now=ask.now,
    )


def _quoted(hit: SearchHit) -> Card:
    """Return a hit that quotes the sentence that matches best."""
    return replace(hit, evidence=replace(hit.evidence, text=hit.highlight))


def _title(desk: Library, id_: str) -> str:
    found = desk.decisions.standing(id_).get(id_) if id_ else None
    return found.item.title if found else id_


ROUTES: Final = (Route(path="/search", run=show, lane="model"),)
