"""Remedies: the line of brand.toml that takes away what keeps an item off the list.

A remedy is a proposal. Whether it suffices is seen when a list is made with the brand that it returns.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, ShortlistRules
from curator.core.explanation import Change
from curator.core.item import Item
from curator.core.story import HeldBy, ScoredItem
from curator.ranking import score
from curator.ranking.pipeline import Fate


class Remedy(Struct, frozen=True, kw_only=True):
    """A line to change, and the brand as it is with that line."""

    change: Change
    brand: Brand


def allowed(brand: Brand, rule: score.BrokenRule) -> Remedy:
    """Return the brand without a rule that an item breaks: a word or site no longer muted, one more language read."""
    if rule.key == "brand.reads":
        reads = (*brand.reads, rule.value)
        return Remedy(change=_line("[brand]", "reads", reads), brand=replace(brand, reads=reads))
    name = "words" if rule.key == "mute.words" else "domains"
    rest = tuple(each for each in getattr(brand.mute, name) if each != rule.value)
    return Remedy(change=_line("[mute]", name, rest), brand=replace(brand, mute=replace(brand.mute, **{name: rest})))


def within(brand: Brand, published: datetime, now: datetime) -> Remedy:
    """Return the brand with a window of whole days that reaches back to a time of publication."""
    days = ceil((now - published) / timedelta(days=1))
    return _shortlist(brand, "window", f"{days}d", window=timedelta(days=days))


def unavoided(brand: Brand, topic: str, said: str) -> Remedy:
    """Return the brand whose topic avoids no phrase that an item says. `said`: as in `score.avoided`."""
    found = next(each for each in brand.topics if each.name == topic)
    phrases = set(score.avoided(found, said))
    return _topic(brand, topic, "avoid", tuple(each for each in found.avoid if each not in phrases))


def exemplified(brand: Brand, topic: str, item: Item) -> Remedy:
    """Return the brand whose topic has the item as one more example."""
    found = next(each for each in brand.topics if each.name == topic)
    return _topic(brand, topic, "examples", (*found.examples, item.id))


def roomier(brand: Brand, fate: Fate, fates: Sequence[Fate]) -> Remedy | None:
    """Return the brand whose caps leave room for the item and for all that comes before it; None where no cap holds it."""
    widen = _CAPS.get(fate.held_by) if fate.held_by else None
    return widen(brand, fate.story.lead, _rivals(fate, fates)) if widen else None


def without_avoid(brand: Brand) -> Brand:
    """Return the brand whose topics avoid nothing."""
    return replace(brand, topics=tuple(replace(topic, avoid=()) for topic in brand.topics))


# --- caps; the formulas are the inverses of those of `selection` --------------------------------------------------------


def _per_feed(brand: Brand, lead: ScoredItem, rivals: Sequence[ScoredItem]) -> Remedy:
    feed = lead.item.source.feed
    most = 1 + sum(s.item.source.feed == feed for s in rivals)
    return _shortlist(brand, "per_feed", most, per_feed=most)


def _size_for_topic(brand: Brand, lead: ScoredItem, rivals: Sequence[ScoredItem]) -> Remedy:
    place = 1 + sum(s.score.topic == lead.score.topic for s in rivals)
    return _sized(brand, ceil(place * len(brand.topics) / 1.5))


def _size_for_kind(brand: Brand, lead: ScoredItem, rivals: Sequence[ScoredItem]) -> Remedy | None:
    share = brand.mix.get(lead.item.kind, 1.0)
    place = 1 + sum(s.item.kind == lead.item.kind for s in rivals)
    return _sized(brand, ceil((place - 1) / (2 * share))) if share else None


def _size(brand: Brand, lead: ScoredItem, rivals: Sequence[ScoredItem]) -> Remedy:
    return _sized(brand, 1 + len(rivals))


def _sized(brand: Brand, size: int) -> Remedy:
    size = max(size, brand.shortlist.size + 1)
    return _shortlist(brand, "size", size, size=size)


_CAPS: Final[Mapping[HeldBy, Callable[[Brand, ScoredItem, Sequence[ScoredItem]], Remedy | None]]] = {
    "feed": _per_feed, "topic": _size_for_topic, "kind": _size_for_kind, "size": _size, "explore": _size,
}  # fmt: skip


def _rivals(fate: Fate, fates: Sequence[Fate]) -> list[ScoredItem]:
    """Return the leads of the other stories that come before the item: those on the list, and those that score no less."""
    mine = fate.story.lead
    leads = (each.story.lead for each in fates if each.held_by is None or (each.held_by in _CAPS and _total(each) >= mine.score.total))
    return [s for s in leads if s.item.id != mine.item.id]


def _total(fate: Fate) -> float:
    return fate.story.lead.score.total


# --- lines --------------------------------------------------------------------------------------------------------------


def _line(section: str, key: str, value: object, topic: str = "") -> Change:
    return Change(line=f"{key} = {json.dumps(value, ensure_ascii=False)}", section=section, topic=topic)


def _shortlist(brand: Brand, key: str, written: object, **values: object) -> Remedy:
    rules: ShortlistRules = replace(brand.shortlist, **values)
    return Remedy(change=_line("[shortlist]", key, written), brand=replace(brand, shortlist=rules))


def _topic(brand: Brand, name: str, key: str, value: tuple[str, ...]) -> Remedy:
    topics = tuple(replace(each, **{key: value}) if each.name == name else each for each in brand.topics)
    return Remedy(change=_line("[[topics]]", key, value, name), brand=replace(brand, topics=topics))
