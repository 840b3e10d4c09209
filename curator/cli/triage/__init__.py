"""Triage by keyboard: the latest list a card at a time, mentions first, one key a decision, each kept before the next is asked for."""

import sys
import webbrowser
from collections.abc import Callable, Sequence
from datetime import datetime

import click
from msgspec.structs import replace
from rich.console import Console

from curator.cli.triage import sheet
from curator.cli.triage.keyboard import Keyboard
from curator.cli.triage.state import Action, Triage, deck, press, settled
from curator.core.errors import CuratorError, UsageError
from curator.core.text.plain import line
from curator.library import Library
from curator.planning import decisions as planning_decisions
from curator.planning.decisions import Decided


def session(library: Library, console: Console, clock: Callable[[], datetime]) -> Triage:
    """Asks for keys until q, and says what it came to. Raises UsageError where nobody can press one."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("triage needs a terminal and somebody at its keys", hint="curator list, then curator pick ID or curator skip ID")
    state = begin(library)
    if not state.deals:
        return state
    with Keyboard() as keyboard:
        while True:
            _show(sheet.screen(state, library.brand.name, clock(), console), console)
            state, action = press(state, keyboard.key())
            if action and action.verb == "quit":
                click.clear()
                return state
            if action:
                note = _line(keyboard) if action.verb == "note" else ""
                state = done(library, state, action, clock(), note=note)


def begin(library: Library) -> Triage:
    """The deck of the latest list. Raises CuratorError when there is no list yet."""
    report = library.list()
    ids = [card.id for card in (*(mention.item for mention in report.mentions), *report.items)]
    items = {id_: item for id_ in ids for item in library.store.find(id_)}
    return deck(report, items, library.store.texts(ids), tuple(library.brand.mix) or planning_decisions.KINDS)


def done(library: Library, state: Triage, action: Action, now: datetime, *, note: str | None = "") -> Triage:
    """Does what a key asks for; what hinders it is told, and nothing else happens. `note`: its words, None for none."""
    if action.verb == "note" and note is None:
        return replace(state, message="no note")
    try:
        if action.verb == "open":
            return _opened(state)
        decided = _decided(library, action, now, note or "")
    except CuratorError as error:
        return replace(state, message=line(f"not done: {error}"))
    return settled(state, action, decided.item, changed=decided.changed)


def _decided(library: Library, action: Action, now: datetime, note: str) -> Decided:
    match action.verb:
        case "pick":
            return library.decisions.pick(action.item, now=now)[0]
        case "skip":
            return library.decisions.skip(action.item, now=now)[0]
        case "kind":
            return library.decisions.set_kind(action.item, kind=action.kind, now=now)[0]
        case "undo":
            return _undone(library, action, now)
    return library.decisions.note(action.item, note, now=now)[0]


def _undone(library: Library, action: Action, now: datetime) -> Decided:
    """The last decision taken back. Raises CuratorError where that is another than the one shown here."""
    last = library.decisions.last()
    if last is None or last.item != action.item:
        raise CuratorError("something else was decided meanwhile: curator undo takes that back")
    return library.decisions.undo(now=now)[0]


def _opened(state: Triage) -> Triage:
    if deal := state.deal:
        webbrowser.open(deal.card.url)
    return replace(state, message="opened in the browser")


def _show(rows: Sequence[str], console: Console) -> None:
    click.clear()
    console.file.write("\n".join(rows))
    console.file.flush()


def _line(keyboard: Keyboard) -> str | None:
    """A line that is typed, None where it was not meant."""
    with keyboard.lines():
        try:
            return str(click.prompt("\n note", default="", show_default=False))
        except click.Abort:
            return None
