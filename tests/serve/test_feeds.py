"""Feeds in a browser: added from a real server, found on a site, removed, imported and exported."""

from pathlib import Path

import pytest
from support.browser import Browser
from support.day import BRAND, made
from support.parts import rss
from support.server import Site

from curator.core.feed import FeedState
from curator.core.protocols import Changes
from curator.library import Library
from curator.storage import open_store

FEED = rss("Warta Kopi", [{"title": "Panen raya", "link": "https://warta.example/1", "guid": "1"}])


@pytest.fixture
def site():
    with Site() as site:
        site.serves("/feed.xml", FEED)
        page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Warta</body></html>'
        site.serves("/", page, type="text/html")
        yield site


@pytest.fixture
def home(tmp_path: Path, site: Site) -> Path:
    return made(tmp_path, f'{BRAND}[fetch]\nallow = ["{site.allow}"]\n')


def urls(home: Path) -> list[str]:
    return [feed.url for feed in Library.open(home).feeds]


def test_a_feed_that_answers_is_added_with_its_title(home: Path, browser: Browser, site: Site):
    page = browser.open("/feeds").send("/feeds/add", url=site.url("/feed.xml"))
    assert page.notice == "Added: Warta Kopi"
    assert "Warta Kopi" in " ".join(page.words("//table//th"))
    assert urls(home) == ["https://x.example/feed", site.url("/feed.xml")]
    assert page.send("/feeds/add", url=site.url("/feed.xml")).notice == "This feed is there already."


def test_what_is_no_feed_or_a_forbidden_address_is_not_added(home: Path, browser: Browser, site: Site):
    page = browser.open("/feeds")
    for url in (
        site.url("/nothing"),
        "http://127.0.0.1:1/feed",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
    ):
        assert page.send("/feeds/add", url=url).html.xpath("//*[@id='notice']/@class") == ["problem"]
    assert urls(home) == ["https://x.example/feed"]


def test_a_site_is_asked_for_its_feeds_by_a_form_alone(home: Path, browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("curator.jobs.discover._fits", lambda found, *_: [0.5] * len(found))
    assert browser.ask("GET", f"/feeds/discover?site={site.url()}").status == 405
    assert not site.log
    page = browser.open("/feeds").send("/feeds/discover", site=site.url())
    assert page.status == 200
    assert page.send("/feeds/add").notice == "Added: Warta Kopi"
    assert browser.open("/feeds").send("/feeds/discover", site="http://127.0.0.1:1/").html.xpath("//*[@role='alert']")


def test_a_feed_is_removed_by_its_whole_address(home: Path, browser: Browser):
    page = browser.open("/feeds")
    assert page.send("/feeds/remove", url="x.example").html.xpath("//*[@id='notice']/@class") == ["problem"]
    assert page.send("/feeds/remove").notice == "Removed: x"
    assert urls(home) == []


def test_an_opml_file_comes_in_and_goes_out(home: Path, browser: Browser):
    fields = dict(browser.open("/feeds").form("/feeds/preview").form_values())
    fields.pop("file", None)
    theirs = b'<opml version="2.0"><body><outline text="Kabar" xmlUrl="https://kabar.example/rss"/></body></opml>'
    assert browser.upload("/feeds/preview", fields, theirs).send("/feeds/import").notice == "1 feeds added."
    assert urls(home) == ["https://x.example/feed", "https://kabar.example/rss"]
    assert browser.ask("GET", "/feeds.opml").body == Library.open(home).feeds.export_opml()
    assert browser.upload("/feeds/preview", fields | {"csrf": "x"}, theirs).status == 403


def test_dead_feeds_are_first_and_say_why(home: Path, browser: Browser):
    state = FeedState(url="https://x.example/feed", failures=3, reason="answered 404: not found")
    open_store("tinydb", home / "library").commit(Changes(states=(state,)))
    assert "failed 3 times answered 404: not found" in browser.open("/feeds").words("//table//tbody/tr")[0]
    assert browser.open("/").words("//ul[@class='counts']/li")[-1] == "1 dead feed"
