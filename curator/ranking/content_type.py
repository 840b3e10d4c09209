"""Content types: propose what kind of post an item would make (education, quote, soft-selling, hard-selling or the brand's own).

A type is described by example sentences, which are embedded as a topic is. The score of an item for a type adds the cosine
to those sentences, the marks of form (quoted speech, a how-to, a discount) and the similarity to items whose type the user
corrected. A softmax over the types turns the scores into a confidence.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from curator.core.brand import Brand, Topic
from curator.core.post import Decision
from curator.core.protocols import EmbeddingEngine, Store
from curator.core.story import ScoredItem
from curator.ranking import embedding_space
from curator.ranking.passages import first_passage
from curator.ranking.scored_items import ScoredItems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Calibration, EmbeddingSpace, Matrix

    Scores = NDArray[np.float64]  # shape (items, types)

EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = {
    "education": (
        "Cara, langkah, dan tips yang bisa langsung dipraktikkan",
        "Penjelasan mengapa sesuatu terjadi, menurut penelitian dan data",
        "A step-by-step guide, how it works, and mistakes to avoid",
        "What a new study found, explained with numbers",
    ),
    "quote": (
        "Kata-kata seorang tokoh dalam wawancara: pendapat, nasihat, pernyataan",
        "Kutipan yang menggugah dari orang yang berpengalaman",
        "An interview in which somebody says what they believe, in their own words",
        "A memorable statement or opinion by a leader, artist or maker",
    ),
    "soft-selling": (
        "Kisah hangat tentang orang, komunitas, kenangan, dan suasana",
        "Di balik layar: perjalanan, proses, dan orang-orang yang mengerjakannya",
        "A warm story about people, a neighbourhood and everyday moments",
        "Behind the scenes: a portrait of those who make things by hand",
    ),
    "hard-selling": (
        "Promo, diskon, potongan harga, beli sekarang selama persediaan ada",
        "Produk baru diluncurkan dan bisa dipesan dengan harga perkenalan",
        "A discount, a deal, a voucher: buy now while stocks last",
        "A new product launches today, its price and where to order it",
    ),
}

# Weights of the three parts of a score, in log-odds; each may be moved by a third.
MEANING: Final = 0.3
FORM: Final = 1.2
CORRECTED: Final = 5.0
# Prior of the types in log-odds: most of what outlets publish informs, and little of it sells, whatever its subject.
PRIOR: Final[Mapping[str, float]] = {"education": 1.0, "soft-selling": 0.5, "hard-selling": -1.0}
# Corrections count for a text whose mean-centred cosine to theirs is above NEAR; the NEIGHBOURS nearest are used.
NEAR: Final = 0.3
NEIGHBOURS: Final = 5
MEMORY: Final = timedelta(days=120)  # age up to which items' corrections are learned from
USUAL_SPEECH: Final = 0.15  # share of an average report that is quoted speech
LEAD, HEAD = 240, 1200  # characters: where half marks count, and where quoted speech is measured


def _any(words: str) -> re.Pattern[str]:
    """Compile a pattern of alternatives, which are separated by a comma and a space."""
    return re.compile(rf"\b(?:{'|'.join(words.split(', '))})\b", re.I)


_QUOTED = re.compile(r"""[“"][^“”"]{12,}[”"]|(?<!\w)['‘][^‘"\n]{12,}?['’](?!\w)""")
# The marks of each kind.
_MARKS: Final[Mapping[str, tuple[re.Pattern[str], ...]]] = {
    "education": (
        _any("cara, tips, panduan, langkah, tahapan, begini, mengapa, kenapa, apa itu, bagaimana, kenali, kesalahan"),
        _any("how to, how .{1,30} works?, how long, why, what is, guide, explain(?:ed|s), checklist, steps?, mistakes"),
        _any("riset, studi, survei, peneliti(?:an)?, ahli, study, research(?:ers)?, survey, science, data, tested"),
        _any("resep, recipe, harga, prices?, panen, harvest, ekspor, exports?, laporan, reports?"),
    ),
    "quote": (
        _any("wawancara, interview, in (?:her|his|their) own words, berkata"),
        _any(
            "(?:kata|ujar|tutur|ungkap|ucap|jelas)(?:nya)?, tegas, imbuh, lanjut, papar, menurut(?:nya)?, mengatakan, menyebut, "
            "says?, said, told, tells, added, argued, asked"
        ),
    ),
    "soft-selling": (
        _any("kisah, cerita, kenangan, suasana, mengenal, perjalanan, komunitas, di balik layar, sehari bersama, nostalgia"),
        _any("story, stories, behind the scenes, meet the, community, journey, memories, neighbou?rhood, portrait"),
        _any("nenek, ibu, bapak, keluarga, anaknya, tetangga, pagi, sore, malam, grandmother, family, regulars, sunday"),
    ),
    "hard-selling": (
        _any("promo, diskon, potongan(?: harga)?, voucher, kupon, cashback, gratis, flash sale, setengah harga, early bird"),
        _any("discounts?, deals?, half price, coupons?, promo code, on sale, free shipping, black friday, while stocks last"),
        re.compile(
            r"\b\d+ ?(?:%|persen) (?:off|lebih murah)|\b(?:diskon|potongan|hemat|save) \d+ ?(?:%|persen)|\b[kc]ode (?-i:[A-Z0-9]{4,})"
            r"|\b(?:mulai|from|save|hemat|harga perkenalan) (?:Rp ?|[$£€])\d",
            re.I,
        ),
        _any(
            "meluncur(?:kan)?, diluncurkan, launches, pre-?orders?, pesan sekarang, beli sekarang, beli 1, order now, buy two, advertorial"
        ),
    ),
}


class ContentTypeProposal(Struct, frozen=True, kw_only=True):
    """A content type and its confidence, 0…1."""

    kind: str
    confidence: float


class Corrections(Struct, frozen=True, kw_only=True):
    """The types that the user gave to items, and the vectors of those items, shape (items, dim) by encoder."""

    kinds: tuple[str, ...]
    vectors: "Mapping[str, Matrix]"


def with_content_types(
    scored: ScoredItems, brand: Brand, engine: EmbeddingEngine, store: Store, now: datetime, *, floor: float
) -> ScoredItems:
    """Return the table with a content type on every item whose total is above `floor`: the user's, or else a proposal."""
    positions = [n for n, s in enumerate(scored.ranked) if s.score.total > floor]
    if not positions:
        return scored
    given, corrections = _corrections(engine, store, now)
    topics = as_topics(brand)
    vectors = {name: rows[positions] for name, rows in scored.vectors.items()}
    texts = [first_passage(scored.ranked[n].item, scored.texts[n]) for n in positions]
    calibration = engine.calibration(scored.vectors)
    proposals = propose(texts, vectors, [t.name for t in topics], engine.embed_topics(topics), calibration, corrections)
    kinds = {scored.ranked[n].item.id: p.kind for n, p in zip(positions, proposals, strict=True)} | given
    return replace(scored, ranked=tuple(_with_kind(s, kinds) for s in scored.ranked))


def as_topics(brand: Brand) -> list[Topic]:
    """Return the brand's content types as topics; the usual four for a brand without a mix."""
    abouts: Mapping[str, str | tuple[str, ...]] = {**EXAMPLES, **brand.kinds}
    return [Topic(name=kind, about=abouts.get(kind, kind.replace("-", " "))) for kind in brand.mix or EXAMPLES]


def given_by_user(decisions: Sequence[Decision], now: Mapping[str, str]) -> dict[str, str]:
    """Return the content types that the user gave, by item id.

    `decisions`: in chronological order. `now`: the types that the items have, from which earlier ones are traced back.
    """
    given: dict[str, str] = {}
    after = dict(now)
    for decision in reversed(decisions):
        kind, before = after.get(decision.item, ""), decision.before.kind
        if decision.item not in given and kind and (decision.verdict == "kind" or (decision.verdict == "pick" and kind != before)):
            given[decision.item] = kind
        after[decision.item] = before
    return given


def propose(
    texts: Sequence[str],
    vectors: "Mapping[str, Matrix]",
    kinds: Sequence[str],
    kind_vectors: "Mapping[str, Matrix]",
    calibration: "Calibration",
    corrections: Corrections | None = None,
) -> list[ContentTypeProposal]:
    """Propose a content type for each text.

    `vectors`: of the texts, shape (texts, dim) by encoder; `kind_vectors`: of the types, shape (types, dim).
    """
    spaces = [space for name, space in calibration.spaces.items() if name in vectors]
    scores = MEANING * _meaning(vectors, kind_vectors, spaces) + FORM * _form(texts, kinds) + [PRIOR.get(kind, 0.0) for kind in kinds]
    if corrections and corrections.kinds:
        scores = scores + CORRECTED * _corrected(vectors, kinds, spaces, corrections)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return [
        ContentTypeProposal(kind=kinds[best], confidence=round(float(row[best]), 2))
        for row, best in zip(odds, odds.argmax(axis=1), strict=True)
    ]


def _with_kind(scored: ScoredItem, kinds: Mapping[str, str]) -> ScoredItem:
    item = scored.item
    return replace(scored, item=replace(item, kind=kinds.get(item.id, item.kind)))


def _corrections(engine: EmbeddingEngine, store: Store, now: datetime) -> tuple[dict[str, str], Corrections]:
    """Return the types that the user gave to recent items, by item id, and what is learned from them."""
    items = {item.id: item for item in store.items(now - MEMORY)}
    given = given_by_user(store.decisions(), {item.id: item.kind for item in items.values()})
    kept = [items[id_] for id_ in given if id_ in items]
    texts = store.texts([item.id for item in kept])
    vectors = engine.embed_texts([first_passage(item, texts.get(item.id, "")) for item in kept]) if kept else {}
    return given, Corrections(kinds=tuple(given[item.id] for item in kept), vectors=vectors)


def _meaning(vectors: "Mapping[str, Matrix]", kind_vectors: "Mapping[str, Matrix]", spaces: "Sequence[EmbeddingSpace]") -> "Scores":
    """Return the weighted cosines of texts to types, less each text's mean over the types."""
    cosines: Scores = np.zeros(1)
    for space in spaces:
        queries = embedding_space.centred_queries(space, kind_vectors[space.name])
        documents = embedding_space.centred_documents(space, vectors[space.name])
        cosines = cosines + space.weight / space.document_std * (documents @ queries.T)
    return np.asarray(cosines - np.mean(cosines, axis=1, keepdims=True), np.float64)


def _form(texts: Sequence[str], kinds: Sequence[str]) -> "Scores":
    """Count the marks of each type in each text."""
    return np.array([[_marks(text, kind) for kind in kinds] for text in texts], np.float64)


def _marks(text: str, kind: str) -> float:
    """Return 1 for each mark in the title and .5 for each in the lead; for "quote" also the amount of quoted speech."""
    title, _, body = text.partition("\n")
    lead = body[:LEAD]
    marks = sum(1.0 if mark.search(title) else 0.5 if mark.search(lead) else 0.0 for mark in _MARKS.get(kind, ()))
    return marks + _speech(title, text[:HEAD]) if kind == "quote" else marks


def _speech(title: str, head: str) -> float:
    """Return 1 for a title that quotes, and up to 2 for a text with more quoted speech than USUAL_SPEECH."""
    quoted = sum(len(found[0]) for found in _QUOTED.finditer(head)) / max(len(head), 1)
    return bool(_QUOTED.search(title)) + min(max(4 * (quoted - USUAL_SPEECH), 0.0), 2.0)


def _corrected(
    vectors: "Mapping[str, Matrix]", kinds: Sequence[str], spaces: "Sequence[EmbeddingSpace]", corrections: Corrections
) -> "Scores":
    """Sum, for each type, by how much the cosines to the nearest corrections of that type exceed NEAR."""
    total = sum(space.weight for space in spaces)
    cosines: Scores = np.zeros(1)
    for space in spaces:
        documents = embedding_space.centred_documents(space, vectors[space.name])
        corrected = embedding_space.centred_documents(space, corrections.vectors[space.name])
        cosines = cosines + space.weight / total * (documents @ corrected.T)
    pull = np.maximum(cosines - NEAR, 0)
    pull[pull < np.sort(pull, axis=1)[:, -NEIGHBOURS:][:, :1]] = 0
    votes = np.array([[kind == each for each in kinds] for kind in corrections.kinds], np.float64)
    return np.asarray(pull @ votes, np.float64)
