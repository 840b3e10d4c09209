"""The state of a triage session and what each key does to it, without a terminal and without a store.

`press` returns the state after a key and, where the library has to change, an `Action`; `applied` returns the state once
that was done.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from curator.cli import locale
from curator.cli.locale import say, told
from curator.core.item import Item
from curator.core.report import RunReport
from curator.core.story import Card, Mention
from curator.publishing.language import N_

View = Literal["card", "text", "kinds", "help"]
Verb = Literal["pick", "skip", "later", "undo", "note", "kind", "open", "quit"]
KEYS: Mapping[str, tuple[str, str]] = {
    "p": (N_("pick"), N_("into the calendar")),
    "s": (N_("skip"), N_("put aside for good")),
    "l": (N_("later"), N_("leave it; triage shows it again")),
    "o": (N_("open"), N_("the page, in the browser")),
    "n": (N_("note"), N_("a line for whoever writes the post")),
    "k": (N_("kind"), N_("what kind of content it is")),
    "t": (N_("text"), N_("the article; space turns the page")),
    "u": (N_("undo"), N_("take the last key back")),
    "?": (N_("help"), N_("these keys")),
    "q": (N_("quit"), N_("everything is kept already")),
}
_BACK = {"\x1b", "\r", "\n", " "}


class TriageCard(Struct, frozen=True, kw_only=True):
    """A card with what triage shows besides.

    `mention` is why it comes first, if it does; `proposed` is the kind that the list proposed.
    """

    card: Card
    proposed: str = ""
    text: str = ""
    note: str = ""
    mention: Mention | None = None


class Action(Struct, frozen=True, kw_only=True):
    """A change that a key asks for: the id of the item, but for `quit`, and the kind for `kind`."""

    verb: Verb
    item: str = ""
    kind: str = ""


class Step(Struct, frozen=True):
    """A decision of this session that can be taken back: the position of its card, and what was decided."""

    at: int
    verb: Verb


class Triage(Struct, frozen=True, kw_only=True):
    """State of a session.

    `at` is the position of the current card, one past the last when all were seen. `page` counts pages of the text view.
    `message` says what the last key did. `done` holds the decisions of the session, oldest first.
    """

    cards: tuple[TriageCard, ...]
    kinds: tuple[str, ...]
    at: int = 0
    view: View = "card"
    page: int = 0
    message: str = ""
    done: tuple[Step, ...] = ()

    @property
    def current(self) -> TriageCard | None:
        """Card to decide on, None after the last."""
        return self.cards[self.at] if self.at < len(self.cards) else None

    def count(self, verb: Verb) -> int:
        """Return the number of decisions of this kind."""
        return sum(step.verb == verb for step in self.done)


def start(report: RunReport, items: Mapping[str, Item], texts: Mapping[str, str], kinds: Sequence[str]) -> Triage:
    """Return the state of a new session: the undecided cards of a list, mentions first, each once.

    `items` and `texts` are the items of the list and their texts as they are now, by id.
    """
    mentions: dict[str, Mention] = {}
    for mention in report.mentions:
        mentions.setdefault(mention.item.id, mention)
    listed = {card.id: card for card in (*(m.item for m in mentions.values()), *report.items)}
    listed |= {card.id: card for card in report.items}  # a mention's own card has no evidence
    undecided = [(card, items[id_]) for id_, card in listed.items() if id_ in items and items[id_].status in {"new", "listed"}]
    cards = (
        _updated(TriageCard(card=card, proposed=card.kind, text=texts.get(item.id, ""), mention=mentions.get(item.id)), item)
        for card, item in undecided
    )
    return Triage(cards=tuple(cards), kinds=tuple(kinds))


def press(state: Triage, key: str) -> tuple[Triage, Action | None]:
    """Return the state after a key, and the change of the library that it asks for, if any."""
    state, key = replace(state, message=""), key.lower()
    if key == "q":
        return state, Action(verb="quit")
    if key == "u":
        return _undo(state)
    if key == "?":
        return replace(state, view="card" if state.view == "help" else "help"), None
    if state.view == "kinds":
        return _choose_kind(state, key)
    if state.view != "card" and key in _BACK:
        return _turn_page(state, key), None
    return _decide(state, key)


def applied(state: Triage, action: Action, item: Item, *, changed: bool = True) -> Triage:
    """Return the state after an action was carried out. `item` is as it is now.

    `changed=False` means that everything was so before: such an action cannot be undone.
    """
    if action.verb == "undo":
        last, state = state.done[-1], replace(state, done=state.done[:-1])
        return replace(_with_item(state, last.at, item), at=last.at, message=say("%(verb)s taken back", verb=locale.key(last.verb)))
    state = _with_item(state, state.at, item)
    done = (*state.done, Step(state.at, action.verb)) if changed else state.done
    return replace(state, done=done, at=state.at + 1 if action.verb in {"pick", "skip"} else state.at, message=_message(action, item))


def _decide(state: Triage, key: str) -> tuple[Triage, Action | None]:
    verb = KEYS.get(key, ("", ""))[0]
    if not verb:
        return replace(state, message=say("? shows the keys")), None
    if state.current is None:
        return replace(state, message=say("that was the last card: u goes back, q ends")), None
    if verb == "later":
        return replace(
            state, done=(*state.done, Step(state.at, "later")), at=state.at + 1, view="card", message=say("left for later")
        ), None
    if verb == "text":
        return replace(state, view="card" if state.view == "text" else "text", page=0), None
    if verb == "kind":
        return replace(state, view="kinds"), None
    decided: Mapping[str, Verb] = {"pick": "pick", "skip": "skip", "note": "note", "open": "open"}
    return replace(state, view="card"), Action(verb=decided[verb], item=state.current.card.id)


def _undo(state: Triage) -> tuple[Triage, Action | None]:
    """Take back the last decision of this session. What was left for later never reached the library."""
    state = replace(state, view="card")
    if not state.done:
        return replace(state, message=say("nothing was decided here yet")), None
    last = state.done[-1]
    if last.verb == "later":
        return replace(state, done=state.done[:-1], at=last.at, message=say("%(verb)s taken back", verb=locale.key("later"))), None
    return state, Action(verb="undo", item=state.cards[last.at].card.id)


def _choose_kind(state: Triage, key: str) -> tuple[Triage, Action | None]:
    state = replace(state, view="card")
    place = int(key) - 1 if key.isdecimal() and key.isascii() else -1
    if not 0 <= place < len(state.kinds) or state.current is None:
        return replace(state, message=say("the kind stays as it is")), None
    return state, Action(verb="kind", item=state.current.card.id, kind=state.kinds[place])


def _turn_page(state: Triage, key: str) -> Triage:
    return replace(state, page=state.page + 1) if state.view == "text" and key == " " else replace(state, view="card")


def _updated(shown: TriageCard, item: Item) -> TriageCard:
    """Return the card with the status, kind, tags and note that its item has now."""
    return replace(shown, note=item.note, card=replace(shown.card, status=item.status, kind=item.kind or shown.proposed, tags=item.tags))


def _with_item(state: Triage, at: int, item: Item) -> Triage:
    return replace(state, cards=(*state.cards[:at], _updated(state.cards[at], item), *state.cards[at + 1 :]))


def _message(action: Action, item: Item) -> str:
    match action.verb:
        case "pick" | "skip":
            return f"{told(item.status)}: {item.title}"
        case "kind":
            return say("kind: %(kind)s", kind=item.kind.replace("-", " "))
    return say("noted") if item.note else say("no note")
