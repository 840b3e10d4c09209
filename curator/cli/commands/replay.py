"""Replay: what an edited brief would change."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

from curator.cli import render
from curator.cli.common import NOW, Command
from curator.cli.common import span as parse_span
from curator.cli.invocation import Invocation, pass_invocation


@click.command(cls=Command, json=("curator.jobs.replay.Replay",), examples=("curator replay --brief new.toml --since 60d",))
@click.option("--brief", type=click.Path(path_type=Path), metavar="NEW.toml", required=True, help="An edited copy of brand.toml.")
@click.option("--since", "span", default="30d", show_default=True, metavar="SPAN", callback=parse_span, help="How far to look back.")
@NOW
@pass_invocation
def replay(invocation: Invocation, brief: Path, span: timedelta, now: datetime) -> None:
    """Rank what is stored with an edited brief: what enters, what leaves, and how it agrees with your picks."""
    with invocation.library(working=True) as desk:
        done = desk.replay(brief, span, now=now)
    invocation.show(done, lambda console: render.replay.show(done, desk.brand, console))


COMMANDS: tuple[click.Command, ...] = (replay,)
