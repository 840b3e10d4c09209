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
from curator.publishing.language import Language, chosen
from curator.publishing.retold import retold


def render(report: RunReport, brand: Brand) -> str:
    """Return a CommonMark document in the language of the brand: a heading, mentions, stories as a numbered list, and failures."""
    language = chosen("", brand.language)
    say = language.say
    parts = [f"# {escape(brand.name)} · {wording.day(report.date, language)}", _counts(report, language)]
    if report.mentions:
        parts += ["## " + say("Mentions"), *(_mention(mention, report, language) for mention in report.mentions)]
    if report.trends:
        parts += ["## " + say("Rising"), "\n".join(_trend(trend, report, language) for trend in report.trends)]
    parts += ["## " + say("Shortlist"), *(_card(rank, card, report, language) for rank, card in enumerate(report.items, 1))]
    if not report.items:
        parts.append("**{}.** {}".format(*wording.empty(report, language)))
    if report.failures:
        parts += ["## " + say("Not reached"), "\n".join(_failure(failure, language) for failure in report.failures)]
    return "\n\n".join(parts) + "\n"


def _counts(report: RunReport, language: Language) -> str:
    counts, counted = report.counts, language.counted
    parts = (
        f"{len(report.items)} {wording.chosen(report, language)}",
        counted("%(num)s new item", "%(num)s new items", counts.new),
        counted("%(num)s feed", "%(num)s feeds", counts.feeds),
        language.say("%(what)s not reached", what=unreached) if (unreached := wording.unreached(report, language)) else "",
    )
    return " · ".join(filter(None, parts))


def _mention(mention: Mention, report: RunReport, language: Language) -> str:
    card, doubt = mention.item, ""
    if mention.kind == "unnamed":
        doubt = language.say("without the name")
    elif not mention.certain:
        doubt = language.say("perhaps")
    name = f"**{escape(mention.watch)}**{f' ({doubt})' if doubt else ''}"
    by = " · ".join((link(wording.title(card), card.url), *_by(card, report, language), f"`{card.id}`"))
    return f"- {name}: “{escape(wording.inside(mention.sentence))}”\n\n  {by}"


def _trend(trend: Trend, report: RunReport, language: Language) -> str:
    state, rise = wording.state(trend.state, language), wording.rise(trend, language)
    return f"- **{escape(trend.label)}** · {state} · {rise} · {escape(wording.languages(trend, report.generated_at, language))}"


def _card(rank: int, card: Card, report: RunReport, language: Language) -> str:
    """Return a list item, whose paragraphs are indented by the width of its marker (CommonMark 5.2)."""
    indent = " " * (len(str(rank)) + 2)
    return f"{rank}. " + f"\n\n{indent}".join(_paragraphs(card, report, language))


def _paragraphs(card: Card, report: RunReport, language: Language) -> Iterator[str]:
    yield f"**{link(wording.title(card), card.url)}**"
    if quote := wording.quote(card):
        yield f"> “{escape(quote)}”"
    fit = wording.best(card)
    best_fit = (f"{escape(fit.topic)} {wording.fit(fit.fit)}",) if fit else ()
    state = filter(None, (escape(wording.kind(card)), wording.momentum(card, language)))
    yield " · ".join((*best_fit, *_by(card, report, language), *state, f"`{card.id}`"))
    if n := wording.elsewhere(card):
        also = language.say("Also in %(n)s", n=n)
        named = ", ".join(link(wording.outlet(other, card, language), other.url) for other in card.story.others)
        yield f"{also}: {named}" if named else also


def _by(card: Card, report: RunReport, language: Language) -> Iterator[str]:
    yield from filter(None, (escape(card.source.title), escape(language.name(card.lang))))
    yield wording.age(card.published, report.generated_at, language)
    yield from filter(None, (wording.reading_time(card, language),))


def _failure(failure: Failure, language: Language) -> str:
    parts = [link(short(failure.url) or failure.url, failure.url), escape(retold(failure.reason, language))]
    if failure.hint:
        parts.append(_command(failure.hint) if wording.is_command(failure.hint) else escape(retold(failure.hint, language)))
    return "- " + ": ".join(parts)


def _command(text: str) -> str:
    """Return a code span. Backticks, which would end it, become apostrophes (CommonMark 6.1)."""
    return "`{}`".format(line(text, 500).replace("`", "'"))
