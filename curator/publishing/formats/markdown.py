"""The reading list as Markdown, for a chat or a collection of notes."""

from collections.abc import Iterator

from curator.core.brand import Brand
from curator.core.feed import Failure
from curator.core.report import RunReport
from curator.core.story import Card, Mention
from curator.core.text.plain import line
from curator.core.text.urls import short
from curator.core.trend import Trend
from curator.publishing.formats import wording
from curator.publishing.formats.markdown_escape import escape, link


def render(report: RunReport, brand: Brand) -> str:
    """Return a CommonMark document: a heading, the mentions, the stories as a numbered list, and the failures."""
    parts = [f"# {escape(brand.name)} · {wording.day(report.date)}", _counts(report)]
    if report.mentions:
        parts += ["## Mentions", *(_mention(mention, report) for mention in report.mentions)]
    if report.trends:
        parts += ["## Rising", "\n".join(_trend(trend, report) for trend in report.trends)]
    parts += ["## Shortlist", *(_card(rank, card, report) for rank, card in enumerate(report.items, 1))]
    if not report.items:
        parts.append("**{}.** {}".format(*wording.empty(report)))
    if report.failures:
        parts += ["## Not reached", "\n".join(map(_failure, report.failures))]
    return "\n\n".join(parts) + "\n"


def _counts(report: RunReport) -> str:
    counts = report.counts
    parts = [f"{len(report.items)} {wording.chosen(report)}", f"{counts.new:,} new items", wording.plural(counts.feeds, "feed")]
    if unreached := wording.unreached(report):
        parts.append(f"{unreached} not reached")
    return " · ".join(parts)


def _mention(mention: Mention, report: RunReport) -> str:
    card = mention.item
    doubt = "without the name" if mention.kind == "unnamed" else "" if mention.certain else "perhaps"
    name = f"**{escape(mention.watch)}**{f' ({doubt})' if doubt else ''}"
    by = " · ".join((link(wording.title(card), card.url), *_by(card, report), f"`{card.id}`"))
    return f"- {name}: “{escape(wording.inside(mention.sentence))}”\n\n  {by}"


def _trend(trend: Trend, report: RunReport) -> str:
    told = f"{wording.plural(trend.publishers, 'publisher')} in 24 h, {trend.expected:.1f} expected"
    return f"- **{escape(trend.label)}** · {trend.state} · {told} · {escape(wording.languages(trend, report.generated_at))}"


def _card(rank: int, card: Card, report: RunReport) -> str:
    """Return a list item, whose paragraphs are indented by the width of its marker (CommonMark 5.2)."""
    indent = " " * (len(str(rank)) + 2)
    return f"{rank}. " + f"\n\n{indent}".join(_paragraphs(card, report))


def _paragraphs(card: Card, report: RunReport) -> Iterator[str]:
    yield f"**{link(wording.title(card), card.url)}**"
    if quote := wording.quote(card):
        yield f"> “{escape(quote)}”"
    fit = wording.best(card)
    best_fit = (f"{escape(fit.topic)} {wording.fit(fit.fit)}",) if fit else ()
    yield " · ".join((*best_fit, *_by(card, report), *filter(None, (escape(wording.kind(card)), wording.momentum(card))), f"`{card.id}`"))
    if n := wording.elsewhere(card):
        named = ", ".join(link(wording.outlet(other, card), other.url) for other in card.story.others)
        yield f"Also in {n}: {named}" if named else f"Also in {n}"


def _by(card: Card, report: RunReport) -> Iterator[str]:
    yield from filter(None, (escape(card.source.title), escape(wording.language(card.lang))))
    yield wording.age(card.published, report.generated_at)
    if minutes := wording.minutes(card.words):
        yield f"{minutes} min read"


def _failure(failure: Failure) -> str:
    parts = [link(short(failure.url) or failure.url, failure.url), escape(failure.reason)]
    if failure.hint:
        parts.append(_command(failure.hint) if wording.is_command(failure.hint) else escape(failure.hint))
    return "- " + ": ".join(parts)


def _command(text: str) -> str:
    """Return a code span. Backticks, which would end it, become apostrophes (CommonMark 6.1)."""
    return "`{}`".format(line(text, 500).replace("`", "'"))
