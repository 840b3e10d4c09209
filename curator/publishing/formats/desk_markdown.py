"""The desk's report as Markdown."""

from curator.core.desk_report import DeskReport, Proposal
from curator.publishing.formats import desk_tables, wording
from curator.publishing.formats.desk_tables import Section
from curator.publishing.formats.markdown_escape import escape
from curator.publishing.language import Language


def render(report: DeskReport, timezone: str) -> str:
    """Return a CommonMark document with tables as GitHub writes them."""
    language = Language(code=report.language)
    title = language.say("report")
    parts = [
        f"# {escape(report.brand)} · {title}",
        language.span(report.since, report.until, timezone),
        "\n".join(f"- {escape(text)}" for text in map(wording.sentence, (*desk_tables.headline(report), *report.notes))),
    ]
    if report.proposals:
        heading = language.say("Proposals")
        parts += [f"## {heading}", *(_proposal(each, language) for each in report.proposals)]
    for section in desk_tables.sections(report):
        parts += [f"## {section.title}", escape(section.said), _table(section)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _table(section: Section) -> str:
    rows = (section.header, ("---", *["---:"] * (len(section.header) - 1)), *(tuple(map(_cell, row)) for row in section.rows))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(text: str) -> str:
    return escape(text).replace("|", "\\|")


def _proposal(each: Proposal, language: Language) -> str:
    lines = "".join(f"\n\n      {row}" if not n else f"\n      {row}" for n, row in enumerate(filter(None, each.edit.split("\n"))))
    command = each.command.replace("`", "'")
    tried = language.say("Tried on what is kept: %(effect)s.", effect=escape(each.effect))
    return f"- **{escape(each.what)}**: {escape(each.why)}. {tried}{lines}\n\n  `{command}`"
