"""From kept items to cards: look, fit, score, fold into stories, choose, and say why. Embedding is asked for here alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from curator.core.brand import Brand
from curator.core.item import Item
from curator.core.protocols import EmbeddingEngine, EmbeddingSpace
from curator.core.story import Card, Evidence, LeftOut, Mention, Reason, RelatedItem, ScoredItem, Shortlist, Story, StoryRef, shared_fields
from curator.core.text.plain import line, sentences
from curator.ranking import clustering, embedding_space, rank, reading, selection, watch_terms
from curator.ranking.history import SeenItem, SuppressionResult, sift

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

    Column = NDArray[np.float64]

# Pages read a run, shared by the topics, how many each gets at least, and the fit that what a feed tells must give some hope of.
# Measured with benchmarks/cascade.py: with 200 pages .967 of the twenty best are still among them, with 300 .983.
PAGES, PAGES_PER_TOPIC, HOPE = 300, 60, 0.05
# An item below this total stands on no list: fewer than one in three such items fits.
FLOOR = 0.3
# Stories are looked for among this many of the best; nothing below can reach the list.
FOLDED = 1200
# Evidence: so many cards get theirs, sought among so many sentences, of which so many are looked at closely.
PROVEN, QUOTED, FEW = 40, 40, 4


class ScoredItems(Struct, frozen=True, kw_only=True):
    """Items with their scores, best first; `texts` and the rows of `seen`, by voter, stand in the same order."""

    ranked: tuple[ScoredItem, ...]
    texts: tuple[str, ...]
    seen: "Mapping[str, Matrix]"


class History(Struct, frozen=True, kw_only=True):
    """What a list follows: what a person has handled, and how often each feed was listed. `now`: when it is made, on the day `today`."""

    now: datetime
    today: date
    handled: tuple[SeenItem, ...] = ()
    listed: Mapping[str, int] = field(default_factory=dict)


class Listing(Struct, frozen=True, kw_only=True):
    """A reading list in the making; `stories` counts those it was chosen from, `left_out` says why others are not on it."""

    cards: tuple[Card, ...] = ()
    stories: int = 0
    left_out: tuple[LeftOut, ...] = ()


def judge(items: Sequence[Item], texts: Mapping[str, str], brand: Brand, engine: EmbeddingEngine, now: datetime) -> ScoredItems:
    """Every item with its score. `texts`: by item id, as far as there are any."""
    if not items:
        return ScoredItems(ranked=(), texts=(), seen={})
    words = [rank.wording(item, texts.get(item.id, "")) for item in items]
    seen = engine.look(words)
    further = [rank.further(item, texts.get(item.id, "")) for item in items]
    fits = reading.read_on(further, reading.fits(brand, engine, seen), brand, engine)
    ranked = rank.score(brand, items, fits, texts, now)
    place = {item.id: n for n, item in enumerate(items)}
    order = [place[r.item.id] for r in ranked]
    return ScoredItems(
        ranked=tuple(ranked),
        texts=tuple(texts.get(r.item.id, r.item.summary) for r in ranked),
        seen={name: rows[order] for name, rows in seen.items()},
    )


def worth_reading(items: Sequence[Item], brand: Brand, engine: EmbeddingEngine, now: datetime) -> list[Item]:
    """The unread items whose pages should be read: among all, by title and summary, the best of each topic; and every mention."""
    if all(item.depth != "entry" for item in items):
        return []
    at_first = judge(items, {}, brand, engine, now).ranked
    share = max(PAGES_PER_TOPIC, PAGES // len(brand.topics))
    best = {r.item.id for topic in brand.topics for r in _best_of(topic.name, at_first)[:share]}
    unread = (item for item in items if item.depth == "entry")
    return [item for item in unread if item.id in best or watch_terms.hits(brand.watch, item, item.summary)]


def listing(judged: ScoredItems, past: History, brand: Brand, engine: EmbeddingEngine, *, limit: int | None = None) -> Listing:
    """The reading list: the best stories under the brand's caps that nobody handled before, unless they moved on."""
    fresh, chosen = _chosen(judged, past, brand, engine, limit)
    cards = (replace(card, status="listed") for card in _cards(chosen.choices, judged, brand, engine))
    return Listing(cards=tuple(cards), stories=fresh, left_out=chosen.left_out)


def mentions(judged: ScoredItems, brand: Brand, engine: EmbeddingEngine, *, after: datetime) -> tuple[Mention, ...]:
    """The hits of the watch terms in items found after that, the surest and newest first."""
    rows = [(r, text) for r, text in zip(judged.ranked, judged.texts, strict=True) if r.item.found > after]
    found = [(hit, r) for r, text in rows for hit in watch_terms.hits(brand.watch, r.item, text)]
    made = [
        Mention(watch=hit.watch.name, item=card(Story(lead=r), _no_evidence(r)), sentence=hit.sentence, certain=_certain(hit, engine))
        for hit, r in found
    ]
    return tuple(sorted(made, key=lambda m: (not m.certain, -m.item.published.timestamp(), m.item.id)))


def ranking(judged: ScoredItems, brand: Brand, engine: EmbeddingEngine) -> tuple[Card, ...]:
    """What fits at all, a card a story, best first, without any cap."""
    fitting = [story for story in stories(judged, engine, range(len(judged.ranked))) if story.lead.score.total > FLOOR]
    return _cards(fitting, judged, brand, engine)


def ledger(judged: ScoredItems) -> tuple[Card, ...]:
    """Every item as a card of its own, unfit and forbidden ones too; no evidence is sought for so many."""
    return tuple(card(Story(lead=r), _no_evidence(r)) for r in judged.ranked)


def account(judged: ScoredItems, past: History, brand: Brand, engine: EmbeddingEngine) -> tuple[Card, ...]:
    """The ledger of a list made now: every item with what the choice added to its reasons, or why it was left out."""
    _, chosen = _chosen(judged, past, brand, engine)
    stories = [*((story, "") for story in chosen.choices), *((left.story, left.why) for left in chosen.left_out)]
    leads = {story.lead.item.id: (story, why) for story, why in stories}
    folded = {r.item.id: f"told by {line(story.lead.item.title, 120)}" for story, _ in stories for r in story.others}
    done = {h.item.id: h.told(past.now) for h in past.handled}
    return tuple(_entry(r, leads.get(r.item.id), done.get(r.item.id) or folded.get(r.item.id, "")) for r in judged.ranked)


def single(item: Item, text: str, brand: Brand, engine: EmbeddingEngine, now: datetime) -> Card:
    """One item as a card, with its evidence."""
    judged = judge([item], {item.id: text}, brand, engine, now)
    return _cards([Story(lead=judged.ranked[0])], judged, brand, engine)[0]


def card(story: Story, evidence: Evidence) -> Card:
    """What a person sees of a story."""
    item, score = story.lead.item, story.lead.score
    return Card(
        **shared_fields(item),
        score=round(score.total, 4),
        fits=score.fits,
        evidence=evidence,
        why=score.reasons,
        story=StoryRef(id=item.id, size=1 + len(story.others), others=tuple(_other(r.item) for r in story.others)),
    )


def because(card: Card, why: str) -> Card:
    """The card with the reason why it is on no list."""
    return replace(card, why=(*card.why, Reason(part="left out", value=0.0, text=why)))


def _best_of(topic: str, ranked: Iterable[ScoredItem]) -> list[ScoredItem]:
    fit = {r.item.id: f.fit for r in ranked for f in r.score.fits if f.topic == topic}
    allowed = (r for r in ranked if r.score.total > 0 and fit[r.item.id] >= HOPE)
    return sorted(allowed, key=lambda r: (-fit[r.item.id], r.item.id))


def _entry(ranked: ScoredItem, told: tuple[Story, str] | None, why: str) -> Card:
    """A line of the ledger; what no story was made of lies too far down the ranking."""
    story, why = told or (Story(lead=ranked), why or selection.UNFIT)
    made = card(story, _no_evidence(story.lead))
    return because(made, why) if why else made


def _chosen(judged: ScoredItems, past: History, brand: Brand, engine: EmbeddingEngine, limit: int | None = None) -> tuple[int, Shortlist]:
    """How many stories are new, and the choice among them; what was held back stands among what is left out."""
    fresh = stories(judged, engine, [n for n, r in enumerate(judged.ranked) if is_open(r.item, past.today)])
    fitting, unfit = (tuple(s for s in fresh if (s.lead.score.total > FLOOR) is fits) for fits in (True, False))
    sifted = _sifted(fitting, judged, past, engine)
    chosen = _choose((*sifted.stories, *unfit), judged, past, brand, engine, limit)
    return len(fresh) - len(sifted.held), replace(chosen, left_out=(*sifted.held, *chosen.left_out))


def stories(judged: ScoredItems, engine: EmbeddingEngine, places: Sequence[int]) -> list[Story]:
    """The best of the items at these places folded into stories; the first voter tells how near two tellings are."""
    some = list(places[:FOLDED])
    if not some:
        return []
    of = _lens(judged, engine)
    rows = embedding_space.retold(of, _rows(judged, engine, some))
    ranked, texts = [judged.ranked[n] for n in some], [judged.texts[n] for n in some]
    return clustering.stories(ranked, texts, rows @ rows.T, same=of.same, near=of.near)


def _sifted(stories: Sequence[Story], judged: ScoredItems, past: History, engine: EmbeddingEngine) -> SuppressionResult:
    """The stories beside what was handled, by the cosines that fold stories."""
    if not past.handled or not stories:
        return SuppressionResult(stories=tuple(stories))
    place = _places(judged)
    ids = [r.item.id for s in stories for r in (s.lead, *s.others)]
    of = _lens(judged, engine)
    before = embedding_space.retold(of, engine.voters[0].embed([rank.wording(h.item, h.text) for h in past.handled], "document"))
    rows = embedding_space.retold(of, _rows(judged, engine, [place[id_] for id_ in ids]))
    nearness = (rows @ before.T - of.near) / (of.same - of.near)
    texts = {id_: judged.texts[place[id_]] for id_ in ids}
    return sift(stories, texts, past.handled, dict(zip(ids, nearness, strict=True)), past.now)


def _choose(
    stories: Sequence[Story], judged: ScoredItems, past: History, brand: Brand, engine: EmbeddingEngine, limit: int | None
) -> Shortlist:
    if not stories:
        return Shortlist(choices=())
    place = _places(judged)
    rows = embedding_space.told(_lens(judged, engine), _rows(judged, engine, [place[s.lead.item.id] for s in stories]))
    rules = brand.shortlist if limit is None else replace(brand.shortlist, size=limit)
    terms = selection.SelectionRules(topics=len(brand.topics), floor=FLOOR, mix=brand.mix, listed=past.listed)
    return selection.choose(stories, rows @ rows.T, rules, terms)


def _places(judged: ScoredItems) -> dict[str, int]:
    return {r.item.id: n for n, r in enumerate(judged.ranked)}


def _rows(judged: ScoredItems, engine: EmbeddingEngine, places: Sequence[int]) -> "Matrix":
    """What the first voter saw of the items at these places."""
    return judged.seen[engine.voters[0].name][list(places)]


def _lens(judged: ScoredItems, engine: EmbeddingEngine) -> EmbeddingSpace:
    return engine.calibration(judged.seen).lenses[engine.voters[0].name]


def _cards(stories: Sequence[Story], judged: ScoredItems, brand: Brand, engine: EmbeddingEngine) -> tuple[Card, ...]:
    text = {r.item.id: t for r, t in zip(judged.ranked, judged.texts, strict=True)}
    proven = _evidence([(s.lead, text[s.lead.item.id]) for s in stories[:PROVEN]], brand, engine)
    return tuple(card(s, proven.get(s.lead.item.id) or _no_evidence(s.lead)) for s in stories)


def _evidence(leads: Sequence[tuple[ScoredItem, str]], brand: Brand, engine: EmbeddingEngine) -> dict[str, Evidence]:
    """The evidence of each lead: the fastest voter looks at every sentence, all of them at the few it finds nearest."""
    quotes = [_quotes(r, text) for r, text in leads]
    few = [_nearest(q, f, FEW) for q, f in zip(quotes, _fits_of(quotes, leads, brand, engine, quick=True), strict=True)]
    sure = _fits_of(few, leads, brand, engine, quick=False)
    return {r.item.id: rank.evidence(q, f, r.score.topic) for (r, _), q, f in zip(leads, few, sure, strict=True)}


def _quotes(ranked: ScoredItem, text: str) -> list[str]:
    item = ranked.item
    return rank.quotable(sentences(text, item.lang), item.title)[:QUOTED] or [item.excerpt or item.title]


def _nearest(quotes: Sequence[str], fits: "Column", n: int) -> list[str]:
    return [quotes[i] for i in sorted(fits.argsort()[::-1][:n])]


def _fits_of(
    quotes: Sequence[Sequence[str]], leads: Sequence[tuple[ScoredItem, str]], brand: Brand, engine: EmbeddingEngine, *, quick: bool
) -> "list[Column]":
    """For each lead the fits of its sentences to its own topic, all embedded in one batch."""
    flat = [quote for some in quotes for quote in some]
    if not flat:
        return []
    seen = engine.look(flat, quick=quick)
    fits = reading.fits(brand, engine, seen, quick=quick)
    column = {topic.name: n for n, topic in enumerate(brand.topics)}
    ends = list(accumulate(len(some) for some in quotes))
    return [fits[end - len(some) : end, column[r.score.topic]] for end, some, (r, _) in zip(ends, quotes, leads, strict=True)]


def _certain(hit: watch_terms.WatchHit, engine: EmbeddingEngine) -> bool:
    """By the first voter's cosines between the sentence and the contexts that are us or not."""
    contexts = [hit.sentence, *hit.watch.like, *hit.watch.unlike]
    rows = engine.look(contexts)[engine.voters[0].name]
    border = 1 + len(hit.watch.like)
    return watch_terms.certain(rows[:1], rows[1:border], rows[border:])


def is_open(item: Item, today: date) -> bool:
    """Whether nobody decided on an item and no list before today's had it."""
    return item.status in {"new", "listed"} and item.listed in {None, today}


def _no_evidence(ranked: ScoredItem) -> Evidence:
    return Evidence(text="", topic=ranked.score.topic)


def _other(item: Item) -> RelatedItem:
    return RelatedItem(id=item.id, url=item.url, title=item.title, source=item.source, lang=item.lang, published=item.published)
