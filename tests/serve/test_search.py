"""Search in a browser: the form without script, its filters, and hits that are decided on like cards."""

from pathlib import Path

import pytest
from support.browser import Browser
from support.day import FIRST, status


def test_a_search_without_words_is_a_form_and_finds_nothing(browser: Browser):
    page = browser.open("/search")
    assert page.status == 200
    assert not page.html.xpath("//article")
    fields = page.html.xpath("//form[@role='search']")[0].form_values()
    assert {name for name, _ in fields} == {"q", "topic", "lang", "status", "since", "mode", "feed", "tag"}


def test_hits_are_cards_that_can_be_decided_on(home: Path, browser: Browser):
    page = browser.open("/search?q=shade+trees&mode=words")
    assert page.html.xpath("//article/@id") == [FIRST]
    assert page.words("//*[@id='found']/*[@role='status']") == ["1 hit"]
    page = page.send("/decide/skip", FIRST)
    assert page.notice.startswith("Skipped")
    assert page.html.xpath("//article/@id") == [FIRST]
    assert status(home, FIRST) == "skipped"


def test_filters_narrow_what_is_found_and_stay_chosen(browser: Browser):
    page = browser.open("/search?q=kopi&lang=en&mode=words&status=listed")
    assert all("Indonesian" not in text for text in page.words("//article//*[@class='by']"))
    assert page.html.xpath("//select[@name='lang']/option[@selected]/@value") == ["en"]
    assert not browser.open("/search?q=kopi&status=picked&mode=words").html.xpath("//article")


@pytest.mark.parametrize("query", ['q="', "q=kopi&status=gone", "q=kopi&since=never", "q=kopi&mode=magic", "like=zzzzzzzz", "q=(((("])
def test_what_cannot_be_searched_is_told_on_the_page(browser: Browser, query: str):
    page = browser.open(f"/search?{query}".replace('"', "%22"))
    assert page.status == 200
    assert page.html.xpath("//*[@role='alert']")


def test_a_query_that_cannot_be_read_is_told_on_one_line_in_the_language_of_the_page(browser: Browser):
    page = browser.open("/search").send("/language", language="id")
    (told,) = browser.open("/search?q=%22kopi&mode=words").words("//*[@role='alert']")
    assert page.status == 200
    assert told == 'tanda kutip belum ditutup (apit frasa seperti "kopi susu" dengan tanda kutip dan tutup setiap kurung)'


def test_what_is_searched_is_shown_as_text(browser: Browser):
    page = browser.open("/search?q=%3Cscript%3Ealert(1)%3C/script%3E&mode=words")
    assert len(page.html.xpath("//script")) == 1
    assert page.html.xpath("//input[@name='q']/@value") == ["<script>alert(1)</script>"]
