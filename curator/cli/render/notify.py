"""Rendering of the outbox: notices with what became of them, and tests of the channels."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from curator.cli.render.console import ACCENT, SOFT, STRONG, joined, put, soft
from curator.core.brand import Brand
from curator.core.notice import ChannelTest, Notice
from curator.core.text.plain import line
from curator.publishing.formats import wording
from curator.publishing.notify import timing

_STATES = {"due": "waits", "sending": "is sent", "sent": "told", "failed": "failed", "held": "held"}


def show_notices(notices: Sequence[Notice], brand: Brand, now: datetime, console: Console, nothing: str) -> None:
    """Print the notices by channel and by what became of them, and when and why once for all alike; `nothing` where there is none."""
    if not notices:
        put(console, soft(nothing), indent=1)
    alike = defaultdict[tuple[str, str, str, str], list[Notice]](list)
    for notice in notices:
        alike[notice.channel, _STATES[notice.state], _when(notice, brand, now), line(notice.reason)].append(notice)
    for (channel, state, when, reason), some in sorted(alike.items()):
        head = Text.assemble((state, ACCENT if state == _STATES["failed"] else STRONG))
        put(console, Text.assemble(head, f" on {line(channel)}: {when}"), indent=1)
        if reason:
            put(console, soft(reason), indent=1)
        for notice in sorted(some, key=lambda each: (each.kind, each.watch, each.title)):
            put(console, Text(subject(notice)), indent=3)


def show_tests(results: Sequence[ChannelTest], console: Console) -> None:
    """Print the outcome of each test message."""
    for result in results:
        head = Text.assemble((" told" if result.ok else " failed", SOFT if result.ok else ACCENT))
        put(console, Text(line(result.address) or result.channel), indent=10, head=head)
        put(console, soft(joined((result.channel, line(result.reason)))), indent=10)


def subject(notice: Notice) -> str:
    """Return what a notice is about, in words."""
    match notice.kind:
        case "mention":
            return f"{line(notice.watch)}: {line(notice.title)}"
        case "list":
            return f"the list of {notice.about}"
        case "lost":
            return f"{line(notice.title)} no longer answers"
    return f"{line(notice.title)} answers again"


def _when(notice: Notice, brand: Brand, now: datetime) -> str:
    if notice.sent:
        return wording.moment(notice.sent, brand.timezone)
    if not notice.due:
        return "it may have been received; curator notify --retry sends it again"
    goes = timing.opens(brand, max(notice.due, now))
    return "with the next curator fetch or run" if goes <= now else f"from {wording.moment(goes, brand.timezone)} on"
