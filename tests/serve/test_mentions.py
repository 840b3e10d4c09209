"""Mentions in a browser: what was said, whether it is meant, and a term that is tried before it is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.browser import Browser, Page, opened
from support.command import Day, curator

from curator.core.brand import Watch
from curator.library import Library


@pytest.fixture
def window(day: Day) -> Iterator[Browser]:
    """A browser before the desk of the demonstration, in English."""
    with opened(day.home) as desk:
        browser = desk.browser()
        browser.open("/").send("/language", language="en")
        yield browser


def sentences(page: Page) -> list[str]:
    return page.words("//*[@class='mention']/blockquote")


def test_each_mention_has_its_sentence_its_term_and_its_certainty(window: Browser, day: Day):
    page = window.open("/mentions?since=30d")
    assert len(sentences(page)) == len(day.report["mentions"])
    assert any("flat white from Kopi Senja" in sentence for sentence in sentences(page))
    assert page.words("//section/h2") == ["Certain · 2", "Doubtful · 1"]
    assert {text.partition(" · ")[0] for text in page.words("//*[@class='watch']")} == {"Kopi Senja"}


def test_what_is_not_us_is_told_no_more_until_it_is_undone(window: Browser, day: Day):
    page = window.open("/mentions?since=30d")
    (first, *_) = sentences(page)
    page = page.send("/mentions/not-us")
    assert page.notice.startswith("Not meant: ")
    assert first not in sentences(page)
    assert [each.verdict for each in Library.open(day.home).store.decisions()] == ["not-us"]
    assert window.open("/").words("//*[@id='undo']//button") == ["Undo: not us"]
    assert page.send("/undo").notice.startswith("Taken back")
    assert first in sentences(window.open("/mentions?since=30d"))


def test_a_doubtful_mention_that_is_us_becomes_certain_and_the_terminal_undoes_it(window: Browser, day: Day):
    page = window.open("/mentions?since=30d")
    doubtful = page.html.xpath("//section[h2[starts-with(., 'Doubtful')]]//form")[0]
    page = window.post("/mentions/us", dict(doubtful.form_values()))
    assert page.words("//section/h2") == ["Certain · 3"]
    assert page.words("//*[@class='decide']//b") == ["said to be meant"]
    assert curator("undo", "--home", day.home).returncode == 0
    assert window.open("/mentions?since=30d").words("//section/h2") == ["Certain · 2", "Doubtful · 1"]


def test_mentions_are_those_of_one_term_and_of_a_span(window: Browser, day: Day):
    Library.open(day.home).watches.add("Pesaing", '"kedai tetangga"')
    assert not sentences(window.open("/mentions?watch=Pesaing&since=90d"))
    assert sentences(window.open("/mentions?watch=Kopi+Senja&since=90d"))
    page = window.open("/mentions?watch=nobody&since=never")
    assert page.html.xpath("//select[@name='since']/option[@selected]/@value") == ["7d"]
    assert page.html.xpath("//select[@name='watch']/option[@selected]") == []


def test_a_term_is_tried_without_being_written_and_then_added(window: Browser, day: Day):
    before = (day.home / "brand.toml").read_text()
    page = window.open("/mentions").follow("Try a term")
    page = window.open("/mentions/try?query=%22kopi+senja%22+OR+seduh")
    assert page.words("//main/p[@class='date']")[0].startswith("4 items")
    assert "seduhan in 1 item Add: OR seduhan" in page.words("//ul/li")
    wider = page.follow("Add: OR seduhan")
    assert wider.html.xpath("//input[@name='query']/@value")[0] == '"kopi senja" OR seduh OR seduhan'
    assert (day.home / "brand.toml").read_text() == before
    page = wider.send("/mentions/add", name="Seduh")
    assert page.notice == "brand.toml watches for Seduh now."
    assert Library.open(day.home).brand.watch[-1] == Watch(name="Seduh", query='"kopi senja" OR seduh OR seduhan')


def test_a_term_that_is_no_query_or_has_a_name_that_is_taken_says_so(window: Browser, day: Day):
    assert window.open("/mentions/try?query=%22kopi").words("//*[@role='alert']")
    page = window.open("/mentions/try?query=seduh").send("/mentions/add", name="kopi senja")
    assert "is the name of another one too" in page.notice
    assert len(Library.open(day.home).brand.watch) == 1


def test_before_anything_is_watched_the_page_offers_to_try_a_term(home: Path, browser: Browser):
    assert browser.open("/mentions").words("//*[@class='empty']/strong") == ["Nothing is listened for yet"]
