"""The desk behind a proxy with TLS, which sends requests on over plain HTTP, under the name of either."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from support.browser import Browser, Opened, opened
from support.day import FIRST, status

from curator.cli import cli
from curator.core.errors import UsageError
from curator.serve.access import ServerAddress, listen, origin

ORIGIN, TOKEN = "https://desk.example.com", "tubruk-7Q"
TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def desk(home: Path) -> Iterator[Opened]:
    with opened(home, token=TOKEN, origin=ORIGIN) as running:
        yield running


@pytest.fixture
def form(browser: Browser) -> dict[str, str]:
    return dict(browser.open(f"/?token={TOKEN}").form("/decide/skip", FIRST).form_values())


def sent(browser: Browser, form: dict[str, str], **headers: str) -> int:
    given = {"Content-Type": TYPE} | {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.ask("POST", "/decide/skip", urlencode(form).encode(), given).status


def guessed(browser: Browser, forwarded: str) -> int:
    return browser.ask("GET", "/review/wrong", headers={"X-Forwarded-For": forwarded}).status


@pytest.mark.parametrize("name", ["desk.example.com", "127.0.0.1:{port}"])
def test_a_form_is_taken_from_the_origin_of_the_proxy_whatever_name_it_hands_on(
    home: Path, browser: Browser, form: dict[str, str], name: str
):
    host = name.format(port=browser.port)
    for other in (f"http://127.0.0.1:{browser.port}", "http://desk.example.com", "https://evil.example", "null", ""):
        assert sent(browser, form, Host=host, Origin=other) == 403
    assert sent(browser, form, Host=host, Origin=ORIGIN, X_Forwarded_Host="evil.example") == 303
    assert status(home, FIRST) == "skipped"


def test_no_other_name_is_answered_though_the_proxy_says_it_was_forwarded(browser: Browser):
    for name in ("evil.example", "desk.example.com.evil.example", "desk.example.com:8600", ""):
        headers = {"Host": name, "X-Forwarded-Host": "desk.example.com", "X-Forwarded-Proto": "https"}
        assert browser.ask("GET", f"/?token={TOKEN}", headers=headers).status in (400, 421)


def test_the_cookie_travels_by_https_alone_where_the_proxy_has_it(browser: Browser, home: Path):
    assert "; Secure" in browser.ask("GET", f"/?token={TOKEN}").headers["Set-Cookie"]
    with opened(home) as plain:
        assert "Secure" not in plain.browser().ask("GET", "/").headers["Set-Cookie"]


def test_a_link_to_hand_out_names_the_proxy_and_not_this_machine(browser: Browser):
    page = browser.open(f"/approval?token={TOKEN}")
    made = page.form("/approval/link")
    answer = browser.ask("POST", "/approval/link", urlencode(dict(made.form_values())).encode(), {"Content-Type": TYPE, "Origin": ORIGIN})
    assert f"{ORIGIN}/review/".encode() in answer.body


def test_guesses_are_counted_by_the_address_that_the_proxy_has_seen(browser: Browser):
    assert [guessed(browser, f"10.0.0.{n}, 203.0.113.7") for n in range(11)] == [404] * 10 + [429]
    assert guessed(browser, "203.0.113.7, 203.0.113.8") == 404
    assert [guessed(browser, "203.0.113.9, no address") for _ in range(11)][-1] == 429
    assert guessed(browser, "") == 429


def test_without_a_proxy_nobody_chooses_the_address_that_guesses_are_counted_by(home: Path):
    with opened(home) as alone:
        assert [guessed(alone.browser(), f"203.0.113.{n}") for n in range(11)] == [404] * 10 + [429]


@pytest.mark.parametrize(
    "address", ["desk.example.com", "ftp://a", "https://a/path", "https://u:p@a", "https://a?q", "https://", "https://a:99999"]
)
def test_what_is_no_origin_is_refused(address: str):
    with pytest.raises(UsageError, match="not the address of a server"):
        origin(address)


def test_an_origin_is_written_as_browsers_write_it():
    written = {
        "https://Desk.Example.com:443/": ORIGIN,
        "https://münchen.de": "https://xn--mnchen-3ya.de",
        "http://[::1]:81": "http://[::1]:81",
    }
    assert {address: origin(address) for address in written} == written


def test_a_proxy_that_others_reach_needs_a_token(home: Path):
    with pytest.raises(UsageError, match="needs a token"):
        listen(ServerAddress(host="127.0.0.1", port=0, origin=ORIGIN))
    done = CliRunner().invoke(cli, ["serve", "--home", str(home), "--origin", "desk.example.com"])
    assert isinstance(done.exception, UsageError)
