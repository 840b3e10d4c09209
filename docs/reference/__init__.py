"""The reference pages of the documentation, generated from the code. `./dev docs` writes them, a test finds stale ones."""

from collections.abc import Callable, Mapping
from pathlib import Path

from reference import api, commands, configuration, json_shapes

DOCS = Path(__file__).parents[1]
PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": api.render,
    "commands.md": commands.render,
    "configuration.md": configuration.render,
    "json.md": json_shapes.render,
}


def stale() -> dict[Path, str]:
    """Return the pages that differ from what the code says, with the text they should have."""
    pages = {DOCS / name: render() for name, render in PAGES.items()}
    return {path: text for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
