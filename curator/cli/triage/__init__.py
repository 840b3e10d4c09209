"""Triage by keyboard: the latest list a card at a time, one key a decision, each saved before the next key is read."""

import sys
import webbrowser
from collections.abc import Callable, Sequence
from datetime import datetime

import click
from msgspec.structs import replace
from rich.console import Console

from curator.cli.locale import say, told
from curator.cli.triage import view
from curator.cli.triage.keyboard import Keyboard
from curator.cli.triage.state import Action, Triage, applied, press, start
from curator.core.errors import CuratorError, UsageError
from curator.core.text.plain import line
from curator.library import Library
from curator.planning import decisions as planning_decisions
from curator.planning.decisions import Decided


def session(library: Library, console: Console, clock: Callable[[], datetime]) -> Triage:
    """Read keys until q, and return the last state. Raises UsageError where stdin or stdout is not a terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("triage needs a terminal with a keyboard", hint="curator list, then curator pick ID or curator skip ID")
    state = begin(library)
    if not state.cards:
        return state
    with Keyboard() as keyboard:
        while True:
            _show(view.render(state, library.brand.name, clock(), console), console)
            state, action = press(state, keyboard.key())
            if action and action.verb == "quit":
                click.clear()
                return state
            if action:
                note = _read_line(keyboard) if action.verb == "note" else ""
                state = carry_out(library, state, action, clock(), note=note)


def begin(library: Library) -> Triage:
    """Return the state of a new session on the latest list. Raises CuratorError where there is no list yet."""
    report = library.list()
    ids = [card.id for card in (*(mention.item for mention in report.mentions), *report.items)]
    items = {id_: item for id_ in ids for item in library.store.find(id_)}
    return start(report, items, library.store.texts(ids), tuple(library.brand.mix) or planning_decisions.KINDS)


def carry_out(library: Library, state: Triage, action: Action, now: datetime, *, note: str | None = "") -> Triage:
    """Change the library as an action asks, and return the state after it. An error becomes its message.

    `note` is the text for `note`, None where the user gave up typing it.
    """
    if action.verb == "note" and note is None:
        return replace(state, message=say("no note"))
    try:
        if action.verb == "open":
            return _open(state)
        decided = _decide(library, action, now, note or "")
    except CuratorError as error:
        return replace(state, message=line(say("not done: %(why)s", why=told(str(error)))))
    return applied(state, action, decided.item, changed=decided.changed)


def _decide(library: Library, action: Action, now: datetime, note: str) -> Decided:
    match action.verb:
        case "pick":
            return library.decisions.pick(action.item, now=now)[0]
        case "skip":
            return library.decisions.skip(action.item, now=now)[0]
        case "kind":
            return library.decisions.set_kind(action.item, kind=action.kind, now=now)[0]
        case "undo":
            return _undo(library, action, now)
    return library.decisions.note(action.item, note, now=now)[0]


def _undo(library: Library, action: Action, now: datetime) -> Decided:
    """Take back the last decision. Raises CuratorError where another command decided something since."""
    last = library.decisions.last()
    if last is None or last.item != action.item:
        raise CuratorError("something else was decided meanwhile: curator undo takes that back")
    return library.decisions.undo(now=now)[0]


def _open(state: Triage) -> Triage:
    if state.current:
        webbrowser.open(state.current.card.url)
    return replace(state, message=say("opened in the browser"))


def _show(rows: Sequence[str], console: Console) -> None:
    click.clear()
    console.file.write("\n".join(rows))
    console.file.flush()


def _read_line(keyboard: Keyboard) -> str | None:
    """Read a line, None where the user interrupted it."""
    with keyboard.lines():
        try:
            return str(click.prompt(say("\n note"), default="", show_default=False))
        except click.Abort:
            return None
