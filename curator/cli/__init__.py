"""The command line: each command parses, calls one method of `Library`, and renders."""

import click

from curator.cli.commands import (
    daily,
    decide,
    draft,
    export,
    feeds,
    fleet,
    mentions,
    notify,
    plan,
    replay,
    report,
    search,
    serve,
    trends,
    triage,
    watch,
)
from curator.cli.common import Group
from curator.core.version import VERSION

HELP = """From thousands of new articles to the few that fit the brand, with reasons.

\b
start      curator init kopi-senja    a brand directory to edit
daily      curator run                the reading list of the day
no idea?   curator demo               all of it on a bundled little internet
"""


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, help=HELP)
@click.version_option(VERSION, prog_name="curator")
def cli() -> None:
    """Run one of the commands."""


# In the order of a day's work.
for part in (daily, mentions, watch, trends, search, triage, decide, plan, draft, export, serve, report, notify, replay, feeds, fleet):
    for command in part.COMMANDS:
        cli.add_command(command)
