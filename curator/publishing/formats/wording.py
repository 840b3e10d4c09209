"""The wording of days, ages, languages and numbers, the same in every format and in the terminal: English in any locale."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from curator.core.report import RunReport
from curator.core.story import Card, Fit, Mention, RelatedItem
from curator.core.text.language import primary
from curator.core.text.plain import line
from curator.core.trend import Trend

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# Silent reading of English prose (Brysbaert 2019, doi 10.1016/j.jml.2019.104047); used for every language.
_WORDS_PER_MINUTE = 238
_SINGLE = str.maketrans('“”„"', "‘’‚'")


def day(when: date) -> str:
    """Return a day as "Monday 23 November 2026"."""
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


def moment(when: datetime, timezone: str) -> str:
    """Return a time as "Monday 23 November 2026, 08:05", in that time zone."""
    local = when.astimezone(ZoneInfo(timezone))
    return f"{day(local)}, {local:%H:%M}"


def age(then: datetime, now: datetime) -> str:
    """Return the time since `then` as "12 min", "5 h" or "3 d", in whole units; hours up to two days."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def span(seconds: float) -> str:
    """Return a duration as "0.4 s", "38 s" or "2 min 5 s"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def language(code: str) -> str:
    """Return the name of a language in English; an unknown code as it is."""
    from babel import Locale

    return str(Locale("en").languages.get(primary(code).lower(), code))


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


def short_list(listed: int, size: int) -> str:
    """Return what a list that is not full says: "9 stories fit today; 11 places stay empty (curator rank --near)"."""
    fit = "1 story fits" if listed == 1 else f"{listed} stories fit"
    empty = "1 place stays" if size - listed == 1 else f"{size - listed} places stay"
    return f"{fit} today; {empty} empty (what just missed: curator rank --near)"


def chosen(report: RunReport) -> str:
    """Return what follows the number of cards: "of 74 stories", or "stories" where all are listed."""
    listed, weighed = len(report.items), report.counts.stories
    return f"of {weighed:,} stories" if weighed > listed else plural(listed, "story", "stories").partition(" ")[2]


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


def watch(mention: Mention) -> str:
    """Return the name of a mention's watch term, and what is doubtful about the mention."""
    if mention.kind == "unnamed":
        return f"near to {mention.watch}, without the name"
    return mention.watch if mention.certain else f"perhaps {mention.watch}"


def elsewhere(card: Card) -> int:
    """Return how many other items tell the same story."""
    return max(len(card.story.others), card.story.size - 1)


def momentum(card: Card) -> str:
    """Return the state of the card's trend as "growing: 4 publishers in 24 h", "" where it tells none."""
    return f"{card.momentum.state}: {plural(card.momentum.publishers, 'publisher')} in 24 h" if card.momentum else ""


def languages(trend: Trend, now: datetime) -> str:
    """Return who told a trend since when: "English since 6 h, 4 publishers; nobody in Indonesian yet"."""
    told = [f"{language(each.lang)} since {age(each.since, now)}, {plural(each.publishers, 'publisher')}" for each in trend.languages]
    missing = " or ".join(map(language, trend.missing))
    return "; ".join([*told, *([f"nobody in {missing} yet"] if missing else [])])


def outlet(other: RelatedItem, card: Card) -> str:
    """Return the outlet of a related item, with its language where that differs from the card's."""
    foreign = other.lang and other.lang != card.lang
    return f"{other.source.title} ({language(other.lang)})" if foreign else other.source.title


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter and ends with a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def plural(n: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 story", "2,310 stories"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def unreached(report: RunReport) -> str:
    """Return what could not be reached: "2 feeds and 5 pages", or ""."""
    feeds = min(report.counts.feeds_failed, len(report.failures))
    pages = len(report.failures) - feeds
    return " and ".join(plural(n, word) for n, word in ((feeds, "feed"), (pages, "page")) if n)


def is_command(hint: str) -> bool:
    """Tell whether a hint is a command to type."""
    return hint.startswith("curator ")


def empty(report: RunReport) -> tuple[str, str]:
    """Return why there is no story today: as a heading, and in a sentence."""
    counts = report.counts
    if counts.feeds and counts.feeds_failed == counts.feeds:
        return "Nothing was reached", f"Not one of {plural(counts.feeds, 'feed')} answered; the reasons are below."
    if counts.stories == 0:
        return "Nothing new", f"{plural(counts.feeds, 'feed')} had no story that was not on an earlier list."
    return "Nothing fits today", f"{plural(counts.stories, 'story', 'stories')} were weighed, and none fits a topic well enough."
