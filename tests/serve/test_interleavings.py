"""Two windows and a terminal in random order, each with an old page before it now and then: no decision is lost or overwritten.

A model keeps what must be true of each item, and what can be taken back. `CURATOR_INTERLEAVINGS=500` tries 500 orders.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.browser import Browser, Opened, Page
from support.day import NOW
from support.samples import REPORT

from curator.core.errors import CuratorError
from curator.library import Library

ORDERS = int(os.environ.get("CURATOR_INTERLEAVINGS", "8"))
STEPS = 12
ZONE, MINUTE = ZoneInfo("Asia/Jakarta"), "%Y-%m-%d %H:%M"
IDS = tuple(card.id for card in REPORT.items[:3])
REFUSED = "decided elsewhere meanwhile"


@dataclass(frozen=True)
class State:
    """What was decided about an item. `post`: its time and whether it is cancelled, None where it was never picked."""

    status: str = "listed"
    note: str = ""
    tags: tuple[str, ...] = ()
    post: tuple[str, bool] | None = None

    def after(self, verb: str, word: str) -> "State":
        at, cancelled = self.post or ("", True)
        match verb:
            case "pick":
                return replace(self, status="picked", post=(at, False))
            case "skip":
                return replace(self, status="skipped", post=self.post and (at, True))
            case "note":
                return replace(self, note=word)
            case "tag":
                return replace(self, tags=tuple(dict.fromkeys([*self.tags, word])))
        return replace(self, post=(word, cancelled))

    def taken_back(self, now: "State") -> "State":
        """This state once more, after `now`: a post that did not exist then is cancelled, and calendars hear of that."""
        return self if self.post or now.post is None else replace(self, post=(now.post[0], True))


@dataclass
class Model:
    """What must be true. `done`: decisions that stand, each with its item and what was true of it before; `changes`: of each item."""

    items: dict[str, State] = field(default_factory=lambda: dict.fromkeys(IDS, State()))
    done: list[tuple[object, str, State]] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)

    def decide(self, id_: str, verb: str, word: str) -> None:
        before, after = self.items[id_], self.items[id_].after(verb, word)
        if after != before:
            self.done.append((object(), id_, before))
            self.items[id_] = after
            self.changes[id_] += 1

    def undo(self) -> None:
        _, id_, before = self.done.pop()
        self.items[id_] = before.taken_back(self.items[id_])
        self.changes[id_] += 1

    @property
    def last(self) -> object:
        return self.done[-1][0] if self.done else None


class Window:
    """A browser with the page that it saw last, and what was true then."""

    def __init__(self, browser: Browser, model: Model) -> None:
        self.browser, self.model = browser, model
        self.look()

    def look(self, page: Page | None = None) -> None:
        """Keep a page, by default the day as it is now."""
        self.page = page or self.browser.open("/")
        self.saw, self.saw_last = dict(self.model.items), self.model.last
        self.saw_changes = self.model.changes.copy()

    def decide(self, id_: str, verb: str, word: str) -> None:
        fields = dict(self.page.form("/decide/note", id_).form_values()) | {"note": word, "tags": word, "when": word, "post": f"{id_}-x"}
        page = self.browser.post("/calendar/place" if verb == "place" else f"/decide/{verb}", fields)
        if REFUSED in page.notice:
            assert self.saw_changes[id_] != self.model.changes[id_]
        else:
            assert page.html.xpath("//*[@id='notice']/@class") == ["done"], page.notice
            assert self.saw[id_] == self.model.items[id_]
            self.model.decide(id_, verb, word)
        self.look(page)

    def undo(self) -> None:
        """Send the form that the page has, if it has one."""
        page = self.page.send("/undo") if self.page.html.xpath("//form[@action='/undo']") else None
        if page:
            assert page.notice.startswith("Taken back") == (self.saw_last is self.model.last), page.notice
        if page and page.notice.startswith("Taken back"):
            self.model.undo()
        self.look(page)


class Terminal:
    """Commands, which know nothing of pages."""

    def __init__(self, home: Path, model: Model) -> None:
        self.desk, self.model = Library(home), model

    def look(self) -> None:
        """Do nothing: a command reads the library each time."""

    def decide(self, id_: str, verb: str, word: str) -> None:
        decisions = self.desk.decisions
        match verb:
            case "note":
                decisions.note(id_, word)
            case "tag":
                decisions.tag(id_, tags=[word])
            case "place":
                self.desk.calendar.move(f"{id_}-x", word)
            case _:
                getattr(decisions, verb)(id_)
        self.model.decide(id_, verb, word)

    def undo(self) -> None:
        try:
            self.desk.decisions.undo()
        except CuratorError:
            assert not self.model.done
        else:
            self.model.undo()


def found(home: Path) -> dict[str, State]:
    """What is true of the items."""
    known = Library(home).decisions.standing(*IDS)
    posts = {id_: [(f"{p.at.astimezone(ZONE):{MINUTE}}" if p.at else "", p.cancelled) for p in one.posts] for id_, one in known.items()}
    return {id_: State(one.item.status, one.item.note, one.item.tags, next(iter(posts[id_]), None)) for id_, one in known.items()}


def step(dice: random.Random, model: Model, actor: Window | Terminal, n: int) -> None:
    """Let an actor do something. What is no longer possible, such as to move a post that is cancelled, is left."""
    verb, id_ = dice.choice(("pick", "skip", "note", "tag", "place", "undo", "look")), dice.choice(IDS)
    cancelled = model.items[id_].post is None or model.items[id_].post[1]
    words = {"note": f"note {n}", "tag": f"tag{n % 4}", "place": f"{NOW.astimezone(ZONE) + timedelta(days=2, minutes=n):{MINUTE}}"}
    if verb == "undo":
        actor.undo()
    elif verb == "look" or (verb == "place" and cancelled):
        actor.look()
    else:
        actor.decide(id_, verb, words.get(verb, ""))


@pytest.mark.timeout(300 + 10 * ORDERS)
def test_two_windows_and_a_terminal_in_any_order_lose_nothing(home: Path, desk: Opened):
    model = Model()
    actors = (Window(desk.browser(), model), Window(desk.browser(), model), Terminal(home, model))
    for seed in range(ORDERS):
        dice = random.Random(seed)
        for n in range(STEPS):
            step(dice, model, dice.choice(actors), seed * STEPS + n)
            assert found(home) == model.items, f"order {seed}, step {n}"
            assert len(Library(home).store.decisions()) == len(model.done), f"order {seed}, step {n}"
    assert len(model.changes) == len(IDS)
    assert desk.failed == []
