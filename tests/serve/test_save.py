"""Saving from elsewhere: the window that asks, the bookmarklet and its key, and what the key does not open."""

import json
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlencode

import pytest
from support.browser import Answer, Browser, opened
from support.day import BRAND, FIRST, made, status
from support.parts import WordCounter, ensemble, page
from support.server import Site

from curator.library import Library
from curator.ranking import embed
from curator.serve.pages.save import address

TOKEN = "tubruk-7Q"
TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        text = "Petani kopi menyangrai sendiri hasil panen mereka tahun ini. " * 6
        site.serves("/kopi", page("Kopi <i>panen</i>", text), type="text/html")
        yield site


@pytest.fixture
def home(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(embed, "open_engine", lambda *_: ensemble(WordCounter()))
    return made(tmp_path, f'{BRAND}[fetch]\nallow = ["{site.allow}"]\n')


@pytest.fixture
def key(home: Path) -> str:
    return Library.open(home).saving_key.renew()


def saved(home: Path) -> list[str]:
    return [item.url for item in Library.open(home).store.items() if item.status == "saved"]


def post(browser: Browser, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
    return browser.ask("POST", path, urlencode(fields).encode(), TYPE | headers)


# --- the window -----------------------------------------------------------------------------------------------------


def test_the_window_asks_before_anything_is_fetched_and_then_saves_with_note_and_tags(home: Path, browser: Browser, site: Site):
    page = browser.open(f"/save?u={quote(site.url('/kopi'))}&t={quote('Judul <b>x</b>')}")
    assert page.words("//h1") == ["Save this page?"]
    assert page.words("//h2") == ["Judul <b>x</b>"]
    assert not site.log
    assert saved(home) == []
    page = page.send("/save", note="untuk Senin", tags="panen, jawa barat")
    assert page.words("//h1") == ["Saved"]
    assert saved(home) == [site.url("/kopi")]
    (item,) = [item for item in Library.open(home).store.items() if item.status == "saved"]
    assert (item.note, set(item.tags)) == ("untuk Senin", {"panen", "jawa barat"})


def test_a_page_that_cannot_be_read_is_said_and_can_be_tried_again(home: Path, browser: Browser, site: Site):
    page = browser.open(f"/save?u={quote(site.url('/missing'))}").send("/save")
    assert page.status == 422
    assert "404" in page.words("//*[@role='alert']")[0]
    assert page.form("/save").form_values()
    for url in ("http://169.254.169.254/", "http://127.0.0.1:1/", "file:///etc/passwd", "javascript:alert(1)"):
        assert page.send("/save", u=url).status == 422
    assert saved(home) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"u": "https://a.example/x"}, "https://a.example/x"),
        ({"x": "Baca ini: https://a.example/kopi?b=1"}, "https://a.example/kopi?b=1"),
        ({"u": "", "t": "https://a.example/é 標題", "x": "no address"}, "https://a.example/%C3%A9"),
        ({"u": "javascript:alert(1)", "x": "file:///etc/passwd ftp://a.example"}, ""),
        ({"u": "http://[", "t": "http://"}, ""),
        ({}, ""),
    ],
)
def test_an_address_is_found_wherever_a_telephone_puts_it(query: dict[str, str], found: str):
    assert address(query) == found


def test_what_is_no_address_is_said(browser: Browser):
    page = browser.open("/save?u=javascript:alert(1)&t=%3Cscript%3E")
    assert page.words("//*[@role='alert']") == ["No web address was shared."]
    assert not page.html.xpath("//form | //script")


def test_a_telephone_is_told_where_to_share(browser: Browser):
    page = browser.open("/")
    (href,) = page.html.xpath("//link[@rel='manifest'][@crossorigin='use-credentials']/@href")
    answer = browser.ask("GET", href)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]
    said = json.loads(answer.body)
    assert said["share_target"] == {"action": "/save", "method": "GET", "params": {"title": "t", "text": "x", "url": "u"}}
    assert browser.ask("GET", said["icons"][0]["src"]).status == 200


# --- the key --------------------------------------------------------------------------------------------------------


def test_the_bookmarklet_leads_to_the_window_with_its_key(home: Path, browser: Browser, site: Site):
    page = browser.open("/bring").send("/bring/key")
    (script,) = page.html.xpath("//a[@data-bookmarklet]/@href")
    assert script.startswith("javascript:void(open(")
    assert '"' in script
    assert f"http://127.0.0.1:{browser.port}/save?key={Library.open(home).saving_key.read()}" in unquote(script)
    first = Library.open(home).saving_key.read()
    page.send("/bring/key")
    assert Library.open(home).saving_key.read() not in ("", first)
    assert browser.open("/bring").send("/bring/revoke").words("//a[@data-bookmarklet]") == []
    assert Library.open(home).saving_key.read() == ""


def test_the_file_of_the_key_is_for_its_owner_alone(home: Path, key: str):
    assert stat.S_IMODE((home / "library" / "saving.key").stat().st_mode) == 0o600
    assert len(key) == 32


def test_the_key_alone_saves_where_the_desk_has_a_token_and_opens_nothing_else(home: Path, key: str, site: Site):
    with opened(home, token=TOKEN) as desk:
        browser = desk.browser()
        page = browser.open(f"/save?key={key}&u={quote(site.url('/kopi'))}")
        assert page.status == 200
        assert not browser.cookies, "a session would open the rest"
        assert not page.html.xpath("//a[@href='/']")
        assert browser.ask("GET", page.html.xpath("//link/@href")[0]).status == 200
        action = page.html.xpath("//form/@action")[0]
        assert page.send(action).words("//h1") == ["Saved"]
        assert saved(home) == [site.url("/kopi")]
        for path in ("/", "/bring", "/calendar", "/why", "/reading-list", "/feed.ics", "/feeds.opml", "/run/events", "/desk.js"):
            assert browser.ask("GET", f"{path}?key={key}").status == 403, path
        for path in ("/run", "/decide/skip", "/undo", "/bring/key", "/bring/revoke", "/bring/library", "/feeds/add", "/language"):
            assert post(browser, f"{path}?key={key}", {"id": FIRST, "key": key, "csrf": key}).status == 403, path
    assert status(home, FIRST) == "listed"
    assert Library.open(home).saving_key.read() == key


def test_on_loopback_the_key_does_not_stand_for_the_token_of_other_forms(home: Path, key: str, browser: Browser):
    for path in ("/decide/skip", "/bring/revoke", "/run"):
        assert post(browser, f"{path}?key={key}", {"id": FIRST, "csrf": key}).status == 403, path
    assert status(home, FIRST) == "listed"


def test_another_site_cannot_save_with_a_key_that_is_wrong_or_in_the_name_of_a_browser(home: Path, key: str, browser: Browser, site: Site):
    fields = {"u": site.url("/kopi")}
    for wrong in ("", "x", key[:-1], f"{key}x", "é"):
        assert post(browser, f"/save?{urlencode({'key': wrong})}", fields).status == 403
    evil = {"Origin": "https://evil.example"}
    assert post(browser, f"/save?key={key}", fields, **evil).status == 403
    assert post(browser, f"/save?key={key}", fields, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    assert post(browser, f"/save?key={key}", fields, Host="evil.example").status == 421
    assert saved(home) == []
    Library.open(home).saving_key.revoke()
    assert post(browser, f"/save?key={key}", fields).status == 403
    assert post(browser, "/save?key=", fields).status == 403
    assert not site.log
