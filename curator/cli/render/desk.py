"""Rendering of the desk's report: what it says first, proposals, then a table and bars for each section."""

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped
from curator.cli.render.trends import sparkline
from curator.core.desk_report import DeskReport, Proposal
from curator.core.text.plain import line
from curator.publishing.formats import desk_tables, wording
from curator.publishing.formats.desk_tables import Section
from curator.publishing.language import Language

_BAR = 12  # columns of the longest bar
_CELL = 40  # characters of a cell
_ROOMY = 100  # columns: from here on there is room for bars


def show(report: DeskReport, timezone: str, console: Console) -> None:
    """Print the whole report."""
    language = Language(code=report.language)
    span, title = language.span(report.since, report.until, timezone), language.say("report")
    put(console, Text.assemble((line(report.brand), STRONG), f" · {title}"), soft(span), indent=1)
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
    course = Text(_course(report), ACCENT) if section.name == "lists" else None
    put(console, Text.assemble((section.title, STRONG)), course, indent=1)
    if section.said:
        put(console, soft(section.said), indent=1)
    console.print(_table(section, roomy=console.width >= _ROOMY))


def _course(report: DeskReport) -> str:
    """Return a bar a list, as high as its precision, and a gap where nothing was decided."""
    bars = sparkline([each.precision or 0 for each in report.lists])
    return "".join(" " if each.precision is None else bar for each, bar in zip(report.lists, bars, strict=True))


def _table(section: Section, *, roomy: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 1), header_style=SOFT)
    for n, cells in enumerate(zip(section.header, *section.rows, strict=True)):
        # Where it is narrow, the names in the first column are cut and the figures are not.
        table.add_column(cells[0], justify="right" if n else "left", no_wrap=True, min_width=max(map(cell_len, cells)) if n else None)
    bars = _bars(section) if roomy else {}
    if bars:
        table.add_column("", no_wrap=True)
    for row in section.rows:
        table.add_row(*(Text(line(cell, _CELL)) for cell in row), *([bars.get(row[0], Text())] if bars else []))
    return table


def _bars(section: Section) -> dict[str, Text]:
    """Return the bar of each row that is drawn, by the row's name."""
    most = max((row.value for row in section.drawn), default=0) or 1
    return {line(row.label, 60): Text("▇" * round(row.value / most * _BAR), ACCENT) for row in section.drawn}
