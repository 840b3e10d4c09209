"""Plan: slots, gaps, mix."""

import click

COMMANDS: tuple[click.Command, ...] = ()
