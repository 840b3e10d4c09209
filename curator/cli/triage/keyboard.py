"""The keys of a terminal, one at a time and none lost: what is typed while a decision is being kept waits for its turn."""

import os
import sys
import termios
import tty
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

_END = "\x04"  # Ctrl-D, and what stands for the end of the input


class Keyboard:
    """The terminal at stdin. While it is entered, a key comes at once and is not echoed."""

    def __init__(self) -> None:
        self._terminal = sys.stdin.fileno()
        self._waiting: deque[str] = deque()

    def __enter__(self) -> "Keyboard":
        self._before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal, termios.TCSADRAIN)
        return self

    def __exit__(self, *_: object) -> None:
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    def key(self) -> str:
        """The next key: a character, or all that an arrow or function key sends. Ctrl-D and a terminal that is gone are q."""
        while not self._waiting:
            typed = os.read(self._terminal, 1024).decode(errors="replace") or _END
            self._waiting.extend([typed] if typed.startswith("\x1b") else typed)
        key = self._waiting.popleft()
        return "q" if key == _END else key

    @contextmanager
    def lines(self) -> Iterator[None]:
        """The terminal as it was before, for a line with all its keys for editing."""
        self.__exit__()
        try:
            yield
        finally:
            tty.setcbreak(self._terminal, termios.TCSADRAIN)
