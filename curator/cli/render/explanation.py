"""Rendering of why an item is, or is not, on the reading list."""

from typing import Final

from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, language, say, told
from curator.cli.render.console import ACCENT, SOFT, STRONG, joined, put, soft, unwrapped
from curator.core.explanation import Change, Explanation
from curator.core.report import Subscription
from curator.core.story import Card
from curator.core.text.plain import line
from curator.publishing.formats import wording
from curator.publishing.language import N_

_INDENT: Final = 10  # columns: an id and two spaces
_ABSENT: Final = N_("not on the list")
_HEADS: Final = {"listed": N_("on the list"), "unranked": N_("not yet on a list")}


def show_explanation(explanation: Explanation, timezone: str, console: Console) -> None:
    """Print what is known of an item, what decides about it, and the lines that would change that."""
    if explanation.item:
        _show_item(explanation.item, timezone, console)
    else:
        unwrapped(console, Text.assemble((line(explanation.asked, 2000), STRONG)))
    for feed in explanation.feeds:
        put(console, soft(_state(feed, timezone)), indent=_INDENT)
    head = say(_HEADS.get(explanation.cause, _ABSENT))
    put(console, Text.assemble((head, STRONG), f": {line(told(explanation.text), 500)}"), indent=_INDENT)
    for change in explanation.changes:
        unwrapped(console, Text.assemble(" " * _INDENT, (_place(change), SOFT), (line(change.line, 2000), ACCENT)))


def _show_item(card: Card, timezone: str, console: Console) -> None:
    put(console, Text.assemble((wording.title(card), STRONG)), indent=_INDENT, head=Text.assemble((card.id, SOFT)))
    published, found = (wording.moment(when, timezone, language()) for when in (card.published, card.found))
    about = (card.source.title, language().name(card.lang), told(card.status), say("published %(time)s", time=published))
    put(console, soft(joined(about)), indent=_INDENT)
    put(console, soft(say("found %(time)s", time=found)), indent=_INDENT)
    put(console, soft(joined(f"{fit.topic} {wording.fit(fit.fit)}" for fit in card.fits)), indent=_INDENT)


def _state(feed: Subscription, timezone: str) -> str:
    read = failed = ""
    if feed.last_success:
        read = say("last read %(time)s", time=wording.moment(feed.last_success, timezone, language()))
    if feed.failures:
        failed = counted("failed %(num)s time", "failed %(num)s times", feed.failures) + f": {told(feed.reason)}"
    return joined((say("feed %(name)s", name=feed.title or feed.url), read or say("not read yet"), failed))


def _place(change: Change) -> str:
    """Return where the line belongs."""
    if not change.section:
        return say("type:  ")
    if change.topic:
        return say("brand.toml, %(section)s of %(topic)s:  ", section=change.section, topic=line(change.topic, 60))
    return say("brand.toml, %(section)s:  ", section=change.section)
