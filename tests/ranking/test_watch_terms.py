from datetime import UTC, datetime
from time import perf_counter

import numpy as np
import pytest

from curator.core.brand import Watch
from curator.core.item import Item, Source
from curator.ranking.watch_terms import CAPITALS, WatchHit, WatchList, certain, written_as_name

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


def hits(item: Item, text: str, watch: Watch = BRAND) -> list[WatchHit]:
    return WatchList((watch,)).hits(item, text)


def test_the_sentence_that_says_the_name_is_quoted():
    text = "Bandung ramai pagi ini. Antrean di Kopi Senja Dago mengular sejak pukul tujuh. Hujan turun sore."
    [hit] = hits(item(), text)
    assert hit.sentence == "Antrean di Kopi Senja Dago mengular sejak pukul tujuh."


def test_the_sentence_that_says_most_of_what_is_looked_for_is_quoted():
    text = "Asep menanam kopi di Pangalengan.\nIa mencicipi kopi di kedai Senja, Bandung.\nSenja tiba."
    [hit] = hits(item(), text, Watch(name="Loose", query="kopi senja"))
    assert hit.sentence == "Ia mencicipi kopi di kedai Senja, Bandung."


def test_a_name_inside_another_word_is_no_mention():
    assert not hits(item(), "Mereka minum kopi senjakala bersama.")


def test_what_the_query_excludes_anywhere_in_the_item_is_no_mention():
    assert not hits(item(), 'Kopi senja diputar. Lagu dari album "Senja Kala" itu populer.')


def test_a_name_only_in_the_title_quotes_the_title():
    [hit] = hits(item("Kopi Senja buka cabang di Cimahi"), "Gerai itu buka Senin.")
    assert hit.sentence == "Kopi Senja buka cabang di Cimahi"


def test_a_handle_is_found_whatever_its_case():
    assert hits(item(), "Terima kasih @KopiSenja untuk kopinya!")


def test_one_item_is_one_hit_per_watch_term_however_often_it_says_it():
    assert len(hits(item(), "Kopi Senja. Kopi Senja lagi. @kopisenja.")) == 1


def vector(*values: float) -> np.ndarray:
    return np.array([values], np.float32)


def test_a_sentence_nearer_to_what_is_not_us_is_uncertain():
    us, them, none = vector(1, 0), vector(0, 1), np.empty((0, 2), np.float32)
    assert certain(vector(1, 0), us, them)
    assert not certain(vector(0, 1), us, them)
    assert certain(vector(0, 1), none, none), "without contexts every hit counts"
    assert certain(vector(0, 1), us, none)
    assert certain(vector(1, 0), none, them), "where no context says what is meant, only what is near to another meaning is doubted"
    assert not certain(vector(0.6, 0.8), none, them)


def test_how_a_name_is_written_tips_the_balance():
    us, them, between = vector(1, 0), vector(0, 1), vector(0.7, 0.72)
    assert not certain(between, us, them)
    assert certain(between, us, them, written_as_name(BRAND.query, "Antrean di Kopi Senja mengular"))
    assert certain(vector(0, 1), us, them, written_as_name(BRAND.query, "foto #KopiSenja hari ini"))


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("antrean di Kopi Senja mengular", CAPITALS),
        ("Kopi Senja membuka cabang", CAPITALS),
        ("Kopi senja paling nikmat diminum hangat", -CAPITALS),
        ("menikmati kopi senja", -CAPITALS),
        ("Nikmatnya Kopi Senja di Tepi Danau Toba", 0),
        ("KOPI SENJA DAN RINDU", 0),
        ("Kopi Senja", 0),
        ("lihat #KopiSenja", 1),
        ("tulis ke @kopisenja", 1),
        ("ada di kopisenja.id", 1),
        ("di Kopi-Senja", 1),
        ("tidak ada di sini", 0),
    ],
)
def test_capitals_and_signs_tell_a_name_from_common_words(sentence: str, written: float):
    assert written_as_name(BRAND.query, sentence) == written


def test_a_capital_at_the_beginning_of_a_sentence_tells_nothing_of_a_single_word():
    assert written_as_name("grab", "Grab a coffee before the meeting") == 0
    assert written_as_name("grab", "drivers of Grab went home") == CAPITALS


def test_a_hostile_sentence_is_read_in_time():
    begun = perf_counter()
    written_as_name(BRAND.query, "kopi senja. " * 20_000)
    assert perf_counter() - begun < 5
