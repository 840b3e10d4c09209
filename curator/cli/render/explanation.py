"""Rendering of why an item is, or is not, on the reading list."""

from typing import Final

from rich.console import Console
from rich.text import Text

from curator.cli.render.console import ACCENT, SOFT, STRONG, joined, put, soft, unwrapped
from curator.core.explanation import Change, Explanation
from curator.core.report import Subscription
from curator.core.story import Card
from curator.core.text.plain import line
from curator.publishing.formats import wording

_INDENT: Final = 10  # columns: an id and two spaces
_HEADS: Final = {"listed": "on the list", "unranked": "not yet on a list"}


def show_explanation(explanation: Explanation, timezone: str, console: Console) -> None:
    """Print what is known of an item, what decides about it, and the lines that would change that."""
    if explanation.item:
        _show_item(explanation.item, timezone, console)
    else:
        unwrapped(console, Text.assemble((line(explanation.asked, 2000), STRONG)))
    for feed in explanation.feeds:
        put(console, soft(_state(feed, timezone)), indent=_INDENT)
    head = _HEADS.get(explanation.cause, "not on the list")
    put(console, Text.assemble((head, STRONG), f": {line(explanation.text, 500)}"), indent=_INDENT)
    for change in explanation.changes:
        unwrapped(console, Text.assemble(" " * _INDENT, (_place(change), SOFT), (line(change.line, 2000), ACCENT)))


def _show_item(card: Card, timezone: str, console: Console) -> None:
    put(console, Text.assemble((wording.title(card), STRONG)), indent=_INDENT, head=Text.assemble((card.id, SOFT)))
    published, found = (wording.moment(when, timezone) for when in (card.published, card.found))
    put(console, soft(joined((card.source.title, wording.language(card.lang), card.status, f"published {published}"))), indent=_INDENT)
    put(console, soft(f"found {found}"), indent=_INDENT)
    put(console, soft(joined(f"{fit.topic} {wording.fit(fit.fit)}" for fit in card.fits)), indent=_INDENT)


def _state(feed: Subscription, timezone: str) -> str:
    read = f"last read {wording.moment(feed.last_success, timezone)}" if feed.last_success else "not read yet"
    failed = f"failed {wording.plural(feed.failures, 'time')}: {feed.reason}" if feed.failures else ""
    return joined((f"feed {feed.title or feed.url}", read, failed))


def _place(change: Change) -> str:
    """Return where the line belongs."""
    if not change.section:
        return "type:  "
    topic = f" of {line(change.topic, 60)}" if change.topic else ""
    return f"brand.toml, {change.section}{topic}:  "
