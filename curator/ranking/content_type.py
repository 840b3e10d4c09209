"""What kind of content an item would make: proposed from what it says and how it says it, and learned from corrections. Pure.

A kind is known by a few example sentences, which the voters read as they read a topic. An item leans to the kind whose
sentences are nearest, to the one whose form it has (quoted speech, a how-to, a discount), and to the one that a person said
of items like it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from curator.core.brand import Brand, Topic
from curator.core.post import Decision
from curator.ranking import embedding_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Calibration, EmbeddingSpace, Matrix

    Scores = NDArray[np.float64]  # (items, kinds)

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

# How much each voice counts beside the others, in the logarithm of the odds; each may be moved by a third.
MEANING: Final = 0.3
FORM: Final = 1.2
CORRECTED: Final = 5.0
# How common kinds are among what outlets publish: most of it informs, little of it sells, whatever it is about.
COMMON: Final[Mapping[str, float]] = {"education": 1.0, "soft-selling": 0.5, "hard-selling": -1.0}
# Corrections speak for a text that is this near to theirs, as the lens shows it; the few nearest are heard.
NEAR: Final = 0.3
HEARD: Final = 5
SPOKEN: Final = 0.15  # the part of a report that is quoted speech
LEAD, READ = 240, 1200  # characters: of the lead of a text, and of its head, in which what is quoted is measured


def _any(words: str) -> re.Pattern[str]:
    """One of these words and phrases, with a comma and a space between them."""
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
    """A kind, and how sure it is, 0…1."""

    kind: str
    confidence: float


class Corrections(Struct, frozen=True, kw_only=True):
    """What a person said of items: their kinds, and in the same order what the voters see of them, (kinds, dim) by voter."""

    kinds: tuple[str, ...]
    seen: "Mapping[str, Matrix]"


def asked(brand: Brand) -> list[Topic]:
    """The kinds of the brand, each with what is an example of it; a brand without a mix has the usual four."""
    abouts: Mapping[str, str | tuple[str, ...]] = {**EXAMPLES, **brand.kinds}
    return [Topic(name=kind, about=abouts.get(kind, kind.replace("-", " "))) for kind in brand.mix or EXAMPLES]


def by_person(decisions: Sequence[Decision], now: Mapping[str, str]) -> dict[str, str]:
    """The kinds that a person gave, by item id. `decisions`: the first first; `now`: the kinds that items have."""
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
    seen: "Mapping[str, Matrix]",
    kinds: Sequence[str],
    brief: "Mapping[str, Matrix]",
    calibration: "Calibration",
    said: Corrections | None = None,
) -> list[ContentTypeProposal]:
    """A proposal for each text. `seen`: what the voters see of the texts, (texts, dim); `brief`: the kinds, (kinds, dim)."""
    lenses = [each for name, each in calibration.lenses.items() if name in seen]
    scores = MEANING * _meaning(seen, brief, lenses) + FORM * _form(texts, kinds) + [COMMON.get(kind, 0.0) for kind in kinds]
    if said and said.kinds:
        scores = scores + CORRECTED * _learned(seen, kinds, lenses, said)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    return [
        ContentTypeProposal(kind=kinds[best], confidence=round(float(row[best]), 2))
        for row, best in zip(odds, odds.argmax(axis=1), strict=True)
    ]


def _meaning(seen: "Mapping[str, Matrix]", brief: "Mapping[str, Matrix]", lenses: "Sequence[EmbeddingSpace]") -> "Scores":
    """How near each text is to each kind, beside the others, summed over the voters by weight."""
    near = sum(
        (each.weight / each.spread) * (embedding_space.told(each, seen[each.name]) @ embedding_space.asked(each, brief[each.name]).T)
        for each in lenses
    )
    return np.asarray(near - np.mean(near, axis=1, keepdims=True), np.float64)


def _form(texts: Sequence[str], kinds: Sequence[str]) -> "Scores":
    """The marks of each kind that a text bears: whole ones in its title, half ones in its lead, and how much of it is speech."""
    return np.array([[_marks(text, kind) for kind in kinds] for text in texts], np.float64)


def _marks(text: str, kind: str) -> float:
    title, _, body = text.partition("\n")
    lead = body[:LEAD]
    marks = sum(1.0 if mark.search(title) else 0.5 if mark.search(lead) else 0.0 for mark in _MARKS.get(kind, ()))
    return marks + _speech(title, text[:READ]) if kind == "quote" else marks


def _speech(title: str, head: str) -> float:
    """1 for a title that quotes, and up to 2 for a text more of which stands in quotation marks than of any report."""
    quoted = sum(len(found[0]) for found in _QUOTED.finditer(head)) / max(len(head), 1)
    return bool(_QUOTED.search(title)) + min(max(4 * (quoted - SPOKEN), 0.0), 2.0)


def _learned(seen: "Mapping[str, Matrix]", kinds: Sequence[str], lenses: "Sequence[EmbeddingSpace]", said: Corrections) -> "Scores":
    """How near the nearest corrections of each kind are, each as far as it is nearer than NEAR."""
    total = sum(each.weight for each in lenses)
    near = sum(
        each.weight / total * (embedding_space.told(each, seen[each.name]) @ embedding_space.told(each, said.seen[each.name]).T)
        for each in lenses
    )
    pull = np.maximum(np.asarray(near, np.float64) - NEAR, 0)
    pull[pull < np.sort(pull, axis=1)[:, -HEARD:][:, :1]] = 0
    votes = np.array([[kind == each for each in kinds] for kind in said.kinds], np.float64)
    return np.asarray(pull @ votes, np.float64)
