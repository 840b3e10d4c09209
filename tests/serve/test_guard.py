"""Who may ask the desk for anything: other sites, other names, forms without their token, and paths that lead elsewhere."""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from support.browser import Answer, Browser, Opened, opened
from support.day import FIRST, status

from curator.library import Library
from curator.serve.replies import OPEN

TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def form(browser: Browser) -> dict[str, str]:
    """A form of the page that the browser may send."""
    return dict(browser.open("/").form("/decide/skip", FIRST).form_values())


def post(browser: Browser, form: dict[str, str], path: str = "/decide/skip", **headers: str) -> Answer:
    given = {"Content-Type": TYPE} | {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.ask("POST", path, urlencode(form).encode(), given)


def refused(home: Path, answer: Answer) -> bool:
    """Whether it was refused in one line, and nothing was decided."""
    return answer.status == 403 and answer.body.count(b"\n") == 1 and Library.open(home).decisions.last() is None


def test_a_page_may_load_and_do_what_comes_from_here_and_nothing_else(browser: Browser):
    page = browser.open("/")
    policy = page.headers["Content-Security-Policy"]
    assert policy == f"{OPEN}; frame-ancestors 'none'"
    assert "unsafe" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not page.html.xpath("//*[@style or @onclick or @onload]")
    assert not page.html.xpath("//script[not(@src)]")
    local = page.html.xpath("//script/@src | //link/@href | //img/@src | //form/@action")
    assert all(path.startswith("/") and not path.startswith("//") for path in local)


def test_the_cookie_is_for_the_server_alone(browser: Browser):
    cookie = browser.ask("GET", "/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.ask("GET", "/").headers["Set-Cookie"] is None


def test_another_site_cannot_send_a_form_even_with_the_token_of_one(home: Path, browser: Browser, form: dict[str, str]):
    here = f"http://127.0.0.1:{browser.port}"
    foreign = (
        "https://evil.example",
        "null",
        f"http://localhost:{browser.port}",
        f"http://127.0.0.1:{browser.port + 1}",
        here.replace("http", "https"),
        "",
    )
    assert all(refused(home, post(browser, form, Origin=origin)) for origin in foreign)
    assert all(refused(home, post(browser, form, Sec_Fetch_Site=site, Origin=here)) for site in ("cross-site", "same-site", "none", ""))
    assert post(browser, form, Origin=here, Sec_Fetch_Site="same-origin").status == 303
    assert status(home, FIRST) == "skipped"


def test_a_name_that_leads_here_by_rebinding_is_refused_though_origin_and_host_agree(home: Path, browser: Browser, form: dict[str, str]):
    name = f"evil.example:{browser.port}"
    assert post(browser, form, Host=name, Origin=f"http://{name}", Sec_Fetch_Site="same-origin").status == 421
    assert browser.ask("GET", "/", headers={"Host": name}).status == 421
    assert Library.open(home).decisions.last() is None


def test_a_form_without_its_token_or_with_that_of_another_browser_is_refused(
    home: Path, desk: Opened, browser: Browser, form: dict[str, str]
):
    other = desk.browser()
    theirs = dict(other.open("/").form("/decide/skip", FIRST).form_values())
    without = {name: value for name, value in form.items() if name != "csrf"}
    for sent in (without, form | {"csrf": ""}, form | {"csrf": "é" * 64}, form | {"csrf": theirs["csrf"]}):
        assert refused(home, post(browser, sent))
    assert refused(home, post(desk.browser(), form))
    browser.cookies = {name: value[:-1] + ("1" if value[-1] == "0" else "0") for name, value in browser.cookies.items()}
    assert refused(home, post(browser, form))


def test_a_page_from_before_a_restart_says_that_it_must_be_loaded_again(home: Path, browser: Browser, form: dict[str, str]):
    with opened(home) as again:
        later = again.browser()
        later.cookies = {f"curator-{again.port}": value for value in browser.cookies.values()}
        answer = post(later, form)
    assert refused(home, answer)
    assert b"load it again" in answer.body


def test_the_token_of_the_address_opens_a_session_and_is_asked_for_no_more(home: Path):
    with opened(home, token="tubruk-7Q") as desk:
        assert desk.browser().ask("GET", "/").status == 403
        assert desk.browser().ask("GET", "/desk.css").status == 403
        browser = desk.browser()
        page = browser.open("/?token=tubruk-7Q")
        assert "tubruk-7Q" not in page.text
        page = page.send("/decide/skip", FIRST)
        assert page.notice.startswith("Skipped")
        assert browser.ask("GET", "/desk.css").status == 200
        assert post(desk.browser(), dict(page.form("/undo").form_values()), "/undo").status == 403
    assert status(home, FIRST) == "skipped"


def test_the_page_after_a_form_is_one_of_the_desk(browser: Browser, form: dict[str, str]):
    for away in ("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/a\r\nX: y", ""):
        assert post(browser, form | {"back": away, "seen": ""}).headers["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["/../brand.toml", "/static/desk.js", "/desk.css/../../app.py", "/%2e%2e/brand.toml", "/decide/%2e%2e/undo", "/near/", "//"]
)
def test_paths_lead_to_pages_and_never_to_files(browser: Browser, path: str):
    assert browser.ask("GET", path).status == 404


def test_asking_by_get_decides_nothing(home: Path, browser: Browser, form: dict[str, str]):
    for verb in ("pick", "skip", "save", "kind", "note", "tag"):
        assert browser.ask("GET", f"/decide/{verb}?{urlencode(form)}").status == 405
    assert browser.ask("GET", f"/undo?{urlencode(form)}").status == 405
    assert Library.open(home).decisions.last() is None


def test_what_is_no_form_or_too_large_is_refused(home: Path, browser: Browser, form: dict[str, str]):
    assert browser.ask("POST", "/decide/skip", b"{}", {"Content-Type": "application/json"}).status == 403
    assert browser.ask("POST", "/decide/skip", b"--x", {"Content-Type": "multipart/form-data"}).status == 400
    assert browser.ask("POST", "/decide/skip", b"a=%ff%00&a=" + b"x" * 5_000_000, {"Content-Type": TYPE}).status == 413
    assert Library.open(home).decisions.last() is None


def test_who_is_refused_is_told_in_the_language_that_was_chosen_else_in_that_of_the_browser(desk: Opened):
    browser = desk.browser()
    assert (
        "tidak ada apa-apa di sini" in browser.ask("GET", "/nowhere", headers={"Accept-Language": "id-ID,id;q=0.9,en;q=0.8"}).body.decode()
    )
    assert "there is nothing here" in browser.ask("GET", "/nowhere", headers={"Accept-Language": "de,id;q=0.9"}).body.decode()
    stranger = browser.ask("GET", "/", headers={"Host": "elsewhere.example", "Cookie": "curator-language=id"})
    assert stranger.status == 421
    assert "tidak menjawab nama lain" in stranger.body.decode()
