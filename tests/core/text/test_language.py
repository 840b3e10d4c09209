"""Which language a text is in: Indonesian must never be taken for another."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.text import language

HEADLINES = {
    "id": [
        "Harga kopi naik di pasar tradisional",
        "Lima kedai kopi baru yang wajib dicoba di Bandung",
        "Begini cara menyeduh kopi tubruk agar tidak pahit",
        "Pemilik Warung Kecil Mulai Berjualan Lewat Media Sosial",
        "5 Tips Content Marketing untuk UMKM yang Baru Mulai",
        "Keliru, Video Banjir Bandang di Kota Malang",
        "Cold Brew vs Es Kopi Susu, Mana yang Lebih Laris?",
        "Petani Muda Kembali ke Kebun demi Kopi Lereng",
    ],
    "en": [
        "Coffee prices rise at the traditional market",
        "How small shops are winning with short videos",
        "Five new cafés you should visit this weekend",
        "Why the slow roast is back in Jakarta",
        "What we know about the new plastic tax in Indonesia",
    ],
    "ms": ["Harga kopi dijangka naik kerana kemarau, kata syarikat itu, manakala kos bekalan juga bertambah selepas Ogos."],
    "jv": ["Wong tani ing desa iku wis padha panen kopi, nanging regane durung munggah kaya taun kepungkur."],
    "su": ["Patani kopi di lembur éta geus mimiti panén, tapi hargana can naék jeung anu meuli ogé saeutik keur ayeuna."],
    "ar": ["ارتفاع أسعار القهوة في الأسواق التقليدية هذا الأسبوع"],
    "th": ["ราคากาแฟในตลาดดั้งเดิมปรับตัวสูงขึ้นในสัปดาห์นี้"],
    "zh": ["传统市场的咖啡价格本周上涨"],
    "ja": ["伝統市場のコーヒー価格が今週上昇した", "Apple、新型MacBookを発表"],
    "ko": ["이번 주 전통시장 커피 가격이 올랐다"],
    "ru": ["Цены на кофе на традиционном рынке выросли на этой неделе"],
    "hi": ["पारंपरिक बाजार में इस सप्ताह कॉफी की कीमतें बढ़ीं"],
    "es": ["Los precios del café suben esta semana en el mercado tradicional de la ciudad"],
    "de": ["Die Kaffeepreise sind in dieser Woche auf dem Wochenmarkt wieder gestiegen"],
    "nl": ["De koffieprijzen zijn deze week op de markt weer gestegen volgens de handelaren"],
}


@pytest.mark.parametrize(("expected", "headline"), [(lang, each) for lang, some in HEADLINES.items() for each in some])
def test_a_headline_is_enough(expected: str, headline: str) -> None:
    assert language.detect(headline) == expected


@pytest.mark.parametrize("text", ["", "  ", "2026", "iPhone 18", "…", "🙂🙂🙂", "\ud800\udfff"])
def test_too_little_to_tell_is_the_default(text: str) -> None:
    assert language.detect(text) == ""
    assert language.detect(text, "id") == "id"


def test_names_in_an_indonesian_headline_do_not_make_it_spanish() -> None:
    assert language.detect("Los Angeles Lakers Kalahkan San Antonio di Kandang Sendiri, Ini Kata Pelatihnya") == "id"


def test_the_language_of_the_text_counts_more_than_the_one_expected() -> None:
    assert language.detect("Begini cara menyeduh kopi tubruk agar tidak pahit", "en") == "id"


def test_a_text_that_ends_in_another_language_keeps_its_own() -> None:
    assert language.detect("Petani kopi di lereng itu mulai panen lebih awal tahun ini. " * 30 + "The end of the story. " * 30) == "id"


def test_indonesian_and_english_never_load_the_statistics() -> None:
    titles = ["Harga kopi naik di pasar itu", "The price of coffee is up at the market"]
    code = (
        f"from curator.core.text import language; import sys; [language.detect(each) for each in {titles}]; print('numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_where_words_and_script_do_not_tell_nothing_is_loaded_to_guess() -> None:
    assert language.plain("Harga kopi naik di pasar itu") == "id"
    assert language.plain("伝統市場のコーヒー価格が今週上昇した") == "ja"
    assert language.plain(HEADLINES["es"][0]) == ""


def test_the_statistics_are_held_once_and_mostly_on_disk() -> None:
    code = f"""if True:
        import numpy, psutil, py3langid.langid
        from curator.core.text import language
        held = lambda: psutil.Process().memory_full_info().uss >> 20
        before = held()
        language.detect({HEADLINES["es"][0]!r})
        print(held() - before)
        language.unload()
        print(held() - before)"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kept, left = map(int, run.stdout.split())
    assert kept < 50
    assert left < kept


@given(st.text(max_size=400))
def test_any_text_has_an_answer(text: str) -> None:
    code = language.detect(text, "xx")
    assert code == "xx" or (len(code) == 2 and code.isalpha())


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("id", "id"),
        ("in_ID", "id"),
        ("IND", "id"),
        ("en-GB", "en"),
        ("eng", "en"),
        (" jv ", "jv"),
        ("ace", "ace"),
        ("", ""),
        ("x-1", ""),
        ("bahasa", ""),
    ],
)
def test_a_declared_language_is_read_however_it_is_written(tag: str, code: str) -> None:
    assert language.declared(tag) == code


def test_malay_and_indonesian_are_of_one_macrolanguage() -> None:
    assert language.macrolanguage("ms-MY") == language.macrolanguage("id") != language.macrolanguage("en")
