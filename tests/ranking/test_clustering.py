from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from curator.core.item import Item, Source
from curator.core.story import Fit, Score, ScoredItem
from curator.ranking.clustering import Document, entities, overlap, reprints, stories

NOW = datetime(2026, 11, 23, tzinfo=UTC)

INDONESIAN = (
    "Harga biji kopi di Takengon naik 18 persen, kata Ketua Koperasi Rahmat Aulia. Panen 2.400 ton, turun dari 3.100 ton tahun lalu."
)
ENGLISH = (
    "Coffee prices in Takengon rose 18 percent, said cooperative head Rahmat Aulia. The harvest was 2,400 tons, down from 3,100 last year."
)
OTHER = "Coffee prices in Lampung fell 4 percent, said trader Siti Marwah. Buyers from Vietnam took 900 tons less than in October."


def ranked(id_: str, total: float, title: str = "Kabar", age: float = 0, feed: str = "", lang: str = "") -> ScoredItem:
    item = Item(
        id=id_,
        url=f"https://x.example/{id_}",
        title=title,
        source=Source(title="X", feed=feed or id_),
        published=NOW - timedelta(days=age),
        found=NOW,
        lang=lang,
    )
    return ScoredItem(item=item, score=Score(total=total, topic="kopi", fits=(Fit(topic="kopi", fit=total),)))


def document(text: str) -> Document:
    return Document(ranked("t", 0.5).item, text)


def grouped(items: list[ScoredItem], texts: list[str], cosines: list[list[float]]) -> set[frozenset[str]]:
    found = stories(items, texts, np.array(cosines, np.float32), same=0.9, near=0.85)
    return {frozenset(r.item.id for r in (s.lead, *s.others)) for s in found}


def test_a_translation_is_the_same_story_by_its_names_and_numbers():
    items = [ranked("a", 0.9), ranked("b", 0.8), ranked("c", 0.7)]
    cosines = [[1, 0.87, 0.87], [0.87, 1, 0.87], [0.87, 0.87, 1]]
    assert grouped(items, [INDONESIAN, ENGLISH, OTHER], cosines) == {frozenset("ab"), frozenset("c")}


def test_near_duplicates_are_one_story_without_further_proof():
    assert grouped([ranked("a", 0.9), ranked("b", 0.8)], ["Satu.", "Dua."], [[1, 0.95], [0.95, 1]]) == {frozenset("ab")}


def test_texts_of_two_languages_need_not_be_as_near_as_texts_of_one():
    one, two = {frozenset("ab")}, {frozenset("a"), frozenset("b")}
    for other, apart in (("en", one), ("id-ID", two), ("ms", two), ("", two)):
        items = [ranked("a", 0.9, lang="id"), ranked("b", 0.8, lang=other)]
        assert grouped(items, ["Satu.", "Two."], [[1, 0.91], [0.91, 1]]) == apart


def test_a_translation_has_the_figures_of_what_it_translates():
    items = [ranked("a", 0.9, lang="id"), ranked("b", 0.8, lang="en")]
    for harvest, expected in (("2,400", {frozenset("ab")}), ("3,100", {frozenset("a"), frozenset("b")})):
        assert grouped(items, ["Panen 2.400 ton.", f"A crop of {harvest} tons."], [[1, 0.905], [0.905, 1]]) == expected


def test_two_items_of_one_feed_are_two_stories_unless_they_are_all_but_the_same():
    items = [ranked("a", 0.9, feed="f"), ranked("b", 0.8, feed="f")]
    assert grouped(items, [INDONESIAN, ENGLISH], [[1, 0.87], [0.87, 1]]) == {frozenset("a"), frozenset("b")}
    assert grouped(items, [INDONESIAN, ENGLISH], [[1, 0.95], [0.95, 1]]) == {frozenset("ab")}


def test_a_reprint_under_another_title_is_folded():
    reprinted = INDONESIAN.replace("Harga", "Dilaporkan harga")
    assert reprints(document(INDONESIAN), document(reprinted))
    assert grouped([ranked("a", 0.9), ranked("b", 0.8)], [INDONESIAN, reprinted], [[1, 0.89], [0.89, 1]]) == {frozenset("ab")}


def test_the_same_words_weeks_apart_are_two_stories():
    assert grouped([ranked("a", 0.9), ranked("b", 0.8, age=9)], [INDONESIAN, INDONESIAN], [[1, 1], [1, 1]]) == {
        frozenset("a"),
        frozenset("b"),
    }


def test_the_best_of_a_story_leads_it():
    [story] = stories([ranked("b", 0.4), ranked("a", 0.8)], ["x", "x"], np.ones((2, 2), np.float32), same=0.9, near=0.8)
    assert story.lead.item.id == "a"
    assert [o.item.id for o in story.others] == ["b"]


def test_numbers_are_the_same_however_a_language_writes_them():
    assert "2400" in entities("", INDONESIAN) & entities("", ENGLISH)


def test_fewer_than_three_common_names_and_numbers_do_not_count():
    weights = {"rina": 1.0, "gayo": 1.0, "1500": 1.0}
    assert overlap(frozenset({"rina", "gayo"}), frozenset(weights), weights) == 0
    assert overlap(frozenset(weights), frozenset(weights), weights) == 1


def test_short_texts_are_no_reprints_of_each_other_by_accident():
    assert not reprints(document("Kopi naik."), document("Kopi turun."))


@given(st.permutations(range(6)))
def test_the_order_of_the_input_does_not_matter(order: list[int]):
    items = [ranked(f"i{n}", 0.5 + n % 3 / 10) for n in range(6)]
    texts = [INDONESIAN, ENGLISH, OTHER, INDONESIAN, "Lain.", "Beda."]
    close = np.full((6, 6), 0.86, np.float32)
    straight = stories(items, texts, close, same=0.9, near=0.85)
    shuffled = stories([items[i] for i in order], [texts[i] for i in order], close, same=0.9, near=0.85)
    assert straight == shuffled


def test_the_original_leads_its_reprints():
    items = [ranked("copy", 0.9), ranked("first", 0.85, age=0.5)]
    [story] = stories(items, [INDONESIAN, INDONESIAN], np.ones((2, 2), np.float32), same=0.9, near=0.8)
    assert story.lead.item.id == "first"
