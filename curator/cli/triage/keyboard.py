"""The keys of a terminal, one at a time and none lost: keys typed while a decision is being saved wait for their turn."""

from __future__ import annotations

import codecs
import os
import re
import select
import sys
import termios
import tty
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Self

_END: Final = "\x04"  # Ctrl-D, and the end of the input
_PATIENCE: Final = 0.05  # seconds within which a terminal sends the rest of an escape sequence
# What arrow and function keys send: a control sequence (ECMA-48, 5.4) or ESC O and a letter. Any other ESC is the key itself.
_KEY: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[ -~]|.", re.DOTALL)
_CUT: Final = re.compile(r"\x1b(\[[0-?]*[ -/]*|O)?\Z")


class Keyboard:
    """The terminal at stdin. While it is entered, keys come at once and are not echoed."""

    def __init__(self) -> None:
        """Use the terminal that stdin is."""
        self._terminal = sys.stdin.fileno()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._waiting: deque[str] = deque()

    def __enter__(self) -> Self:
        """Switch line editing and echo off."""
        self._before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal, termios.TCSADRAIN)
        return self

    def __exit__(self, *_: object) -> None:
        """Restore the terminal as it was before."""
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    def key(self) -> str:
        """Return the next key: a character, or all that an arrow or function key sends. Ctrl-D and the end of the input are q."""
        while not self._waiting:
            self._waiting.extend(keys(self._read()))
        key = self._waiting.popleft()
        return "q" if key == _END else key

    @contextmanager
    def lines(self) -> Iterator[None]:
        """Give the terminal back for a line with all its keys for editing."""
        self.__exit__()
        try:
            yield
        finally:
            tty.setcbreak(self._terminal, termios.TCSADRAIN)

    def _read(self) -> str:
        """Read what was typed, and the rest of an escape sequence that it ends within."""
        text = self._chunk()
        while _CUT.search(text) and select.select([self._terminal], [], [], _PATIENCE)[0]:
            text += self._chunk()
        return text

    def _chunk(self) -> str:
        """Read what is there; bytes of a character that is not whole yet wait in the decoder for the rest."""
        typed = os.read(self._terminal, 1024)
        return self._decoder.decode(typed) if typed else _END


def keys(text: str) -> list[str]:
    """Split what a terminal sent into keys."""
    return _KEY.findall(text)
