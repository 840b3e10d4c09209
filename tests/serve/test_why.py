"""Why an item is not on the list, asked in a browser: the cause in both languages, the line to change, and hostile questions."""

from pathlib import Path
from typing import get_args
from urllib.parse import quote

import pytest
from msgspec.structs import replace
from support.browser import Browser
from support.day import BRAND, FIRST, NOW, made, status
from support.parts import WordCounter, ensemble

from curator.core.explanation import Cause
from curator.core.protocols import Changes
from curator.core.text.urls import item_id
from curator.library import Library
from curator.ranking import embed
from curator.serve.pages.why import CAUSES
from curator.storage import open_store

MUTED = "https://iklan.example/kopi"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(embed, "open_engine", lambda *_: ensemble(WordCounter()))
    home = made(tmp_path, f'{BRAND}[mute]\nwords = ["<b>iklan</b>", "undian"]\n')
    store = open_store("tinydb", home / "library")
    title = "Kopi <b>iklan</b> \u202egratis"
    muted = replace(store.items()[0], id=item_id(MUTED), url=MUTED, title=title, status="new", listed=None, found=NOW)
    store.commit(Changes(items=(muted,), texts={muted.id: "kopi"}))
    return home


def asked(browser: Browser, what: str):
    return browser.open(f"/why?q={quote(what, safe='')}")


def test_every_cause_has_a_headline():
    assert set(CAUSES) == set(get_args(Cause))


def test_the_page_is_found_from_the_day_and_asks(browser: Browser):
    page = browser.open("/").follow("Why is this not on my list?")
    assert page.status == 200
    assert page.html.xpath("//form[@action='/why' and @method='get']//input[@name='q' and @required]")
    assert not page.words("//main//h2")


def test_what_is_listed_says_so_with_its_fits_and_can_be_decided_on(home: Path, browser: Browser):
    page = asked(browser, FIRST)
    assert page.words("//main//h2") == ["It is on the list"]
    assert page.words("//p[@class='because']") == [f"number 1 of 20 on {NOW.date()}"]
    assert len(page.html.xpath("//table[@class='mix']//meter")) == len(page.words("//table[@class='mix']//th[@scope='row']")) > 0
    assert page.send("/decide/skip", FIRST).notice.startswith("Skipped")
    assert status(home, FIRST) == "skipped"


def test_a_muted_item_names_the_line_of_brand_toml_and_hostile_text_stays_text(browser: Browser):
    page = asked(browser, MUTED)
    assert page.words("//main//h2") == ["A muted word or site keeps it off"]
    assert page.words("//ol[@class='changes']/li")[0] == 'In brand.toml, under [mute]: words = ["undian"]'
    assert not page.html.xpath("//main//b[text()='iklan']")
    assert "\u202e" not in page.text
    page = page.send("/language", language="id")
    assert page.words("//main//h2") == ["Kata atau situs yang dibisukan menahannya"]


def test_a_page_that_nobody_brought_can_be_saved_or_its_feeds_be_sought(browser: Browser):
    page = asked(browser, "lain.example/kopi?a=1&b=<2>")
    assert page.words("//main//h2") == ["No feed has brought it"]
    assert page.html.xpath("//form[@action='/save']/input[@name='u']/@value") == ["https://lain.example/kopi?a=1&b=%3C2%3E"]
    assert page.html.xpath("//form[@action='/feeds/discover']/input[@name='site']")


@pytest.mark.parametrize(
    "what", ["zzzzzzzz", "javascript:alert(1)", "file:///etc/passwd", "<script>", "\u202e\x00", "http://[", "é" * 1000, "."]
)
def test_what_names_no_item_is_said_and_nothing_breaks(browser: Browser, what: str):
    page = asked(browser, what)
    assert page.status == 200
    assert page.html.xpath("//*[@role='alert']") or page.words("//main//h2") == ["No feed has brought it"]
    assert not page.html.xpath("//main//script")


def test_asking_writes_nothing(home: Path, browser: Browser):
    before = {path: path.stat().st_mtime_ns for path in (home / "library").glob("*.json")}
    asked(browser, FIRST), asked(browser, MUTED)
    assert {path: path.stat().st_mtime_ns for path in (home / "library").glob("*.json")} == before
    assert Library.open(home).decisions.last() is None
