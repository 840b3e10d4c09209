"""What commands print, a module for each kind of result. The modules load rich, so each is imported when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curator.cli.render import (
        console,
        desk,
        draft,
        explanation,
        feeds,
        fleet,
        notify,
        plan,
        progress,
        push,
        replay,
        report,
        search,
        trends,
        watch,
    )

__all__ = [
    "console",
    "desk",
    "draft",
    "explanation",
    "feeds",
    "fleet",
    "notify",
    "plan",
    "progress",
    "push",
    "replay",
    "report",
    "search",
    "trends",
    "watch",
]


def __getattr__(name: str) -> Any:
    """Import a renderer when it is first used (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
