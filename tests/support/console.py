"""What a renderer prints."""

import io
from collections.abc import Callable

from rich.console import Console

Show = Callable[[Console], None]


def printed(show: Show, width: int = 80, *, colours: bool = False) -> str:
    file = io.StringIO()
    system = "truecolor" if colours else None
    show(Console(file=file, width=width, force_terminal=colours, color_system=system, markup=False, emoji=False, highlight=False))
    return file.getvalue()
