"""Draft: a post, ready to share."""

import click

COMMANDS: tuple[click.Command, ...] = ()
