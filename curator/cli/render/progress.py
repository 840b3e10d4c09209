"""The progress bar of a long job, on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from curator.cli.render.console import ACCENT, console, soft
from curator.core.protocols import Progress
from curator.core.text.plain import line
from curator.library import SilentProgress

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


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
        self._name, self._task = name, self._bars.add_task(line(name), total=total or None)

    def step(self, n: int = 1) -> None:
        if self._task is not None:
            self._bars.advance(self._task, n)

    def note(self, text: str) -> None:
        self._bars.console.print(soft(line(text, 1000)))
