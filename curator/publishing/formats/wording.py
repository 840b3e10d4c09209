"""The wording of days, ages and numbers, and of what a reading list says, the same in every format and in the terminal."""

import re
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from curator.core.report import RunReport
from curator.core.story import Card, Fit, Mention, RelatedItem
from curator.core.text.plain import line
from curator.core.trend import Trend, TrendState
from curator.publishing.language import N_, Language

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# Silent reading of English prose (Brysbaert 2019, doi 10.1016/j.jml.2019.104047); used for every language.
_WORDS_PER_MINUTE = 238
STATES: Final = {"new": N_("new"), "growing": N_("growing"), "fading": N_("fading"), "back": N_("back")}  # of a trend
_SINGLE = str.maketrans('“”„"', "‘’‚'")


def day(when: date, language: Language) -> str:
    """Return a day as "Monday 23 November 2026" or "Senin, 23 November 2026"."""
    if language.code != "en":
        return language.day(when)
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


def short_day(when: date, language: Language, pad: str = " ") -> str:
    """Return a day as "Mon 23 Nov" or "Sen 23 Nov", with `pad` before a day of one digit."""
    if language.code != "en":
        return f"{language.day(when, 'EEE')} {when.day:{pad}>2} {language.day(when, 'MMM')}"
    return f"{_DAYS[when.weekday()][:3]} {when.day:{pad}>2} {_MONTHS[when.month - 1][:3]}"


def moment(when: datetime, timezone: str, language: Language) -> str:
    """Return a time as "Monday 23 November 2026, 08:05", in that time zone."""
    local = when.astimezone(ZoneInfo(timezone))
    return f"{day(local, language)}, {local:%H:%M}"


def age(then: datetime, now: datetime, language: Language) -> str:
    """Return the time since `then` as "12 min", "5 h" or "3 d", in whole units, of which one at least; hours up to two days."""
    minutes = max(1, int((now - then).total_seconds() // 60))
    if minutes < 60:
        return language.say("%(n)s min", n=minutes)
    if minutes < 48 * 60:
        return language.say("%(n)s h", n=minutes // 60)
    return language.say("%(n)s d", n=minutes // (24 * 60))


def span(seconds: float, language: Language) -> str:
    """Return a duration as "0.4 s", "38 s" or "2 min 5 s"."""
    if seconds < 9.95:
        return language.say("%(n)s s", n=language.decimal(seconds))
    whole = round(seconds)
    if whole < 120:
        return language.say("%(n)s s", n=whole)
    return language.say("%(minutes)s min %(seconds)s s", minutes=whole // 60, seconds=whole % 60)


def tag(code: str) -> str:
    """Return the code if it is a well-formed language tag (RFC 5646), else ""."""
    return code if _TAG.fullmatch(code) else ""


def minutes(words: int) -> int:
    """Return the reading time in minutes, at least 1; 0 where the number of words is not known."""
    return max(1, round(words / _WORDS_PER_MINUTE)) if words > 0 else 0


def fit(value: float) -> str:
    """Return a fit as ".91", at most ".99": it is never certain."""
    return number(min(value, 0.99))


def number(value: float) -> str:
    """Return a number as ".91" or "1.20"."""
    return f"{value:.2f}".removeprefix("0")


def signed(value: float) -> str:
    """Return a signed number as "+.05" or "−.12"."""
    return ("−" if value < 0 else "+") + number(abs(value))


def short_list(listed: int, size: int, language: Language) -> str:
    """Return what a list that is not full says: "9 stories fit today; 11 places stay empty (curator rank --near)"."""
    fit = language.counted("%(num)s story fits", "%(num)s stories fit", listed)
    empty = language.counted("%(num)s place stays empty", "%(num)s places stay empty", size - listed)
    return language.say("%(fit)s today; %(empty)s (what just missed: curator rank --near)", fit=fit, empty=empty)


def chosen(report: RunReport, language: Language) -> str:
    """Return what follows the number of cards: "of 74 stories", or "stories" where all are listed."""
    listed, weighed = len(report.items), report.counts.stories
    if weighed > listed:
        return language.say("of %(n)s stories", n=language.number(weighed))
    return language.counted("story", "stories", listed)


def best(card: Card) -> Fit | None:
    """Return the fit to the card's own topic. It need not be the highest: keywords and weights count too."""
    return next((fit for fit in card.fits if fit.topic == card.evidence.topic), card.fits[0] if card.fits else None)


def title(card: Card) -> str:
    """Return the title as one line, or the URL where there is none."""
    return line(card.title) or card.url


def quote(card: Card) -> str:
    """Return the sentence to quote: the evidence, or the beginning of the text."""
    return inside(card.evidence.text or card.excerpt)


def inside(quoted: str) -> str:
    """Return a sentence for use inside quotation marks: its own become single ones."""
    return quoted.translate(_SINGLE)


def kind(card: Card) -> str:
    """Return the content type in words."""
    return card.kind.replace("-", " ")


def watch(mention: Mention, language: Language) -> str:
    """Return the name of a mention's watch term, and what is doubtful about the mention."""
    if mention.kind == "unnamed":
        return language.say("near to %(name)s, without the name", name=mention.watch)
    return mention.watch if mention.certain else language.say("perhaps %(name)s", name=mention.watch)


def elsewhere(card: Card) -> int:
    """Return how many other items tell the same story."""
    return max(len(card.story.others), card.story.size - 1)


def also(card: Card, language: Language) -> str:
    """Return how many others tell the story as "also in 2", "" where none does."""
    return language.say("also in %(n)s", n=n) if (n := elsewhere(card)) else ""


def reading_time(card: Card, language: Language) -> str:
    """Return the reading time as "4 min read", "" where the number of words is not known."""
    return language.say("%(n)s min read", n=n) if (n := minutes(card.words)) else ""


def momentum(card: Card, language: Language) -> str:
    """Return the state of the card's trend as "growing: 4 publishers in 24 h", "" where it tells none."""
    return f"{state(card.momentum.state, language)}: {told(card.momentum.publishers, language)}" if card.momentum else ""


def state(of: TrendState, language: Language) -> str:
    """Return the state of a trend in words."""
    return language.say(STATES[of])


def told(publishers: int, language: Language) -> str:
    """Return how many told a trend: "4 publishers in 24 h"."""
    return language.counted("%(num)s publisher in 24 h", "%(num)s publishers in 24 h", publishers)


def rise(trend: Trend, language: Language) -> str:
    """Return by how much a trend rises: "4 publishers in 24 h, 0.6 expected"."""
    expected = language.say("%(n)s expected", n=language.decimal(trend.expected))
    return f"{told(trend.publishers, language)}, {expected}"


def languages(trend: Trend, now: datetime, language: Language) -> str:
    """Return who told a trend since when: "English since 6 h, 4 publishers; nobody in Indonesian yet"."""
    parts = []
    for each in trend.languages:
        since = language.say("%(language)s since %(age)s", language=language.name(each.lang), age=age(each.since, now, language))
        publishers = language.counted("%(num)s publisher", "%(num)s publishers", each.publishers)
        parts.append(f"{since}, {publishers}")
    if trend.missing:
        missing = language.say(" or ").join(map(language.name, trend.missing))
        parts.append(language.say("nobody in %(language)s yet", language=missing))
    return "; ".join(parts)


def outlet(other: RelatedItem, card: Card, language: Language) -> str:
    """Return the outlet of a related item, with its language where that differs from the card's."""
    foreign = other.lang and other.lang != card.lang
    return f"{other.source.title} ({language.name(other.lang)})" if foreign else other.source.title


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter and ends with a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def unreached(report: RunReport, language: Language) -> str:
    """Return what could not be reached: "2 feeds and 5 pages", or ""."""
    feeds = min(report.counts.feeds_failed, len(report.failures))
    pages = len(report.failures) - feeds
    some = (
        language.counted("%(num)s feed", "%(num)s feeds", feeds) if feeds else "",
        language.counted("%(num)s page", "%(num)s pages", pages) if pages else "",
    )
    return language.say(" and ").join(filter(None, some))


def is_command(hint: str) -> bool:
    """Tell whether a hint is a command to type."""
    return hint.startswith("curator ")


def empty(report: RunReport, language: Language) -> tuple[str, str]:
    """Return why there is no story today: as a heading, and in a sentence."""
    counts, say = report.counts, language.say
    feeds = language.counted("%(num)s feed", "%(num)s feeds", counts.feeds)
    if counts.feeds and counts.feeds_failed == counts.feeds:
        return say("Nothing was reached"), say("Not one of %(feeds)s answered; the reasons are below.", feeds=feeds)
    if counts.stories == 0:
        return say("Nothing new"), say("%(feeds)s had no story that was not on an earlier list.", feeds=feeds)
    stories = language.counted("%(num)s story", "%(num)s stories", counts.stories)
    return say("Nothing fits today"), say("%(stories)s were weighed, and none fits a topic well enough.", stories=stories)
