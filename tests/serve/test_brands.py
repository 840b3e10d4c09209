"""Several brands on one server: each below a path of its own, with its own forms, notices and undo."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from support.browser import Browser, Opened, opened
from support.day import BRAND, FIRST, made, status

from curator import config
from curator.core.errors import ConfigError
from curator.library import Library

PAGES = ("/", "/near", "/calendar", "/search?q=kopi&mode=words", "/feeds", "/brief", "/mentions", "/mentions/try", "/trends", "/report")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, title in (("senja", "Kopi Senja"), ("teh & rempah", "Teh <b>Rempah</b>")):
        (tmp_path / name).mkdir()
        made(tmp_path / name, BRAND.replace("Kopi Senja", title))
    (tmp_path / "notes").mkdir()
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[Opened]:
    with opened(folder) as running:
        yield running


TEA = "/b/teh%20&%20rempah"


def test_the_root_leads_to_the_first_brand_and_the_switch_names_all(browser: Browser):
    assert browser.ask("GET", "/").headers["Location"] == "/b/senja/"
    page = browser.open("/")
    assert page.words("//*[@class='brands']//a") == ["Kopi Senja", "Teh <b>Rempah</b>"]
    assert page.html.xpath("//*[@class='brands']//a/@href") == ["/b/senja/", f"{TEA}/"]
    assert browser.open(f"{TEA}/").words("//*[@class='brands']/summary") == ["Teh <b>Rempah</b>"]


@pytest.mark.parametrize("path", PAGES)
def test_every_link_and_form_of_a_page_stays_with_its_brand(browser: Browser, path: str):
    page = browser.open(f"{TEA}{path}")
    assert page.status == 200
    switch = page.html.xpath("//*[@class='brands']//a")
    links = [
        value
        for element in page.html.iter()
        for name, value in element.items()
        if name in ("href", "src", "action", "formaction", "data-asks") and value.startswith("/") and element not in switch
    ]
    assert len(links) > 8
    assert [link for link in links if not link.startswith(f"{TEA}/")] == []
    assert browser.ask("GET", f"{TEA}/desk.css").status == 200


def test_a_decision_in_one_brand_is_none_in_the_other_and_each_undoes_its_own(folder: Path, desk: Opened):
    browser = desk.browser()
    page = browser.open(f"{TEA}/").send(f"{TEA}/decide/skip", FIRST)
    assert page.notice.startswith("Skipped")
    assert browser.open("/b/senja/").notice == ""
    assert (status(folder / "teh & rempah", FIRST), status(folder / "senja", FIRST)) == ("skipped", "listed")
    browser.open("/b/senja/").send("/b/senja/decide/pick", FIRST)
    assert browser.open(f"{TEA}/").send(f"{TEA}/undo").notice.startswith("Taken back")
    assert (status(folder / "teh & rempah", FIRST), status(folder / "senja", FIRST)) == ("listed", "picked")


def test_a_form_of_one_brand_is_refused_by_the_other(folder: Path, browser: Browser):
    form = dict(browser.open(f"{TEA}/").form(f"{TEA}/decide/skip", FIRST).form_values())
    assert browser.post("/b/senja/decide/skip", form).status == 403
    assert Library.open(folder / "senja").decisions.last() is None


def test_the_page_after_a_form_is_one_of_its_brand(browser: Browser):
    page = browser.open(f"{TEA}/calendar?view=month")
    form = dict(page.form(f"{TEA}/language").form_values()) | {"language": "id"}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.ask("POST", f"{TEA}/language", urlencode(form).encode(), headers)
    assert answer.headers["Location"] == f"{TEA}/calendar?view=month"
    away = browser.ask("POST", f"{TEA}/language", urlencode(form | {"back": "//evil.example"}).encode(), headers)
    assert away.headers["Location"] == f"{TEA}/"


def test_a_token_opens_all_brands_at_once(folder: Path):
    with opened(folder, token="tubruk-7Q") as desk:
        assert desk.browser().ask("GET", "/b/senja/").status == 403
        browser = desk.browser()
        page = browser.open("/?token=tubruk-7Q")
        assert page.status == 200
        assert "tubruk-7Q" not in page.text
        assert browser.open(f"{TEA}/").send(f"{TEA}/decide/skip", FIRST).notice.startswith("Skipped")


@pytest.mark.parametrize("path", ["/b/notes/", "/b/nobody/", "/b/../senja/", "/b/%2e%2e/", "/b/", "/brief", "/feed.ics"])
def test_what_is_no_brand_is_not_served(browser: Browser, path: str):
    assert browser.ask("GET", path).status == 404


def test_a_brand_with_a_problem_says_so_and_the_others_are_served(folder: Path):
    (folder / "senja" / "brand.toml").write_text("[brand]\nnme = 1\n")
    with opened(folder) as desk:
        browser = desk.browser()
        assert browser.open(f"{TEA}/").words("//*[@class='brands']//a") == ["senja", "Teh <b>Rempah</b>"]
        assert browser.open("/b/senja/").status == 500
        assert any("name is missing" in reason for reason in desk.failed)


def test_homes_are_those_in_a_folder_or_the_brand_itself(folder: Path, tmp_path: Path):
    assert list(config.find_homes(folder)) == ["senja", "teh & rempah"]
    assert list(config.find_homes(None, {"CURATOR_HOME": str(folder)})) == ["senja", "teh & rempah"]
    assert config.find_homes(folder / "senja") == {"": folder / "senja"}
    for nothing in (folder / "notes", folder / "missing", folder / "senja" / "brand.toml"):
        with pytest.raises(ConfigError, match=r"no brand\.toml"):
            config.find_homes(nothing)
