import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray

from curator.core.brand import Brand, Mute, ShortlistRules, Topic
from curator.core.item import Item, Source
from curator.core.protocols import Calibration, EmbeddingSpace
from curator.core.story import ScoredItem
from curator.core.text.urls import item_id
from curator.ranking import embedding_space, evidence, passages, score
from curator.ranking.fits import TopicVectors, fits
from curator.ranking.passages import first_passage

NOW = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
COFFEE = Topic(name="Kopi spesialti", about="Petani kopi, cara seduh", keywords=("kopi", "espresso"), avoid=("coffee table",))
REFILL = Topic(name="Isi ulang", about="Kurangi sampah plastik")
BRAND = Brand(name="Kopi Senja", topics=(COFFEE, REFILL), reads=("id", "en"), mute=Mute(words=("giveaway",), domains=("example.net",)))

Matrix = NDArray[np.float32]


def item(
    title: str = "Petani menahan gabah", *, host: str = "kabar.example", hours: float = 3, lang: str = "id", summary: str = ""
) -> Item:
    url = f"https://{host}/{title.replace(' ', '-')}"
    when = NOW - timedelta(hours=hours)
    return Item(
        id=item_id(url), url=url, title=title, source=Source(title="Kabar", feed=""), published=when, found=when, lang=lang, summary=summary
    )


def judge(
    *items: Item, fits: list[tuple[float, float]] | None = None, brand: Brand = BRAND, texts: Mapping[str, str] | None = None
) -> list[ScoredItem]:
    return score.score(brand, items, np.array(fits or [(0.8, 0.1)] * len(items)), texts or {}, NOW)


def reasons(ranked: ScoredItem) -> list[str]:
    return [reason.text for reason in ranked.score.reasons]


# --- fits ----------------------------------------------------------------------------------------------------------

DIM, BACKGROUND = 24, 12


def space(name: str = "one", seed: int = 0) -> EmbeddingSpace:
    """An encoder whose background topics stand at right angles, behind a middle and one direction of language."""
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(DIM, DIM)))[0].T.astype(np.float32)
    return EmbeddingSpace(
        name=name, weight=1.0, query_mean=2 * axes[0], document_mean=2 * axes[1], language_directions=axes[2:3],
        all_language_directions=axes[2:3], background=axes[3 : 3 + BACKGROUND], document_std=0.1, background_std=0.1,
        unrelated_cosine=0.8, same_story_cosine=0.9,
    )  # fmt: skip


def calibrated(*spaces: EmbeddingSpace) -> Calibration:
    return Calibration(spaces={each.name: each for each in spaces}, curves={"": (1.0, -2.0)})


def fits_of(of: EmbeddingSpace, topics: Matrix, items: Matrix) -> NDArray[np.float64]:
    return fits(TopicVectors(queries={of.name: topics + of.query_mean}), {of.name: items + of.document_mean}, calibrated(of))


@given(st.integers(0, 10_000), st.permutations(range(9)))
@settings(max_examples=30, deadline=None)
def test_the_fit_of_an_item_depends_on_no_other_item_and_on_no_order(seed: int, order: list[int]) -> None:
    random = np.random.default_rng(seed)
    of, other = space(), space("two", 1)
    brief = {each.name: random.normal(size=(3, DIM)).astype(np.float32) for each in (of, other)}
    seen = {each.name: random.normal(size=(9, DIM)).astype(np.float32) for each in (of, other)}
    together = fits(TopicVectors(queries=brief), seen, calibrated(of, other))
    shuffled = fits(TopicVectors(queries=brief), {name: rows[order] for name, rows in seen.items()}, calibrated(of, other))
    alone = fits(TopicVectors(queries=brief), {name: rows[:1] for name, rows in seen.items()}, calibrated(of, other))
    assert together.shape == (9, 3)
    assert ((together >= 0) & (together <= 1)).all()
    assert np.allclose(shuffled, together[order], atol=1e-5)
    assert np.allclose(alone[0], together[0], atol=1e-5)


def test_what_all_items_share_and_their_language_say_nothing_about_a_topic() -> None:
    of = space()
    topic = of.background[:1]
    plain, accented = fits_of(of, topic, np.stack([topic[0], topic[0] + 3 * of.language_directions[0]]))
    assert plain[0] == pytest.approx(accented[0], abs=1e-4)
    assert plain[0] > 0.95


def test_a_telling_has_no_accent() -> None:
    of = replace(space(), all_language_directions=np.vstack([space().language_directions, space().background[5:6]]))
    rows = of.document_mean + np.stack([of.background[0], of.background[0] + 3 * of.all_language_directions.sum(axis=0)])
    assert np.allclose(*embedding_space.language_free(of, rows), atol=1e-5)
    assert not np.allclose(*embedding_space.centred_documents(of, rows), atol=1e-1)


def test_a_background_topic_near_to_the_topic_helps_to_find_what_its_words_alone_do_not() -> None:
    of = space()
    own = embedding_space.unit(np.linalg.svd(np.vstack([of.background, of.language_directions]))[2][-1:])
    topic = embedding_space.unit(own + of.background[:1])
    kin, stranger = fits_of(of, topic, of.background[:2])[:, 0]
    without = fits_of(replace(of, background=of.background[1:]), topic, of.background[:1])[0, 0]
    assert kin > without > stranger


def test_an_item_that_fits_the_background_better_is_no_item_of_the_topic() -> None:
    of = space()
    own = embedding_space.unit(np.linalg.svd(np.vstack([of.background, of.language_directions]))[2][-1:])
    pure, mixed = fits_of(of, own, np.vstack([own, own + 2 * of.background[5:6]]))[:, 0]
    assert pure > 0.9 > mixed


def test_no_items_have_no_fits() -> None:
    of = space()
    assert fits_of(of, of.background[:2], np.zeros((0, DIM), np.float32)).shape == (0, 2)


def test_a_voter_that_was_not_asked_has_no_vote() -> None:
    of, other = space(), space("two", 1)
    brief = {of.name: of.background[:1], other.name: other.background[:1]}
    seen = {of.name: of.background[:3]}
    assert np.allclose(
        fits(TopicVectors(queries=brief), seen, calibrated(of, other)),
        fits(TopicVectors(queries={of.name: brief[of.name]}), seen, calibrated(of)),
    )


# --- scores --------------------------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3000), st.floats(0.1, 5), st.booleans())
def test_the_parts_of_a_score_add_up_to_its_total(a: float, b: float, hours: float, weight: float, keyword: bool) -> None:
    brand = replace(BRAND, topics=(replace(COFFEE, weight=weight), REFILL))
    (ranked,) = judge(item("Kopi gayo" if keyword else "Teh gayo", hours=hours), fits=[(a, b)], brand=brand)
    assert ranked.score.total == pytest.approx(sum(reason.value for reason in ranked.score.reasons))
    assert 0 <= ranked.score.total <= max(weight, 1)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 300)), min_size=2, max_size=8), st.randoms())
def test_the_order_of_the_items_does_not_matter(rows: list[tuple[float, float, int]], random: object) -> None:
    items = [item(f"Berita {n}", hours=row[2]) for n, row in enumerate(rows)]
    places = list(range(len(rows)))
    random.shuffle(places)  # type: ignore[attr-defined]
    fits = [row[:2] for row in rows]
    assert judge(*(items[p] for p in places), fits=[fits[p] for p in places]) == judge(*items, fits=fits)


def test_a_reason_is_a_sentence_a_specialist_understands() -> None:
    (ranked,) = judge(item("Kopi Gayo ditahan petani"), fits=[(0.9143, 0.1)])
    assert reasons(ranked) == ["fits Kopi spesialti .91", "keyword kopi", "3 hours old"]


def test_every_topic_has_its_fit_best_first() -> None:
    (ranked,) = judge(item(), fits=[(0.2, 0.7)])
    assert [(fit.topic, fit.fit) for fit in ranked.score.fits] == [("Isi ulang", 0.7), ("Kopi spesialti", 0.2)]


def test_the_weight_of_a_topic_decides_between_two_that_fit() -> None:
    brand = replace(BRAND, topics=(COFFEE, replace(REFILL, weight=2.0)))
    (ranked,) = judge(item("Berita"), fits=[(0.6, 0.5)], brand=brand)
    assert reasons(ranked)[0] == "fits Isi ulang .50"


def test_a_keyword_counts_as_a_whole_word_and_also_deep_in_the_text() -> None:
    inside, deep, plain = item("Kopiah hitam"), item("Panen raya"), item("Panen kecil")
    ranked = {r.item.id: r for r in judge(inside, deep, plain, texts={deep.id: "Kata petani, ESPRESSO laris."})}
    assert "keyword kopi" not in reasons(ranked[inside.id])
    assert "keyword espresso" in reasons(ranked[deep.id])
    assert ranked[deep.id].score.total > ranked[plain.id].score.total


def test_a_keyword_never_lifts_an_item_above_a_perfect_fit() -> None:
    perfect, named = item("Panen raya"), item("Kopi, kopi, kopi")
    assert judge(named, perfect, fits=[(0.5, 0.0), (0.999, 0.0)])[0].item is perfect


def test_an_avoided_phrase_disqualifies_for_its_own_topic_only() -> None:
    (ranked,) = judge(item("A coffee table from recycled plastic"), fits=[(0.95, 0.6)])
    assert ranked.score.fits[0].topic == "Isi ulang"
    assert reasons(ranked) == ["fits Isi ulang .60", "not Kopi spesialti: says coffee table", "3 hours old"]


@pytest.mark.parametrize(
    ("forbidden", "why"),
    [
        (item("GIVEAWAY kopi akhir tahun"), "muted word giveaway"),
        (item("Kopi", host="www.example.net"), "muted site example.net"),
        (item("Kopi", host="blog.example.net"), "muted site example.net"),
        (item("Kaffee aus Sumatra", lang="de"), "written in de, which the brand does not read"),
    ],
    ids=["word", "site", "subdomain", "language"],
)
def test_a_rule_of_the_brand_beats_the_model(forbidden: Item, why: str) -> None:
    (ranked,) = judge(forbidden, fits=[(0.99, 0.99)])
    assert ranked.score.total == 0
    assert reasons(ranked) == [why]
    assert len(ranked.score.fits) == 2


def test_a_rule_forbids_no_more_than_it_says() -> None:
    allowed = [item("Giveaways"), item("Kopi", host="notexample.net"), item("Coffee", lang="en-GB"), item("Kopi", lang="")]
    assert all(ranked.score.total > 0 for ranked in judge(*allowed))
    (anything,) = judge(item("Kaffee", lang="de"), brand=replace(BRAND, reads=()))
    assert anything.score.total > 0


def test_a_new_item_stands_above_an_equal_old_one() -> None:
    old, new = item("Berita lama", hours=60), item("Berita baru", hours=1)
    assert [ranked.item for ranked in judge(old, new)] == [new, old]


def test_age_alone_never_buries_a_perfect_fit() -> None:
    old, new = item("Berita lama", hours=24 * 365), item("Berita baru", hours=0)
    assert judge(new, old, fits=[(0.7, 0.0), (0.99, 0.0)])[0].item is old


def test_age_counts_by_the_half_life_of_the_brand() -> None:
    quick = replace(BRAND, shortlist=ShortlistRules(half_life=timedelta(hours=3)))
    assert judge(item(), brand=quick)[0].score.reasons[-1].value == pytest.approx(-0.8 * score.AGE / 2)
    assert judge(item(), brand=replace(BRAND, shortlist=ShortlistRules(half_life=timedelta(0))))[0].score.reasons[-1].value == 0


@pytest.mark.parametrize(
    ("hours", "words"), [(0, "new"), (-5, "new"), (0.9, "new"), (1, "1 hour old"), (23.9, "23 hours old"), (50, "2 days old")]
)
def test_an_age_is_said_in_words(hours: float, words: str) -> None:
    assert score.age(timedelta(hours=hours)) == words


# --- what is read, what is quoted ----------------------------------------------------------------------------------


def test_an_item_is_read_by_title_and_text_and_by_its_summary_where_it_has_none() -> None:
    short = item("Panen raya", summary="Petani menahan gabah.")
    assert first_passage(short, "") == "Panen raya\nPetani menahan gabah."
    assert first_passage(short, "Harga turun.") == "Panen raya\nHarga turun."
    assert first_passage(item("Panen raya"), "") == "Panen raya"


def test_a_title_that_the_text_repeats_is_read_once() -> None:
    assert first_passage(item("Panen raya"), "PANEN  RAYA di Gayo dimulai.") == "PANEN  RAYA di Gayo dimulai."


def test_the_end_of_a_very_long_text_is_not_read() -> None:
    assert len(first_passage(item("Panen"), "kata " * 5000)) <= passages.READ


GOOD = "Petani di Gayo menahan gabah arabika karena harga di pengepul turun."


@pytest.mark.parametrize(
    "sentence",
    [
        "Terlalu pendek.",
        "Mau tahu bagaimana cara menyeduh kopi yang benar menurut para juara?",
        "Baca juga: Harga kopi naik lagi di pasar dunia pekan ini, petani senang",
        "Foto: Petani menjemur biji kopi di dataran tinggi Gayo (Dok. Kabar)",
        "Senin, 23 November 2026 08:05 WIB | diperbarui 23/11/2026 09:10 WIB",
        "Published on Monday, November 23, 2026 at 8:05 am, updated at 9:10 am UTC",
        "Subscribe to our newsletter to get the best coffee stories every week.",
        "kopi " * 60,
        "Kalimat yang terpotong di tengah jalan karena pratinjau berakhir di sini…",
    ],
)
def test_what_no_one_would_quote_is_no_evidence(sentence: str) -> None:
    assert evidence.quotable([sentence, GOOD]) == [GOOD]


def test_a_sentence_stands_once_and_the_title_not_again() -> None:
    assert evidence.quotable([GOOD, "Other words that are long enough to stand here as well.", GOOD], title=GOOD.rstrip(".").upper()) == [
        "Other words that are long enough to stand here as well."
    ]


def test_a_sentence_in_a_dense_script_may_be_shorter() -> None:
    assert evidence.quotable(["豆は農家から直接買い付けており、浅煎りで仕上げている。"]) != []


def test_the_evidence_is_the_sentence_nearest_to_the_topic() -> None:
    alike = [evidence.Quote(text, 0.0) for text in "abc"]
    assert evidence.best(alike, np.array([0.1, 0.8, 0.3]), "Kopi").text == "b"
    assert evidence.best([], np.zeros(0), "Kopi").text == ""


@given(st.lists(st.text(max_size=300), max_size=6))
def test_evidence_is_always_one_clean_line_of_a_size_to_show(sentences: list[str]) -> None:
    for sentence in evidence.quotable(sentences):
        assert len(sentence) <= 240
        assert not re.search(r"[\n\r\0]", sentence)
