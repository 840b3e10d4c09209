"""How every face of the reading list says a day, an age, a language, a number: English, whatever the machine's locale."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from curator.core.report import RunReport
from curator.core.story import Card, Fit, RelatedItem
from curator.core.text.plain import line

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
# Silent reading of English prose: Brysbaert 2019, doi 10.1016/j.jml.2019.104047. Near enough for the others.
_WORDS_A_MINUTE = 238
_SINGLE = str.maketrans('“”„"', "‘’‚'")


def day(when: date) -> str:
    """Monday 23 November 2026."""
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


def moment(when: datetime, timezone: str) -> str:
    """Monday 23 November 2026, 08:05, on the clocks of that time zone."""
    local = when.astimezone(ZoneInfo(timezone))
    return f"{day(local)}, {local:%H:%M}"


def age(then: datetime, now: datetime) -> str:
    """12 min, 5 h, 3 d: the whole units that have passed; hours up to two days."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def span(seconds: float) -> str:
    """0.4 s, 38 s, 2 min 5 s."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def language(code: str) -> str:
    """The language in words; an unknown code as it is."""
    from babel import Locale

    return str(Locale("en").languages.get(code.split("-")[0].lower(), code))


def tag(code: str) -> str:
    """The code if it may stand in a lang attribute (the shape of RFC 5646), else nothing."""
    return code if _TAG.fullmatch(code) else ""


def minutes(words: int) -> int:
    """Reading time, at least one minute; 0 where the length is not known."""
    return max(1, round(words / _WORDS_A_MINUTE)) if words > 0 else 0


def fit(value: float) -> str:
    """.91; a fit is never shown as certain."""
    return number(min(value, 0.99))


def number(value: float) -> str:
    """.91, 1.20."""
    return f"{value:.2f}".removeprefix("0")


def signed(value: float) -> str:
    """+.05, −.12: what a reason added or took."""
    return ("−" if value < 0 else "+") + number(abs(value))


def chosen(report: RunReport) -> str:
    """What stands behind the number of cards: "of 74 stories", or "stories" where nothing was left out."""
    listed, weighed = len(report.items), report.counts.stories
    return f"of {weighed:,} stories" if weighed > listed else plural(listed, "story", "stories").partition(" ")[2]


def best(card: Card) -> Fit | None:
    """The fit to the topic that the card stands for, which a keyword or a weight may have made another than the first."""
    return next((fit for fit in card.fits if fit.topic == card.evidence.topic), card.fits[0] if card.fits else None)


def title(card: Card) -> str:
    """One line; its address where a thing has no name."""
    return line(card.title) or card.url


def quote(card: Card) -> str:
    """What speaks for the card: its nearest sentence, or the beginning of its text."""
    return inside(card.evidence.text or card.excerpt)


def inside(quoted: str) -> str:
    """A sentence as it stands inside quotation marks: its own become single ones."""
    return quoted.translate(_SINGLE)


def kind(card: Card) -> str:
    return card.kind.replace("-", " ")


def elsewhere(card: Card) -> int:
    """How many others tell the same story, named or not."""
    return max(len(card.story.others), card.story.size - 1)


def outlet(other: RelatedItem, card: Card) -> str:
    """The other's outlet, with its language where it is not the card's own."""
    foreign = other.lang and other.lang != card.lang
    return f"{other.source.title} ({language(other.lang)})" if foreign else other.source.title


def plural(n: int, one: str, many: str = "") -> str:
    """1 story, 2,310 stories."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def unreached(report: RunReport) -> str:
    """2 feeds and 5 pages; nothing when all went well."""
    feeds = min(report.counts.feeds_failed, len(report.failures))
    pages = len(report.failures) - feeds
    return " and ".join(plural(n, word) for n, word in ((feeds, "feed"), (pages, "page")) if n)


def is_command(hint: str) -> bool:
    """Whether a hint is to be typed rather than read."""
    return hint.startswith("curator ")


def empty(report: RunReport) -> tuple[str, str]:
    """Why there is no story today: in three words, and in a sentence."""
    counts = report.counts
    if counts.feeds and counts.feeds_failed == counts.feeds:
        return "Nothing was reached", f"Not one of {plural(counts.feeds, 'feed')} answered; the reasons are below."
    if counts.stories == 0:
        return "Nothing new", f"{plural(counts.feeds, 'feed')} had no story that was not on an earlier list."
    return "Nothing fits today", f"{plural(counts.stories, 'story', 'stories')} were weighed, and none fits a topic well enough."
