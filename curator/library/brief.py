"""`Library.brief`: brand.toml as it is edited and tried."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from curator import config
from curator.config import edit
from curator.config.edit import Edit
from curator.core.brand import Brand
from curator.core.errors import DecidedElsewhere
from curator.library._workspace import Workspace, moment

if TYPE_CHECKING:
    from curator.jobs.replay import Replay


class Brief:
    """Text of brand.toml. Edits keep every line and comment that they do not mean."""

    def __init__(self, workspace: Workspace) -> None:
        """Edit the brand.toml of this workspace."""
        self._workspace = workspace

    def document(self) -> tuple[Mapping[str, Any], str]:
        """Return brand.toml as it is written, by table and key, and a stamp that changes with its text."""
        text = config.text(self._workspace.home)
        return tomllib.loads(text), _stamp(text)

    def preview(
        self, edits: Sequence[Edit], span: timedelta = timedelta(days=30), *, seen: str = "", now: datetime | None = None
    ) -> Replay:
        """Rank the items of the last `span` with these edits, and compare, as `Library.replay` does. Writes nothing.

        `seen` and the errors are those of `write`.
        """
        from curator.jobs import replay

        edited = config.parse(_changed(config.text(self._workspace.home), edits, seen).encode())
        return replay.replay(self._workspace.read_only_context(), edited, moment(now), span)

    def write(self, edits: Sequence[Edit], *, seen: str = "") -> Brand:
        """Write edits into brand.toml, whose former text stays as brand.toml.bak. Returns the brand that it then says.

        `seen`: the stamp of the text that the edits are meant for. Raises DecidedElsewhere where it was changed since,
        ConfigError where it would have a problem, and Locked while another command writes. Nothing is written then.
        """
        return self._workspace.rewrite_brand(partial(_changed, edits=edits, seen=seen))


def _changed(text: str, edits: Sequence[Edit], seen: str) -> str:
    if seen and seen != _stamp(text):
        raise DecidedElsewhere("brand.toml was changed meanwhile: load it again before you change it")
    return edit.applied(text, edits)


def _stamp(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
