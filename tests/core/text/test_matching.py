"""What a watched name is found in, and what only looks like it."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.text.matching import Matchers, MatchText, folded


def found(query: str, text: str, title: str = "", feed: str = "", lang: str = "id") -> bool:
    many = Matchers(["nothing of all this", query])
    said = MatchText(title=folded(title), body=folded(text), feed=folded(feed), lang=lang)
    matches = many.each[1].matches(said)
    assert not matches or 1 in many.possible(f"{title}\n{text}"), "what matches may match"
    return matches


@pytest.mark.parametrize(
    "written",
    [
        *("Warung Laut", "WARUNG LAUT", "Wárung Läut", "(Warung Laut)", "Warung Laut's", "Warung  Laut", "Warung Laut."),
        *("#WarungLaut", "@warunglaut", "Warung-Laut", "Warung_Laut", "Warung’Laut"),
        *("warunglaut.id", "halo@warunglaut.id", "https://warunglaut.id/menu"),
    ],
)
def test_a_name_of_two_words_is_found_however_it_is_written(written: str):
    assert found('"warung laut"', f"Kami makan di {written} kemarin.")


@pytest.mark.parametrize(
    "written",
    ["Warung Lautan", "Pewarung laut", "warung. Laut tenang", "warung\nLaut tenang", "warung, laut", "warunglautan.id", "laut warung"],
)
def test_a_name_inside_other_words_or_across_sentences_is_not_found(written: str):
    assert not found('"warung laut"', f"Di sana {written} hari ini.")


@pytest.mark.parametrize(
    ("name", "written", "other"),
    [
        ("pagan", "a pagan feast", "propaganda"),
        ("パン", "このパンは", "ジャパンで"),
        ("커피", "커피를 마신다", "디커피"),
        ("커", "커 보인다", "컵"),
        ("कल", "कल आओ", "कला"),
        ("قهوة", "قهوة", "قهوتنا"),
        ("กาแฟ", "ร้านกาแฟเปิด", "กา แฟ"),
        ("珈琲店", "夕暮れの珈琲店が", "珈琲"),
        ("iphone", "新iPhone手机", "iphones"),
        ("й", "й", "йод"),
    ],
)
def test_words_are_whole_in_every_script_that_has_bounds(name: str, written: str, other: str):
    assert found(name, written)
    assert not found(name, other)


@pytest.mark.parametrize(
    ("query", "written", "found_"),
    [
        ('"teh & roti"', "Teh dan Roti", True),
        ('"teh & roti"', "teh&roti", True),
        ('"teh dan roti"', "teh dan roti", True),
        ('"teh dan roti"', "teh roti", False),
        ('"3 5"', "35", False),
        ('"3 5"', "3-5", True),
        ("c++", "C++ 23", True),
        ("c++", "vitamin C", False),
        ("warunglaut.id", "di warunglaut.id", True),
        ("warunglaut.id", "warunglaut id", False),
        ("@warunglaut", "halo@warunglaut.id", False),
        ("#laut", "#Laut", True),
        ("#laut", "laut", False),
        ("laut*", "lautan", True),
        ('"warung lau*"', "#WarungLautan", True),
        ("☕", "pagi ☕ ini", True),
        ("...", "pagi... ini", True),
    ],
)
def test_signs_of_a_name_count_where_they_tell_names_apart(query: str, written: str, found_: bool):
    assert found(query, written) is found_


def test_near_counts_the_words_between_in_either_order():
    said = "harga biji kopi robusta di pasar"
    assert found("pasar NEAR/2 kopi", said)
    assert not found("pasar NEAR/1 kopi", said)
    assert found('(beras OR kopi) NEAR/0 "robusta di"', said)
    assert not found("harga NEAR/5 pagi", said, title="pagi")


def test_fields_hold_in_watches_as_in_search():
    of = {"text": "kopi naik", "title": "Harga pangan", "feed": "The Bean bean.example", "lang": "en-GB"}
    for query in ("title:pangan kopi", 'feed:"the bean" kopi', "kopi lang:en", "kopi -lang:id", "kopi -title:kopi", "feed:bean.example"):
        assert found(query, **of), query
    for query in ("title:kopi", "kopi -lang:en", "kopi -feed:bean", "kopi lang:id"):
        assert not found(query, **of), query


@given(st.text(st.characters(exclude_characters='"“”„‟«»‹›″＂'), max_size=40), st.text(max_size=80))
def test_any_name_can_be_looked_for_in_any_text(name: str, text: str):
    found(f'"{name}x"', text + name)


@pytest.mark.parametrize("hostile", ["a " * 100_000, "a-" * 100_000, "a'" * 100_000, "ab" * 100_000])
def test_a_hostile_text_takes_no_longer_than_its_length(hostile: str):
    begun = perf_counter()
    found('"a a a a b" OR a NEAR/3 zz OR "a b*"', f"{hostile} zz")
    assert perf_counter() - begun < 5
