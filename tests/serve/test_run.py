"""Fetch and rank now: a real run in the background of a real server, what its page says meanwhile, and how it ends."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.browser import Browser, Page, opened
from support.day import BRAND, made
from support.parts import page as article
from support.parts import rss
from support.server import Site

from curator.library import Library
from curator.serve.background import Background
from curator.storage import open_store

PATIENCE = 120.0  # seconds: other programs work on the machine
STORY = "Petani kopi menyeduh dan menyangrai kopi spesialti sendiri. " * 4


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        entry = {"title": "Petani kopi menyangrai sendiri", "link": site.url("/1"), "guid": "1", "description": STORY[:90]}
        site.serves("/feed.xml", rss("Warta Kopi", [entry]))
        site.serves("/1", article("Petani kopi menyangrai sendiri", STORY, STORY), type="text/html")
        yield site


def subscribed(tmp_path: Path, site: Site, path: str = "/feed.xml") -> Path:
    home = made(tmp_path, f'{BRAND}[fetch]\nallow = ["{site.allow}"]\n')
    (home / "feeds.opml").write_text(f'<opml version="2.0"><body><outline text="x" xmlUrl="{site.url(path)}"/></body></opml>')
    return home


@contextmanager
def hanging(site: Site) -> Iterator[None]:
    """A feed that says nothing until the block ends."""
    site.sends("/slow.xml", b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss>", hang=True)
    yield


def begun(browser: Browser) -> Page:
    return browser.open("/").send("/run")


def ended(browser: Browser) -> Page:
    """The first page that says that the run has ended."""
    until = time.monotonic() + PATIENCE
    while (page := browser.open("/")).html.xpath("//*[@id='run'][@data-running]"):
        assert time.monotonic() < until, page.words("//*[@id='run']")
        time.sleep(0.2)
    return page


def told(page: Page) -> str:
    return " ".join(page.words("//*[@id='run']//p"))


def test_a_run_makes_the_list_while_the_page_says_how_far_it_is(tmp_path: Path, site: Site):
    home = subscribed(tmp_path, site)
    with opened(home) as desk:
        browser = desk.browser()
        page = begun(browser)
        assert page.notice == "The run has begun. You can go on working meanwhile."
        assert page.words("//*[@id='stage']")
        assert page.html.xpath("//*[@id='run']//progress[@aria-labelledby='stage']")
        page = ended(browser)
    assert told(page).startswith("The list was made at ")
    assert "Petani kopi menyangrai sendiri" in page.text
    assert len(site.asked("/feed.xml")) == 1
    report = Library.open(home).list()
    assert report.counts.new == 1
    assert desk.failed == []


def test_a_second_start_says_that_one_is_at_work_and_the_end_of_the_server_ends_it(tmp_path: Path, site: Site):
    home = subscribed(tmp_path, site, "/slow.xml")
    before = Library.open(home).store.items()
    with hanging(site), opened(home) as desk:
        browser = desk.browser()
        begun(browser)
        assert begun_again(browser).notice == "A run is at work already."
        until = time.monotonic() + PATIENCE
        while not site.asked("/slow.xml"):
            assert time.monotonic() < until
            time.sleep(0.1)
        assert "Asking the feeds" in told(browser.open("/"))
    with open_store("tinydb", home / "library").running():
        assert Library.open(home).store.items() == before
    assert len(site.asked("/slow.xml")) == 1


def begun_again(browser: Browser) -> Page:
    """The page after the form is sent once more, as by a page that was loaded before the run."""
    form = dict(browser.open("/").form("/language").form_values())
    return browser.post("/run", {"csrf": form["csrf"], "back": "/"})


def test_a_run_elsewhere_is_said_kindly(tmp_path: Path, site: Site):
    home = subscribed(tmp_path, site)
    with open_store("tinydb", home / "library").running(), opened(home) as desk:
        browser = desk.browser()
        begun(browser)
        page = ended(browser)
        assert told(page) == "Another run is at work, perhaps one by cron. Its list will be here when it is done."
        assert page.send("/language", language="id").words("//*[@id='run']//p")[0].startswith("Proses lain sedang bekerja")
    assert not site.asked("/feed.xml")


def test_a_failure_is_said_in_words_and_the_list_stays(tmp_path: Path, site: Site):
    home = subscribed(tmp_path, site, "/missing.xml")
    with opened(home) as desk:
        browser = desk.browser()
        before = browser.open("/").words("//article//h3")
        begun(browser)
        page = ended(browser)
    assert told(page).startswith("The run failed: none of 1 feeds could be reached: answered 404: not found")
    assert page.words("//article//h3") == before


def test_the_stream_of_a_run_says_its_stages_and_its_end(tmp_path: Path, site: Site):
    site.serves("/feed.xml", status=404, delay=2.0)
    with opened(subscribed(tmp_path, site)) as desk:
        browser = desk.browser()
        begun(browser)
        answer = browser.ask("GET", "/run/events?language=id")
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    events = answer.body.decode().split("\n\n")
    assert 'data: {"text": "Bertanya ke sumber: 0 dari 1", "done": 0, "total": 1}' in events
    assert events[-2:] == ["event: end\ndata:", ""]


def test_without_a_run_the_stream_ends_at_once_and_strangers_get_none(browser: Browser):
    assert browser.ask("GET", "/run/events").body == b"event: end\ndata:\n\n"
    assert browser.ask("GET", "/run/events", headers={"Host": "evil.example"}).status == 421
    assert browser.ask("GET", "/run").status == 405
    assert browser.ask("POST", "/run", b"csrf=x", {"Content-Type": "application/x-www-form-urlencoded"}).status == 403


def test_a_stream_needs_the_token_like_every_page(home: Path):
    with opened(home, token="tubruk-7Q") as desk:
        assert desk.browser().ask("GET", "/run/events").status == 403


def test_a_run_that_does_not_begin_leaves_nothing_behind(tmp_path: Path):
    background = Background(tmp_path / "nowhere")
    assert background.begin()
    until = time.monotonic() + PATIENCE
    while background.state.running:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert background.state.code == 1
    assert "no brand.toml" in " ".join(background.state.problem)
    background.close()
    assert not any(os.scandir(tmp_path))
