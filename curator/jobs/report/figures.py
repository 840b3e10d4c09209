"""Figures of a report, each counted from the material alone."""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Final

from curator.core.brand import Brand
from curator.core.desk_report import Coverage, FeedYield, KindShare, ListDay, Saved, Steps, TopicState, TopicYield, Voice
from curator.core.feed import Feed
from curator.core.report import RunReport
from curator.jobs.report.material import Material, members
from curator.planning.plan import Plan

ENOUGH: Final = 10  # decisions from which a precision says something
STARVING: Final = 0.5  # fitting stories a day, below which a topic starves
FLOODING: Final = 3  # times as many as a list has room for
WEIGHED: Final = 3  # lists from which a topic is said to starve or to flood
# Seconds to take in a headline in a feed reader, and to decide on a card: the first is assumed, the second is the desk's budget.
HEADLINE, CARD = 4, 12


def steps(material: Material) -> Steps:
    """Count how many came how far."""
    return Steps(
        fetched=sum(each.counts.entries for each in material.lists),
        new=len(material.items),
        fitting=len(material.fitting),
        listed=len(material.shown),
        picked=len(material.picked),
        shared=len({post.item for post in material.posts}),
    )


def lists(material: Material) -> tuple[ListDay, ...]:
    """Set each list against the decisions on its items."""
    return tuple(_list(each, material) for each in material.lists)


def _list(report: RunReport, material: Material) -> ListDay:
    ids = material.listed[report.date]
    picked, skipped = len(ids & material.picked), len(ids & material.skipped)
    share = round(picked / len(ids), 4) if picked + skipped else None
    return ListDay(day=report.date, listed=len(ids), picked=picked, skipped=skipped, precision=share)


def feeds(material: Material, subscribed: Sequence[Feed]) -> tuple[FeedYield, ...]:
    """Count what came of each feed, the most picked first."""
    first, doubled = _told(material)
    fitting = Counter(s.item.source.feed for s in material.fitting)
    listed = Counter(material.feed_of[id_] for id_ in material.shown)
    picked = Counter(material.feed_of.get(id_, "") for id_ in material.picked)
    seen = Counter(item.source.feed for item in material.items)
    found = [
        FeedYield(
            url=feed.url,
            title=feed.title,
            seen=seen[feed.url],
            first=first[feed.url],
            doubled=doubled[feed.url],
            fitting=fitting[feed.url],
            listed=listed[feed.url],
            picked=picked[feed.url],
        )
        for feed in subscribed
    ]
    return tuple(sorted(found, key=lambda f: (-f.picked, -f.listed, -f.fitting, -f.seen, f.url)))


def _told(material: Material) -> tuple[Counter[str], Counter[str]]:
    """Count by feed the stories of several feeds that it told first, and those that it told after another."""
    first, doubled = Counter[str](), Counter[str]()
    for story in material.stories:
        by_time = sorted(members(story), key=lambda s: (s.item.published, s.item.id))
        told = list(dict.fromkeys(s.item.source.feed for s in by_time))
        if len(told) > 1:
            first.update(told[:1])
            doubled.update(told[1:])
    return first, doubled


def topics(material: Material, brand: Brand) -> tuple[TopicYield, ...]:
    """Count what came of each topic, in the brand's order."""
    topic_of = {s.item.id: s.score.topic for s in material.scored} | {id_: card.evidence.topic for id_, card in material.cards.items()}
    fitting = {s.item.id for s in material.fitting}
    told = Counter(story.lead.score.topic for story in material.stories if any(s.item.id in fitting for s in members(story)))
    listed = Counter(topic_of.get(id_, "") for id_ in material.shown)
    picked = Counter(topic_of.get(id_, "") for id_ in material.picked)
    room = brand.shortlist.size if len(brand.topics) == 1 else ceil(1.5 * brand.shortlist.size / len(brand.topics))
    return tuple(_topic(t.name, told[t.name], listed[t.name], picked[t.name], room, material) for t in brand.topics)


def _topic(name: str, fitting: int, listed: int, picked: int, room: int, material: Material) -> TopicYield:
    per_day = round(fitting / material.days, 2)
    state: TopicState = "starving" if per_day < STARVING else "flooding" if per_day > FLOODING * room else ""
    known = len(material.lists) >= WEIGHED
    return TopicYield(topic=name, fitting=fitting, listed=listed, picked=picked, per_day=per_day, room=room, state=state if known else "")


def mix(material: Material, brand: Brand) -> tuple[KindShare, ...]:
    """Return each content type's share of the posts; types that brand.toml does not name come last."""
    kind_of = {item.id: item.kind for item in material.items}
    counts = Counter(post.kind or kind_of.get(post.item, "") for post in material.posts)
    kinds = [*brand.mix, *sorted(kind for kind in counts if kind and kind not in brand.mix)]
    total = max(counts.total(), 1)
    return tuple(KindShare(kind=k, posts=counts[k], target=brand.mix.get(k, 0.0), actual=round(counts[k] / total, 4)) for k in kinds)


def voices(material: Material, brand: Brand) -> tuple[Voice, ...]:
    """Count the mentions of each watch term; an item that several lists mention counts once."""
    told = {(m.watch, m.item.id): m.certain for each in material.lists for m in each.mentions}
    sure = Counter(watch for (watch, _), certain in told.items() if certain)
    doubtful = Counter(watch for (watch, _), certain in told.items() if not certain)
    total = sum(sure[watch.name] for watch in brand.watch)
    return tuple(
        Voice(watch=w.name, mentions=sure[w.name], doubtful=doubtful[w.name], share=round(sure[w.name] / total, 4) if total else None)
        for w in brand.watch
    )


def coverage(plan: Plan, weeks: int) -> Coverage:
    """Count the slots ahead that have a post."""
    slots = [entry for entry in plan.slots if entry.note in {"", "proposed", "kept"}]
    gaps = [entry.when for entry in slots if entry.item is None]
    return Coverage(weeks=weeks, slots=len(slots), filled=len(slots) - len(gaps), next_gap=min(gaps, default=None))


def saved(material: Material) -> Saved:
    """Reckon the minutes saved, from what was found and what was listed."""
    seconds = len(material.items) * HEADLINE - len(material.shown) * CARD
    assumption = f"{HEADLINE} s to take in a headline in a feed reader, {CARD} s to decide on a card"
    return Saved(minutes=max(round(seconds / 60), 0), assumption=assumption)
