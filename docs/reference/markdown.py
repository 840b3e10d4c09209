"""Pieces of Markdown that the pages share."""

import inspect
import re
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Generated from the code by ./dev docs. Edit the code, not this page. -->\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar in a cell is escaped."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, row))} |" for row in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(lines: Iterable[str], language: str = "") -> str:
    """Return a code block."""
    return f"```{language}\n{chr(10).join(lines)}\n```"


def prose(documented: object) -> str:
    """Return the docstring of an object as paragraphs, each on one line."""
    text = inspect.cleandoc(vars(documented).get("__doc__") or "") if inspect.isclass(documented) else inspect.getdoc(documented) or ""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text)).strip()


def page(title: str, *parts: str) -> str:
    """Return a whole page."""
    return "\n\n".join((f"# {title}", GENERATED.strip(), *parts)) + "\n"
