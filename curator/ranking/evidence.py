"""Evidence: the sentence of an item that supports its fit to a topic and can be quoted alone."""

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

import numpy as np
from msgspec import Struct

from curator.core.story import Evidence, ScoredItem
from curator.core.text import openings
from curator.core.text.plain import fold, line, sentences
from curator.ranking.relevance import Relevance
from curator.ranking.self_contained import self_contained

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

# Sentences of an item that the fastest encoder scores, and how many of the best all encoders score.
QUOTED: Final = 40
FEW: Final = 4
# What is added to the fit of a sentence: up to -ALONE for one that cannot stand alone, LEAD for the first of the text, and
# -LATE for every sentence before it.
ALONE: Final = 0.8
LEAD: Final = 0.1
LATE: Final = 0.01
_SHORTEST: Final = 40
_LONGEST: Final = 240
_ASIDE = re.compile(
    r"\b(?:(?:baca|lihat|simak|tonton) juga|baca selengkapnya|selengkapnya di|klik di sini|berlangganan|ikuti kami|hak cipta|"
    r"read (?:also|more)|see also|also read|click here|subscribe|sign up|newsletter|follow us|all rights reserved|"
    r"advertisement|scroll to continue)\b|"
    r"^\W*(?:foto|photo|image|gambar|penulis|editor|reporter|sumber|source|video|tags?)\s*[:/]",
    re.I,
)
_DATE = re.compile(
    r"\b(?:senin|selasa|rabu|kamis|jumat|sabtu|minggu|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"jan(?:uar[iy])?|feb(?:ruar[iy])?|mar(?:et|ch)?|apr(?:il)?|mei|may|jun[ie]?|jul[iy]?|agu(?:stus)?|aug(?:ust)?|sept?(?:ember)?|"
    r"o[kc]t(?:ober)?|nov(?:ember)?|de[sc](?:ember)?|wib|wita|wit|utc|gmt|am|pm|pukul|"
    r"published|updated|posted|diterbitkan|diperbarui|terbit|by|oleh|at|on|pada)\b",
    re.I,
)


class Quote(Struct, frozen=True):
    """A sentence that could be quoted, and what its form and place add to its fit."""

    text: str
    merit: float


def supporting(leads: Sequence[tuple[ScoredItem, str]], relevance: Relevance) -> dict[str, Evidence]:
    """Find the supporting sentence of each item, given with its text, for the topic it is scored for; by item id.

    The fastest encoder scores every sentence, all encoders the few it finds best; each pass is one batch for all items.
    """
    quotes = [_quotes(scored, text) for scored, text in leads]
    topics = [scored.score.topic for scored, _ in leads]
    few = [_best(q, column, FEW) for q, column in zip(quotes, _columns(quotes, topics, relevance, quick=True), strict=True)]
    sure = _columns(few, topics, relevance, quick=False)
    return {s.item.id: best(q, column, s.score.topic) for (s, _), q, column in zip(leads, few, sure, strict=True)}


def missing(scored: ScoredItem) -> Evidence:
    """Return the evidence of an item for which none was sought."""
    return Evidence(text="", topic=scored.score.topic)


def quotable(sentences: Sequence[str], title: str = "") -> list[str]:
    """Return the sentences that could stand beside an item, each once: whole, 40 to 240 columns wide, saying something.

    Questions (teasers), "baca juga", credits, date lines and the title itself are left out.
    """
    shown = fold(title)
    return [s for s in dict.fromkeys(map(line, sentences)) if _quotable(s) and fold(s).rstrip(". ") != shown.rstrip(". ")]


def best(quotes: Sequence[Quote], fits: "Column", topic: str) -> Evidence:
    """Return the quote of the highest fit and merit. `fits`: shape (quotes,). Without quotes its text is empty."""
    if not len(quotes):
        return Evidence(text="", topic=topic)
    chosen = _best(quotes, fits, 1)[0]
    return Evidence(text=line(chosen.text, _LONGEST), topic=topic)


def quotes(sentences: Sequence[str]) -> list[Quote]:
    """Judge sentences, in the order of a text, by how well they stand alone and how early they come; the lead comes first."""
    return [
        Quote(text, ALONE * (self_contained(text) - 1) + (LEAD if n == 0 else 0.0) - LATE * min(n, QUOTED))
        for n, text in enumerate(sentences)
    ]


def _quotes(scored: ScoredItem, text: str) -> list[Quote]:
    item = scored.item
    return quotes(quotable(sentences(openings.bare(text, item.lang), item.lang), item.title)[:QUOTED] or [item.excerpt or item.title])


def _best(quotes: Sequence[Quote], fits: "Column", n: int) -> list[Quote]:
    """Return the `n` best quotes, in the order of the text."""
    worth = fits + np.array([quote.merit for quote in quotes])
    return [quotes[i] for i in sorted((-worth).argsort(kind="stable")[:n])]


def _columns(quotes: Sequence[Sequence[Quote]], topics: Sequence[str], relevance: Relevance, *, quick: bool) -> "list[Column]":
    """Return for each item the fits of its sentences to its topic, all embedded in one batch."""
    flat = [quote.text for some in quotes for quote in some]
    fits = relevance.of_texts(flat, quick=quick)
    column = {topic.name: n for n, topic in enumerate(relevance.brand.topics)}
    ends = list(accumulate(len(some) for some in quotes))
    return [fits[end - len(some) : end, column[topic]] for end, some, topic in zip(ends, quotes, topics, strict=True)]


def _quotable(sentence: str) -> bool:
    if not _SHORTEST <= _width(sentence) <= _LONGEST or sentence.endswith(("?", "…", "...", ":")) or _ASIDE.search(sentence):
        return False
    return _width("".join(filter(str.isalpha, _DATE.sub("", sentence)))) >= _SHORTEST // 2


def _width(text: str) -> int:
    """Return the columns a text takes; a wide character (UAX #11) counts twice, because it says more."""
    return sum(1 + (east_asian_width(c) in "WF") for c in text)
