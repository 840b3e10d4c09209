"""Pages that are kept: the markup is made once for what it shows, and never stands for anything else."""

from pathlib import Path

from support.browser import Browser
from support.day import FIRST, NOW

from curator.library import Library
from curator.serve.rendered import RenderedPages


def made(pages: RenderedPages, name: str, shown: object) -> bool:
    """Whether the page had to be made."""
    calls: list[object] = []
    assert pages.page(name, shown, lambda: calls.append(shown) or repr(shown).encode()) == repr(shown).encode()
    return bool(calls)


def test_a_page_is_made_once_for_what_it_shows():
    pages = RenderedPages()
    assert [made(pages, "/", {"cards": [1]}) for _ in range(3)] == [True, False, False]
    assert made(pages, "/", {"cards": [1, 2]})
    assert made(pages, "/calendar", {"cards": [1, 2]})


def test_only_the_pages_that_were_made_last_are_kept():
    pages = RenderedPages(kept=2)
    assert [made(pages, name, 0) for name in "abc"] == [True] * 3
    assert [made(pages, name, 0) for name in "cba"] == [False, False, True]


def test_a_page_shows_what_the_terminal_did_meanwhile(home: Path, browser: Browser):
    first = browser.open("/")
    assert browser.open("/").text == first.text
    Library(home).decisions.note(FIRST, "from the terminal", now=NOW)
    assert "from the terminal" in browser.open("/").text
    Library(home).decisions.undo(now=NOW)
    assert "from the terminal" not in browser.open("/").text


def test_a_notice_is_told_once_and_stays_with_its_browser(browser: Browser):
    other = Browser(browser.port)
    page = browser.open("/").send("/decide/skip", FIRST)
    assert page.notice.startswith("Skipped")
    assert browser.open("/").notice == ""
    assert other.open("/").notice == ""


def test_another_browser_gets_forms_of_its_own(browser: Browser):
    other = Browser(browser.port)
    tokens = {dict(each.open("/").form("/decide/skip", FIRST).form_values())["csrf"] for each in (browser, other, browser)}
    assert len(tokens) == 2


def test_a_change_of_the_brand_shows_on_the_next_page(home: Path, browser: Browser):
    file = home / "brand.toml"
    browser.open("/")
    text = file.read_text("utf-8")
    name = Library(home).brand.name
    file.write_text(text.replace(name, "Kedai Baru", 1), "utf-8")
    assert "Kedai Baru" in browser.open("/").words("//*[@class='brand']")
