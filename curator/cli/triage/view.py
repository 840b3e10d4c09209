"""The screen of triage: one card on one screen of any size, the keys at the bottom."""

from collections.abc import Callable, Iterator
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from curator.cli import locale
from curator.cli.locale import language, say, told
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, width
from curator.cli.render.report import fit_bar
from curator.cli.triage.state import KEYS, Triage, TriageCard
from curator.core.text.plain import clean, line
from curator.publishing.formats import wording


def render(state: Triage, brand: str, now: datetime, console: Console) -> list[str]:
    """Return the rows of the screen, one fewer than the terminal has, with its escape sequences; the keys are the last."""
    foot = _captured(console, lambda: _keys(state, console))
    room = max(console.height - 1 - len(foot), 1)
    body = _captured(console, lambda: _body(state, brand, now, console))
    head, rest = body[:2], body[2:]
    if state.view == "text":
        page = max(room - len(head), 1)
        rest = rest[min(state.page * page, max(len(rest) - 1, 0) // page * page) :]
    body = [*head, *rest][:room]
    return [*body, *[""] * (room - len(body)), *foot]


def summary(state: Triage) -> str:
    """Return what a session came to, in one line."""
    counts = [
        (state.count("pick"), say("picked")),
        (state.count("skip"), say("skipped")),
        (len(state.cards) - _decided(state), say("left")),
    ]
    return joined(f"{n} {what}" for n, what in counts if n) or say("every card of the latest list is decided on")


def _decided(state: Triage) -> int:
    return len({step.at for step in state.done if step.verb in {"pick", "skip"}})


def _captured(console: Console, show: Callable[[], None]) -> list[str]:
    with console.capture() as captured:
        show()
    return captured.get().removesuffix("\n").split("\n")


def _body(state: Triage, brand: str, now: datetime, console: Console) -> None:
    picked = say("%(n)s picked", n=state.count("pick"))
    place = f"{min(state.at + 1, len(state.cards))}/{len(state.cards)}" if state.current else summary(state)
    put(console, Text.assemble((line(brand), STRONG), (f" · {picked}", SOFT)), Text(place), indent=1)
    gap(console)
    if state.view == "help":
        _show_help(console)
    elif state.current:
        (_show_text if state.view == "text" else _show_card)(state.current, now, console)
    else:
        put(console, Text(say("That was the last card.")), indent=1)


def _show_card(shown: TriageCard, now: datetime, console: Console) -> None:
    """Show what one decides by first: the rest may have no room."""
    card = shown.card
    _show_title(shown, now, console)
    put(console, fit_bar(wording.best(card)), soft(wording.momentum(card, language())), indent=1)
    if mention := shown.mention:
        watch = line(wording.watch(mention, language()))
        put(console, Text.assemble((f"{watch}: ", ACCENT), f"“{wording.inside(line(mention.sentence, 400))}”"), indent=1)
    gap(console)
    quote = wording.quote(card)
    if quote and not (shown.mention and quote == wording.inside(shown.mention.sentence)):
        put(console, Text(f"“{line(quote, 400)}”"), indent=1)
    put(console, soft(joined(line(told(reason.text), 120) for reason in card.why[:3])), indent=1)
    if shown.note:
        put(console, Text.assemble((say("note: "), ACCENT), line(shown.note, 300)), indent=1)


def _show_title(shown: TriageCard, now: datetime, console: Console) -> None:
    card = shown.card
    read, also = wording.reading_time(card, language()), wording.also(card, language())
    by = (line(card.source.title, 40), line(card.lang, 12), wording.age(card.published, now, language()), read, also)
    put(console, Text.assemble((wording.title(card), STRONG)), indent=1)
    put(console, soft(joined(by)), Text(wording.kind(card) or say("no kind")), indent=1)


def _show_text(shown: TriageCard, now: datetime, console: Console) -> None:
    _show_title(shown, now, console)
    for paragraph in clean(shown.text or shown.card.excerpt).split("\n"):
        if text := line(paragraph, len(paragraph)):
            gap(console)
            put(console, Text(text), indent=1)


def _show_help(console: Console) -> None:
    widest = max(cell_len(locale.key(verb)) for verb, _ in KEYS.values())
    for key, (verb, what) in KEYS.items():
        put(console, Text(say(what)), indent=widest + 7, head=Text.assemble(" ", (key, ACCENT), f"  {locale.key(verb)}"))


def _keys(state: Triage, console: Console) -> None:
    put(console, Text(line(state.message, width(console) - 2), ACCENT), indent=1)
    pairs = [(str(n), kind.replace("-", " ")) for n, kind in enumerate(state.kinds[:9], 1)] if state.view == "kinds" else _actions()
    put(console, Text("  ").join(Text.assemble((key, ACCENT), f" {line(what)}") for key, what in pairs), indent=1)


def _actions() -> Iterator[tuple[str, str]]:
    return ((key, locale.key(verb)) for key, (verb, _) in KEYS.items())
