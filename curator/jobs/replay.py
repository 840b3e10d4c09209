"""Replay: rank the stored items under an edited brief, or without a feed, and as it is, and compare both with the user's decisions.

Nothing is fetched, embedded or written. Both rankings are those of a run, with the user's preference, but without freshness,
because the items are of many days.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import log2
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.item import Item
from curator.core.post import Decision
from curator.core.story import Card, Evidence, ScoredItem, Story
from curator.core.text import phrases
from curator.ranking import preference
from curator.ranking.passages import first_passage
from curator.ranking.pipeline import FLOOR, Ranker, card
from curator.ranking.relevance import with_examples

FIRST: Final = 10
# A pick with a lower fit than LOW and a skip with a higher one than HIGH are not explained by a brief.
LOW, HIGH = 0.4, 0.6
READ: Final = 600  # characters of a text that phrases are sought in


class Side(Struct, frozen=True, kw_only=True):
    """Quality of a brief's ranking. `size`: the length of its top list. `picks`: the number of picks on it.

    Of the items that were decided on, in ranked order: `precision` is the share of picks among the first ten, `ndcg` their
    nDCG@10. Both are None where nothing was decided on.
    """

    size: int
    picks: int
    precision: float | None
    ndcg: float | None


class RankChange(Struct, frozen=True, kw_only=True):
    """An item that enters or leaves the top list, with its place before and after, counted from 1; 0 where it has none any more."""

    item: Card
    before: int
    after: int


class Suggestion(Struct, frozen=True, kw_only=True):
    """A suggested line for a topic. `key`: `about` or `avoid`. `items`: the ids of the items it was learned from."""

    key: str
    topic: str
    text: str
    items: tuple[str, ...]


class Replay(Struct, frozen=True, kw_only=True):
    """What an edited brief changes among the items since a time. `unread`: the number of items left out because no run scored them."""

    since: datetime
    items: int
    unread: int
    picks: int
    skips: int
    before: Side
    after: Side
    enters: tuple[RankChange, ...]
    leaves: tuple[RankChange, ...]
    suggestions: tuple[Suggestion, ...]


class _Period(Struct, frozen=True, kw_only=True):
    """The stored items of the period, their texts, and the last decision on each by item id."""

    items: list[Item]
    texts: dict[str, str]
    said: dict[str, Decision]


def replay(context: Context, edited: Brand, now: datetime, span: timedelta, *, without: str | None = None) -> Replay:
    """Rank what was published in the `span` before `now` under the brand and under the edited one, and return what differs.

    `without`: the feed whose items only the first ranking has.
    """
    edited = with_examples(edited, context.store, context.progress)
    period = _period(context, now, span)
    plain = _ranked(context, context.brand, period, now)
    old, new = _comparable(plain, plain if edited == context.brand else _ranked(context, edited, period, now))
    new = [s for s in new if s.item.source.feed != without]
    read = {s.item.id for s in old}
    period = replace(period, said={id_: said for id_, said in period.said.items() if id_ in read})
    was, will = _top(old, context.brand), _top(new, edited)
    verdicts = [said.verdict for said in period.said.values()]
    return Replay(
        since=now - span,
        items=len(old),
        unread=len(period.items) - len(read),
        picks=len(verdicts) - verdicts.count("skip"),
        skips=verdicts.count("skip"),
        before=_side(old, was, period.said),
        after=_side(new, will, period.said),
        enters=_moved(will, was, old, new),
        leaves=_moved(was, will, old, new),
        suggestions=(*_missing(new, period), *_misleading(new, period)),
    )


def _period(context: Context, now: datetime, span: timedelta) -> _Period:
    since = now - span
    kept = [item for item in context.store.items(since) if since <= item.published <= now and item.found <= now]
    texts = context.store.texts([item.id for item in kept])
    context.progress.stage("recalling", len(kept))
    return _Period(items=kept, texts=texts, said=preference.latest_decisions(context.store.decisions(), now))


def _ranked(context: Context, brand: Brand, period: _Period, now: datetime) -> Sequence[ScoredItem]:
    """Return the period's items as a run would rank them, whatever their age; those that no run has read are left out."""
    ageless = replace(brand, shortlist=replace(brand.shortlist, half_life=timedelta(0)))
    ranker = Ranker(ageless, context.engine(), context.progress)
    scored = ranker.recall(period.items, period.texts, now)
    return preference.with_preference(scored, ageless, context.engine(), context.store, now).ranked


def _comparable(old: Sequence[ScoredItem], new: Sequence[ScoredItem]) -> tuple[list[ScoredItem], list[ScoredItem]]:
    """Return both rankings without the items that only one brief has read far enough to score."""
    both = {s.item.id for s in old} & {s.item.id for s in new}
    return [s for s in old if s.item.id in both], [s for s in new if s.item.id in both]


def _top(ranked: Sequence[ScoredItem], brand: Brand) -> list[ScoredItem]:
    return [r for r in ranked[: brand.shortlist.size] if r.score.total > FLOOR]


def _side(ranked: Sequence[ScoredItem], top: Sequence[ScoredItem], said: Mapping[str, Decision]) -> Side:
    """Return the quality of a ranking by the decisions on its items."""
    right = [_liked(r, said) for r in ranked if r.item.id in said]
    return Side(
        size=len(top),
        picks=sum(_liked(r, said) for r in top),
        precision=round(sum(right[:FIRST]) / len(right[:FIRST]), 4) if right else None,
        ndcg=round(_ndcg(right), 4) if any(right) else None,
    )


def _liked(ranked: ScoredItem, said: Mapping[str, Decision]) -> bool:
    return ranked.item.id in said and said[ranked.item.id].verdict != "skip"


def _ndcg(right: Sequence[bool]) -> float:
    gains = [1 / log2(place + 2) for place in range(FIRST)]
    return sum(gain for gain, hit in zip(gains, right, strict=False) if hit) / sum(gains[: sum(right)])


def _moved(
    here: Sequence[ScoredItem], there: Sequence[ScoredItem], old: Sequence[ScoredItem], new: Sequence[ScoredItem]
) -> tuple[RankChange, ...]:
    """Return the changes of the items that are on the top list `here` and not on `there`."""
    before, after = ({r.item.id: n for n, r in enumerate(ranked, 1)} for ranked in (old, new))
    stay = {r.item.id for r in there}
    return tuple(
        RankChange(item=_card(r), before=before.get(r.item.id, 0), after=after.get(r.item.id, 0)) for r in here if r.item.id not in stay
    )


def _card(ranked: ScoredItem) -> Card:
    return card(Story(lead=ranked), Evidence(text="", topic=ranked.score.topic))


def _missing(ranked: Sequence[ScoredItem], period: _Period) -> list[Suggestion]:
    """Return words for the `about` of topics: those that picks with a low fit share."""
    low = [r for r in ranked if _liked(r, period.said) and r.score.fits[0].fit < LOW]
    return [Suggestion(key="about", topic=topic, text=", ".join(told), items=ids) for topic, ids, told in _shared(low, (), period)]


def _misleading(ranked: Sequence[ScoredItem], period: _Period) -> list[Suggestion]:
    """Return phrases for the `avoid` of topics: those that skips with a high fit share and no pick has."""
    picks = [r for r in ranked if _liked(r, period.said)]
    skips = [r for r in ranked if r.item.id in period.said and not _liked(r, period.said)]
    high = [r for r in skips if r.score.total > 0 and r.score.fits[0].fit >= HIGH]
    return [Suggestion(key="avoid", topic=topic, text=told[0], items=ids) for topic, ids, told in _shared(high, picks, period)]


def _shared(some: Sequence[ScoredItem], without: Sequence[ScoredItem], period: _Period) -> Iterator[tuple[str, tuple[str, ...], list[str]]]:
    """Yield for each topic its name, the ids of its items, and the phrases they share. Topics without any are left out."""
    words = {item.id: first_passage(item, period.texts.get(item.id, ""))[:READ] for item in period.items}
    for topic in sorted({r.score.topic for r in some}):
        ids = tuple(r.item.id for r in some if r.score.topic == topic)
        rest = [text for id_, text in words.items() if id_ not in ids]
        if told := phrases.shared([words[id_] for id_ in ids], rest, without=[words[r.item.id] for r in without]):
            yield topic, ids, told
