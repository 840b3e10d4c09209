"""Where and how lines are printed: a console for any encoding whose reader may leave, and text behind a hanging indent."""

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


class _Patient(Console):
    """What is printed after the reader has left goes nowhere, and nothing fails for it."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)


def console(*, stderr: bool = False) -> Console:
    """A console on stdout (or stderr); what its encoding cannot say is spelled with what it can."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="curator.spelled")
    return _Patient(stderr=stderr, markup=False, emoji=False, highlight=False)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(char: str) -> str:
    """As many columns as the character takes: its look-alike, its bare letter, or question marks."""
    bare = unicodedata.normalize("NFKD", char.translate(_LOOK_ALIKES)).encode("ascii", "ignore").decode()
    return bare if len(bare) == 1 else "?" * cell_len(char)


codecs.register_error("curator.spelled", _spelled)


def width(console: Console) -> int:
    """The columns we use of it."""
    return min(console.width, _WIDEST)


def soft(text: str) -> Text:
    return Text.assemble((text, SOFT))  # as a span: the style must end where the text does when another is put behind it


def joined(parts: Iterable[str]) -> str:
    """What there is of the parts, each one clean line, with dots between."""
    return " · ".join(filter(None, map(line, parts)))


def gap(console: Console) -> None:
    whole(console, Text())


def whole(console: Console, text: Text) -> None:
    """A line that is never broken by us, so that an address or a command can be copied."""
    console.print(text, soft_wrap=True)


def put(console: Console, left: Text, right: Text | None = None, *, indent: int = 0, head: Text | None = None) -> None:
    """Wrapped text behind a hanging indent, `head` in the indent of its first row.

    `right` ends at the margin of the same row, or takes the next one where it has no room.
    """
    room = max(width(console) - indent, 10)
    between = room - left.cell_len - (right.cell_len if right else 0)
    if right and between >= 2:
        left, right = left + Text(" " * between) + right, None
    for row in left.wrap(console, room):
        row.rstrip()
        start, head = head or Text(), None
        whole(console, start + Text(" " * (indent - start.cell_len)) + row)
    if right:
        put(console, right, indent=indent)
