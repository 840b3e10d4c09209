"""Rendering of a push: each event that was changed, and how many were not."""

from rich.console import Console
from rich.text import Text

from curator.cli.locale import language, say, told
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft
from curator.core.text.plain import line
from curator.publishing.caldav import EventChange, Kind, PushResult
from curator.publishing.formats import wording
from curator.publishing.language import N_

_DONE: dict[Kind, str] = {"create": N_("new"), "update": N_("changed"), "cancel": N_("cancelled")}


def show(pushed: PushResult, timezone: str, console: Console) -> None:
    """Print the changed events in the order of their times, in the brand's time zone."""
    put(console, Text.assemble((line(pushed.name) or say("calendar"), STRONG), (f" · {line(pushed.url, 1000)}", SOFT)), indent=1)
    for change in pushed.changes:
        _show_change(change, timezone, console)
    if pushed.changes:
        gap(console)
    put(console, Text(_sum(pushed)), indent=1)
    if pushed.dry_run:
        put(console, soft(say("a dry run: nothing was changed")), indent=1)
    if pushed.unprotected:
        put(console, Text.assemble((say("http:// protects neither password nor posts on their way: use https://"), ACCENT)), indent=1)


def _show_change(change: EventChange, timezone: str, console: Console) -> None:
    when = wording.moment(change.at, timezone, language()) if change.at else ""
    put(console, Text(change.title), indent=12, head=Text.assemble((f" {say(_DONE[change.kind])}", SOFT)))
    failed = say("not done: %(why)s", why=told(change.failure)) if change.failure else ""
    put(console, soft(joined((when, failed))), indent=12)


def _sum(pushed: PushResult) -> str:
    if not pushed.changes and not pushed.unchanged:
        return say("no post has a time yet: curator pick ID --at WHEN")
    counts = [(pushed.count(kind), say(name)) for kind, name in _DONE.items()]
    counts += [(pushed.unchanged, say("as before")), (pushed.failed, say("not done"))]
    return joined(f"{n} {what}" for n, what in counts if n)
