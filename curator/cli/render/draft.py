"""Rendering of drafts: the post as it will look, its length against the network's limit, and the network's objections."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from curator.cli.locale import told
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, put, unwrapped
from curator.core.text.plain import clean, line
from curator.planning import post
from curator.planning.post import PostDraft


def show_drafts(drafts: Iterable[PostDraft], console: Console) -> None:
    """Print drafts one below the other. Addresses are never wrapped, so that they can be copied."""
    for n, draft in enumerate(drafts):
        if n:
            gap(console)
        put(console, Text(post.networks.rules(draft.network).title, STRONG), _length_bar(draft), indent=1)
        gap(console)
        for row in clean(draft.text).split("\n"):
            _show_row(row, console)
        _show_notes(draft, console)


def _show_notes(draft: PostDraft, console: Console) -> None:
    """Print the link, where it is not in the text, and the objections."""
    beside = draft.url not in draft.text
    if beside or draft.problems:
        gap(console)
    if beside:
        unwrapped(console, Text.assemble("   ", (line(draft.url, 8000), SOFT)))
    for problem in draft.problems:
        put(console, Text(told(problem.text), ACCENT if problem.blocking else SOFT), indent=3)


def _show_row(row: str, console: Console) -> None:
    if "://" in row:
        unwrapped(console, Text(f"   {row}"))
    elif row.strip():
        put(console, Text(row), indent=3)
    else:
        gap(console)


def _length_bar(draft: PostDraft) -> Text:
    """Return a bar like ▇▇▇▇▇▇▇▇▁▁ 231/280."""
    full = min(10, round(10 * draft.length / draft.limit))
    numbers = (f" {draft.length:,}/{draft.limit:,}", ACCENT if draft.length > draft.limit else "")
    return Text.assemble(("▇" * full, ACCENT), ("▁" * (10 - full), SOFT), numbers)
