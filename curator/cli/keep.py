"""Save, import, and what the library holds."""

import click

COMMANDS: tuple[click.Command, ...] = ()
