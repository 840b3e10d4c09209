"""What a report is made of: items with their scores and stories, lists, decisions and posts of a span of days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from curator.core.context import Context
from curator.core.item import Item
from curator.core.post import Decision, Post
from curator.core.report import RunReport
from curator.core.story import Card, ScoredItem, Story
from curator.ranking import preference
from curator.ranking.pipeline import FLOOR, Ranker


class Material(Struct, frozen=True, kw_only=True):
    """Everything of the days from `since` to `until`.

    - `items`: those found. `feed_of`: the feed of each item by id, those found earlier too. `listed`: the ids of the items on the
      lists of each day, on those too that a later run of the day replaced.
    - `scored`: those of them that a run has scored, best first. `stories`: these, grouped.
    - `said`: the last pick, skip or save of each item, as far as it was made in these days. `posts`: those that are not cancelled.
    """

    since: datetime
    until: datetime
    items: Sequence[Item]
    feed_of: Mapping[str, str]
    listed: Mapping[date, frozenset[str]]
    scored: Sequence[ScoredItem]
    stories: Sequence[Story]
    lists: Sequence[RunReport]
    said: Mapping[str, Decision]
    posts: Sequence[Post]

    def later(self, since: datetime) -> "Material":
        """Return the part of it from a later time on."""
        return replace(
            self,
            since=since,
            items=[item for item in self.items if item.found >= since],
            scored=[s for s in self.scored if s.item.found >= since],
            stories=[story for story in self.stories if any(s.item.found >= since for s in members(story))],
            lists=(lists := [each for each in self.lists if each.generated_at >= since]),
            listed={each.date: self.listed[each.date] for each in lists},
            said={id_: decision for id_, decision in self.said.items() if decision.at >= since},
            posts=[post for post in self.posts if post.at and post.at >= since],
        )

    @property
    def days(self) -> float:
        """Length in days."""
        return (self.until - self.since) / timedelta(days=1)

    @property
    def fitting(self) -> list[ScoredItem]:
        """Items that fit well enough for a list, with those that were on one: what is learned since may have lowered their fit."""
        return [s for s in self.scored if s.score.total > FLOOR or s.item.id in self.shown]

    @property
    def unread(self) -> int:
        """Number of items that no run has scored."""
        return len(self.items) - len(self.scored)

    @property
    def cards(self) -> dict[str, Card]:
        """Cards of the lists, by id."""
        return {card.id: card for each in self.lists for card in each.items}

    @property
    def shown(self) -> frozenset[str]:
        """Ids of the items that were on a list."""
        return frozenset[str]().union(*self.listed.values())

    @property
    def picked(self) -> set[str]:
        """Ids of the items that were picked."""
        return {id_ for id_, decision in self.said.items() if decision.verdict == "pick"}

    @property
    def skipped(self) -> set[str]:
        """Ids of the items that were skipped."""
        return {id_ for id_, decision in self.said.items() if decision.verdict == "skip"}


def members(story: Story) -> tuple[ScoredItem, ...]:
    """Return all items of a story."""
    return story.lead, *story.others


def gathered(context: Context, now: datetime, span: timedelta) -> Material:
    """Read the material of the `span` before `now`. Scores are recalled without freshness, for the items are of many days."""
    since, store = now - span, context.store
    known = [item for item in store.items(since - context.brand.shortlist.window) if item.found <= now]
    items = [item for item in known if item.found >= since]
    texts = store.texts([item.id for item in items])
    context.progress.stage("recalling", len(items))
    ageless = replace(context.brand, shortlist=replace(context.brand.shortlist, half_life=timedelta(0)))
    ranker = Ranker(ageless, context.engine(), context.progress)
    scored = ranker.recall(items, texts, now)
    days = (store.report(day) for day in store.days() if context.today(since) <= day <= context.today(now))
    lists = [each for each in days if each and since <= each.generated_at <= now]
    return Material(
        since=since,
        until=now,
        items=items,
        scored=scored.ranked,
        stories=ranker.stories(scored),
        lists=lists,
        listed={each.date: _listed(each, known) for each in lists},
        feed_of={card.id: card.source.feed for each in lists for card in each.items} | {item.id: item.source.feed for item in known},
        said={id_: said for id_, said in preference.latest_decisions(store.decisions(), now).items() if said.at >= since},
        posts=[post for post in store.posts() if not post.cancelled and post.at and since <= post.at <= now],
    )


def _listed(report: RunReport, known: Sequence[Item]) -> frozenset[str]:
    return frozenset((*(card.id for card in report.items), *(item.id for item in known if item.listed == report.date)))
