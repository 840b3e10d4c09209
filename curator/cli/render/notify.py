"""Rendering of the outbox: notices with what became of them, and tests of the channels."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from curator.cli.render.console import ACCENT, SOFT, joined, put, soft
from curator.core.brand import Brand
from curator.core.notice import ChannelTest, Notice
from curator.core.text.plain import line
from curator.publishing.formats import wording

_STATES = {"due": "waits", "sending": "is sent", "sent": "told", "failed": "failed", "held": "held"}


def show_notices(notices: Sequence[Notice], brand: Brand, console: Console, nothing: str) -> None:
    """Print each notice with its channel and, where it was not told, when and why; `nothing` where there is none."""
    if not notices:
        put(console, soft(nothing), indent=1)
    for notice in notices:
        head = Text.assemble((f" {_STATES[notice.state]}", ACCENT if notice.state == "failed" else SOFT))
        put(console, Text(subject(notice)), indent=10, head=head)
        put(console, soft(joined((notice.channel, _when(notice, brand), line(notice.reason)))), indent=10)


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


def _when(notice: Notice, brand: Brand) -> str:
    if notice.sent:
        return f"told {wording.moment(notice.sent, brand.timezone)}"
    if notice.due:
        return f"next: {wording.moment(notice.due, brand.timezone)}"
    return "may have been received; curator notify --retry sends it again"
