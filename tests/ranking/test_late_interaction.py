"""Late interaction: words are packed without losing what they mean, and the topic is found, not only its field."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import bundled

from curator.core.brand import Brand, Topic
from curator.ranking.embed.word_states import Pieces
from curator.ranking.fits import parts
from curator.ranking.relevance import Relevance
from curator.ranking.words import calibration as late_calibration
from curator.ranking.words import late_interaction
from curator.ranking.words.calibration import LateCurve
from curator.ranking.words.late_interaction import DIM, PackedWords, TopicWords, WordSpace, WordStates

DICE = np.random.default_rng(5)
SPACE = WordSpace(np.zeros(DIM, np.float32), np.zeros(DIM, np.float32), np.zeros((0, DIM), np.float32))
VECTORS = {
    word: DICE.standard_normal(DIM).astype(np.float32)
    for word in [
        "kopi",
        "panen",
        "petani",
        "surya",
        "panel",
        "atap",
        "harga",
        "emas",
        "makan",
        "bergizi",
        "nickel",
        "mine",
        "nikel",
        "tambang",
        "pesta",
        "nikah",
    ]
}
SOLAR = Brand(
    name="Surya Atap",
    topics=(
        Topic(name="Panel surya atap", about="Pemasangan panel surya (PLTS) di atap rumah dan kantor: harga, izin, penghematan listrik"),
    ),
)


def words(text: str, rarity: float = 11.0) -> WordStates:
    """The words of a text, each with a direction of its own."""
    found = text.split()
    starts = [sum(len(w) + 1 for w in found[:n]) for n in range(len(found))]
    return WordStates(
        states=np.stack([VECTORS.get(word.lower(), np.ones(DIM, np.float32)) for word in found]),
        rarity=np.full(len(found), rarity, np.float32),
        spans=np.array([(at, at + len(word)) for at, word in zip(starts, found, strict=True)], np.int32),
        surfaces=tuple(found),
    )


def score(topic: str, *texts: str, lang: str = "") -> list[float]:
    items = late_interaction.unpack([late_interaction.pack(words(text), SPACE) for text in texts])
    return maxsim(late_interaction.topic_words(words(topic), SPACE, "", topic, lang), items, texts)


def maxsim(topic: TopicWords, items: PackedWords, texts: Sequence[str]) -> list[float]:
    found = late_interaction.maxsim([topic], late_interaction.compare([topic], items).best, texts)
    return [score for (score,) in found.tolist()]


def test_an_item_that_says_the_topics_words_scores_higher_than_one_that_says_half_of_them() -> None:
    whole, half, none = score("panen kopi petani", "petani kopi panen harga", "kopi harga emas", "surya panel atap")
    assert whole > 0.85
    assert whole > half + 0.3
    assert half > none + 0.2


def test_two_bits_keep_the_direction_of_a_word() -> None:
    states = DICE.standard_normal((200, DIM)).astype(np.float32)
    packed = late_interaction.pack(
        words("kopi")._replace(states=states, rarity=np.full(200, 11.0), spans=np.zeros((200, 2), np.int32)), SPACE
    )
    decoded = late_interaction._decoded(late_interaction.unpack([packed]).codes)
    exact = late_interaction._rotated(late_interaction._unit(states))
    assert len(packed) == 200 * 99
    assert (decoded * exact).sum(axis=1).min() > 0.9


def test_a_rotation_keeps_every_cosine() -> None:
    rows = late_interaction._unit(DICE.standard_normal((30, DIM)))
    turned = late_interaction._rotated(rows)
    assert np.allclose(turned @ turned.T, rows @ rows.T, atol=1e-5)


def test_of_a_text_the_rare_words_are_kept_and_of_one_without_any_the_rarest() -> None:
    mixed = words("kopi panen petani")._replace(rarity=np.array([3.0, 12.0, 9.5], np.float32))
    assert late_interaction.unpack([late_interaction.pack(mixed, SPACE)]).spans.tolist() == [[5, 10], [11, 17]]
    common = words("kopi panen")._replace(rarity=np.array([3.0, 4.0], np.float32))
    assert late_interaction.unpack([late_interaction.pack(common, SPACE)]).spans.tolist() == [[5, 10]]


def test_an_item_without_words_scores_nothing_and_disturbs_no_other() -> None:
    empty = WordStates(np.zeros((0, DIM), np.float32), np.zeros(0, np.float32), np.zeros((0, 2), np.int32), ())
    packed = [late_interaction.pack(each, SPACE) for each in (empty, words("kopi"), empty)]
    topic = late_interaction.topic_words(words("kopi"), SPACE, "", "kopi", "")
    found = maxsim(topic, late_interaction.unpack(packed), ["", "kopi", ""])
    assert found[0] == found[2] == 0
    assert found[1] > 0.85


@settings(max_examples=20)
@given(st.lists(st.sampled_from(["kopi panen", "surya", "harga emas petani", "atap panel surya"]), min_size=1, max_size=9))
def test_a_score_depends_on_the_item_and_the_topic_alone(texts: list[str]) -> None:
    assert score("panel surya atap", *texts) == pytest.approx([score("panel surya atap", text)[0] for text in texts], abs=1e-6)


def test_what_was_dumped_is_loaded() -> None:
    read = late_interaction.load(late_interaction.dump(words("harga emas")))
    assert read.surfaces == ("harga", "emas")
    assert np.allclose(read.states, words("harga emas").states, atol=1e-2)
    assert read.spans.tolist() == [[0, 5], [6, 10]]


def test_an_abbreviation_stands_for_the_words_whose_initials_it_has() -> None:
    assert late_interaction.abbreviations("Makan bergizi gratis")["MBG"] == {"makan", "bergizi", "gratis"}
    assert late_interaction.abbreviations("pembangkit listrik tenaga surya")["PLTS"] == {"pembangkit", "listrik", "tenaga", "surya"}
    assert late_interaction.abbreviations("harga dan izin") == {}
    said, other = score("makan bergizi harga", "MBH atap", "XYZ atap")
    assert said >= other + 0.5


def test_the_words_that_met_are_named_with_the_words_they_met() -> None:
    text = "Petani harga PANEN"
    items = late_interaction.unpack([late_interaction.pack(words(text), SPACE)])
    topic = late_interaction.topic_words(words("panen petani surya"), SPACE, "", "panen petani surya", "")
    met = {(each.topic, each.item) for each in late_interaction.matches([topic], items, 0, text)}
    assert met == {("panen", "PANEN"), ("petani", "Petani")}


def test_the_mean_of_an_item_lies_between_its_words_and_an_item_without_words_has_none() -> None:
    items = late_interaction.unpack([late_interaction.pack(words("kopi panen"), SPACE), b"", late_interaction.pack(words("kopi"), SPACE)])
    both, none, one = late_interaction.compare((), items).means
    assert not none.any()
    assert np.linalg.norm([both, one], axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert both @ one == pytest.approx(np.sqrt(0.5), abs=0.08)


def test_the_mean_of_a_query_is_that_of_its_rare_words() -> None:
    query = words("panen surya")._replace(rarity=np.array([11, 6], np.float32))
    assert late_interaction.query_mean(query, SPACE) @ late_interaction.query_mean(words("panen"), SPACE) == pytest.approx(1, abs=0.01)


def test_a_long_description_unlike_everyday_topics_is_a_subject() -> None:
    curve = LateCurve(pooled=0, cosine=0, maxsim=0, subject=0, field=0, field_intercept=0, gate=6.0)
    words, parts, breadth = np.array([4, 14, 14, 9]), np.array([2, 4, 4, 7]), np.array([2.2, 1.9, 4.5, 2.15])
    few, many, everyday, listed = late_calibration.narrowness(words, parts, breadth, curve)
    assert many > 0.9 > 0.1 > few
    assert everyday < 0.5
    assert listed < 0.25


@pytest.mark.parametrize(
    ("description", "found"),
    [
        ("Petani kopi, roasting dan cara seduh", ["Petani kopi", "roasting", "cara seduh"]),
        ("Nickel, coal and gold mines", ["Nickel", "coal", "gold mines"]),
        ("Kedai kopi lokal", []),
        ("", []),
    ],
)
def test_a_description_that_lists_several_things_has_parts(description: str, found: list[str]) -> None:
    assert parts(description) == found


def test_pieces_become_words_at_their_places_and_punctuation_parts_them() -> None:
    pieces = Pieces([("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0), ("▁panel", -8), ("▁sur", -9), ("ya", -6), (",", -3), ("▁", -4)])
    states = np.arange(4 * DIM, dtype=np.float32).reshape(4, DIM)
    found = pieces.words(np.array([4, 7, 5, 6]), states)
    assert found.surfaces == ("panel", "surya")
    assert found.rarity.tolist() == [8, 15]
    assert found.spans.tolist() == [[0, 5], [7, 12]]
    assert np.allclose(found.states[1], states[2:].mean(axis=0))
    assert pieces.words(np.array([7, 7]), states[:2]).surfaces == ()


def test_the_topic_is_found_and_not_only_its_field() -> None:
    texts = [
        "Pabrik di Semarang pasang panel surya di atap, tagihan listrik turun 30 persen\nPLTS atap 500 kWp itu mulai beroperasi pekan ini.",
        "Lowongan kerja di perusahaan listrik negara\nPendaftaran dibuka sampai akhir bulan untuk lulusan teknik.",
        "Harga minyak hulu naik\nKontraktor migas menambah pengeboran di lepas pantai.",
    ]
    roof, vacancy, oil = Relevance(SOLAR, bundled.engine()).of_texts(texts)[:, 0]
    assert roof > 0.7
    assert max(vacancy, oil) < 0.2


def test_a_card_can_say_which_words_met() -> None:
    relevance = Relevance(SOLAR, bundled.engine())
    text = "Kantor pos memasang panel surya\nAtap gedung itu kini menghasilkan listrik sendiri."
    met = relevance.matched_words([text], ["Panel surya atap"])[0]
    assert met
    assert all(each.item in " ".join(text.split()) for each in met)
    assert "surya" in {each.item.lower() for each in met}


def test_a_topic_in_one_language_meets_its_words_in_the_other() -> None:
    theirs, other = "Tambang nikel di Kolaka ditutup dan warga pulang", "Pesta nikah di Kolaka usai dan warga pulang"
    met, missed = score("nickel mine", theirs, other, lang="en")
    assert met > missed + 0.2
    same, _ = score("nickel mine", theirs, other)
    assert met > same + 0.2
    topic = late_interaction.topic_words(words("nickel mine"), SPACE, "", "nickel mine", "en")
    items = late_interaction.unpack([late_interaction.pack(words(theirs), SPACE)])
    found = late_interaction.matches([topic], items, 0, theirs)
    assert {(word.topic, word.item) for word in found} >= {("nickel", "nikel"), ("mine", "Tambang")}


def test_a_word_that_both_languages_write_alike_is_no_translation_within_one() -> None:
    alone, translated = (
        score("solar panel", "solar naik lagi, kata warga di pasar dan itu"),
        score("solar panel", "solar naik lagi, kata warga di pasar dan itu", lang="id"),
    )
    assert translated == alone


def test_items_that_are_read_some_at_a_time_compare_as_they_do_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["kopi panen petani", "", "surya", "harga emas petani", "atap panel surya"]
    items = late_interaction.unpack([late_interaction.pack(words(text), SPACE) if text else b"" for text in texts])
    topic = late_interaction.topic_words(words("petani surya"), SPACE, "", "petani surya", "")
    at_once = late_interaction.compare([topic], items)
    monkeypatch.setattr(late_interaction, "CHUNK", 4)
    by_parts = late_interaction.compare([topic], items)
    assert by_parts.best == pytest.approx(at_once.best, abs=1e-6)
    assert (by_parts.means == at_once.means).all()
    assert not at_once.best[1].any()
