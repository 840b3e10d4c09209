"""The sentence that a post quotes: its item's evidence."""

from collections.abc import Sequence
from datetime import datetime

from curator.core.context import Context
from curator.core.item import Item
from curator.core.story import Evidence

NO_EVIDENCE = Evidence(text="", topic="")


def find_evidence(context: Context, items: Sequence[Item], now: datetime) -> dict[str, Evidence]:
    """Return the evidence of each item by its id.

    An item that was listed has the evidence of its latest reading list. The others are scored, which takes the model.
    """
    wanted = {item.id for item in items}
    days = sorted({item.listed for item in items if item.listed})
    reports = (context.store.report(day) for day in days)
    listed = {card.id: card.evidence for report in reports if report for card in report.items if card.id in wanted}
    return listed | _scored(context, [item for item in items if item.id not in listed], now)


def _scored(context: Context, items: Sequence[Item], now: datetime) -> dict[str, Evidence]:
    if not items:
        return {}
    from curator.ranking.pipeline import Ranker

    context.progress.stage("reading", len(items))
    texts = context.store.texts(item.id for item in items)
    return {card.id: card.evidence for card in Ranker.of(context).cards(items, texts, now)}
