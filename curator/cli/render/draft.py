"""What a person sees of a draft: the post as it will look, how much of the network's room it takes, what speaks against it."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, put, whole
from curator.core.text.plain import clean, line
from curator.planning import post
from curator.planning.post import PostDraft


def show_drafts(drafts: Iterable[PostDraft], console: Console) -> None:
    """One below the other; an address is never broken, so that it can be copied."""
    for n, draft in enumerate(drafts):
        if n:
            gap(console)
        put(console, Text(post.networks.rules(draft.network).title, STRONG), _room(draft), indent=1)
        gap(console)
        for row in clean(draft.text).split("\n"):
            _show_row(row, console)
        _show_notes(draft, console)


def _show_notes(draft: PostDraft, console: Console) -> None:
    """The link that is not in the text, and what the network has against it."""
    beside = draft.url not in draft.text
    if beside or draft.problems:
        gap(console)
    if beside:
        whole(console, Text.assemble("   ", (line(draft.url, 8000), SOFT)))
    for problem in draft.problems:
        put(console, Text(problem.text, ACCENT if problem.blocking else SOFT), indent=3)


def _show_row(row: str, console: Console) -> None:
    if "://" in row:
        whole(console, Text(f"   {row}"))
    elif row.strip():
        put(console, Text(row), indent=3)
    else:
        gap(console)


def _room(draft: PostDraft) -> Text:
    """▇▇▇▇▇▇▇▇▁▁ 231/280."""
    full = min(10, round(10 * draft.length / draft.limit))
    told = (f" {draft.length:,}/{draft.limit:,}", ACCENT if draft.length > draft.limit else "")
    return Text.assemble(("▇" * full, ACCENT), ("▁" * (10 - full), SOFT), told)
