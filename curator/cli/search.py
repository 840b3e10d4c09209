"""Search and reindex: what was saved, found again."""

import click

COMMANDS: tuple[click.Command, ...] = ()
