from datetime import UTC, datetime

import numpy as np

from curator.core.brand import Watch
from curator.core.item import Item, Source
from curator.ranking.watch_terms import certain, hits

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BRAND = Watch(name="Our brand", query='"kopi senja" OR @kopisenja -"senja kala"')


def item(title: str = "Judul", lang: str = "id") -> Item:
    return Item(
        id="a1b2c3d4",
        url="https://kabar.example/a",
        title=title,
        source=Source(title="Kabar", feed="f"),
        published=NOW,
        found=NOW,
        lang=lang,
    )


def test_the_sentence_that_says_the_name_is_quoted():
    text = "Bandung ramai pagi ini. Antrean di Kopi Senja Dago mengular sejak pukul tujuh. Hujan turun sore."
    [hit] = hits((BRAND,), item(), text)
    assert hit.sentence == "Antrean di Kopi Senja Dago mengular sejak pukul tujuh."


def test_a_name_inside_another_word_is_no_mention():
    assert not hits((BRAND,), item(), "Mereka minum kopi senjakala bersama.")


def test_what_the_query_excludes_anywhere_in_the_item_is_no_mention():
    assert not hits((BRAND,), item(), 'Kopi senja diputar. Lagu dari album "Senja Kala" itu populer.')


def test_a_name_only_in_the_title_quotes_the_title():
    [hit] = hits((BRAND,), item("Kopi Senja buka cabang di Cimahi"), "Gerai itu buka Senin.")
    assert hit.sentence == "Kopi Senja buka cabang di Cimahi"


def test_a_handle_is_found_whatever_its_case():
    assert hits((BRAND,), item(), "Terima kasih @KopiSenja untuk kopinya!")


def test_one_item_is_one_hit_per_watch_term_however_often_it_says_it():
    assert len(hits((BRAND,), item(), "Kopi Senja. Kopi Senja lagi. @kopisenja.")) == 1


def vector(*values: float) -> np.ndarray:
    return np.array([values], np.float32)


def test_a_sentence_nearer_to_what_is_not_us_is_uncertain():
    us, them, none = vector(1, 0), vector(0, 1), np.empty((0, 2), np.float32)
    assert certain(vector(1, 0), us, them)
    assert not certain(vector(0, 1), us, them)
    assert certain(vector(0, 1), none, none), "without contexts every hit counts"
    assert certain(vector(0, 1), us, none)
    assert not certain(vector(1, 0), none, them), "contexts that are not us, and none that is: nothing is sure"
