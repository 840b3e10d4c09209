"""Trends of a brand's feeds: in a span that is asked for, and in the last 24 hours for the daily list."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from curator.core.context import Context
from curator.core.item import Item
from curator.core.story import Story
from curator.core.trend import Trend, Trends
from curator.ranking import trends
from curator.ranking.pipeline import Listing, Ranker
from curator.ranking.rises import BASELINE

LISTED: Final = 5  # trends that a list tells


def find(context: Context, now: datetime, span: timedelta) -> Trends:
    """Return the trends of the `span` before `now` among all that is kept. Nothing is fetched or written."""
    items = _past(context, now, span)
    recent = [item for item in items if item.published >= now - span]
    texts = context.store.texts([item.id for item in recent])
    context.progress.stage("recalling", len(recent))
    ranker = Ranker.of(context)
    return trends.find(items, map(_ids, ranker.stories(ranker.recall(recent, texts, now))), context.brand.reads, now, span)


def of_today(context: Context, window: Mapping[str, Item], listing: Listing, now: datetime) -> tuple[Trend, ...]:
    """Return the trends of the last 24 hours, the strongest first. `window`: items in hand; the `listing` groups them into stories."""
    items = {item.id: item for item in _past(context, now, trends.DAY)} | dict(window)
    left = (_ids(left.story) for left in listing.left_out)
    listed = ((card.id, *(other.id for other in card.story.others)) for card in listing.cards)
    return trends.find(items.values(), (*listed, *left), context.brand.reads, now, trends.DAY).trends


def _past(context: Context, now: datetime, span: timedelta) -> list[Item]:
    """Return the items found until `now` that a span and its baseline may count."""
    return [item for item in context.store.items(now - span - BASELINE * trends.DAY) if item.found <= now]


def _ids(story: Story) -> tuple[str, ...]:
    return story.lead.item.id, *(other.item.id for other in story.others)
