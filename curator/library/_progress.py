"""The `Progress` of a caller that shows none."""

from __future__ import annotations


class SilentProgress:
    """Progress reporter that discards everything."""

    def stage(self, name: str, total: int = 0) -> None:
        """Ignore the start of a stage."""

    def step(self, n: int = 1) -> None:
        """Ignore `n` finished steps."""

    def note(self, text: str) -> None:
        """Ignore a message."""
