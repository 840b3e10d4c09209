"""Replay: what an edited brief would change."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from curator.cli.common import NOW, Command, Options, console, document, opened
from curator.core.errors import UsageError


def _span(_: click.Context, __: click.Parameter, text: str) -> timedelta:
    from curator.config import values

    try:
        return values.duration(text)
    except ValueError as error:
        raise UsageError(f"--since {error}", hint="--since 30d") from None


@click.command(cls=Command, json=True)
@click.option("--brief", type=click.Path(path_type=Path), metavar="NEW.toml", required=True, help="An edited copy of brand.toml.")
@click.option("--since", "span", default="30d", show_default=True, metavar="SPAN", callback=_span, help="How far to look back.")
@NOW
def replay(brief: Path, span: timedelta, now: datetime) -> None:
    """Rank what is stored with an edited brief: who enters, who leaves, and what your picks say to it."""
    with opened(working=True) as desk:
        done = desk.replay(brief, span, now=now)
    if Options.json:
        document(done)
    elif not Options.quiet:
        from curator.cli.render import replay as render_replay

        render_replay.show(done, desk.brand, console())


COMMANDS: tuple[click.Command, ...] = (replay,)
