"""The daily run in the background: `curator run` in a process of its own, at most one, and what it says of itself.

A process and not a thread: it can be ended like any command, keeps what it fetched whole, and takes no time from the pages.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from curator.core.errors import Locked
from curator.core.progress import ProgressEvent
from curator.core.text.plain import line
from curator.publishing.language import N_, Language

_GRACE: Final = 6.0  # seconds that a run has to keep what it fetched; it needs five at most
_KEPT: Final = 20  # lines of a message that are kept
_STAGES: Final = {
    "": N_("Starting"),
    "feeds": N_("Asking the feeds"),
    "articles": N_("Reading pages"),
    "reading": N_("Comparing with the topics"),
    "reading again": N_("Reading again what may fit"),
    "recalling": N_("Looking for what rises"),
}


class RunState(Struct, frozen=True, kw_only=True):
    """State of the last run that this server began: its stage, and once it has ended its exit code.

    `notes`: what it said beside its stages. `problem`: what it said on why it failed, one line each.
    """

    begun: datetime | None = None
    stage: str = ""
    done: int = 0
    total: int = 0
    notes: tuple[str, ...] = ()
    problem: tuple[str, ...] = ()
    ended: datetime | None = None
    code: int = 0

    @property
    def running(self) -> bool:
        """Whether the run is at work."""
        return self.begun is not None and self.ended is None

    @property
    def locked_out(self) -> bool:
        """Whether it ended because another run was at work."""
        return self.ended is not None and self.code == Locked.code


def stage(state: RunState, language: Language) -> str:
    """Return the stage of a run in words, with its steps: "Reading pages: 12 of 40"."""
    name = language.say(_STAGES[state.stage]) if state.stage in _STAGES else state.stage
    if not state.total:
        return name
    return language.say(
        "%(stage)s: %(done)s of %(total)s", stage=name, done=language.number(state.done), total=language.number(state.total)
    )


class Background:
    """Begins runs of one brand directory and follows them."""

    def __init__(self, home: Path) -> None:
        """Begin nothing yet."""
        self.state = RunState()
        self._home, self._lock = home, Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> bool:
        """Begin a run. Returns False where one that was begun here is still at work."""
        with self._lock:
            if self.state.running:
                return False
            command = [sys.executable, "-m", "curator", "run", "--json", "--progress", "--home", str(self._home)]
            process = subprocess.Popen(  # noqa: S603 - its only variable part is the brand directory
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
            )
            self._process, self.state = process, RunState(begun=datetime.now(UTC))
        Thread(target=self._follow, args=(process,), name="desk-run", daemon=True).start()
        return True

    def close(self) -> None:
        """End the run that is at work as a signal would; it keeps what it fetched whole."""
        with self._lock:
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _follow(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stderr, "it was opened with a pipe"
        with process.stderr as told:
            self._read(told)
        code = process.wait()
        problem = self.state.problem if code else ()
        self.state = replace(self.state, problem=problem, code=code, ended=datetime.now(UTC))

    def _read(self, told: IO[bytes]) -> None:
        for row in told:
            try:
                event = msgspec.json.decode(row, type=ProgressEvent)
            except msgspec.DecodeError:
                self.state = replace(self.state, problem=(*self.state.problem, _said(row))[-_KEPT:])
                continue
            if event.note:
                self.state = replace(self.state, notes=(*self.state.notes, event.note)[-_KEPT:])
            else:
                self.state = replace(self.state, stage=event.stage, done=event.done, total=event.total)


def _said(row: bytes) -> str:
    return line(row.decode("utf-8", "replace"), 1000).removeprefix("error: ")
