"""The reading list as a Markdown note, for a chat or a vault of notes. Foreign words stay words, whatever they contain."""

from collections.abc import Iterator

from curator.core.brand import Brand
from curator.core.feed import Failure
from curator.core.report import RunReport
from curator.core.story import Card, Mention
from curator.core.text.plain import line
from curator.core.text.urls import short
from curator.publishing.formats import words
from curator.publishing.formats.marks import link, plain


def render(report: RunReport, brand: Brand) -> str:
    """CommonMark: a heading, the mentions, the stories as a numbered list, what was not reached."""
    parts = [f"# {plain(brand.name)} · {words.day(report.date)}", _counts(report)]
    if report.mentions:
        parts += ["## Mentions", *(_mention(mention, report) for mention in report.mentions)]
    parts += ["## Shortlist", *(_card(rank, card, report) for rank, card in enumerate(report.items, 1))]
    if not report.items:
        parts.append("**{}.** {}".format(*words.empty(report)))
    if report.failures:
        parts += ["## Not reached", "\n".join(map(_failure, report.failures))]
    return "\n\n".join(parts) + "\n"


def _counts(report: RunReport) -> str:
    counts = report.counts
    told = [f"{len(report.items)} {words.chosen(report)}", f"{counts.new:,} new items", words.plural(counts.feeds, "feed")]
    if unreached := words.unreached(report):
        told.append(f"{unreached} not reached")
    return " · ".join(told)


def _mention(mention: Mention, report: RunReport) -> str:
    card = mention.item
    name = f"**{plain(mention.watch)}**{'' if mention.certain else ' (perhaps)'}"
    by = " · ".join((link(words.title(card), card.url), *_by(card, report), f"`{card.id}`"))
    return f"- {name}: “{plain(words.inside(mention.sentence))}”\n\n  {by}"


def _card(rank: int, card: Card, report: RunReport) -> str:
    """A list item; all that belongs to it is indented by the width of its marker (CommonMark 5.2)."""
    indent = " " * (len(str(rank)) + 2)
    return f"{rank}. " + f"\n\n{indent}".join(_paragraphs(card, report))


def _paragraphs(card: Card, report: RunReport) -> Iterator[str]:
    yield f"**{link(words.title(card), card.url)}**"
    if quote := words.quote(card):
        yield f"> “{plain(quote)}”"
    fit = words.best(card)
    judged = (f"{plain(fit.topic)} {words.fit(fit.fit)}",) if fit else ()
    yield " · ".join((*judged, *_by(card, report), *filter(None, (plain(words.kind(card)),)), f"`{card.id}`"))
    if n := words.elsewhere(card):
        named = ", ".join(link(words.outlet(other, card), other.url) for other in card.story.others)
        yield f"Also in {n}: {named}" if named else f"Also in {n}"


def _by(card: Card, report: RunReport) -> Iterator[str]:
    yield from filter(None, (plain(card.source.title), plain(words.language(card.lang))))
    yield words.age(card.published, report.generated_at)
    if minutes := words.minutes(card.words):
        yield f"{minutes} min read"


def _failure(failure: Failure) -> str:
    told = [link(short(failure.url) or failure.url, failure.url), plain(failure.reason)]
    if failure.hint:
        told.append(_command(failure.hint) if words.is_command(failure.hint) else plain(failure.hint))
    return "- " + ": ".join(told)


def _command(text: str) -> str:
    """A code span: only a backtick could end it (CommonMark 6.1)."""
    return "`{}`".format(line(text, 500).replace("`", "'"))
