"""Words of one language meet their translations in the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.ranking.words import lexicon


def test_a_topics_words_are_translated_with_their_positions() -> None:
    other, meant = lexicon.translations(["Nickel", "and", "coal", "mines"], "en")
    assert other == "id"
    assert meant["nikel"] == {0}
    assert meant["batu bara"] == {2}
    assert meant["tambang"] == {3}
    assert lexicon.translations(["tambang"], "ja") == ("", {})


def test_of_phrases_within_each_other_the_longest_is_translated() -> None:
    _, meant = lexicon.translations(["harga", "minyak", "goreng"], "id")
    assert meant["cook oil"] == {1, 2}
    assert "oil" not in meant


@pytest.mark.parametrize(
    ("text", "lang", "phrase", "written"),
    [
        ("Pertambangan ilegal di hutan", "id", "tambang", "Pertambangan"),
        ("Kebakaran hutan meluas", "id", "bakar hutan", "Kebakaran hutan"),
        ("Miners dug for Coal", "en", "miner", "Miners"),
    ],
)
def test_a_text_holds_the_phrases_that_its_words_are_forms_of(text: str, lang: str, phrase: str, written: str) -> None:
    assert lexicon.phrases(text, lang)[phrase] == written


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Harga cabai naik lagi di pasar", "id"),
        ("Harga lada naik di pasaran dan peniaga kata ia akan berterusan", "id"),
        ("The price of chillies is up again", "en"),
        ("Tambang nikel Kolaka", "id"),
        ("Nickel mine fire", "en"),
        ("コーヒーの収穫", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text_is_told_by_its_small_words_or_else_by_the_known_ones(text: str, lang: str) -> None:
    assert lexicon.language_of(text) == lang


def test_every_line_of_the_lexicon_has_two_sides_and_stands_there_once() -> None:
    lines = [tuple(map(tuple, sides)) for sides in lexicon._lines()]
    assert len(lines) == len(set(lines)) > 800
    assert all(english and indonesian and all(english) and all(indonesian) for english, indonesian in lines)


@given(st.text(max_size=200))
def test_any_text_has_phrases_that_are_in_it(text: str) -> None:
    assert all(written in text for lang in ("en", "id", "") for written in lexicon.phrases(text, lang).values())
