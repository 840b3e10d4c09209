"""Spans of days that pages look back on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from curator.serve.routes import Ask

SPANS: Final[Mapping[str, timedelta]] = {f"{days}d": timedelta(days=days) for days in (1, 7, 30, 90)}


def chosen(ask: Ask, usual: str) -> str:
    """Return the span that the address names, `usual` for none or an unknown one."""
    wanted = ask.query.get("since", "")
    return wanted if wanted in SPANS else usual
