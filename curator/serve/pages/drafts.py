"""The editor of drafts: the post of an item on each network, with its length as the network counts."""

from typing import Final

from curator.core.errors import CuratorError
from curator.library import Library
from curator.planning.approval import answers, approvals
from curator.planning.post import networks
from curator.serve import layout
from curator.serve.pages import slots
from curator.serve.replies import Reply, plain
from curator.serve.routes import Ask, Done, Route


def show(desk: Library, ask: Ask) -> Reply:
    """Return the editor for an item on a network, by default the first that it is planned for."""
    id_, network = ask.parts["id"], ask.query.get("network") or None
    try:
        draft = desk.drafts.get(id_, network, now=ask.now)
        decided = desk.decisions.standing(draft.id)[draft.id]
    except CuratorError as error:
        return plain(404, ask.problem(error))
    planned = [post.network for post in decided.standing]
    names = dict.fromkeys((*planned, *desk.brand.calendar.networks, draft.network))
    own = any(post.text for post in decided.standing if post.network == draft.network)
    known = [name for name in names if name in networks.networks()]
    refused = desk.publishing.refused(draft, now=ask.now)
    heard, post = desk.store.decisions(), f"{draft.id}-{draft.network}"
    open_slots = slots.next_open(desk, ask.now) if any(post.at is None for post in decided.standing) else {}
    said, approval = answers(heard).get(post, ()), approvals(decided.standing, heard).get(post)
    return layout.render(
        desk,
        ask,
        "draft.html.j2",
        draft=draft,
        refused=refused,
        decided=decided,
        networks=known,
        own=own,
        said=said,
        approval=approval,
        slot=open_slots.get(draft.network),
    )


def _keep(desk: Library, ask: Ask) -> Done:
    """Keep the user's own text, or bring the generated one back."""
    id_, network = ask.parts["id"], ask.form.get("network", "")
    seen = ask.form.get("seen", "")
    with desk.decisions.unless_changed({id_: seen} if seen else {}):
        desk.drafts.write(id_, "" if ask.form.get("again") else _text(ask), network or None, now=ask.now)
    return Done(text=ask.say("The generated text is back.") if ask.form.get("again") else ask.say("The text is kept."))


def _measure(desk: Library, ask: Ask) -> Reply:
    """Return the length of a text while it is typed, and what the network and the schedulers would refuse."""
    draft = desk.drafts.measure(ask.parts["id"], _text(ask), ask.form.get("network", ""))
    return layout.render(desk, ask, "measure.html.j2", draft=draft, refused=desk.publishing.refused(draft, now=ask.now))


def _text(ask: Ask) -> str:
    """Return the text of a form, whose lines browsers part by CR LF (HTML, 4.10.22.3)."""
    return ask.form.get("text", "").replace("\r\n", "\n")


ROUTES: Final = (
    Route(path="/draft/{id}", run=show, lane="model"),
    Route(path="/draft/{id}", run=_keep, method="POST", lane="model"),
    Route(path="/draft/{id}/measure", run=_measure, method="POST"),
)
