"""Why an item is, or is not, on the list: asked by its id or its address."""

from collections.abc import Mapping
from typing import Final

from curator.core.errors import CuratorError
from curator.core.explanation import Cause
from curator.core.text import urls
from curator.library import Library
from curator.publishing.language import N_
from curator.serve import layout
from curator.serve.pages.today import kinds, shown
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Route

CAUSES: Final[Mapping[Cause, str]] = {
    "listed": N_("It is on the list"),
    "unranked": N_("It waits for the next list"),
    "unknown": N_("No feed has brought it"),
    "removed": N_("It has left the library"),
    "old": N_("It is too old for a list"),
    "mute": N_("A muted word or site keeps it off"),
    "language": N_("It is in a language that the brand does not read"),
    "avoid": N_("A phrase that the topic avoids keeps it off"),
    "floor": N_("It fits no topic well enough"),
    "handled": N_("It was decided on, or listed before"),
    "folded": N_("Another item tells its story"),
    "history": N_("Its story was told before"),
    "feed": N_("Its feed has enough places"),
    "topic": N_("Its topic has enough places"),
    "kind": N_("Its kind of content has enough places"),
    "explore": N_("Its place went to something rarely listed"),
    "size": N_("The list is full"),
}


def show(desk: Library, ask: Ask) -> Reply:
    """Return the form that asks, and the answer where something is asked."""
    asked = ask.query.get("q", "").strip()
    explanation, problem = None, ""
    if asked:
        try:
            explanation = desk.why(asked, now=ask.now)
        except CuratorError as error:
            problem = ask.problem(error)
    card = explanation.item if explanation else None
    return layout.render(
        desk,
        ask,
        "why.html.j2",
        asked=asked,
        problem=problem,
        why=explanation,
        headline=ask.say(CAUSES[explanation.cause]) if explanation else "",
        address="" if card else urls.web(asked if "://" in asked else f"https://{asked}"),
        cards=shown(desk, [card] if card else []),
        kinds=kinds(desk.brand),
    )


ROUTES: Final = (Route(path="/why", run=show, lane="patient"),)
