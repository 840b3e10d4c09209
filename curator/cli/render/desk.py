"""Rendering of the desk's report: what it says first, proposals, then a table and bars for each section."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped
from curator.cli.render.trends import sparkline
from curator.core.desk_report import DeskReport, Proposal
from curator.core.text.plain import line
from curator.publishing.formats import desk_tables, wording
from curator.publishing.formats.desk_tables import Section

_BAR = 12  # columns of the longest bar
_ROOMY = 100  # columns: from here on there is room for bars


def show(report: DeskReport, timezone: str, console: Console) -> None:
    """Print the whole report."""
    span = f"{wording.moment(report.since, timezone)} to {wording.moment(report.until, timezone)}"
    put(console, Text.assemble((line(report.brand), STRONG), " · report"), soft(span), indent=1)
    gap(console)
    for text in desk_tables.headline(report):
        put(console, Text(wording.sentence(line(text, 500))), indent=1)
    for text in report.notes:
        put(console, soft(wording.sentence(line(text, 500))), indent=1)
    for proposal in report.proposals:
        gap(console)
        _show_proposal(proposal, console)
    for section in desk_tables.sections(report):
        _show_section(section, report, console)


def _show_proposal(proposal: Proposal, console: Console) -> None:
    put(console, Text.assemble((line(proposal.what), STRONG)), indent=3, head=Text.assemble(" → ", style=ACCENT))
    put(console, soft(joined((proposal.why, proposal.effect))), indent=3)
    for row in filter(None, proposal.edit.split("\n")):
        unwrapped(console, Text(f"   {line(row, 2000)}"))
    unwrapped(console, Text(f"   {line(proposal.command, 2000)}"))


def _show_section(section: Section, report: DeskReport, console: Console) -> None:
    gap(console)
    course = Text(sparkline([each.precision or 0 for each in report.lists]), ACCENT) if section.name == "lists" else None
    put(console, Text.assemble((section.title, STRONG)), course, indent=1)
    put(console, soft(section.said), indent=1)
    console.print(_table(section, roomy=console.width >= _ROOMY))


def _table(section: Section, *, roomy: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 1), header_style=SOFT)
    for n, name in enumerate(section.header):
        table.add_column(name, justify="right" if n else "left", no_wrap=True)
    bars, longest = (_bars(section), 28) if roomy else ({}, 18)
    if bars:
        table.add_column("", no_wrap=True)
    for row in section.rows:
        table.add_row(*(Text(line(cell, longest)) for cell in row), *([bars.get(row[0], Text())] if bars else []))
    return table


def _bars(section: Section) -> dict[str, Text]:
    """Return the bar of each row that is drawn, by the row's name."""
    most = max((row.value for row in section.drawn), default=0) or 1
    return {line(row.label, 60): Text("▇" * round(row.value / most * _BAR), ACCENT) for row in section.drawn}
