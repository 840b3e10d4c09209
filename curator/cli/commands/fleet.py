"""The fleet: the daily job of many brands, and how they stand."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from curator.cli import render
from curator.cli.common import NOW, Command, Group
from curator.cli.invocation import Invocation, pass_invocation

BRANDS = click.option(
    "--brands",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder that holds the brand directories, wherever their libraries are; default: --home, else CURATOR_HOME.",
)


@click.group(cls=Group)
def fleet() -> None:
    """Do the daily job of many brands at once, with one harvest."""


@fleet.command(
    cls=Command,
    json=("curator.core.fleet.FleetReport",),
    examples=("curator fleet run --brands ~/brands", "curator fleet run --brands ~/brands --json -q"),
)
@BRANDS
@NOW
@pass_invocation
def run(invocation: Invocation, brands: Path | None, now: datetime) -> None:
    """Do the daily job of every brand in a folder.

    A feed that several brands follow is fetched, parsed, extracted and embedded once, and ranked for each. Feeds whose address
    carries a password or a key are fetched for each brand. A brand that fails does not stop the others; the exit code is the
    gravest of theirs: 1 before 3 before 75.
    """
    from curator.library.fleet import Fleet

    with invocation.progress() as progress:
        report = Fleet.open(brands or invocation.home, progress=progress).run(now=now)
    invocation.show(report, lambda console: render.fleet.show_report(report, console, every_failure=invocation.verbose))
    if invocation.quiet and not invocation.json:
        render.fleet.show_problems(report.brands, render.console.console(stderr=True))
    sys.exit(report.code)


@fleet.command(
    cls=Command,
    json=("curator.core.fleet.FleetStatus",),
    examples=("curator fleet status --brands ~/brands",),
)
@BRANDS
@NOW
@pass_invocation
def status(invocation: Invocation, brands: Path | None, now: datetime) -> None:
    """Show when each brand was last run, how many of its feeds fail, and what cannot be opened."""
    from curator.library.fleet import Fleet

    found = Fleet.open(brands or invocation.home).status()
    invocation.show(found, lambda console: render.fleet.show_status(found, now, console))
    if any(brand.problems for brand in found.brands):
        sys.exit(1)


COMMANDS: tuple[click.Command, ...] = (fleet,)
