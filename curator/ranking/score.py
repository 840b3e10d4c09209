"""What an item is worth to a brand today: its fits, the brand's rules and its age, with the reasons in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.item import Item
from curator.core.story import Reason, Score, ScoredItem
from curator.core.text.language import primary
from curator.core.text.plain import contains, fold, line
from curator.core.text.urls import domain
from curator.ranking.passages import folded
from curator.ranking.relevance import named
from curator.ranking.words.late_interaction import MatchedWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEYWORD: Final = 0.2  # a keyword closes this part of the distance to a perfect fit
_PARTS: Final = {"mute.words": "mute", "mute.domains": "mute", "brand.reads": "language"}
AGE: Final = 0.25  # the most that age takes away, as a share


def score(brand: Brand, items: Sequence[Item], fits: "NDArray[np.float64]", texts: Mapping[str, str], now: datetime) -> list[ScoredItem]:
    """Score items, best first. `fits`: shape (items, topics of the brand); `texts`: by item id, as far as there are any.

    The values of an item's reasons add up to its total. What a rule of the brand forbids has a total of 0 and the rule as
    its reason.
    """
    made = (_score(brand, item, row, texts.get(item.id, ""), now) for item, row in zip(items, fits, strict=True))
    return best_first(ScoredItem(item=item, score=score) for item, score in zip(items, made, strict=True))


def best_first(scored: Iterable[ScoredItem]) -> list[ScoredItem]:
    """Sort by total, the newest first where totals are equal."""
    return sorted(scored, key=lambda s: (-s.score.total, -s.item.published.timestamp(), s.item.id))


def with_matches(scored: ScoredItem, words: Sequence[MatchedWord]) -> ScoredItem:
    """Return the item with the words that met in the text of its fit: "fits Panel surya .91: PLTS ~ surya, atap = atap"."""
    if not words or not scored.score.total:
        return scored
    met = ", ".join(f"{line(w.topic, 30)} {'=' if fold(w.topic) == fold(w.item) else '~'} {line(w.item, 30)}" for w in words)
    reasons = tuple(replace(r, text=f"{r.text}: {met}") if r.part == "fit" else r for r in scored.score.reasons)
    return replace(scored, score=replace(scored.score, reasons=reasons))


def age(since: timedelta) -> str:
    """Return an age in words: "new", "3 hours old"."""
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if (count := int(since / length)) > 0:
            return f"{count} {unit}{'s' * (count > 1)} old"
    return "new"


class BrokenRule(Struct, frozen=True, kw_only=True):
    """Rule of the brand that an item breaks: its key in brand.toml, the value there that applies, and the rule in words."""

    key: Literal["mute.words", "mute.domains", "brand.reads"]
    value: str
    text: str


def broken_rules(brand: Brand, item: Item, said: str) -> list[BrokenRule]:
    """Return the rules that keep an item off every list. `said`: its folded text, as `passages.folded` makes it."""
    host, language = f".{domain(item.url)}", primary(item.lang)
    words = [word for word in brand.mute.words if contains(said, word)]
    sites = [site for site in brand.mute.domains if host.endswith(f".{site.removeprefix('www.').lower()}")]
    broken = [BrokenRule(key="mute.words", value=word, text=f"muted word {word}") for word in words]
    broken += [BrokenRule(key="mute.domains", value=site, text=f"muted site {site}") for site in sites]
    if language and brand.reads and language not in set(map(primary, brand.reads)):
        broken.append(BrokenRule(key="brand.reads", value=language, text=f"written in {language}, which the brand does not read"))
    return broken


def avoided(topic: Topic, said: str) -> tuple[str, ...]:
    """Return the phrases of a text that rule the topic out. `said`: as in `broken_rules`."""
    return tuple(phrase for phrase in topic.avoid if contains(said, phrase))


class _Claim(Struct, frozen=True, kw_only=True):
    """One topic's claim on an item: its fit (0 when disqualified), and the keyword and the avoided phrase that the item says."""

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
    said = folded(item, text)
    claims = [_claim(topic, float(fit), said) for topic, fit in zip(brand.topics, row, strict=True)]
    fits = named(brand, [claim.fit for claim in claims])
    if broken := broken_rules(brand, item, said):
        reasons = tuple(Reason(part=_PARTS[rule.key], value=0.0, text=rule.text) for rule in broken)
        return Score(total=0.0, topic=fits[0].topic, fits=fits, reasons=reasons)
    best = max(claims, key=lambda c: c.worth)
    made = (*_for(best), *_against(claims), _aged(best.worth, item.published, brand.shortlist.half_life, now))
    return Score(total=sum(r.value for r in made), topic=best.topic.name, fits=fits, reasons=made)


def _claim(topic: Topic, fit: float, said: str) -> _Claim:
    phrase = next(iter(avoided(topic, said)), "")
    keyword = "" if phrase else next((word for word in topic.keywords if contains(said, word)), "")
    return _Claim(topic=topic, fit=0.0 if phrase else fit, keyword=keyword, avoided=phrase)


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
    """Format a fit with two digits, ".91" for 0.914; never as certain."""
    return f"{min(fit, 0.99):.2f}".removeprefix("0")
