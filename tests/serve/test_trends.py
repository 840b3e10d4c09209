"""Trends and the report in a browser: what rises, what came of the work, and the files to keep."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.browser import Browser, opened
from support.command import Day
from support.day import BRAND, NOW

from curator.core.item import Item, Source
from curator.core.protocols import Changes
from curator.library import Library
from curator.storage import open_store

WORDS = "pasar cuaca jalan sekolah warga bupati panen stadion konser kereta bandara".split()  # noqa: SIM905


def item(n: int, title: str, days: float, site: str) -> Item:
    when = NOW - timedelta(days=days)
    source = Source(title=site, feed=f"https://{site}/feed")
    return Item(id=f"{n:08d}", url=f"https://{site}/{n}", title=title, source=source, published=when, found=when, lang="id")


@pytest.fixture
def rising(tmp_path: Path) -> Path:
    """A brand whose feeds tell of one thing since today, after a month of other things."""
    past = [item(n, f"{WORDS[n % 11]} {WORDS[n % 7]} hari", n / 6, f"koran{n % 8}.example") for n in range(150)]
    now = [item(900 + n, f"Petani <b>kopi</b> lereng panen espresso {WORDS[n]}", 0.1 + n / 100, f"koran{n}.example") for n in range(5)]
    (tmp_path / "brand.toml").write_text(BRAND.replace('language = "en"', 'language = "en"\nreads = ["id", "en"]'))
    (tmp_path / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    open_store("tinydb", tmp_path / "library").commit(Changes(items=(*past, *now)))
    return tmp_path


@pytest.fixture
def window(day: Day) -> Iterator[Browser]:
    with opened(day.home) as desk:
        browser = desk.browser()
        browser.open("/").send("/language", language="en")
        yield browser


# --- trends ---


def test_a_trend_has_its_course_its_languages_and_its_items(rising: Path):
    with opened(rising) as desk:
        page = desk.browser().open("/trends?since=7d")
    (trend,) = page.html.xpath("//section[@class='trend']")
    assert "panen espresso" in page.words("//section[@class='trend']//h2")[0]
    assert page.words("//section[@class='trend']//p[@class='by']/b") == ["new"]
    assert page.words("//ul[@class='told']/li") == ["Indonesian since 3 h · 5 publishers", "nobody in English yet"]
    assert len(page.words("//section[@class='trend']//ul[@class='rows']/li")) == 5
    assert trend.xpath(".//svg/@aria-label") == ["Publishers a day: 0, 0, 0, 0, 0, 0, 5"]
    assert len(trend.xpath(".//svg/rect[@class='bar']")) == 7
    assert "<b>kopi" in trend.text_content()


def test_the_search_of_a_trend_finds_its_items(rising: Path):
    with opened(rising) as desk:
        browser = desk.browser()
        (search,) = browser.open("/trends").html.xpath("//a[normalize-space()='Search for it']/@href")
        found = browser.open(f"{search}&mode=words")
    assert any("lereng" in title for title in found.words("//article//h3"))


def test_too_few_days_are_said_to_be_too_few(tmp_path: Path):
    some = tuple(item(n, f"{WORDS[n % 11]} {WORDS[n % 7]} hari", n / 6, f"koran{n % 8}.example") for n in range(18))
    (tmp_path / "brand.toml").write_text(BRAND)
    (tmp_path / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    open_store("tinydb", tmp_path / "library").commit(Changes(items=some))
    with opened(tmp_path) as desk:
        page = desk.browser().open("/trends")
    assert page.words("//*[@class='empty']/strong") == ["Too early to say"]
    assert page.html.xpath("//nav//a[@aria-current='page' and contains(., '7 days')]")


# --- report ---


def test_the_report_has_the_parts_of_the_written_one_and_the_command_of_each_proposal(window: Browser, day: Day):
    page, report = window.open("/report?since=30d"), Library.open(day.home).report(timedelta(days=30))
    assert page.status == 200
    assert "From the feeds to the calendar" in page.words("//main/section/h2")
    assert len(page.html.xpath("//main//svg[@role='img']")) == len(page.html.xpath("//main//svg/title"))
    assert [command.strip() for command in page.words("//*[@class='proposal']//code")] == [each.command for each in report.proposals]
    assert not page.html.xpath("//main//*[@style]")


def test_the_report_speaks_the_language_of_the_page(window: Browser):
    page = window.open("/report").send("/language", language="id")
    assert page.path == "/language"
    assert "Dari sumber ke kalender" in page.words("//main/section/h2")
    assert page.words("//*[@class='note']")
    assert page.html.xpath("//*[@class='note']//*[@lang='en']") == []


@pytest.mark.parametrize(("name", "type_", "start"), [("html", "text/html", b"<!doctype html>"), ("md", "text/markdown", b"# Kopi Senja")])
def test_the_report_is_kept_as_a_file(window: Browser, name: str, type_: str, start: bytes):
    answer = window.ask("GET", f"/report.{name}?since=90d")
    assert answer.headers["Content-Type"].startswith(type_)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="report.{name}"'
    assert answer.body.startswith(start)
