"""Trends: what rises is put together by the items that tell it, and named, dated and told apart by its course."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from curator.core.item import Item
from curator.core.story import Card, Momentum
from curator.core.text import phrases
from curator.core.text.language import macrolanguage
from curator.core.text.plain import line
from curator.core.trend import LanguageStart, Trend, TrendItem, Trends, TrendState
from curator.ranking import rises
from curator.ranking.publishers import family
from curator.ranking.rises import BASELINE, LEAST, LEAST_DAYS, Rise, Sighting, Tellings

DAY: Final = timedelta(days=1)
READ: Final = 300  # characters of a summary
OVERLAP: Final = 0.5  # of the smaller one's members, from which two rises are one trend
SILENCE: Final = 7  # days without a trend, after which it is back
TERMS: Final = 5  # told
_STORY: Final = "\0"  # begins the key of a story: no term holds it


class _Group(Struct, kw_only=True):
    """Rises that the same items tell. `core`: the items of the surest one; `members`: those of all."""

    rises: list[Rise]
    core: set[str]
    members: set[str]


class _Scene(Struct, frozen=True, kw_only=True):
    """What trends are looked for in: the items by id, the publishers of those of the span, the stories by key, and what was counted."""

    items: Mapping[str, Item]
    publisher: Mapping[str, str]
    stories: Mapping[str, Sequence[str]]
    holders: Mapping[str, set[str]]
    tellings: Tellings
    now: datetime

    def day(self, id_: str) -> int:
        """Return how many whole days before now an item was published."""
        return (self.now - self.items[id_].published) // DAY

    def daily(self, members: Iterable[str]) -> tuple[int, ...]:
        """Return the number of publishers on each tested day, the oldest first."""
        told: defaultdict[int, set[str]] = defaultdict(set)
        for id_ in members:
            told[self.day(id_)].add(self.publisher[id_])
        return tuple(len(told[day]) for day in reversed(range(self.tellings.tested)))


def find(items: Iterable[Item], stories: Iterable[Sequence[str]], reads: Sequence[str], now: datetime, span: timedelta) -> Trends:
    """Return the trends of the `span` before `now`.

    `items`: of the span and of the baseline before it. `stories`: the ids of the items that tell one event, the best first.
    """
    days = max(span // DAY, 1)
    scene = _scene(items, stories, now, days)
    groups = _grouped(rises.find(scene.tellings), scene)
    found = [_trend(group, scene, reads) for group in groups]
    known = scene.tellings.known_days()
    return Trends(
        since=now - days * DAY,
        days=min(known, BASELINE),
        publishers=len(set(scene.publisher.values())),
        terms=sum(scene.tellings.keys.values()),
        note="" if known >= LEAST_DAYS else f"{known} days of items are kept: too few to say what is usual ({LEAST_DAYS} are needed)",
        trends=tuple(sorted(found, key=lambda t: (t.state == "fading", -t.publishers, -t.peak, t.chance, t.id))),
    )


def terms(item: Item) -> frozenset[str]:
    """Return the words and pairs of words of an item's title and the beginning of its summary."""
    return frozenset(phrases.within(item.title) | phrases.within(item.summary[:READ]))


def with_momentum(card: Card, trends: Iterable[Trend]) -> Card:
    """Return the card with the state of the trend that it tells, the strongest one; the same card where there is none."""
    told = {card.id, *(other.id for other in card.story.others)}
    trend = next((trend for trend in trends if any(item.id in told for item in trend.items)), None)
    return replace(card, momentum=Momentum(trend=trend.id, state=trend.state, publishers=trend.publishers)) if trend else card


def _scene(items: Iterable[Item], stories: Iterable[Sequence[str]], now: datetime, days: int) -> _Scene:
    kept = (item for item in items if timedelta(0) <= now - item.published < (days + BASELINE) * DAY)
    dated = sorted(kept, key=lambda item: now - item.published)
    within = {item.id: item for item in dated}
    told = {f"{_STORY}{ids[0]}": [id_ for id_ in ids if id_ in within] for ids in stories if len(ids) >= LEAST}
    story_of = {id_: frozenset((key,)) for key, ids in told.items() for id_ in ids}

    def sighting(item: Item) -> Sighting:
        keys = terms(item) | story_of.get(item.id, frozenset())
        return Sighting(item=item.id, day=(now - item.published) // DAY, publisher=family(item), keys=keys)

    recent = [sighting(item) for item in dated if now - item.published < days * DAY]
    tellings = Tellings(recent, map(sighting, dated[len(recent) :]), days)
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for each in recent:
        for key in each.keys & tellings.candidates:
            holders[key].add(each.item)
    publisher = {each.item: each.publisher for each in recent}
    return _Scene(items=within, publisher=publisher, stories=told, holders=holders, tellings=tellings, now=now)


def _grouped(found: Sequence[Rise], scene: _Scene) -> list[_Group]:
    """Put rises together that share their items. Stories come first: they join the words of several languages."""
    groups: list[_Group] = []
    for rise in sorted(found, key=lambda r: not r.key.startswith(_STORY)):
        members = scene.holders[rise.key]
        group = next((group for group in groups if _overlap(group.core, members)), None)
        if group:
            group.rises.append(rise)
            group.members |= members
        else:
            groups.append(_Group(rises=[rise], core=set(members), members=set(members)))
    for group in groups:
        group.members |= {
            id_ for ids in scene.stories.values() if _overlap(group.core, set(ids)) for id_ in ids if scene.day(id_) < scene.tellings.tested
        }
    return groups


def _overlap(a: set[str], b: set[str]) -> bool:
    return len(a & b) >= max(OVERLAP * min(len(a), len(b)), 2)


def _trend(group: _Group, scene: _Scene, reads: Sequence[str]) -> Trend:
    members = sorted((scene.items[id_] for id_ in group.members), key=lambda item: (item.published, item.id))
    daily, surest = scene.daily(group.members), min(group.rises, key=lambda r: r.chance)
    words, story = _words(group.rises), next((r.key for r in group.rises if r.key.startswith(_STORY)), "")
    languages = _languages(members, scene)
    told = {macrolanguage(each.lang) for each in languages}
    return Trend(
        id=members[0].id,
        label=line(scene.items[scene.stories[story][0]].title) if story else ", ".join(words[:3]),
        kind="story" if story else "term",
        state=_state(group.rises, daily, scene.tellings),
        terms=words,
        publishers=daily[-1],
        peak=max(daily),
        expected=surest.expected,
        chance=surest.chance,
        daily=daily,
        languages=languages,
        missing=tuple(lang for lang in reads if macrolanguage(lang) not in told),
        items=tuple(_member(item, scene.publisher[item.id]) for item in members),
    )


def _words(found: Sequence[Rise]) -> tuple[str, ...]:
    """Return the terms among the rises, the surest first, without those that repeat a word."""
    return tuple(phrases.apart(rise.key for rise in found if not rise.key.startswith(_STORY))[:TERMS])


def _state(found: Sequence[Rise], daily: Sequence[int], tellings: Tellings) -> TrendState:
    """Tell a trend by its course: half of its peak or less is fading, and what rose before and fell silent is back."""
    if 2 * daily[-1] <= max(daily):
        return "fading"
    began = max(day for rise in found for day in rise.days)
    keys = [rise.key for rise in found if not rise.key.startswith(_STORY)] or [found[0].key]
    before = [tellings.count(keys[0], day) for day in range(began + 1, began + BASELINE + 1)]
    if max(before[:SILENCE]) < LEAST <= max(before[SILENCE:]):
        return "back"
    return "growing" if began > 1 or any(before) else "new"


def _languages(members: Sequence[Item], scene: _Scene) -> tuple[LanguageStart, ...]:
    first: dict[str, datetime] = {}
    who: defaultdict[str, set[str]] = defaultdict(set)
    for item in members:
        if item.lang:
            first.setdefault(item.lang, item.published)
            who[item.lang].add(scene.publisher[item.id])
    return tuple(LanguageStart(lang=lang, since=since, publishers=len(who[lang])) for lang, since in first.items())


def _member(item: Item, publisher: str) -> TrendItem:
    return TrendItem(
        id=item.id, url=item.url, title=item.title, source=item.source, lang=item.lang, published=item.published, publisher=publisher
    )
