"""Rendering of the outbox: notices with what became of them, and tests of the channels."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from curator.cli.locale import language, say, told
from curator.cli.render.console import ACCENT, SOFT, STRONG, joined, put, soft
from curator.core.brand import Brand
from curator.core.notice import ChannelTest, Notice
from curator.core.text.plain import line
from curator.publishing.formats import wording
from curator.publishing.language import N_
from curator.publishing.notify import timing

_STATES = {
    "due": N_("waits"),
    "sending": N_("is sent"),
    "sent": N_("told"),
    "failed": N_("failed"),
    "held": N_("held"),
}


def show_notices(notices: Sequence[Notice], brand: Brand, now: datetime, console: Console, nothing: str) -> None:
    """Print the notices by channel and by what became of them, and when and why once for all alike; `nothing` where there is none."""
    if not notices:
        put(console, soft(nothing), indent=1)
    alike = defaultdict[tuple[str, str, str, str], list[Notice]](list)
    for notice in notices:
        alike[notice.channel, _STATES[notice.state], _when(notice, brand, now), line(notice.reason)].append(notice)
    for (channel, state, when, reason), some in sorted(alike.items()):
        head = Text.assemble((say(state), ACCENT if state == _STATES["failed"] else STRONG))
        put(console, Text.assemble(head, say(" on %(channel)s: %(when)s", channel=line(channel), when=when)), indent=1)
        if reason:
            put(console, soft(told(reason)), indent=1)
        for notice in sorted(some, key=lambda each: (each.kind, each.watch, each.title)):
            put(console, Text(subject(notice)), indent=3)


def show_tests(results: Sequence[ChannelTest], console: Console) -> None:
    """Print the outcome of each test message."""
    for result in results:
        head = Text.assemble((f" {say(_STATES['sent' if result.ok else 'failed'])}", SOFT if result.ok else ACCENT))
        put(console, Text(line(result.address) or result.channel), indent=10, head=head)
        put(console, soft(joined((result.channel, line(told(result.reason))))), indent=10)


def subject(notice: Notice) -> str:
    """Return what a notice is about, in words."""
    match notice.kind:
        case "mention":
            return f"{line(notice.watch)}: {line(notice.title)}"
        case "list":
            return say("the list of %(day)s", day=notice.about)
        case "lost":
            return say("%(feed)s no longer answers", feed=line(notice.title))
    return say("%(feed)s answers again", feed=line(notice.title))


def _when(notice: Notice, brand: Brand, now: datetime) -> str:
    if notice.sent:
        return wording.moment(notice.sent, brand.timezone, language())
    if not notice.due:
        return say("it may have been received; curator notify --retry sends it again")
    goes = timing.opens(brand, max(notice.due, now))
    if goes <= now:
        return say("with the next curator fetch or run")
    return say("from %(time)s on", time=wording.moment(goes, brand.timezone, language()))
