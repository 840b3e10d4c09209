"""Cleaning, sentences, folding: nothing harmful comes out, no word gets lost, nothing takes long."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.text import plain

NASTY = "\x00\x07\x0b\x0c\x1b\x7f\x85\x9b\ud800\udfff\u061c\u200e\u202e\u2066\u206f\u2028\u2029\ufeff\ufff9\uffff\r\n\t <>&;#/=\"'!-"
NASTY += "\xad\u180e\u200b\u200c\u200d\u2060\U000e0067\U0001f3f4क"
MARKUP = ["<p>", "</p>", "<br/>", "<script>", "</script", "<!--", "-->", "<a href='x>y'>", "&amp;", "&lt;", "&#x202e;", "&#0;", "&nbsp"]
WORDS = ["kopi", "café", "咖啡", "Dr. ", "Jl. Braga No. 5. "]
mixed = st.lists(st.one_of(st.sampled_from(MARKUP + WORDS), st.text(max_size=5))).map("".join)
foreign = st.one_of(st.text(), st.text(NASTY + "abc", max_size=60), mixed)
BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def harmful(c: str) -> bool:
    return c not in "\n\t" and (unicodedata.category(c) in ("Cc", "Cs") or unicodedata.bidirectional(c) in BIDI)


@given(foreign)
def test_what_is_cleaned_is_harmless_and_stays_as_it_is(raw: str) -> None:
    for shown in (plain.clean(raw), plain.line(raw), plain.plain(raw)):
        assert not any(map(harmful, shown))
    assert plain.clean(plain.clean(raw)) == plain.clean(raw)
    assert plain.line(plain.line(raw)) == plain.line(raw)


@given(foreign, st.integers(2, 40))
def test_a_line_is_one_line_within_its_limit(raw: str, limit: int) -> None:
    shown = plain.line(raw, limit)
    assert len(shown) <= limit
    assert len(shown.splitlines()) <= 1
    assert shown == " ".join(shown.split())


@given(foreign, st.sampled_from(["id", "en", "ja", "ar", "hi", "", "xx"]))
def test_sentences_lose_no_word_and_keep_the_order(raw: str, lang: str) -> None:
    found = plain.sentences(raw, lang)
    assert "".join("".join(found).split()) == "".join(plain.clean(raw).split())
    assert all(found)


@given(foreign)
def test_folding_twice_changes_nothing_and_case_does_not_count(raw: str) -> None:
    assert plain.fold(plain.fold(raw)) == plain.fold(raw)


@given(st.lists(st.sampled_from(["kopi", "Espresso", "café", "c++", "コーヒー"]), min_size=1).map(" ".join))
def test_a_text_contains_its_own_words_however_they_are_written(words: str) -> None:
    for word in words.split():
        assert plain.contains(plain.fold(words.upper()), word)


@pytest.mark.parametrize(
    "seen",
    [
        "Menanam\u200b cabai",
        "Menanam ca\xadbai",
        "\ufeffMenanam\u2060 cabai",
        "Mena\u200cnam\u200d cabai",
        "Menanam cabai\U000e0078",
    ],
)
def test_characters_that_nobody_sees_go(seen: str) -> None:
    assert plain.line(seen) == "Menanam cabai"
    assert plain.plain(f"<p>{seen}&ZeroWidthSpace;&shy;</p>") == "Menanam cabai"


@pytest.mark.parametrize(
    "seen",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "ꦏ꧀\u200cꦱ",
        "👨\u200d👩\u200d👧 pergi",
        "❤\ufe0f\u200d🔥",
        "👩🏽\u200d⚕\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    ],
)
def test_joiners_stay_where_they_change_what_is_seen(seen: str) -> None:
    assert plain.line(seen) == seen


@pytest.mark.parametrize(("markup", "words"), [
    ("<p>Kopi &amp; susu</p><p>Gula<br/>aren</p>", "Kopi & susu\nGula\naren"),
    ("<b>ko</b>pi <i>tubruk</i>", "kopi tubruk"),
    ("5 < 6 dan 7 > 3", "5 < 6 dan 7 > 3"),
    ("harga <b naik", "harga <b naik"),
    ("<script>alert('<p>')</script>aman<style>p{}</style>", "aman"),
    ("<SCRIPT>x</SCRIPT >aman<script>tak tertutup", "aman"),
    ("a<!-- rahasia -->b<!-->c<!-- tak tertutup", "abc"),
    ('<a title="x > y" href=\'z>\'>tautan</a>', "tautan"),
    ("&lt;b&gt; &amp;amp; caf&eacute;&nbsp;", "<b> & café"),
    ("Kopi &amp;#8217; susu, AT&amp;T; &amp;copy=1", "Kopi ’ susu, AT&T; &copy=1"),
    ("<p><![CDATA[Kopi]]> susu</p>", "Kopi susu"), ("Cara kerja <![CDATA[", "Cara kerja <![CDATA["),
    ("<ul><li>satu</li><li>dua</li></ul>", "satu\ndua"),
    ("tanpa markup", "tanpa markup"),
    ("a\ud800b<p>\x1b[31mc</p>", "ab\n[31mc"),
    ("&#" + "9" * 5000 + ";&#x" + "f" * 5000, "\ufffd\ufffd"),
])  # fmt: skip
def test_markup_becomes_the_words_a_reader_sees(markup: str, words: str) -> None:
    assert plain.plain(markup) == words


UNCLOSED = ["<p ", "<a", '<a "', '<a ="', "<a =' ", "<!--", "<!", "<script>", "<script></script", "<a =   ", "</", "&#", "&", "&#9999999"]


@pytest.mark.parametrize("piece", ["<div>", "<td><table>", *UNCLOSED])
def test_hostile_markup_costs_no_time(piece: str) -> None:
    start = time.process_time()
    plain.plain(piece * (400_000 // len(piece)))
    assert time.process_time() - start < 1


@pytest.mark.parametrize("piece", ["Xx Kab. ", "A. ", "Dr. Budi hlm. ", "kopi ", "!?.", "Kopi enak. "])
def test_hostile_prose_costs_no_time(piece: str) -> None:
    start = time.process_time()
    plain.sentences(piece * (160_000 // len(piece)), "id")
    assert time.process_time() - start < 1


def test_every_kind_of_line_end_parts_words() -> None:
    assert plain.clean("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h\ni\tj") == "a\nb\nc\nd\ne\nf\ng\nh\ni\tj"
    assert plain.line("  satu\x0cdua \u2028 tiga ") == "satu dua tiga"


def test_a_long_line_is_cut_with_an_ellipsis() -> None:
    assert plain.line("kopi susu gula aren", 11) == "kopi susu…"


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    told = "Kedai ini di Jl. Braga No. 12. Menurut Dr. Sari, kopinya (hlm. 3) enak.\nBuka pukul 9."
    assert plain.sentences(told, "id") == ["Kedai ini di Jl. Braga No. 12.", "Menurut Dr. Sari, kopinya (hlm. 3) enak.", "Buka pukul 9."]


def test_an_excerpt_is_whole_sentences_or_a_cut_one() -> None:
    assert plain.excerpt("Kopi naik. Panen turun. Harga ekspor melonjak tajam.", "id", 30) == "Kopi naik. Panen turun."
    assert plain.excerpt("Harga ekspor melonjak tajam sekali.", "id", 20) == "Harga ekspor melonj…"
    assert plain.excerpt("", "id") == ""


def test_words_are_counted_in_scripts_without_spaces_too() -> None:
    assert plain.word_count("harga kopi naik") == 3
    assert plain.word_count("コーヒー豆") == 3
    assert plain.word_count("") == 0


def test_folding_drops_accents_but_not_letters() -> None:
    assert plain.fold("  Café  ＫＯＰＩ İstanbul STRASSE straße ㏆") == "cafe kopi istanbul strasse strasse c∕kg"
    assert plain.fold("ガス") != plain.fold("カス")
    assert plain.fold("قَهْوَة") == plain.fold("قهوة")


def test_words_are_found_whole() -> None:
    assert plain.contains(plain.fold("Kopi Senja membuka cabang"), "kopi senja")
    assert not plain.contains(plain.fold("mikroskopik"), "kopi")
    assert plain.contains(plain.fold("新しいコーヒー店"), "コーヒー")
    assert plain.contains(plain.fold("belajar C++ dan @kopisenja!"), "@kopisenja")
