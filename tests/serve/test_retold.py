"""What the library says of items, on an Indonesian page: in Indonesian where its form is known, else marked as English."""

import re
from pathlib import Path

import click
import pytest
from support.browser import Browser

import curator
from curator.publishing.language import Language
from curator.publishing.retold import marked, retold
from curator.publishing.sentences import SENTENCES

INDONESIAN, ENGLISH = Language(code="id"), Language(code="en")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("fits Kopi spesialti .98: Kopi = kopi", "cocok dengan Kopi spesialti .98: Kopi = kopi"),
        ("3 days old", "sudah 3 hari"),
        ("instead of Resep: Bolu: 10 about Kopi already", "menggantikan Resep: Bolu: sudah ada 10 tentang Kopi"),
        ("instead of A: B: its place is for finding out: C: D", "menggantikan A: B: tempatnya dipakai untuk mencoba: C: D"),
        ("to find out: Warta is rarely listed", "untuk mencoba: Warta jarang masuk daftar"),
        ("weight must be a number, not text", "weight harus berupa angka, bukan teks"),
        ('"(kopi" is not a query: this parenthesis is never closed', '"(kopi" bukan kueri: kurung ini tidak pernah ditutup'),
        ("1,282 too many: Instagram takes 2,200", "kelebihan 1.282: Instagram memuat 2.200"),
        ("3 hashtags too many: Instagram takes 30", "kelebihan 3 tagar: Instagram memuat 30"),
        ("Later takes a time on every 5th minute only, not 09:03", "Later hanya menerima waktu pada menit kelipatan 5, bukan 09:03"),
        ("none of 3 feeds could be reached: no such host", "tidak satu pun dari 3 sumber terjangkau: host tidak ada"),
        ("keyword new", "kata kunci new"),
        (
            "decided elsewhere meanwhile, and now picked: 100% (kopi) %(n)s",
            "sementara itu sudah diputuskan di tempat lain, sekarang dipilih: 100% (kopi) %(n)s",
        ),
    ],
)
def test_a_sentence_is_told_in_indonesian_with_its_values_as_they_are(said: str, told: str):
    assert retold(said, INDONESIAN) == told
    assert retold(said, ENGLISH) == said


def test_what_is_not_known_stays_as_it_is_and_is_marked_as_english():
    assert retold("brewed by moonlight", INDONESIAN) == "brewed by moonlight"
    assert marked("brewed by <b>", INDONESIAN) == '<span lang="en">brewed by &lt;b&gt;</span>'
    assert marked("brewed by <b>", ENGLISH) == "brewed by &lt;b&gt;"


def test_markup_in_a_value_is_text():
    assert marked("keyword <script>", INDONESIAN) == "kata kunci &lt;script&gt;"


def test_a_long_text_of_strangers_takes_no_time_to_be_told_apart():
    assert "instead of" not in retold("instead of " + ": its place" * 2_000, INDONESIAN)[:12]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_known_by_its_own_form_and_not_taken_for_another(sentence: str):
    said = {name: {"file": "brand.toml", "reason": "did not answer"}.get(name, "7") for name in re.findall(r"%\((\w+)\)s", sentence)}
    assert retold(sentence % said, INDONESIAN) == INDONESIAN.say(sentence, **{**said, "reason": "tidak menjawab"})


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_library_still_says_it(sentence: str):
    """A sentence that is written otherwise there would stay English without anybody noticing."""
    package = Path(curator.__file__).parent
    own = (file for file in package.rglob("*.py") if file.name != "sentences.py" and "serve" not in file.relative_to(package).parts)
    sources = (*own, *Path(click.__file__).parent.glob("*.py"))  # what was typed wrongly is told by click
    code = " ".join(file.read_text("utf-8") for file in sources)
    parts = [part.strip() for part in re.split(r"%\(\w+\)s", sentence)]
    longest = max((piece for part in parts for piece in re.split(r"[:;,](?: |$)", part)), key=len)
    counted = ("1 day old", "%(n)s days old", "1 hour old", "%(n)s hours old", "1 item")
    assert longest in code or sentence in counted


def test_the_reasons_of_a_card_are_indonesian_on_an_indonesian_page(browser: Browser):
    page = browser.open("/").send("/language", language="id")
    reasons = page.words("//table[@class='why']//td")
    assert reasons
    assert [reason for reason in reasons if reason.startswith(("fits ", "keyword "))] == []
