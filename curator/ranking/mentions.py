"""From hits of watch terms to mentions: one for each story and term, with the certainty that the brand is meant.

What the user said of earlier mentions counts: one that was not meant is told no more, and its sentence becomes one of the
contexts of its watch term, as those of brand.toml are.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from curator.core.brand import Watch
from curator.core.item import Item
from curator.core.post import Decision
from curator.core.story import Mention, ScoredItem, Story
from curator.core.text.matching import folded, matcher
from curator.core.text.plain import line, sentences
from curator.ranking import evidence, pipeline, preference, watch_terms
from curator.ranking.embedding_space import unit
from curator.ranking.pipeline import Ranker
from curator.ranking.scored_items import ScoredItems
from curator.ranking.watch_terms import WatchHit

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

NEAREST: Final = 20  # items whose sentences are compared with the claims of a watch term
SENTENCES: Final = 40  # of each of them
CLAIMED: Final = 0.6  # cosine from which on a sentence says what is claimed; retold claims reach it, others on their subject do not

Verdicts = Mapping[tuple[str, str], Decision]
Told = Sequence[tuple[WatchHit, ScoredItem]]  # the hits of a watch term in one story, the best first


def verdicts(decisions: Iterable[Decision]) -> Verdicts:
    """Return what the user said last of each mention, by watch term and item."""
    return {(each.watch, each.item): each for each in decisions if each.verdict in {"us", "not-us"}}


def mentions(ranker: Ranker, scored: ScoredItems, taught: Verdicts, *, after: datetime | None = None) -> tuple[Mention, ...]:
    """Return the mentions in scored items, the certain and newest first; each story once for each watch term.

    `after`: leave out the stories of which an item was found before that time, for an earlier list told them.
    """
    rows = zip(scored.ranked, scored.texts, strict=True)
    found = [(hit, s) for s, text in rows for hit in ranker.watching.hits(s.item, text) if not _denied(hit, taught)]
    stories = [
        story
        for watch in ranker.brand.watch
        for story in _stories(ranker, scored, [(hit, s) for hit, s in found if hit.watch.name == watch.name])
        if after is None or all(hit.item.found > after for hit, _ in story)
    ]
    sure = certainties(ranker, scored, [hit for story in stories for hit, _ in story], taught)
    return ordered(_mention(story, sure) for story in stories)


def unnamed(ranker: Ranker, scored: ScoredItems, taught: Verdicts, *, after: datetime | None = None) -> tuple[Mention, ...]:
    """Return the stories that tell what a brand claims without saying the name, each once for each watch term with claims.

    `after`: as in `mentions`. Of the items nearest to the claims NEAREST are read, sentence by sentence.
    """
    told = [
        story
        for watch in ranker.brand.watch
        if watch.claims and scored.ranked
        for story in _stories(ranker, scored, _claimed(ranker, scored, watch, taught))
        if after is None or all(hit.item.found > after for hit, _ in story)
    ]
    doubted = {(hit.watch.name, hit.item.id): False for story in told for hit, _ in story}
    return ordered(replace(_mention(story, doubted), kind="unnamed") for story in told)


def ordered(some: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return mentions in the order in which they are told: the certain first, the unnamed last, of each the newest first."""
    return tuple(sorted(some, key=lambda m: (not m.certain, m.kind == "unnamed", -m.item.published.timestamp(), m.item.id)))


def with_contexts(watch: Watch, taught: Verdicts) -> Watch:
    """Return a watch term with the sentences that the user said it does or does not mean among its contexts."""
    own = [each for (name, _), each in taught.items() if name == watch.name and each.sentence]
    us, not_us = (tuple(each.sentence for each in own if each.verdict == verdict) for verdict in ("us", "not-us"))
    return replace(watch, like=(*watch.like, *us), unlike=(*watch.unlike, *not_us))


def _claimed(ranker: Ranker, scored: ScoredItems, watch: Watch, taught: Verdicts) -> Told:
    """Return the items that tell a claim of a watch term without its name, with the sentence that is nearest to the claim."""
    claims = _rows(ranker, scored, watch.claims)
    items = unit(preference.document_vectors(scored.vectors, ranker.engine.calibration(scored.vectors)))
    nearest = (items @ claims.T).max(axis=1).argsort()[::-1][:NEAREST]
    found = []
    for s, text in ((scored.ranked[n], scored.texts[n]) for n in nearest):
        said = sentences(f"{s.item.title}\n{text}", s.item.lang)[:SENTENCES]
        near = (_rows(ranker, scored, said) @ claims.T).max(axis=1)
        hit = WatchHit(watch=watch, item=s.item, sentence=line(said[int(near.argmax())], watch_terms.LONGEST))
        if near.max() >= CLAIMED and not _named(watch, s.item, text) and not _denied(hit, taught):
            found.append((hit, s))
    return found


def _named(watch: Watch, item: Item, text: str) -> bool:
    return matcher(watch.query).says(folded(f"{item.title}\n{text}\n{item.summary}"))


def _denied(hit: WatchHit, taught: Verdicts) -> bool:
    word = taught.get((hit.watch.name, hit.item.id))
    return word is not None and word.verdict == "not-us"


def _stories(ranker: Ranker, scored: ScoredItems, found: Told) -> list[Told]:
    """Group the hits of one watch term by the stories that their items tell."""
    hits = {hit.item.id: (hit, s) for hit, s in found}
    stories = ranker.stories(scored.of(hits)) if hits else []
    grouped = [[hits[s.item.id] for s in (story.lead, *story.others)] for story in stories]
    left = hits.keys() - {hit.item.id for told in grouped for hit, _ in told}
    return [*grouped, *([hits[id_]] for id_ in hits if id_ in left)]


def certainties(ranker: Ranker, scored: ScoredItems, hits: Sequence[WatchHit], taught: Verdicts) -> dict[tuple[str, str], bool]:
    """Tell for each hit, by watch term and item, whether the user said that it is meant, or else its sentence suggests it."""
    watches = {watch.name: with_contexts(watch, taught) for watch in ranker.brand.watch}
    doubted = [hit for hit in hits if watches[hit.watch.name].unlike and (hit.watch.name, hit.item.id) not in taught]
    sides = {hit.watch.name: watches[hit.watch.name] for hit in doubted}
    texts = list(dict.fromkeys([*(h.sentence for h in doubted), *(text for w in sides.values() for text in (*w.like, *w.unlike))]))
    sure = {(hit.watch.name, hit.item.id): True for hit in hits}
    if not texts:
        return sure
    rows = _rows(ranker, scored, texts)
    at = {text: n for n, text in enumerate(texts)}
    for hit in doubted:
        watch, written = sides[hit.watch.name], watch_terms.written_as_name(hit.watch.query, hit.sentence)
        said, like, unlike = (rows[[at[text] for text in some]] for some in ([hit.sentence], watch.like, watch.unlike))
        sure[hit.watch.name, hit.item.id] = watch_terms.certain(said, like, unlike, written)
    return sure


def _rows(ranker: Ranker, scored: ScoredItems, texts: Sequence[str]) -> "Matrix":
    """Return the vectors of texts, shape (texts, dim), unit rows; all encoders count."""
    return unit(preference.document_vectors(ranker.engine.embed_texts(texts), ranker.engine.calibration(scored.vectors)))


def _mention(story: Told, sure: Mapping[tuple[str, str], bool]) -> Mention:
    """Return the mention of a story: its first certain hit, else its first, with the other items beside it."""
    certain = [sure[hit.watch.name, hit.item.id] for hit, _ in story]
    hit, lead = story[certain.index(True) if any(certain) else 0]
    others = tuple(s for _, s in story if s is not lead)
    card = pipeline.card(Story(lead=lead, others=others), evidence.missing(lead))
    return Mention(watch=hit.watch.name, item=card, sentence=hit.sentence, certain=any(certain))
