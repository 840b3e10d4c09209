"""Pick, skip, undo, tag, note: what a person decides on an item."""

import click

COMMANDS: tuple[click.Command, ...] = ()
