"""Replay: what an edited brief would change."""

import click

COMMANDS: tuple[click.Command, ...] = ()
