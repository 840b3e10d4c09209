"""Files that come in: looked at before they are added, of bounded size, and harmless whatever they hold."""

import json
from pathlib import Path

import pytest
from support.browser import Browser, Page
from support.day import FIRST, NOW, made
from support.posts import item

from curator.core.protocols import Changes
from curator.library import Library
from curator.storage import open_store

BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "' + b"b" * 1000 + b'"><!ENTITY c "' + b"&a;" * 1000 + b'">]>'
    b'<opml><body><outline text="&c;" xmlUrl="https://b.example/x"/></body></opml>'
)
NO_OPML = [b"no opml", b"", b"\x00\xff", b"<opml", BOMB, b'<opml><body><outline xmlUrl="javascript:x"/></body></opml>']


def outlines(*urls: str) -> bytes:
    rows = "".join(f'<outline text="&lt;b&gt;K&lt;/b&gt;" xmlUrl="{url}"/>' for url in urls)
    return f"<opml version='2.0'><body>{rows}</body></opml>".encode()


def fields(browser: Browser, action: str) -> dict[str, str]:
    form = dict(browser.open("/bring").form(action).form_values())
    return {name: value for name, value in form.items() if isinstance(value, str) and name != "file"}


def looked_at(browser: Browser, file: bytes) -> Page:
    return browser.upload("/feeds/preview", fields(browser, "/feeds/preview"), file)


def urls(home: Path) -> list[str]:
    return [feed.url for feed in Library.open(home).feeds]


# --- OPML -----------------------------------------------------------------------------------------------------------


def test_an_opml_file_is_looked_at_first_and_added_by_a_second_form(home: Path, browser: Browser):
    page = looked_at(
        browser, outlines("https://kabar.example/rss", "https://x.example/feed", "ftp://a.example/x", "https://b.example/atom")
    )
    assert page.words("//ul[@class='rows']/li") == ["<b>K</b>", "<b>K</b>"]
    assert page.words("//p[@class='date']")[0].startswith("2 new feeds")
    assert len(page.words("//ul[@class='lost']/li")) == 1
    assert urls(home) == ["https://x.example/feed"]
    assert page.send("/feeds/import").notice.startswith("2 feeds added.")
    assert urls(home) == ["https://x.example/feed", "https://kabar.example/rss", "https://b.example/atom"]


@pytest.mark.parametrize("file", NO_OPML)
def test_what_is_no_opml_file_is_said_and_adds_nothing(home: Path, browser: Browser, file: bytes):
    page = looked_at(browser, file)
    assert page.status in (200, 422)
    assert not page.html.xpath("//form[@action='/feeds/import']")
    assert str(home.parent) not in page.text, "no path of this machine is shown"
    assert urls(home) == ["https://x.example/feed"]


def test_a_file_that_was_changed_on_the_way_is_refused(home: Path, browser: Browser):
    page = looked_at(browser, outlines("https://kabar.example/rss"))
    assert page.send("/feeds/import", carried="é*").html.xpath("//*[@id='notice']/@class") == ["problem"]
    assert urls(home) == ["https://x.example/feed"]


# --- templates and libraries ----------------------------------------------------------------------------------------


def test_a_template_is_filled_in_with_the_calendar(home: Path, browser: Browser):
    Library.open(home).decisions.pick(FIRST, at=f"{NOW.date().replace(year=NOW.year + 1)} 09:00")
    page = browser.upload("/calendar/export", fields(browser, "/calendar/export") | {"format": "csv"}, b"Link,Date,Time,Text\r\n")
    assert page.status == 200, page.text
    assert page.headers["Content-Disposition"].startswith("attachment")
    first, second, *_ = page.body.decode("utf-8-sig").splitlines()
    assert first == '"Link","Date","Time","Text"'
    assert '"09:00"' in second


def test_a_template_that_cannot_be_filled_in_is_said(browser: Browser):
    page = browser.upload("/calendar/export", fields(browser, "/calendar/export") | {"format": "csv"}, b"\x00\x01")
    assert page.status == 422
    assert page.words("//h1") == ["Not exported"]
    assert page.words("//ul[@class='lost']/li")[0].startswith("template.csv ")


def test_an_exported_library_is_added_and_what_is_here_stays(home: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory):
    other = made(tmp_path_factory.mktemp("other"))
    new = item(99, listed=None)
    open_store("tinydb", other / "library").commit(Changes(items=(new,)))
    exported = b"".join(b"".join(chunks) for chunks in Library.open(other).publishing.export("json").contents().values())
    Library.open(home).decisions.skip(FIRST)
    page = browser.upload("/bring/library", fields(browser, "/bring/library"), exported)
    assert page.notice.startswith("1 items came")
    assert Library.open(home).item(new.id).title == new.title
    assert Library.open(home).item(FIRST).status == "skipped"


@pytest.mark.parametrize("file", [b"{}", b"", b"[" * 10_000, b"\xff\xfe", json.dumps({"curator": 99}).encode()])
def test_what_is_no_exported_library_adds_nothing(home: Path, browser: Browser, file: bytes):
    before = Library.open(home).store.items()
    page = browser.upload("/bring/library", fields(browser, "/bring/library"), file)
    assert page.html.xpath("//*[@id='notice']/@class") == ["problem"]
    assert Library.open(home).store.items() == before


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_files_are_of_bounded_size_and_a_stranger_may_send_less(browser: Browser):
    large = b"x" * 5_000_000
    assert browser.upload("/feeds/preview", fields(browser, "/feeds/preview"), large).status == 413
    sent = {"Content-Type": "multipart/form-data; boundary=b"}
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n' + large + b"\r\n--b--\r\n"
    stranger = Browser(browser.port)
    assert stranger.ask("POST", "/bring/library", body, sent).status == 413
    assert stranger.ask("POST", "/bring/library", body, sent | {"Origin": "https://evil.example"}).status == 403


def test_the_page_names_a_file_for_each_form_and_works_without_script(browser: Browser):
    page = browser.open("/feeds").follow("Bring in pages and files")
    assert page.html.xpath("//form[@data-drop]/@action") == ["/feeds/preview", "/calendar/export", "/bring/library"]
    assert page.words("//form[@data-drop]//label[@for=../div/input[@type='file'][@required]/@id]") == page.words("//form[@data-drop]/label")
