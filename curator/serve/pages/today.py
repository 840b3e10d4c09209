"""Today: the mentions, the list of the day as cards to decide on, and what the day lacks."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from msgspec import Struct

from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.report import RunReport
from curator.core.story import Card, Mention
from curator.library import Library
from curator.planning.decisions import KINDS, Decided
from curator.publishing.language import N_
from curator.serve import layout
from curator.serve.pages.feeds import DEAD
from curator.serve.replies import Reply
from curator.serve.routes import Ask, Done, Route

Verb = Callable[[Library, str, Ask], Sequence[Decided]]


class ShownCard(Struct, frozen=True, kw_only=True):
    """A card with what was decided about its item until now; `now` is None where the item is no longer in the library.

    `follower` is the id of the next card that waits for a decision.
    """

    card: Card
    now: Decided | None = None
    follower: str = ""

    @property
    def decided(self) -> bool:
        """Whether nobody waits for a decision."""
        return self.now is None or self.now.item.status not in ("new", "listed")


class Strip(Struct, frozen=True, kw_only=True):
    """What the day lacks: cards without a decision, dead feeds, open slots of the next seven days."""

    waiting: int
    dead: int
    gaps: int


def show(desk: Library, ask: Ask) -> Reply:
    """Return the page of the day."""
    report = desk.store.report()
    if report is None:
        return layout.render(desk, ask, "no_list.html.j2")
    mentions = _first_mentions(report)
    listed = {card.id: card for card in report.items}
    cards = shown(desk, (*(m.item for m in mentions if m.item.id not in listed), *report.items))
    waiting = sum(not one.decided for one in cards.values())
    return layout.render(
        desk,
        ask,
        "today.html.j2",
        report=report,
        mentions=mentions,
        listed=listed,
        cards=cards,
        kinds=kinds(desk.brand),
        strip=Strip(waiting=waiting, dead=_dead(desk), gaps=_gaps(desk, ask)),
    )


def near(desk: Library, ask: Ask) -> Reply:
    """Return what nearly fitted."""
    cards = shown(desk, desk.rank(near=True, now=ask.now))
    return layout.render(desk, ask, "near.html.j2", cards=cards, kinds=kinds(desk.brand))


def shown(desk: Library, cards: Sequence[Card]) -> dict[str, ShownCard]:
    """Return cards with what was decided about them, in their order, by id."""
    known = desk.decisions.standing(*(card.id for card in cards))
    made: dict[str, ShownCard] = {}
    follower = ""
    for card in reversed(cards):
        made[card.id] = ShownCard(card=card, now=known.get(card.id), follower=follower)
        follower = follower if made[card.id].decided else card.id
    return dict(reversed(made.items()))


def kinds(brand: Brand) -> tuple[str, ...]:
    """Return the kinds of content that the brand posts."""
    return tuple(brand.mix) or KINDS


def _first_mentions(report: RunReport) -> list[Mention]:
    """Return the mentions of a report, of each item the first."""
    first: dict[str, Mention] = {}
    for mention in report.mentions:
        first.setdefault(mention.item.id, mention)
    return list(first.values())


def _dead(desk: Library) -> int:
    states = desk.store.states()
    return sum(state.gone or state.failures >= DEAD for feed in desk.feeds if (state := states.get(feed.url)))


def _gaps(desk: Library, ask: Ask) -> int:
    return sum(entry.item is None for entry in desk.calendar.plan(weeks=1, now=ask.now).slots)


# --- decisions ---


def _decide(said: str, decide: Verb, desk: Library, ask: Ask) -> Done:
    """Do what a form of a card asks for, unless the item was decided otherwise since the card was shown."""
    id_, seen = ask.form.get("id", ""), ask.form.get("seen", "")
    with desk.decisions.unless_changed({id_: seen} if seen else {}):
        item = decide(desk, id_, ask)[0].item
    return Done(text=ask.say(said, title=item.title))


def _pick(desk: Library, id_: str, ask: Ask) -> Sequence[Decided]:
    form = ask.form
    networks = (form["network"],) if form.get("network") else ()
    return desk.decisions.pick(id_, at=form.get("at") or None, networks=networks, kind=form.get("kind", ""), now=ask.now)


def _skip(desk: Library, id_: str, ask: Ask) -> Sequence[Decided]:
    return desk.decisions.skip(id_, now=ask.now)


def _kind(desk: Library, id_: str, ask: Ask) -> Sequence[Decided]:
    return desk.decisions.set_kind(id_, kind=ask.form.get("kind", ""), now=ask.now)


def _note(desk: Library, id_: str, ask: Ask) -> Sequence[Decided]:
    return desk.decisions.note(id_, ask.form.get("note", ""), now=ask.now)


def _tag(desk: Library, id_: str, ask: Ask) -> Sequence[Decided]:
    """Add the tags of a form, parted by commas, or remove the one whose button was pressed."""
    if gone := ask.form.get("remove", ""):
        return desk.decisions.tag(id_, tags=[gone], remove=True, now=ask.now)
    return desk.decisions.tag(id_, tags=ask.form.get("tags", "").split(","), now=ask.now)


def _save(desk: Library, ask: Ask) -> Done:
    """Keep the item of a card for good. Its page is read where that was not done yet."""
    item = desk.item(ask.form.get("id", ""))
    desk.save(item.url, now=ask.now)
    return Done(text=ask.say("Saved: %(title)s", title=item.title))


def _undo(desk: Library, ask: Ask) -> Done:
    """Take the last decision back, wherever it was taken, if it still is the one that the page showed."""
    if not ask.form.get("seen"):
        raise CuratorError(ask.say("the form does not say which decision it means"))
    item = desk.decisions.undo(seen=ask.form["seen"], now=ask.now)[0].item
    return Done(text=ask.say("Taken back: %(title)s", title=item.title))


_VERBS: Final[Mapping[str, tuple[str, Verb]]] = {
    "pick": (N_("Picked: %(title)s"), _pick),
    "skip": (N_("Skipped: %(title)s"), _skip),
    "kind": (N_("Kind set: %(title)s"), _kind),
    "note": (N_("Noted: %(title)s"), _note),
    "tag": (N_("Tagged: %(title)s"), _tag),
}
ROUTES: Final = (
    Route(path="/", run=show),
    Route(path="/near", run=near, lane="patient"),
    *(Route(path=f"/decide/{verb}", run=partial(_decide, *does), method="POST") for verb, does in _VERBS.items()),
    Route(path="/decide/save", run=_save, method="POST", lane="patient"),
    Route(path="/undo", run=_undo, method="POST"),
)
