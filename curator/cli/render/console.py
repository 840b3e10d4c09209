"""Printing of lines: a console for any encoding, whose reader may leave, and text behind a hanging indent."""

import codecs
import os
import sys
import unicodedata
from collections.abc import Iterable
from io import TextIOWrapper

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from curator.core.text.plain import line

ACCENT, SOFT, STRONG = "dark_orange3", "dim", "bold"
_WIDEST = 100  # columns: a longer line is hard to read
_LOOK_ALIKES = str.maketrans("“”‘’·…→▇▁−–—", "\"\"''-.>#.---")


class _TolerantConsole(Console):
    """Console that goes on silently once its reader has left (`| head`)."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)


def console(*, stderr: bool = False) -> Console:
    """Return a console on stdout, or stderr. Characters that its encoding lacks are replaced by similar ones."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="curator.lookalike")
    return _TolerantConsole(stderr=stderr, markup=False, emoji=False, highlight=False)


def _replace(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(char: str) -> str:
    """Return a look-alike, the letter without its marks, or question marks, as wide as the character."""
    bare = unicodedata.normalize("NFKD", char.translate(_LOOK_ALIKES)).encode("ascii", "ignore").decode()
    return bare if len(bare) == 1 else "?" * cell_len(char)


codecs.register_error("curator.lookalike", _replace)


def width(console: Console) -> int:
    """Return how many columns are used: the console's, 100 at most."""
    return min(console.width, _WIDEST)


def soft(text: str) -> Text:
    """Return dimmed text."""
    return Text.assemble((text, SOFT))  # as a span: the style must end where the text does when another is put behind it


def joined(parts: Iterable[str]) -> str:
    """Join the parts that are not empty by dots, each as one clean line."""
    return " · ".join(filter(None, map(line, parts)))


def gap(console: Console) -> None:
    """Print an empty line."""
    unwrapped(console, Text())


def unwrapped(console: Console, text: Text) -> None:
    """Print a line that is never wrapped, so that an address or a command in it can be copied."""
    console.print(text, soft_wrap=True)


def put(console: Console, left: Text, right: Text | None = None, *, indent: int = 0, head: Text | None = None) -> None:
    """Print wrapped text behind a hanging indent, with `head` in the indent of its first row.

    `right` is set at the right margin of the same row, or on the next one where there is no room.
    """
    room = max(width(console) - indent, 10)
    between = room - left.cell_len - (right.cell_len if right else 0)
    if right and between >= 2:
        left, right = left + Text(" " * between) + right, None
    for row in left.wrap(console, room):
        row.rstrip()
        start, head = head or Text(), None
        unwrapped(console, start + Text(" " * (indent - start.cell_len)) + row)
    if right:
        put(console, right, indent=indent)
