"""Send what is due in a brand directory, and kill this process at its n-th call of the system: `killed_sender.py HOME N NOW`.

The calls are those that Python audits: files opened to write, renamed, linked and removed, sockets connected, locks taken. Sending
and receiving on a socket is counted besides. It writes how many there were when it was not killed.
"""

import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curator.core.context import Context
from curator.feeds import workers
from curator.jobs import notify
from curator.library import Library
from curator.publishing.notify import channels, wording
from curator.storage import tinydb_store

CALLS = ("open", "os.", "socket.", "fcntl.", "shutil.")
home, fatal = Path(sys.argv[1]), int(sys.argv[2])
count, counting = 0, False


def step(event: str, args: Any = ()) -> None:
    """Count a call, and die at the fatal one. Opening a file to read it changes nothing and is not counted."""
    global count
    reads = event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR)
    if counting and event.startswith(CALLS) and not reads:
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class Counted(socket.socket):
    """A socket whose transfers are counted too."""

    def sendall(self, *args: Any) -> None:
        step("socket.sendall")
        super().sendall(*args)
        step("socket.sent")

    def recv_into(self, *args: Any) -> int:
        step("socket.recv")
        got = super().recv_into(*args)
        step("socket.received")
        return got


LOADED = (Context, workers, notify, channels, wording, tinydb_store)  # no import is counted
socket.socket = Counted  # type: ignore[misc]
sys.addaudithook(step)
desk = Library.open(home)
desk.notifications.pending()
wording.test_message("x", desk.brand)
counting = True
desk.notifications.send(now=datetime.fromisoformat(sys.argv[3]).astimezone(UTC))
counting = False
sys.stdout.write(f"{count}\n")
