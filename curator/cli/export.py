"""Export: the calendar and the library in the formats of others."""

import click

COMMANDS: tuple[click.Command, ...] = ()
