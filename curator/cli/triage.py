"""Triage: one key a decision; push: the calendar on a server."""

import click

COMMANDS: tuple[click.Command, ...] = ()
