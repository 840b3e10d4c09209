"""Moving the library of a brand directory to another store."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from curator.config import edit, values
from curator.config.edit import Edit
from curator.core.errors import StoreError, UsageError
from curator.library._workspace import Workspace

if TYPE_CHECKING:
    from curator.storage.move import Moved

_EXAMPLE = "curator move --to 'postgresql://db.example/curator?brand=kopi-senja'"


def move(workspace: Workspace, to: str, *, switch: bool) -> Moved:
    """Copy the library to the store `to`, compare both, and with `switch` name it in brand.toml. Raises UsageError for no store."""
    from curator.storage import move as storage_move
    from curator.storage import open_caches, open_store, same_place

    spec, folder = _spec(to), workspace.home / "library"
    if same_place(spec, workspace.brand.engine.store, folder):
        raise UsageError("the library is kept there already", hint=_EXAMPLE)
    caches = workspace.caches
    with storage_move.held(workspace.store):  # nothing is written here between the comparison and the new line of brand.toml
        moved = storage_move.move(workspace.store, open_store(spec, folder), workspace.progress, aside=_aside(spec, folder))
        if switch:
            _forget_settings(workspace.brand.engine.store, folder)
            switched = [Edit(table="engine", values={"store": spec})]
            workspace.rewrite_brand(partial(edit.applied, edits=switched))
    try:
        storage_move.move_caches(caches, open_caches(spec, folder))
    except StoreError as error:
        workspace.progress.note(f"what the models have computed did not all come along, and is computed again: {error}")
    return moved


def _forget_settings(store: str, folder: Path) -> None:
    """Take the brand out of the fleet of the database that it leaves."""
    from curator.storage import open_settings

    if store != "tinydb":
        open_settings(store, folder).forget()


def _spec(to: str) -> str:
    try:
        return values.store(to)
    except ValueError as error:
        raise UsageError(f"--to {error}", hint=_EXAMPLE) from None


def _aside(spec: str, folder: Path) -> str:
    return f"mv {folder} {folder}.former" if spec == "tinydb" else "name another brand of the database: ?brand=NAME"
