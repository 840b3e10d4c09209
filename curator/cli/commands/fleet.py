"""The fleet: the daily job of many brands, and how they stand."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from curator.cli import render
from curator.cli.common import NOW, Command, Group
from curator.cli.invocation import Invocation, pass_invocation

BRANDS = click.option(
    "--brands",
    metavar="DIR|URL",
    help="The folder that holds the brand directories, by default --home, else CURATOR_HOME; or the database that their settings are "
    "in, postgresql://HOST/DATABASE or env:NAME. The directory of each brand is made in --home then, by default here.",
)


@click.group(cls=Group)
def fleet() -> None:
    """Do the daily job of many brands at once, with one harvest."""


@fleet.command(
    cls=Command,
    json=("curator.core.fleet.FleetReport",),
    examples=(
        "curator fleet run --brands ~/brands",
        "curator fleet run --brands ~/brands --json -q",
        "curator fleet run --brands postgresql://db.example/curator --home ~/lists",
    ),
)
@BRANDS
@NOW
@pass_invocation
def run(invocation: Invocation, brands: str | None, now: datetime) -> None:
    """Do the daily job of every brand in a folder or a database.

    A feed that several brands follow is fetched, parsed, extracted and embedded once, and ranked for each. Feeds whose address
    carries a password or a key are fetched for each brand. A brand that fails does not stop the others; the exit code is the
    gravest of theirs: 1 before 3 before 75.

    Every command that writes to a library on Postgres records brand.toml and feeds.opml there. With the address of the database the
    brands are those that have such settings, and a machine needs no directory of theirs: it makes them, and brings them up to date.
    A file that a person edited there is left as it is, and that brand is not run.
    """
    from curator.library.fleet import Fleet

    with invocation.progress() as progress:
        report = Fleet.open(brands, home=invocation.home, progress=progress).run(now=now)
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
def status(invocation: Invocation, brands: str | None, now: datetime) -> None:
    """Show when each brand was last run, how many of its feeds fail, and what cannot be opened."""
    from curator.library.fleet import Fleet

    found = Fleet.open(brands, home=invocation.home).status()
    invocation.show(found, lambda console: render.fleet.show_status(found, now, console))
    if any(brand.problems for brand in found.brands):
        sys.exit(1)


COMMANDS: tuple[click.Command, ...] = (fleet,)
