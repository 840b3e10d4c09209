"""The progress of a long job on stderr: a bar for people, lines of JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO

import msgspec
from msgspec.structs import replace

from curator.cli.locale import say, told
from curator.cli.render.console import ACCENT, console, soft
from curator.core.progress import ProgressEvent
from curator.core.protocols import Progress
from curator.core.text.plain import line
from curator.library import SilentProgress
from curator.publishing.language import N_

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

STAGES: Final = (
    N_("feeds"),
    N_("articles"),
    N_("reading"),
    N_("reading again"),
    N_("recalling"),
    N_("the page"),
    N_("places"),
    N_("weighing"),
    N_("pushing"),
    N_("moving"),
    N_("comparing"),
)
_PAUSE: Final = 0.1  # seconds between two events of one stage


@contextmanager
def bar() -> Iterator[Progress]:
    """Show a bar on stderr that vanishes when the block ends; nothing where the terminal cannot move its cursor."""
    err = console(stderr=True)
    if not err.file.isatty() or err.is_dumb_terminal:
        yield SilentProgress()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(complete_style=ACCENT),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Bars(*columns, console=err, transient=True) as bars:
        yield _StageBar(bars)


class _StageBar:
    """Progress that shows one bar, that of the current stage. Naming the same stage again corrects its total."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._name = ""
        self._task: TaskID | None = None

    def stage(self, name: str, total: int = 0) -> None:
        if self._task is not None and name == self._name:
            self._bars.update(self._task, total=total or None)
            return
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._name, self._task = name, self._bars.add_task(say(line(name)), total=total or None)

    def step(self, n: int = 1) -> None:
        if self._task is not None:
            self._bars.advance(self._task, n)

    def note(self, text: str) -> None:
        self._bars.console.print(soft(line(told(text), 1000)))


class EventLines:
    """Progress that writes a `ProgressEvent` as a line of JSON to a stream, at most ten a second for one stage."""

    def __init__(self, stream: TextIO) -> None:
        """Write to `stream`."""
        self._stream, self._state, self._told = stream, ProgressEvent(), 0.0

    def stage(self, name: str, total: int = 0) -> None:
        """Write that a stage begins."""
        done = self._state.done if name == self._state.stage else 0
        self._state = ProgressEvent(stage=name, done=done, total=total)
        self._write(self._state)

    def step(self, n: int = 1) -> None:
        """Count steps; write how many were done, unless that was written just now and more are to come."""
        self._state = replace(self._state, done=self._state.done + n)
        if monotonic() - self._told >= _PAUSE or self._state.done == self._state.total:
            self._write(self._state)

    def note(self, text: str) -> None:
        """Write a message."""
        self._write(ProgressEvent(note=line(text, 1000)))

    def _write(self, event: ProgressEvent) -> None:
        self._told = monotonic()
        with suppress(OSError):  # who started the job has gone; the job goes on
            self._stream.write(msgspec.json.encode(event).decode() + "\n")
            self._stream.flush()
