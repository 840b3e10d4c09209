"""The reading list in the language of its brand, in every format that people read."""

import json
from xml.etree import ElementTree

import lxml.html
import pytest
from msgspec.structs import replace
from support.samples import BRAND, EMPTY, NOW, REPORT, TODAY

from curator.core.report import Counts
from curator.publishing.formats import atom, json_list, markdown, page, wording
from curator.publishing.language import ENGLISH, Language

INDONESIAN = Language(code="id")
BRANDS = {code: replace(BRAND, language=code) for code in ("id", "en", "fr")}


def test_a_page_is_in_the_language_of_the_brand_down_to_its_reasons():
    told = lxml.html.fromstring(page.render(REPORT, BRANDS["id"]))
    assert told.get("lang") == "id"
    assert [heading.text for heading in told.iter("h2")] == ["Penyebutan", "Daftar pilihan", "Tidak terjangkau"]
    reasons = [cell.text_content() for cell in told.xpath("//table[@class='why']//td")]
    assert "cocok dengan Specialty coffee" in reasons
    assert not [reason for reason in reasons if reason.startswith("fits ")]
    assert "5 jam" in [time.text for time in told.iter("time")]
    assert "Dibuat oleh curator" in told.find(".//footer").text_content()


def test_what_stays_english_on_an_indonesian_page_says_so():
    told = lxml.html.fromstring(page.render(REPORT, BRANDS["id"]))
    foreign = [span.text for span in told.xpath("//table[@class='why']//span[@lang='en']")]
    assert all(text and not text.startswith(("fits ", "keyword ")) for text in foreign)
    assert lxml.html.fromstring(page.render(REPORT, BRANDS["en"])).xpath("//table//span[@lang]") == []


def test_a_brand_of_a_third_language_reads_english():
    assert page.render(REPORT, BRANDS["fr"]) == page.render(REPORT, BRANDS["en"])
    assert markdown.render(REPORT, BRANDS["fr"]) == markdown.render(REPORT, BRANDS["en"])


def test_the_note_and_the_feed_are_indonesian_and_the_document_has_no_language():
    note = markdown.render(REPORT, BRANDS["id"])
    assert note.startswith("# Kopi Senja · Senin, 23 November 2026\n")
    assert "## Daftar pilihan" in note
    assert "Juga di" in note
    feed = ElementTree.fromstring(atom.render(REPORT, BRANDS["id"]))
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "id"
    assert feed.findtext("{http://www.w3.org/2005/Atom}title") == "Kopi Senja: daftar bacaan"
    assert "cocok dengan" in "".join(feed.itertext())
    assert json.loads(json_list.render(REPORT, BRANDS["id"])) == json.loads(json_list.render(REPORT, BRANDS["en"]))


@pytest.mark.parametrize(
    ("counts", "heading", "because"),
    [
        (Counts(feeds=3, feeds_failed=3), "Tidak ada yang terjangkau", "Tidak satu pun dari 3 sumber menjawab; alasannya di bawah."),
        (Counts(feeds=3), "Tidak ada yang baru", "3 sumber tidak punya berita yang belum ada di daftar sebelumnya."),
        (
            Counts(feeds=3, stories=1200),
            "Tidak ada yang cocok hari ini",
            "1.200 berita telah ditimbang, dan tidak ada yang cukup cocok dengan topik.",
        ),
    ],
)
def test_an_empty_day_says_why_in_indonesian(counts: Counts, heading: str, because: str):
    assert wording.empty(replace(EMPTY, counts=counts), INDONESIAN) == (heading, because)


def test_days_ages_and_durations_are_short_in_both_languages():
    assert [wording.short_day(TODAY, language) for language in (ENGLISH, INDONESIAN)] == ["Mon 23 Nov", "Sen 23 Nov"]
    assert wording.short_day(TODAY.replace(day=1), ENGLISH, "0") == "Sun 01 Nov"
    assert wording.age(NOW, NOW, INDONESIAN) == "1 menit"
    assert [wording.span(seconds, INDONESIAN) for seconds in (0.42, 38.4, 125.0)] == ["0,4 dtk", "38 dtk", "2 mnt 5 dtk"]


def test_a_list_with_room_says_so_with_the_number_of_each():
    assert wording.short_list(1, 2, ENGLISH) == "1 story fits today; 1 place stays empty (what just missed: curator rank --near)"
    assert wording.short_list(9, 20, INDONESIAN).startswith("9 berita cocok hari ini; 11 tempat tetap kosong")
