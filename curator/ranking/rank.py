"""How well each item fits each topic, what that is worth today, and why, in words a specialist understands.

A fit depends on the item and the topic alone, never on the other items of the day: the same item has the same fit
tomorrow, in a bigger library and in any order.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

import numpy as np
from msgspec import Struct

from curator.core.brand import Brand, Topic
from curator.core.item import Item
from curator.core.story import Evidence, Fit, Reason, Score, ScoredItem
from curator.core.text.plain import contains, fold, line
from curator.core.text.urls import domain
from curator.ranking import embedding_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Calibration, Matrix

# Background topics this near to a topic (in units of `Lens.gap`) help to aim it; those beyond FAR speak against it.
# HELP: how much they count beside the topic itself; SETTLE keeps a single faint helper faint. RIVAL: how much the
# RIVALS that fit an item best count against it. Each may be moved by a third without a change in the second decimal.
NEAR: Final = 2.2
FAR: Final = 1.3
HELP: Final = 1.3
SETTLE: Final = 1.1
RIVAL: Final = 0.6
RIVALS: Final = 3

# Examples of a topic pull its aim by this much beside its own words; since they bring near whatever resembles them,
# an aimed topic's fits are sobered by as much (both measured with three examples a topic).
EXAMPLE: Final = 0.3
SOBER: Final = 0.55

KEYWORD: Final = 0.2  # a keyword closes this part of the distance to a perfect fit
AGE: Final = 0.25  # the most that age takes away
# Characters of an item that voters read at once. Longer texts are ranked no better: on articles of 700 to 2,000 characters
# .497 (nDCG@10) at 500, .496 at 700, .485 at 1,000, .477 whole. But some come to their point late: see `further`.
READ: Final = 800
PASSAGES: Final = 5  # of as many characters, that a text in doubt is read to at most


def wording(item: Item, text: str) -> str:
    """What the voters read of an item first: its title and the beginning of its text, or its summary where it has no text."""
    return _said(item, text)[:READ].strip()


def further(item: Item, text: str) -> tuple[str, ...]:
    """The passages after that, a few at most; what is left at the end is none if it is short."""
    said = _said(item, text)
    passages = (said[n * READ : (n + 1) * READ].strip() for n in range(1, PASSAGES))
    return tuple(passage for passage in passages if len(passage) >= READ // 4)


def examples(seen: "Mapping[str, Matrix]", owners: Sequence[int], topics: int, calibration: "Calibration") -> "Mapping[str, Matrix]":
    """Where the examples of each topic lie, (topics, dim) by voter's name, zeros for a topic without any.

    `seen`: the examples as the voters read them, (n, dim); `owners`: the topic that each belongs to.
    """
    of = np.eye(topics, dtype=np.float32)[list(owners)].T
    return {name: embedding_space.unit(of @ embedding_space.told(calibration.lenses[name], rows)) for name, rows in seen.items()}


def fits(
    brief: "Mapping[str, Matrix]", seen: "Mapping[str, Matrix]", calibration: "Calibration", shown: "Mapping[str, Matrix] | None" = None
) -> "NDArray[np.float64]":
    """The fit of every item to every topic, (items, topics), each in 0…1; `shown`: where the topics' examples lie.

    `brief`: the topics as each voter took them, (topics, dim) by voter's name; `seen`: the items, (items, dim), by those
    voters that read them. A topic is aimed by the background topics near it, an item's score is its cosine to that aim
    less a part of its cosine to the far background topics it fits best; voters are summed by weight.
    """
    lenses = [each for name, each in calibration.lenses.items() if name in seen]
    shares = np.array([each.weight for each in lenses]) / sum(each.weight for each in lenses)
    topics = [embedding_space.asked(each, brief[each.name]) for each in lenses]
    sober: NDArray[np.float64] = np.zeros(len(topics[0]))
    if shown:
        topics = [embedding_space.unit(t + EXAMPLE * shown[each.name]) for t, each in zip(topics, lenses, strict=True)]
        sober = np.where(shown[lenses[0].name].any(axis=1), SOBER, 0.0)
    kin = sum(s * (t @ each.background.T) / each.gap for s, t, each in zip(shares, topics, lenses, strict=True))
    helpers = np.maximum(kin - NEAR, 0)
    helpers /= helpers.sum(axis=1, keepdims=True) + SETTLE
    direct = background = np.zeros(1)
    for share, topic, each in zip(shares, topics, lenses, strict=True):
        items = embedding_space.told(each, seen[each.name]) * (share / each.spread)
        direct = direct + items @ embedding_space.unit(topic + HELP * helpers @ each.background).T
        background = background + items @ each.background.T
    slope, intercept = calibration.curves.get("+".join(each.name for each in lenses), calibration.curves[""])
    against = np.stack([_strongest(background[:, row < FAR]) for row in kin], axis=1)
    return _sigmoid(slope * (direct - RIVAL * against) + intercept - sober)


def score(brand: Brand, items: Sequence[Item], fits: "NDArray[np.float64]", texts: Mapping[str, str], now: datetime) -> list[ScoredItem]:
    """The items with their scores, best first. `fits`: (items, topics of the brand); `texts`: by item id, as far as there are any.

    The parts of a score add up to its total. What a rule of the brand forbids has a total of 0 and the rule as its reason.
    """
    ranked = [
        ScoredItem(item=item, score=_score(brand, item, row, texts.get(item.id, ""), now)) for item, row in zip(items, fits, strict=True)
    ]
    return sorted(ranked, key=lambda r: (-r.score.total, -r.item.published.timestamp(), r.item.id))


def age(since: timedelta) -> str:
    """An age in words: "new", "3 hours old"."""
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if (count := int(since / length)) > 0:
            return f"{count} {unit}{'s' * (count > 1)} old"
    return "new"


def _said(item: Item, text: str) -> str:
    body = text or item.summary
    return body if fold(body[: 2 * len(item.title)]).startswith(fold(item.title)) else f"{item.title}\n{body}"


class _Claim(Struct, frozen=True, kw_only=True):
    """What one topic makes of an item: its fit (0 when disqualified), the keyword and the avoided phrase that were met."""

    topic: Topic
    fit: float
    keyword: str
    avoided: str

    @property
    def bonus(self) -> float:
        return KEYWORD * (1 - self.fit) if self.keyword else 0.0

    @property
    def worth(self) -> float:
        return (self.fit + self.bonus) * self.topic.weight


def _score(brand: Brand, item: Item, row: "NDArray[np.float64]", text: str, now: datetime) -> Score:
    folded = fold(f"{item.title}\n{item.summary}\n{text}")
    claims = [_claim(topic, float(fit), folded) for topic, fit in zip(brand.topics, row, strict=True)]
    fits = tuple(sorted((Fit(topic=c.topic.name, fit=round(c.fit, 6)) for c in claims), key=lambda f: -f.fit))
    if forbidden := _forbidden(brand, item, folded):
        return Score(total=0.0, topic=fits[0].topic, fits=fits, reasons=forbidden)
    best = max(claims, key=lambda c: c.worth)
    reasons = (*_for(best), *_against(claims), _aged(best.worth, item.published, brand.shortlist.half_life, now))
    return Score(total=sum(r.value for r in reasons), topic=best.topic.name, fits=fits, reasons=reasons)


def _claim(topic: Topic, fit: float, folded: str) -> _Claim:
    avoided = next((phrase for phrase in topic.avoid if contains(folded, phrase)), "")
    keyword = "" if avoided else next((word for word in topic.keywords if contains(folded, word)), "")
    return _Claim(topic=topic, fit=0.0 if avoided else fit, keyword=keyword, avoided=avoided)


def _forbidden(brand: Brand, item: Item, folded: str) -> tuple[Reason, ...]:
    """The brand's rules that this item breaks."""
    host, tongue = f".{domain(item.url)}", item.lang.partition("-")[0]
    broken = [("mute", f"muted word {word}") for word in brand.mute.words if contains(folded, word)]
    broken += [("mute", f"muted site {site}") for site in brand.mute.domains if host.endswith(f".{site.removeprefix('www.').lower()}")]
    if tongue and brand.reads and tongue not in {read.partition("-")[0] for read in brand.reads}:
        broken.append(("language", f"written in {tongue}, which the brand does not read"))
    return tuple(Reason(part=part, value=0.0, text=text) for part, text in broken)


def _for(claim: _Claim) -> list[Reason]:
    name, weight = line(claim.topic.name), claim.topic.weight
    reasons = [Reason(part="fit", value=claim.fit * weight, text=f"fits {name} {_two(claim.fit)}")]
    if claim.bonus:
        reasons.append(Reason(part="keyword", value=claim.bonus * weight, text=f"keyword {claim.keyword}"))
    return reasons


def _against(claims: Sequence[_Claim]) -> list[Reason]:
    return [Reason(part="avoid", value=0.0, text=f"not {line(c.topic.name)}: says {c.avoided}") for c in claims if c.avoided]


def _aged(worth: float, published: datetime, half_life: timedelta, now: datetime) -> Reason:
    since = now - published
    lost = AGE * (1 - 0.5 ** (max(since, timedelta(0)) / half_life)) if half_life else 0.0
    return Reason(part="age", value=-worth * lost, text=age(since))


def _two(fit: float) -> str:
    """.91 for 0.914; a fit is never shown as certain."""
    return f"{min(fit, 0.99):.2f}".removeprefix("0")


def _strongest(scores: "NDArray[Any]") -> "NDArray[Any]":
    """The mean of the `RIVALS` highest scores of each row."""
    most = min(RIVALS, scores.shape[1])
    return np.partition(scores, -most, axis=1)[:, -most:].mean(axis=1) if most else np.zeros(len(scores))


def _sigmoid(x: "NDArray[Any]") -> "NDArray[np.float64]":
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))), np.float64)


# --- the sentence that proves it ----------------------------------------------------------------------------------

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


def quotable(sentences: Sequence[str], title: str = "") -> list[str]:
    """The sentences that could stand beside an item, each once: whole, 40–240 characters, saying something.

    No question (a teaser), no "baca juga", no credit, no date line, not the title again.
    """
    shown = fold(title)
    return [s for s in dict.fromkeys(map(line, sentences)) if _quotable(s) and fold(s).rstrip(". ") != shown.rstrip(". ")]


def evidence(sentences: Sequence[str], fits: "NDArray[np.float64]", topic: str) -> Evidence:
    """The sentence nearest to the topic. `fits`: of the sentences to it, (sentences,); no sentences, no words."""
    if not len(sentences):
        return Evidence(text="", topic=topic)
    return Evidence(text=line(sentences[int(np.argmax(fits))], _LONGEST), topic=topic)


def _quotable(sentence: str) -> bool:
    if not _SHORTEST <= _width(sentence) <= _LONGEST or sentence.endswith(("?", "…", "...", ":")) or _ASIDE.search(sentence):
        return False
    return _width("".join(filter(str.isalpha, _DATE.sub("", sentence)))) >= _SHORTEST // 2


def _width(text: str) -> int:
    """Characters, where one that is written wide counts twice: it says more."""
    return sum(1 + (east_asian_width(c) in "WF") for c in text)
