"""Rendering of reading lists, cards, rankings, pages, health checks and errors.

Everything foreign is printed as `Text` of one cleaned line: no markup, no escape sequence, no line break of its own.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from curator.cli.locale import counted, language, say, told
from curator.cli.render import trends
from curator.cli.render.console import ACCENT, SOFT, STRONG, gap, joined, put, soft, unwrapped, width
from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.feed import Article, Failure
from curator.core.report import HealthCheck, RunReport
from curator.core.story import Card, Fit, Mention
from curator.core.text.plain import clean, line
from curator.core.text.urls import short
from curator.publishing.formats import wording

if TYPE_CHECKING:
    from curator.planning.decisions import Decided


_ROOMY = 80  # columns: from here on ids have a column of their own
_LISTED_FAILURES = 3


# --- the reading list -------------------------------------------------------------------------------------------


def show_report(
    report: RunReport,
    brand: Brand,
    console: Console,
    *,
    page: str | os.PathLike[str] | None = None,
    hints: Sequence[str] = (),
    every_failure: bool = False,
) -> None:
    """Print a reading list. `page` is where it lies as a file, `hints` are commands to type next; `every_failure` lists all of them."""
    title = Text.assemble((line(brand.name), STRONG), f" · {wording.day(report.date, language())}")
    put(console, title, soft(_counts(report)), indent=1)
    if report.mentions:
        gap(console)
        put(console, Text.assemble((counted("%(num)s mention", "%(num)s mentions", len(report.mentions)), STRONG)), indent=1)
    for mention in report.mentions:
        _show_mention(mention, report.generated_at, console)
    if report.trends:
        trends.show_listed(report.trends, report.generated_at, console)
    for rank, card in enumerate(report.items, 1):
        gap(console)
        _show_story(rank, card, report.generated_at, console)
    gap(console)
    _show_end(report, brand, console, line(os.fspath(page), 1000) if page else "")
    _show_failures(report, console, every_failure)
    if hints:
        unwrapped(console, Text.assemble(" ", (say("next: "), SOFT), "     ".join(map(line, hints))))


def _counts(report: RunReport) -> str:
    new = say("%(n)s new", n=language().number(report.counts.new))
    return joined((_feeds(report), new, wording.span(report.seconds.total, language())))


def _feeds(report: RunReport) -> str:
    return counted("%(num)s feed", "%(num)s feeds", report.counts.feeds)


def _show_mention(mention: Mention, now: datetime, console: Console) -> None:
    card = mention.item
    put(console, Text(f"“{wording.inside(line(mention.sentence, 500))}”"), indent=3)
    watch, also = line(wording.watch(mention, language())), wording.also(card, language())
    put(console, soft(joined((watch, *by(card, now), also, card.id))), indent=4)


def show_mentions(mentions: Sequence[Mention], now: datetime, console: Console) -> None:
    """Print mentions in two lines each: the sentence, then the watch term and who says it, with how many others tell the story."""
    for mention in mentions:
        _show_mention(mention, now, console)


def _show_story(rank: int, card: Card, now: datetime, console: Console) -> None:
    roomy = console.width >= _ROOMY
    indent = 15 if roomy else 5
    head = Text.assemble(f"{rank:>3}  ", (card.id, SOFT)) if roomy else Text(f"{rank:>3}")
    put(console, Text.assemble((wording.title(card), STRONG)), indent=indent, head=head)
    about = ("" if roomy else card.id, *by(card, now), wording.also(card, language()), wording.momentum(card, language()))
    put(console, soft(joined(about)), fit_bar(wording.best(card)), indent=indent)
    if quote := wording.quote(card):
        put(console, Text(f"“{line(quote, 500)}”"), indent=indent)


def by(card: Card, now: datetime) -> tuple[str, ...]:
    """Return the outlet of a card, its language and its age."""
    return line(card.source.title, 40), line(card.lang, 12), wording.age(card.published, now, language())


def fit_bar(fit: Fit | None) -> Text:
    """Return a bar like Specialty coffee ▇▇▇▇▇▇▇▇▇▁ .91."""
    if fit is None:
        return Text()
    full = max(0, min(10, round(fit.fit * 10)))
    return Text.assemble(f"{line(fit.topic, 40)} ", ("▇" * full, ACCENT), ("▁" * (10 - full), SOFT), f" {wording.fit(fit.fit)}")


def _show_end(report: RunReport, brand: Brand, console: Console, page: str) -> None:
    if report.items:
        unwrapped(console, Text(f" {len(report.items)} {wording.chosen(report, language())}" + (f" → {page}" if page else "")))
    else:
        headline, because = wording.empty(report, language())
        put(console, Text.assemble((f"{headline}. ", STRONG), because), indent=1)
    if 0 < len(report.items) < brand.shortlist.size:
        put(console, soft(wording.short_list(len(report.items), brand.shortlist.size, language())), indent=1)


def _show_failures(report: RunReport, console: Console, every: bool) -> None:
    shown = len(report.failures) if every else _LISTED_FAILURES
    if report.failures:
        what = say("%(what)s not reached", what=wording.unreached(report, language()))
        put(console, Text.assemble((what, ACCENT)), indent=1)
    for failure in report.failures[:shown]:
        put(console, soft(_failure(failure)), indent=3)
    if (more := len(report.failures) - shown) > 0:
        put(console, soft(say("and %(n)s more", n=more)), indent=3)


def _failure(failure: Failure) -> str:
    return f"{short(failure.url) or line(failure.url)}: {line(told(failure.reason))}"


def show_fetched(report: RunReport, console: Console, *, every_failure: bool = False) -> None:
    """Print what a fetch brought."""
    counts = report.counts
    figures = (
        _feeds(report),
        say("%(n)s unchanged", n=language().number(counts.feeds_unchanged)),
        say("%(n)s new", n=language().number(counts.new)),
        wording.span(report.seconds.total, language()),
    )
    put(console, Text(joined(figures)), indent=1)
    _show_failures(report, console, every_failure)


# --- one card, many cards, a page --------------------------------------------------------------------------------


def show_card(card: Card, text: str, brand: Brand, console: Console) -> None:
    """Print everything known of one item: its fits, its reasons, its other outlets and its text."""
    published, read = wording.moment(card.published, brand.timezone, language()), wording.reading_time(card, language())
    about = (card.source.title, card.author, language().name(card.lang), published, read)
    put(console, Text.assemble((wording.title(card), STRONG)), indent=1)
    unwrapped(console, soft(f" {line(card.url, 4000)}"))
    put(console, soft(joined(about)), indent=1)
    state = (card.id, told(card.status), wording.kind(card), wording.momentum(card, language()), *(f"#{tag}" for tag in card.tags))
    put(console, soft(joined(state)), indent=1)
    if quote := wording.quote(card):
        gap(console)
        put(console, Text(f"“{line(quote, 500)}”"), indent=1)
    _show_fits(card, console)
    _show_ledger(card, console)
    _show_others(card, console)
    _show_text(text, console)


def _show_fits(card: Card, console: Console) -> None:
    if card.fits:
        gap(console)
    longest = max((cell_len(line(fit.topic, 40)) for fit in card.fits), default=0)
    for fit in card.fits:
        put(console, fit_bar(fit), indent=1 + longest - cell_len(line(fit.topic, 40)))


def _show_ledger(card: Card, console: Console) -> None:
    """Print what each reason added to the score or took from it, and the sum."""
    if card.why:
        gap(console)
        for reason in card.why:
            put(console, Text(line(told(reason.text), 500)), indent=7, head=Text(f"{wording.signed(reason.value):>5}"))
        put(console, Text.assemble((say("score"), STRONG)), indent=7, head=Text.assemble((f"{wording.number(card.score):>5}", STRONG)))


def _show_others(card: Card, console: Console) -> None:
    if wording.elsewhere(card):
        gap(console)
        put(console, Text.assemble((wording.also(card, language()), STRONG)), indent=1)
    for other in card.story.others:
        put(console, Text.assemble((line(wording.outlet(other, card, language())), SOFT), f"  {line(other.title)}"), indent=3)
        unwrapped(console, soft(f"   {line(other.url, 4000)}"))


def _show_text(text: str, console: Console) -> None:
    for paragraph in clean(text).split("\n"):
        if text := line(paragraph, len(paragraph)):
            gap(console)
            put(console, Text(text), indent=1)


def show_ranking(cards: Iterable[Card], now: datetime, console: Console, *, every_fit: bool = False) -> None:
    """Print two lines per card, best first; with `every_fit` four, with its fit to every topic and all its reasons."""
    for rank, card in enumerate(cards, 1):
        best = wording.best(card)
        head = Text.assemble(f"{rank:>4}  ", (card.id, SOFT), (f"  {wording.fit(best.fit) if best else '':>4}  ", ACCENT))
        indent = head.cell_len
        put(console, Text(_cut(wording.title(card), width(console) - indent)), indent=indent, head=head)
        topic = best.topic if best and not every_fit else ""
        put(console, soft(joined((*by(card, now), wording.kind(card), topic))), indent=indent)
        if every_fit:
            put(console, soft(joined(f"{fit.topic} {wording.fit(fit.fit)}" for fit in card.fits)), indent=indent)
            put(console, soft(joined(line(told(reason.text), 200) for reason in card.why)), indent=indent)


def _cut(text: str, columns: int) -> str:
    return text if cell_len(text) <= columns else set_cell_size(text, columns - 1).rstrip() + "…"


def show_decided(done_to: str, done: "Iterable[Decided]", timezone: str, console: Console) -> None:
    """Print each item with what was done to it, and its times in the calendar."""
    for each in done:
        item = each.item
        put(console, Text.assemble((line(item.title), STRONG)), indent=10, head=Text.assemble((item.id, SOFT)))
        what = done_to if each.changed else say("nothing changed")
        where = [f"{post.network} {_local(post.at, timezone)}" for post in each.standing]
        put(
            console,
            soft(joined((what, *where, item.kind, " ".join(f"#{tag}" for tag in item.tags), item.note))),
            indent=10,
            head=Text(" " * 10),
        )


def _local(moment: datetime | None, timezone: str) -> str:
    if moment is None:
        return say("without a time yet")
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{wording.short_day(local.date(), language(), '0')} {local:%Y %H:%M}"


def show_article(article: Article, console: Console) -> None:
    """Print what the extractor got out of a page; times in UTC."""
    published = wording.moment(article.published, "UTC", language()) if article.published else ""
    words = counted("%(num)s word", "%(num)s words", article.words)
    about = (article.sitename, article.author, language().name(article.lang), published, words)
    put(console, Text.assemble((line(article.title, 500) or say("no title"), STRONG)), indent=1)
    unwrapped(console, soft(f" {line(article.url, 4000)}"))
    put(console, soft(joined(about)), indent=1)
    if article.partial:
        put(console, Text(say("only a part: the article has further pages that could not be read"), ACCENT), indent=1)
    _show_text(article.text, console)


def show_checks(checks: Iterable[HealthCheck], console: Console) -> None:
    """Print the result of each health check, and what to type where one failed."""
    for check in checks:
        head = Text.assemble(" ", (say("ok") if check.ok else say("wrong"), SOFT if check.ok else ACCENT))
        put(console, Text(f"{line(told(check.name))}: {line(told(check.text), 500)}"), indent=7, head=head)
        if check.hint and not check.ok:
            unwrapped(console, Text(f"       {line(check.hint, 1000)}"))


def show_error(error: CuratorError, console: Console) -> None:
    """Print each problem of an error as `error:` what, `where:` file and key, `hint:` a command to type."""
    for number, problem in enumerate(error.problems):
        if number:
            gap(console)
        what, *shown = clean(problem.what).split("\n") if problem.multiline else [problem.what]
        unwrapped(console, Text.assemble((say("error: "), "bold red"), line(told(what), 1000)))
        for row in shown:
            unwrapped(console, Text(row))
        if problem.where:
            unwrapped(console, Text.assemble((say("where: "), SOFT), line(problem.where, 1000)))
        if problem.hint:
            unwrapped(console, Text.assemble((say("hint:  "), SOFT), line(told(problem.hint), 1000)))
