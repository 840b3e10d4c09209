"""Protocol of what shows a person how far a job is."""

from typing import Protocol


class Progress(Protocol):
    """Display of what a job is doing."""

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage of `total` steps (0: unknown) and end the previous one."""
        ...

    def step(self, n: int = 1) -> None:
        """Count `n` steps of the current stage as done."""
        ...

    def note(self, text: str) -> None:
        """Show a message beside the progress."""
        ...
