"""Jobs that a worker process imports by name: some do as they should, most do not."""

import os
import re
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from curator.core.errors import Unreadable


def double(x: int) -> int:
    return 2 * x


def who() -> int:
    return os.getpid()


def size(body: bytes) -> int:
    return len(body)


def forges(reply: bytes) -> int:
    """Send a reply of its own choosing over every socket the process holds, as bytes that took it over would."""
    for number in range(3, 20):
        with suppress(OSError):
            os.write(number, len(reply).to_bytes(8, "big") + reply)
    return 0


def dribbles(announced: int) -> int:
    """Announce a reply of so many bytes, send one of them, and sleep."""
    for number in range(3, 20):
        with suppress(OSError):
            os.write(number, announced.to_bytes(8, "big") + b"x")
    signal.setitimer(signal.ITIMER_REAL, 0)
    time.sleep(60)
    return 0


def refuses() -> None:
    raise Unreadable("kosong", "curator feeds check x")


def stumbles() -> None:
    raise KeyError("salah \x1b[31m\nbaris")


def dies() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def notes(folder: str, n: int, seconds: float) -> int:
    """Add a letter to the file of a number, which tells how often this was done."""
    with (Path(folder) / str(n)).open("a") as file:
        file.write("x")
    time.sleep(seconds)
    return n * n


def sleeps(seconds: float = 60, page: str = "") -> None:
    time.sleep(seconds)


def holds_the_interpreter() -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def eats() -> int:
    return len(bytearray(2 << 30))


def modules() -> set[str]:
    return set(sys.modules)


def nests() -> None:
    nests()


def gives_what_cannot_be_sent() -> object:
    return lambda: 1


def looks_in_the_current_directory() -> bool:
    return "" in sys.path or str(Path.cwd()) in sys.path
