"""`curator search` and `curator reindex`: what is in the library, found again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from curator.cli import render
from curator.cli.common import NOW, Command
from curator.cli.invocation import Invocation, pass_invocation
from curator.cli.locale import counted, told


class _Notes:
    """Progress that only passes notes on to stderr: a search is over before a bar would move."""

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation

    def stage(self, name: str, total: int = 0) -> None: ...

    def step(self, n: int = 1) -> None: ...

    def note(self, text: str) -> None:
        self._invocation.warn(told(text))


class Query(Command):
    """A command whose arguments may begin with a minus: `-teh` excludes a word, and is not a row of options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hide the minus of every argument that is not an option from click."""
        own = {name for option in self.get_params(ctx) for name in option.opts}
        return super().parse_args(ctx, [f"{_MINUS}{arg}" if _excludes(arg) and arg not in own else arg for arg in args])


_MINUS = "\0"  # no argument of a process holds it


def _excludes(arg: str) -> bool:
    return arg.startswith("-") and not arg.startswith("--") and len(arg) > 1


@click.command(
    cls=Query,
    json=("curator.core.report.SearchResults",),
    examples=(
        "curator search kemasan isi ulang",
        "curator search '\"cold brew\" -recipe since:30d' --status picked",
        "curator search --like 2kpf --limit 5",
    ),
)
@click.argument("words", metavar="QUERY...", nargs=-1)
@click.option("--like", default="", metavar="ID", help="Items that are like this one, in any language.")
@click.option("--topic", "topics", multiple=True, metavar="NAME", help="Items that fit this topic of the brand.")
@click.option("--feed", "feeds", multiple=True, metavar="PART", help="Items of the feeds with this name or address.")
@click.option("--lang", "langs", multiple=True, metavar="CODE", help="Items in this language: id, en …")
@click.option("--status", "statuses", multiple=True, metavar="STATUS", help="new, listed, picked, skipped or saved.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Items with this tag.")
@click.option("--since", default="", metavar="WHEN", help="Published since a day, or within 7d, 48h, 2w.")
@click.option("--until", default="", metavar="WHEN", help="Published until the end of a day, or before 7d ago.")
@click.option("--mode", type=click.Choice(("words", "meaning", "both")), default="both", show_default=True)
@click.option("--sort", type=click.Choice(("relevance", "date", "fit")), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(min=1, max=1000), default=20, show_default=True, metavar="N")
@click.option("--page", type=click.IntRange(min=1, max=1000), default=1, metavar="N", help="The next N hits, and so on.")
@click.option("--all", "whole", is_flag=True, help="Show what is less near to the query, too.")
@NOW
@pass_invocation
def search(invocation: Invocation, /, words: tuple[str, ...], now: datetime, **filters: Any) -> None:
    """Find items by words, meaning, or both.

    QUERY may hold "phrases", -not, OR, ( ), begin*, and title: feed: lang: tag: topic: status: since: until: before a word.
    "kopi NEAR/5 harga" finds two words with at most five others between them.
    """
    from curator.library import Library

    with Library.open(invocation.home, progress=_Notes(invocation)) as desk:
        found = desk.search(" ".join(words).replace(_MINUS, ""), now=now, **filters)
    invocation.show(found, lambda console: render.search.show(found, now, console))


@click.command(cls=Command, examples=("curator reindex",))
@pass_invocation
def reindex(invocation: Invocation) -> None:
    """Rebuild the search index from the library."""
    from curator.library import Library

    with Library.open(invocation.home, progress=_Notes(invocation)) as desk:
        count = desk.search.reindex()
    invocation.say(counted("%(num)s item is in the search index", "%(num)s items are in the search index", count))


COMMANDS = (search, reindex)
