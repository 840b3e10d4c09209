"""From kept items to cards: score, group into stories, suppress what was seen before, select, and say why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.context import Context
from curator.core.item import Item
from curator.core.protocols import EmbeddingEngine, Progress
from curator.core.story import Card, Evidence, HeldBy, LeftOut, Reason, RelatedItem, ScoredItem, Shortlist, Story, StoryRef, shared_fields
from curator.core.text.plain import line
from curator.ranking import clustering, embedding_space, evidence, selection, watch_terms
from curator.ranking.history import SeenItem, SuppressionResult, sift
from curator.ranking.passages import first_passage
from curator.ranking.relevance import Relevance
from curator.ranking.score import score, with_matches
from curator.ranking.scored_items import ScoredItems

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

# Pages read in a run, shared by the topics; the least each topic gets; the fit that an unread item must reach to be read.
# Measured with benchmarks/cascade.py: with 200 pages .967 of the twenty best are still among them, with 300 .983.
PAGES: Final = 300
PAGES_PER_TOPIC: Final = 60
HOPE: Final = 0.01
# An item whose total is not above this is on no list: fewer than one in three such items fits.
FLOOR: Final = 0.3
NEAR: Final = 20  # near misses shown
# Stories are looked for among this many of the best items; nothing below can reach the list.
GROUPED: Final = 1200
# Cards whose evidence is sought.
PROVEN: Final = 40


class History(Struct, frozen=True, kw_only=True):
    """What a list made at `now`, on the brand's day `today`, follows: the items seen before, and how often each feed was listed."""

    now: datetime
    today: date
    handled: tuple[SeenItem, ...] = ()
    listed: Mapping[str, int] = field(default_factory=dict)


class Listing(Struct, frozen=True, kw_only=True):
    """The cards of a reading list. `stories` counts those it was chosen from, `left_out` says why others are not on it."""

    cards: tuple[Card, ...] = ()
    stories: int = 0
    left_out: tuple[LeftOut, ...] = ()


class Fate(Struct, frozen=True, kw_only=True):
    """What a list made now does with an item. It leads a story of the list where `held_by` is None; else `why` is in words.

    `story`: the one it belongs to, which another item leads where it is "folded"; its own alone where none was made of it.
    """

    scored: ScoredItem
    story: Story
    held_by: HeldBy | None = None
    why: str = ""


class Ranker:
    """Ranks the items of one brand.

    The steps go one way: `score` makes the table of scored items, and `shortlist`, `ranking`, `ledger` and `account` turn the
    table into cards. Embedding goes through `engine`.
    """

    def __init__(self, brand: Brand, engine: EmbeddingEngine, progress: Progress | None = None) -> None:
        self.brand, self.engine = brand, engine
        self.relevance = Relevance(brand, engine, progress)
        self.watching = watch_terms.WatchList(brand.watch)

    @classmethod
    def of(cls, context: Context) -> Self:
        """Return the ranker of a context's brand; makes the engine where it was not made yet."""
        return cls(context.brand, context.engine(), context.progress)

    # --- scoring ----------------------------------------------------------------------------------------------------

    def score(self, items: Sequence[Item], texts: Mapping[str, str], now: datetime, *, rerank: bool = True) -> ScoredItems:
        """Score items by fit, rules and age. `texts`: by item id, as far as there are any; `rerank`: as `Relevance.of_items` has it."""
        if not items:
            return ScoredItems()
        vectors, fits = self.relevance.of_items(items, texts, rerank=rerank)
        return self.table(score(self.brand, items, fits, texts, now), items, texts, vectors)

    def table(
        self, ranked: Sequence[ScoredItem], items: Sequence[Item], texts: Mapping[str, str], vectors: "Mapping[str, Matrix]"
    ) -> ScoredItems:
        """Make the table of scored items. `vectors`: shape (items, dim) by encoder, in the order of `items`."""
        position = {item.id: n for n, item in enumerate(items)}
        order = [position[s.item.id] for s in ranked]
        return ScoredItems(
            ranked=tuple(ranked),
            texts=tuple(texts.get(s.item.id, s.item.summary) for s in ranked),
            vectors={name: rows[order] for name, rows in vectors.items()},
            space=self.engine.calibration(vectors).spaces[self.engine.encoders[0].name],
        )

    def recall(self, items: Sequence[Item], texts: Mapping[str, str], now: datetime) -> ScoredItems:
        """Score the items that were embedded before, by topics that may be new; items that a run has not read are left out."""
        recalled = self.relevance.recall(items, texts, embed_topics=True, compute=True)
        known = [n for n, row in enumerate(recalled.fits) if not np.isnan(row).any()] if recalled.fits is not None else []
        if not known or recalled.fits is None:
            return ScoredItems()
        here = [items[recalled.positions[n]] for n in known]
        vectors = {name: rows[known] for name, rows in recalled.vectors.items()}
        return self.table(score(self.brand, here, recalled.fits[known], texts, now), here, texts, vectors)

    def worth_reading(self, items: Sequence[Item], now: datetime) -> list[Item]:
        """Return the unread items whose pages should be read: the best of each topic by title and summary, and every mention."""
        if all(item.depth != "entry" for item in items):
            return []
        at_first = self.score(items, {}, now, rerank=False).ranked
        share = max(PAGES_PER_TOPIC, PAGES // len(self.brand.topics))
        best = {s.item.id for topic in self.brand.topics for s in _best_of(topic.name, at_first)[:share]}
        unread = (item for item in items if item.depth == "entry")
        return [item for item in unread if item.id in best or self.watching.hits(item, "")]

    # --- cards ------------------------------------------------------------------------------------------------------

    def shortlist(self, scored: ScoredItems, history: History, *, limit: int | None = None) -> Listing:
        """Choose the reading list: the best stories under the brand's caps, without what was seen before and has not moved on."""
        fresh, chosen = self._chosen(scored, history, limit)
        cards = (replace(card, status="listed") for card in self._cards(chosen.choices, scored))
        return Listing(cards=tuple(cards), stories=fresh, left_out=chosen.left_out)

    def ranking(self, scored: ScoredItems) -> tuple[Card, ...]:
        """Return what fits at all, a card per story, best first and without caps."""
        fitting = [s for s in self.stories(scored) if s.lead.score.total > FLOOR]
        return self._cards(fitting, scored)

    def near_misses(self, scored: ScoredItems) -> tuple[Card, ...]:
        """Return the stories that fit almost well enough for a list, best first, at most NEAR of them."""
        missed = [s for s in self.stories(scored) if 0 < s.lead.score.total <= FLOOR][:NEAR]
        why = f"fits no topic well enough: a list begins above {FLOOR:g}"
        return tuple(because(made, why) for made in self._cards(missed, scored))

    def account(self, scored: ScoredItems, history: History) -> tuple[Card, ...]:
        """Return a card per item of a list made now, with what the choice added to its reasons, or why it was left out."""
        return tuple(entry(fate) for fate in self.fates(scored, history))

    def fates(self, scored: ScoredItems, history: History) -> tuple[Fate, ...]:
        """Return what a list made now does with each item, in the order of the table."""
        _, chosen = self._chosen(scored, history)
        left = {each.story.lead.item.id: each for each in chosen.left_out}
        stories = {story.lead.item.id: story for story in (*chosen.choices, *(each.story for each in left.values()))}
        tellers = {s.item.id: story for story in stories.values() for s in story.others}
        seen = {h.item.id: h.describe(history.now) for h in history.handled}

        def fate(s: ScoredItem) -> Fate:
            id_ = s.item.id
            if id_ in left:
                return Fate(scored=s, story=stories[id_], held_by=left[id_].cause, why=left[id_].why)
            if id_ in stories:
                return Fate(scored=s, story=stories[id_])
            if id_ in seen:
                return Fate(scored=s, story=Story(lead=s), held_by="handled", why=seen[id_])
            if story := tellers.get(id_):
                return Fate(scored=s, story=story, held_by="folded", why=f"told by {line(story.lead.item.title, 120)}")
            return Fate(scored=s, story=Story(lead=s), held_by="floor", why=selection.UNFIT)  # it lies too far down the ranking

        return tuple(fate(s) for s in scored.ranked)

    def cards(self, items: Sequence[Item], texts: Mapping[str, str], now: datetime) -> tuple[Card, ...]:
        """Return a card per item, in the order given, each with its evidence; all are embedded in one batch."""
        scored = self.score(items, texts, now).of(item.id for item in items)
        return self._cards([Story(lead=s) for s in scored.ranked], scored, proven=len(items))

    def stories(self, scored: ScoredItems) -> list[Story]:
        """Group the best of the items into stories, by the first encoder's vectors."""
        some = scored.of(s.item.id for s in scored.ranked[:GROUPED])
        if not some.space:
            return []
        rows = some.language_free()
        return clustering.stories(
            some.ranked, some.texts, rows @ rows.T, same=some.space.same_story_cosine, near=some.space.unrelated_cosine
        )

    # --- steps ------------------------------------------------------------------------------------------------------

    def _chosen(self, scored: ScoredItems, history: History, limit: int | None = None) -> tuple[int, Shortlist]:
        """Return how many stories are new, and the choice among them. Suppressed stories are among those left out."""
        fresh = self.stories(scored.of(s.item.id for s in scored.ranked if is_open(s.item, history.today)))
        fitting, unfit = (tuple(s for s in fresh if (s.lead.score.total > FLOOR) is fits) for fits in (True, False))
        new = self._unseen(fitting, scored, history)
        chosen = self._selected((*new.stories, *unfit), scored, history, limit)
        return len(fresh) - len(new.held), replace(chosen, left_out=(*new.held, *chosen.left_out))

    def _unseen(self, stories: Sequence[Story], scored: ScoredItems, history: History) -> SuppressionResult:
        """Compare stories with what was seen before, by the nearness that groups stories."""
        if not history.handled or not stories or not scored.space:
            return SuppressionResult(stories=tuple(stories))
        members = scored.of(s.item.id for story in stories for s in (story.lead, *story.others))
        before = self.engine.encoders[0].embed([first_passage(h.item, h.text) for h in history.handled], "document")
        cosines = members.language_free() @ embedding_space.language_free(scored.space, before).T
        nearness = dict(zip(members.positions(), embedding_space.nearness(scored.space, cosines), strict=True))
        return sift(stories, members.text_of(), history.handled, nearness, history.now)

    def _selected(self, stories: Sequence[Story], scored: ScoredItems, history: History, limit: int | None) -> Shortlist:
        if not stories:
            return Shortlist(choices=())
        rows = scored.of(story.lead.item.id for story in stories).centred()
        rules = self.brand.shortlist if limit is None else replace(self.brand.shortlist, size=limit)
        terms = selection.SelectionRules(topics=len(self.brand.topics), floor=FLOOR, mix=self.brand.mix, listed=history.listed)
        return selection.choose(stories, rows @ rows.T, rules, terms)

    def _cards(self, stories: Sequence[Story], scored: ScoredItems, *, proven: int = PROVEN) -> tuple[Card, ...]:
        text = scored.text_of()
        leads = [story.lead for story in stories[:proven]]
        found = evidence.supporting([(lead, text[lead.item.id]) for lead in leads], self.relevance)
        passages = [first_passage(lead.item, text[lead.item.id]) for lead in leads]
        words = self.relevance.matched_words(passages, [lead.score.topic for lead in leads])
        explained = [replace(story, lead=with_matches(story.lead, met)) for story, met in zip(stories, words, strict=False)]
        return tuple(card(s, found.get(s.lead.item.id) or evidence.missing(s.lead)) for s in (*explained, *stories[proven:]))


def ledger(scored: ScoredItems) -> tuple[Card, ...]:
    """Return a card per item, unfit and forbidden ones too, without evidence."""
    return tuple(card(Story(lead=s), evidence.missing(s)) for s in scored.ranked)


def card(story: Story, evidence: Evidence) -> Card:
    """Convert a story to the card that is shown and serialised."""
    item, score = story.lead.item, story.lead.score
    return Card(
        **shared_fields(item),
        score=round(score.total, 4),
        fits=score.fits,
        evidence=evidence,
        why=score.reasons,
        story=StoryRef(id=item.id, size=1 + len(story.others), others=tuple(_related(s.item) for s in story.others)),
    )


def entry(fate: Fate) -> Card:
    """Return the card of an item, with the reason why it is on no list."""
    story = Story(lead=fate.scored) if fate.held_by == "folded" else fate.story
    made = card(story, evidence.missing(story.lead))
    return because(made, fate.why) if fate.why else made


def because(card: Card, why: str) -> Card:
    """Return the card with the reason why it is on no list."""
    return replace(card, why=(*card.why, Reason(part="left out", value=0.0, text=why)))


def is_open(item: Item, today: date) -> bool:
    """Whether the user decided nothing on an item and no list before today's had it."""
    return item.status in {"new", "listed"} and item.listed in {None, today}


def _best_of(topic: str, scored: Iterable[ScoredItem]) -> list[ScoredItem]:
    fit = {s.item.id: f.fit for s in scored for f in s.score.fits if f.topic == topic}
    allowed = (s for s in scored if s.score.total > 0 and fit[s.item.id] >= HOPE)
    return sorted(allowed, key=lambda s: (-fit[s.item.id], s.item.id))


def _related(item: Item) -> RelatedItem:
    return RelatedItem(id=item.id, url=item.url, title=item.title, source=item.source, lang=item.lang, published=item.published)
