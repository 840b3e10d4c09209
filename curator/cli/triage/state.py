"""What a key does in triage: cards in their order, one looked at; no terminal, no store.

`press` says what changes at once and what has to be done outside; `settled` goes on when that was done.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from curator.core.item import Item
from curator.core.report import RunReport
from curator.core.story import Card, Mention

View = Literal["card", "text", "kinds", "help"]
Verb = Literal["pick", "skip", "later", "undo", "note", "kind", "open", "quit"]
KEYS: Mapping[str, tuple[str, str]] = {
    "p": ("pick", "into the calendar"),
    "s": ("skip", "put aside for good"),
    "l": ("later", "leave it; triage shows it again"),
    "o": ("open", "the page, in the browser"),
    "n": ("note", "a line for whoever writes the post"),
    "k": ("kind", "what kind of content it is"),
    "t": ("text", "the article; space turns the page"),
    "u": ("undo", "take the last key back"),
    "?": ("help", "these keys"),
    "q": ("quit", "everything is kept already"),
}
_BACK = {"\x1b", "\r", "\n", " "}


class TriageCard(Struct, frozen=True, kw_only=True):
    """A card with what triage shows besides; `mention`: why it comes first, `proposed`: its kind where nobody said another."""

    card: Card
    proposed: str = ""
    text: str = ""
    note: str = ""
    mention: Mention | None = None


class Action(Struct, frozen=True, kw_only=True):
    """What has to be done for a key; of a card, but for quit."""

    verb: Verb
    item: str = ""
    kind: str = ""


class Done(Struct, frozen=True):
    """What was decided on the card at that place of the deck, and can be taken back."""

    at: int
    verb: Verb


class Triage(Struct, frozen=True, kw_only=True):
    """`at` is one behind the last card when all were looked at; `message` is what the last key came to."""

    deals: tuple[TriageCard, ...]
    kinds: tuple[str, ...]
    at: int = 0
    view: View = "card"
    page: int = 0
    message: str = ""
    done: tuple[Done, ...] = ()

    @property
    def deal(self) -> TriageCard | None:
        return self.deals[self.at] if self.at < len(self.deals) else None

    def count(self, verb: Verb) -> int:
        return sum(done.verb == verb for done in self.done)


def deck(report: RunReport, items: Mapping[str, Item], texts: Mapping[str, str], kinds: Sequence[str]) -> Triage:
    """The cards of a list that nobody decided on yet, mentions first, each once. `items` and `texts` by id, as they are now."""
    mentions: dict[str, Mention] = {}
    for mention in report.mentions:
        mentions.setdefault(mention.item.id, mention)
    cards = {card.id: card for card in (*(m.item for m in mentions.values()), *report.items)}
    cards |= {card.id: card for card in report.items}  # a mention's own card has no evidence
    open_ = [(card, items[id_]) for id_, card in cards.items() if id_ in items and items[id_].status in {"new", "listed"}]
    deals = (
        _as_now(TriageCard(card=card, proposed=card.kind, text=texts.get(item.id, ""), mention=mentions.get(item.id)), item)
        for card, item in open_
    )
    return Triage(deals=tuple(deals), kinds=tuple(kinds))


def press(state: Triage, key: str) -> tuple[Triage, Action | None]:
    """What a key changes, and what has to be done for it before `settled`."""
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
        return _turn(state, key), None
    return _decide(state, key)


def settled(state: Triage, action: Action, item: Item, *, changed: bool = True) -> Triage:
    """The state when what `press` asked for was done; `item` as it is now. Nothing can be taken back where nothing changed."""
    if action.verb == "undo":
        last, state = state.done[-1], replace(state, done=state.done[:-1])
        return replace(_shown(state, last.at, item), at=last.at, message=f"{last.verb} taken back")
    state = _shown(state, state.at, item)
    done = (*state.done, Done(state.at, action.verb)) if changed else state.done
    return replace(state, done=done, at=state.at + 1 if action.verb in {"pick", "skip"} else state.at, message=_told(action, item))


def _decide(state: Triage, key: str) -> tuple[Triage, Action | None]:
    verb = KEYS.get(key, ("", ""))[0]
    if not verb:
        return replace(state, message="? shows the keys"), None
    if state.deal is None:
        return replace(state, message="that was the last card: u goes back, q ends"), None
    if verb == "later":
        return replace(state, done=(*state.done, Done(state.at, "later")), at=state.at + 1, view="card", message="left for later"), None
    if verb == "text":
        return replace(state, view="card" if state.view == "text" else "text", page=0), None
    if verb == "kind":
        return replace(state, view="kinds"), None
    decided: Mapping[str, Verb] = {"pick": "pick", "skip": "skip", "note": "note", "open": "open"}
    return replace(state, view="card"), Action(verb=decided[verb], item=state.deal.card.id)


def _undo(state: Triage) -> tuple[Triage, Action | None]:
    """Only what was decided here is taken back; what was left for later needs nobody's help."""
    state = replace(state, view="card")
    if not state.done:
        return replace(state, message="nothing was decided here yet"), None
    last = state.done[-1]
    if last.verb == "later":
        return replace(state, done=state.done[:-1], at=last.at, message="later taken back"), None
    return state, Action(verb="undo", item=state.deals[last.at].card.id)


def _choose_kind(state: Triage, key: str) -> tuple[Triage, Action | None]:
    state = replace(state, view="card")
    place = int(key) - 1 if key.isdecimal() and key.isascii() else -1
    if not 0 <= place < len(state.kinds) or state.deal is None:
        return replace(state, message="the kind stays as it is"), None
    return state, Action(verb="kind", item=state.deal.card.id, kind=state.kinds[place])


def _turn(state: Triage, key: str) -> Triage:
    return replace(state, page=state.page + 1) if state.view == "text" and key == " " else replace(state, view="card")


def _as_now(deal: TriageCard, item: Item) -> TriageCard:
    return replace(deal, note=item.note, card=replace(deal.card, status=item.status, kind=item.kind or deal.proposed, tags=item.tags))


def _shown(state: Triage, at: int, item: Item) -> Triage:
    return replace(state, deals=(*state.deals[:at], _as_now(state.deals[at], item), *state.deals[at + 1 :]))


def _told(action: Action, item: Item) -> str:
    match action.verb:
        case "pick" | "skip":
            return f"{item.status}: {item.title}"
        case "kind":
            return f"kind: {item.kind.replace('-', ' ')}"
    return "noted" if item.note else "no note"
