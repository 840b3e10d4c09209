"""From a query to hits, by words, by meaning, or by both; the two rankings are fused by rank (Cormack et al., SIGIR 2009)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.errors import CuratorError, NoModel
from curator.core.item import Item
from curator.core.report import SearchHit, SearchResults
from curator.core.story import Evidence, Fit, Reason, StoryRef, shared_fields
from curator.core.text.plain import line
from curator.search import sync
from curator.search.index import analysis
from curator.search.index import request as index_request
from curator.search.index.compiler import Condition
from curator.search.index.request import ParsedQuery, SearchRequest
from curator.search.sync import SearchContext

if TYPE_CHECKING:
    from curator.core.protocols import EmbeddingSpace, Matrix

DEPTH: Final = 200  # hits of each ranking that are fused, where the requested page needs no more
FEW: Final = 3  # hits by words below which misspelt words are tolerated
STEP: Final = 10.0  # the k of 1 / (k + rank): the larger, the slower a rank loses weight
FLOOR: Final = 0.1  # cosine from which on an item may be about the query
RARE: Final = 2_000  # where at most so many items satisfy the conditions, only their vectors are compared
HIGHLIGHT: Final = 240  # characters

Cards = Mapping[str, tuple[Item, tuple[Fit, ...]]]


class _Ranking(Struct, frozen=True, kw_only=True):
    """Ids found in one way, best first; `total` also counts those beyond the depth.

    From position `sure` on, items lack a word or have it spelt differently: they rank as if STEP better ones came before.
    `cut` are those that were left out as not near enough.
    """

    name: str
    ids: tuple[str, ...] = ()
    total: int = 0
    sure: int = 1_000_000
    cut: tuple[str, ...] = ()

    def weight(self, rank: int) -> float:
        """Return the weight of a rank, 1 for the first."""
        return STEP / (STEP + rank + (STEP if rank >= self.sure else 0))


def search(context: SearchContext, request: SearchRequest, now: datetime) -> SearchResults:
    """Return the items that match a request, best first.

    Raises UsageError where the request cannot be parsed, CuratorError where `like` names no item, and NoModel where only meaning
    was asked for and no model can be loaded.
    """
    start = perf_counter()
    parsed = index_request.parse(request, ZoneInfo(context.brand.timezone), now)
    mode = "meaning" if request.like else request.mode if parsed.plain else "words"
    sync.ensure_fresh(context, meaning=mode != "words")
    with context.index.reading():
        rankings = _rankings(context, request, parsed, mode)
        scores = _fused(rankings)
        cards, page = _page(context, request, scores)
    texts = context.store.texts(page)
    hits = tuple(_hit(cards[id_], texts.get(id_, ""), parsed, scores[id_], _found_by(rankings, id_)) for id_ in page)
    took = round((perf_counter() - start) * 1000)
    total, more = sum(each.total for each in rankings), sum(len(each.cut) for each in rankings)
    return SearchResults(query=request.query, mode=mode, took_ms=took, total=total, more=more, hits=hits)


def highlight(item: Item, text: str, terms: Sequence[str]) -> str:
    """Return the sentence that contains most of the terms, the first of equals; the excerpt where none contains any."""
    wanted = {word for term in terms for word in analysis.query_tokens(term)} - analysis.STOP_WORDS
    languages = ("id", "en", item.lang)
    forms = {word: set(analysis.variants(word, languages)) for word in wanted}

    def matches(sentence: str) -> int:
        there = analysis.query_tokens(sentence)
        stems = {*there, *(stem for lang in languages for stem in analysis.stems(there, lang))}
        return sum(not form.isdisjoint(stems) for form in forms.values())

    best = max(analysis.sentences(text or item.summary), key=matches, default="")
    return line(best if best and matches(best) else item.excerpt or item.summary or best, HIGHLIGHT)


# --- finding ------------------------------------------------------------------------------------------------------


def _rankings(context: SearchContext, request: SearchRequest, parsed: ParsedQuery, mode: str) -> list[_Ranking]:
    """Return the hits by words and by meaning. Their totals add up: what both found counts for the words."""
    words = _by_words(context, request, parsed) if mode != "meaning" else _Ranking(name="words")
    meant = _by_meaning(context, request, parsed, mode) if mode != "words" else _Ranking(name="meaning")
    fresh = set(meant.ids) - set(words.ids)
    if len(words.ids) < words.total and parsed.scored and fresh:
        also = context.index.fulltext.among(sorted(fresh), (*parsed.conditions, parsed.scored))
        words = _Ranking(name="words", ids=(*words.ids, *(id_ for id_ in meant.ids if id_ in also)), total=words.total)
        fresh -= also
    cut = tuple(id_ for id_ in meant.cut if id_ not in words.ids)
    return [words, _Ranking(name="meaning", ids=meant.ids, total=len(fresh), cut=cut)]


def _by_words(context: SearchContext, request: SearchRequest, parsed: ParsedQuery) -> _Ranking:
    """Find strictly first; where that finds little, what is misspelt or lacks a word comes after."""
    fulltext, depth = context.index.fulltext, _depth(request)
    newest = parsed.scored is None or request.sort == "date"
    strict = fulltext.find(parsed.scored, parsed.conditions, depth, newest=newest)
    if strict.total >= FEW or parsed.scored is None:
        return _Ranking(name="words", ids=strict.ids, total=strict.total, sure=len(strict.ids))
    loose = fulltext.find(parsed.scored, parsed.conditions, depth, loose=True).ids
    ids = (*strict.ids, *(id_ for id_ in loose if id_ not in strict.ids))
    return _Ranking(name="words", ids=ids, total=len(ids), sure=len(strict.ids))


def _by_meaning(context: SearchContext, request: SearchRequest, parsed: ParsedQuery, mode: str) -> _Ranking:
    """Find the nearest by meaning that satisfy the conditions. Without a model there are none, and a note says so."""
    from curator.search import nearness

    like = _id(context, request.like) if request.like else ""
    try:
        query = _vector(context, like) if like else context.engine().embed_query(parsed.plain)
    except NoModel as error:
        if mode == "meaning":
            raise
        context.progress.note(f"searched by words only: {error}")
        return _Ranking(name="meaning")
    direction = query if like else nearness.direction(query, _space(context))
    conditions = (*parsed.conditions, *parsed.strict)
    found = [hit for hit in _nearest(context, direction, conditions, _depth(request)) if hit[0] != like]
    about = {id_ for id_, _ in found} if like or request.whole else _about(context, query, parsed, found)
    ids, cut = (tuple(id_ for id_, _ in found if (id_ in about) is kept) for kept in (True, False))
    return _Ranking(name="meaning", ids=ids, cut=cut)


def _about(context: SearchContext, query: "Matrix", parsed: ParsedQuery, found: Sequence[tuple[str, float]]) -> set[str]:
    """Return those of the hits by meaning that are near enough to be about the query, or have its words."""
    from curator.search import nearness

    space, vectors = _space(context), context.index.vectors
    if not found:
        return set()
    end = nearness.threshold(vectors.cosines(nearness.direction(query, space)), found[0][1])
    near = [id_ for id_, cosine in found if cosine >= end]
    if space and near:
        fits = nearness.query_fits(query, vectors.vectors(near), space, context.engine().calibration({}))
        near = [id_ for id_, fit in zip(near, fits, strict=True) if fit >= nearness.FIT]
    worded = context.index.fulltext.among([id_ for id_, _ in found], (parsed.scored,)) if parsed.scored else set()
    return {*near, *worded}


def _nearest(context: SearchContext, direction: "Matrix", conditions: Sequence[Condition], depth: int) -> list[tuple[str, float]]:
    """Return the ids nearest to a unit vector of shape (dim,) that satisfy the conditions with their cosines, the nearest first.

    Where few items satisfy the conditions, those are compared; else the nearest are checked for the conditions.
    """
    fulltext, vectors = context.index.fulltext, context.index.vectors
    if not conditions:
        return vectors.nearest(direction, depth, FLOOR)
    if (total := fulltext.find(None, conditions, 1).total) <= RARE:
        few = fulltext.find(None, conditions, max(total, 1)).ids
        return vectors.nearest(direction, depth, FLOOR, within=few)
    found = vectors.nearest(direction, 10 * depth, FLOOR)
    allowed = fulltext.among([id_ for id_, _ in found], conditions)
    return [hit for hit in found if hit[0] in allowed][:depth]


def _space(context: SearchContext) -> "EmbeddingSpace | None":
    """Return what is known of the space of the first encoder."""
    engine = context.engine()
    return engine.calibration({}).spaces.get(engine.encoders[0].name)


def _id(context: SearchContext, prefix: str) -> str:
    """Return the one id that begins with `prefix`. Raises CuratorError for none, or several."""
    ids = context.index.fulltext.ids_beginning(prefix.strip().lower(), 2)
    if len(ids) != 1:
        what = f"{'several items have' if ids else 'no item has'} an id that begins with {prefix!r}"
        raise CuratorError(what, hint="curator search WORDS shows ids")
    return ids[0]


def _vector(context: SearchContext, id_: str) -> "Matrix":
    """Return the vector of an item, shape (dim,). Raises CuratorError where no run has read it."""
    row = context.index.vectors.vector(id_)
    if row is None:
        raise CuratorError(f"{id_} has not been read for its meaning yet", hint="curator run --no-fetch")
    return row


def _depth(request: SearchRequest) -> int:
    return max(DEPTH, 2 * request.page * request.limit)


# --- showing ------------------------------------------------------------------------------------------------------


def _fused(rankings: Sequence[_Ranking]) -> dict[str, float]:
    """Return every id with its score, best first: the mean of its weights, 1 for the first of every ranking that has hits."""
    used = [ranking for ranking in rankings if ranking.ids]
    scores: dict[str, float] = {}
    for ranking in used:
        for rank, id_ in enumerate(ranking.ids):
            scores[id_] = scores.get(id_, 0.0) + ranking.weight(rank) / len(used)
    return dict(sorted(scores.items(), key=lambda hit: (-hit[1], hit[0])))


def _page(context: SearchContext, request: SearchRequest, scores: Mapping[str, float]) -> tuple[Cards, list[str]]:
    """Return the ids of a page in the requested order, with their items and fits; what another process just dropped is missing."""
    start, end = (request.page - 1) * request.limit, request.page * request.limit
    if request.sort == "relevance":
        cards = context.index.fulltext.cards(list(scores)[start:end])
        return cards, [id_ for id_ in list(scores)[start:end] if id_ in cards]
    cards = context.index.fulltext.cards(scores)
    order: Callable[[str], tuple[float, str]] = {
        "date": lambda id_: (-cards[id_][0].published.timestamp(), id_),
        "fit": lambda id_: (-_best(cards[id_][1]), ""),
    }[request.sort]
    return cards, sorted((id_ for id_ in scores if id_ in cards), key=order)[start:end]


def _hit(card: tuple[Item, tuple[Fit, ...]], text: str, parsed: ParsedQuery, score: float, found_by: tuple[str, ...]) -> SearchHit:
    item, fits = card
    why = (Reason(part="fit", value=fits[0].fit, text=f"fits {line(fits[0].topic)} {fits[0].fit:.2f}"),) if fits else ()
    return SearchHit(
        **shared_fields(item),
        score=round(_best(fits), 4),
        fits=fits,
        evidence=Evidence(text="", topic=fits[0].topic if fits else ""),
        why=why,
        story=StoryRef(id=item.id),
        hit_score=round(score, 4),
        highlight=highlight(item, text, parsed.terms),
        found_by=found_by,
    )


def _found_by(rankings: Sequence[_Ranking], id_: str) -> tuple[str, ...]:
    return tuple(ranking.name for ranking in rankings if id_ in ranking.ids)


def _best(fits: tuple[Fit, ...]) -> float:
    return fits[0].fit if fits else 0.0
