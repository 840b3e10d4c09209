"""What a person looks for in the library: by words, by meaning, or both, joined by the ranks each gives (Cormack et al. 2009)."""

from collections.abc import Mapping, Sequence
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
    from curator.core.protocols import Matrix

DEPTH: Final = 200  # hits of each way that are joined, where the page asked for needs no more
FEW: Final = 3  # hits by words below which misspelt words are forgiven
STEP: Final = 10.0  # how slowly a rank loses weight
FLOOR: Final = 0.1  # the cosine from which on an item may be about it
RARE: Final = 2_000  # conditions that so few items satisfy are asked first, and only those items' vectors compared
HIGHLIGHT: Final = 240  # characters

Cards = Mapping[str, tuple[Item, tuple[Fit, ...]]]


class _Way(Struct, frozen=True, kw_only=True):
    """What one way of looking found, best first; `total` counts what it does not name too.

    From `sure` on are those that lack a word, or have it spelt differently: they rank as if STEP better ones stood before.
    """

    name: str
    ids: tuple[str, ...] = ()
    total: int = 0
    sure: int = 1_000_000

    def weight(self, rank: int) -> float:
        return STEP / (STEP + rank + (STEP if rank >= self.sure else 0))


def search(shelf: SearchContext, request: SearchRequest, now: datetime) -> SearchResults:
    """The items that answer a request, best first. Raises UsageError where it cannot be read, NoModel where only meaning was asked for."""
    start = perf_counter()
    asked = index_request.understood(request, ZoneInfo(shelf.brand.timezone), now)
    mode = "meaning" if request.like else request.mode if asked.plain else "words"
    sync.ready(shelf, meaning=mode != "words")
    ways = _ways(shelf, request, asked, mode) if shelf.index.words.count() else []
    scores = _joined(ways)
    cards, page = _page(shelf, request, scores)
    texts = shelf.store.texts(page)
    hits = tuple(_hit(cards[id_], texts.get(id_, ""), asked, scores[id_], _named(ways, id_)) for id_ in page)
    took = round((perf_counter() - start) * 1000)
    return SearchResults(query=request.query, mode=mode, took_ms=took, total=sum(way.total for way in ways), hits=hits)


def _ways(shelf: SearchContext, request: SearchRequest, asked: ParsedQuery, mode: str) -> list[_Way]:
    """Each way's hits; the totals add up: what two ways found counts for the first."""
    words = _by_words(shelf, request, asked) if mode != "meaning" else _Way(name="words")
    meant = _by_meaning(shelf, request, asked, mode) if mode != "words" else _Way(name="meaning")
    fresh = set(meant.ids) - set(words.ids)
    if len(words.ids) < words.total and asked.scored and fresh:
        also = shelf.index.words.among(sorted(fresh), (*asked.conditions, asked.scored))
        words = _Way(name="words", ids=(*words.ids, *(id_ for id_ in meant.ids if id_ in also)), total=words.total)
        fresh -= also
    return [words, _Way(name="meaning", ids=meant.ids, total=len(fresh))]


def _by_words(shelf: SearchContext, request: SearchRequest, asked: ParsedQuery) -> _Way:
    """Strictly first; where that finds little, what is misspelt or lacks a word comes after."""
    words, depth = shelf.index.words, _depth(request)
    newest = asked.scored is None or request.sort == "date"
    strict = words.find(asked.scored, asked.conditions, depth, newest=newest)
    if strict.total >= FEW or asked.scored is None:
        return _Way(name="words", ids=strict.ids, total=strict.total, sure=len(strict.ids))
    loose = words.find(asked.scored, asked.conditions, depth, loosely=True).ids
    ids = (*strict.ids, *(id_ for id_ in loose if id_ not in strict.ids))
    return _Way(name="words", ids=ids, total=len(ids), sure=len(strict.ids))


def _by_meaning(shelf: SearchContext, request: SearchRequest, asked: ParsedQuery, mode: str) -> _Way:
    """The nearest by meaning that satisfy the conditions; without a model none, which is said."""
    own = _one(shelf, request.like) if request.like else ""
    try:
        direction = _like(shelf, own) if own else _direction(shelf, asked.plain)
    except NoModel as error:
        if mode == "meaning":
            raise
        shelf.progress.note(f"searched by words only: {error}")
        return _Way(name="meaning")
    conditions = (*asked.conditions, *asked.strict)
    ids = [id_ for id_ in _nearest(shelf, direction, conditions, _depth(request)) if id_ != own]
    return _Way(name="meaning", ids=tuple(ids))


def _nearest(shelf: SearchContext, direction: "Matrix", conditions: Sequence[Condition], depth: int) -> list[str]:
    """Compares the few that satisfy the conditions, or else asks of the nearest which satisfy them."""
    words, meaning = shelf.index.words, shelf.index.meaning
    if not conditions:
        return [id_ for id_, _ in meaning.nearest(direction, depth, FLOOR)]
    if (total := words.find(None, conditions, 1).total) <= RARE:
        few = words.find(None, conditions, max(total, 1)).ids
        return [id_ for id_, _ in meaning.nearest(direction, depth, FLOOR, within=few)]
    found = [id_ for id_, _ in meaning.nearest(direction, 10 * depth, FLOOR)]
    allowed = words.among(found, conditions)
    return [id_ for id_ in found if id_ in allowed][:depth]


def _direction(shelf: SearchContext, words: str) -> "Matrix":
    """The person's words as the first voter's lens shows them, (dim,)."""
    from curator.ranking import embedding_space

    engine = shelf.engine()
    row = engine.ask(words)
    known = engine.calibration({}).lenses.get(engine.voters[0].name)
    return embedding_space.asked(known, row) if known else embedding_space.unit(row)


def _one(shelf: SearchContext, prefix: str) -> str:
    """The one id that begins so. Raises CuratorError where there is none, or several."""
    ids = shelf.index.words.begin(prefix.strip().lower(), 2)
    if len(ids) != 1:
        what = f"{'several items have' if ids else 'no item has'} an id that begins with {prefix!r}"
        raise CuratorError(what, hint="curator search WORDS shows ids")
    return ids[0]


def _like(shelf: SearchContext, id_: str) -> "Matrix":
    """The direction of a kept item. Raises CuratorError where it has none."""
    row = shelf.index.meaning.vector(id_)
    if row is None:
        raise CuratorError(f"{id_} has not been read for its meaning yet", hint="curator run --no-fetch")
    return row


def _joined(ways: Sequence[_Way]) -> dict[str, float]:
    """Every hit with its score, best first: 1 for the first of every way that found something."""
    used = [way for way in ways if way.ids]
    scores: dict[str, float] = {}
    for way in used:
        for rank, id_ in enumerate(way.ids):
            scores[id_] = scores.get(id_, 0.0) + way.weight(rank) / len(used)
    return dict(sorted(scores.items(), key=lambda hit: (-hit[1], hit[0])))


def _page(shelf: SearchContext, request: SearchRequest, scores: Mapping[str, float]) -> tuple[Cards, list[str]]:
    """The hits of the page in the order asked for, with their cards; one that another process just dropped is none."""
    start, end = (request.page - 1) * request.limit, request.page * request.limit
    if request.sort == "relevance":
        cards = shelf.index.words.cards(list(scores)[start:end])
        return cards, [id_ for id_ in list(scores)[start:end] if id_ in cards]
    cards = shelf.index.words.cards(scores)
    order = {"date": lambda id_: -cards[id_][0].published.timestamp(), "fit": lambda id_: -_best(cards[id_][1])}[request.sort]
    return cards, sorted((id_ for id_ in scores if id_ in cards), key=order)[start:end]


def _hit(card: tuple[Item, tuple[Fit, ...]], text: str, asked: ParsedQuery, score: float, found_by: tuple[str, ...]) -> SearchHit:
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
        highlight=highlight(item, text, asked.said),
        found_by=found_by,
    )


def highlight(item: Item, text: str, said: Sequence[str]) -> str:
    """The sentence that says most of the words, the first of equals; the excerpt where none says any."""
    wanted = {word for words in said for word in analysis.asked(words)} - analysis.LIGHT
    languages = ("id", "en", item.lang)
    forms = {word: set(analysis.variants(word, languages)) for word in wanted}

    def says(sentence: str) -> int:
        there = analysis.asked(sentence)
        stems = {*there, *(stem for lang in languages for stem in analysis.stems(there, lang))}
        return sum(not form.isdisjoint(stems) for form in forms.values())

    best = max(analysis.sentences(text or item.summary), key=says, default="")
    return line(best if best and says(best) else item.excerpt or item.summary or best, HIGHLIGHT)


def _named(ways: Sequence[_Way], id_: str) -> tuple[str, ...]:
    return tuple(way.name for way in ways if id_ in way.ids)


def _depth(request: SearchRequest) -> int:
    return max(DEPTH, 2 * request.page * request.limit)


def _best(fits: tuple[Fit, ...]) -> float:
    return fits[0].fit if fits else 0.0
