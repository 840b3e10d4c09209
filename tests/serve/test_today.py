"""The day in a browser without script, over real HTTP: what a card shows, what its buttons do, and how it is taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.browser import Browser, Opened, opened
from support.command import curator
from support.day import BRAND, FIRST, NOW, SECOND, status
from support.samples import REPORT

from curator.library import Library

# --- what it shows --------------------------------------------------------------------------------------------------


def test_the_day_shows_mentions_first_then_each_card_with_its_quote_its_fits_and_its_reasons(browser: Browser):
    page = browser.open("/")
    assert page.status == 200
    assert page.words("//h2") == ["Mentions", "Shortlist", "Keys"]
    assert len(page.html.xpath("//ol/li/article")) == len(REPORT.items)
    (shown,) = page.html.xpath(f"//article[@id='{FIRST}']")
    text = " ".join(shown.text_content().split())
    assert "Plots that kept their shade lost a tenth of the crop" in text
    assert "Highland Grower" in text
    assert "English" in text
    assert "Also in 3: Kabar Kebun (Indonesian), Bean Weekly, 豆の新聞 (Japanese)" in text
    assert ".91" in text
    assert "Refill, less waste .21" in text
    assert "names “kopi” in its title" in text
    assert not page.html.xpath("//img")


def test_the_strip_counts_what_waits_what_is_new_and_what_the_calendar_lacks(browser: Browser):
    counts = browser.open("/").words("//ul[@class='counts']/li")
    assert counts == ["22 to decide", "20 of 390 stories", "418 new items", "4 open slots in 7 days"]


def test_what_feeds_say_is_text_and_never_markup(browser: Browser):
    page = browser.open("/")
    assert len(page.html.xpath("//script")) == 1
    assert "&lt;script&gt;alert" in page.text
    assert not [href for href in page.html.xpath("//a/@href") if href.lower().startswith(("javascript:", "data:"))]
    assert all(link.get("rel") == "noopener noreferrer" for link in page.html.xpath("//main//a[starts-with(@href, 'http')]"))


def test_before_the_first_run_the_day_says_what_makes_a_list(tmp_path: Path):
    (tmp_path / "brand.toml").write_text(BRAND)
    (tmp_path / "feeds.opml").write_text('<opml version="2.0"><body/></opml>')
    with opened(tmp_path) as desk:
        page = desk.browser().open("/")
    assert page.status == 200
    assert "curator run" in page.text
    assert not (tmp_path / "library").exists()


# --- decisions ------------------------------------------------------------------------------------------------------


def test_a_pick_is_in_the_calendar_and_the_card_says_so(home: Path, browser: Browser):
    page = browser.open("/").send("/decide/pick", FIRST)
    assert page.notice.startswith("Picked: Growers above Lake Tawar")
    assert page.words(f"//article[@id='{FIRST}']//*[@class='verdict']") == ["picked x Write the post"]
    assert [(post.item, post.network) for post in Library.open(home).store.posts()] == [(FIRST, "x")]
    assert page.words("//ul[@class='counts']/li")[0] == "21 to decide"


def test_a_pick_may_name_time_and_network_in_the_words_of_the_command_line(home: Path, browser: Browser):
    day = NOW.date() + timedelta(days=3)
    fields = dict(browser.open("/").html.xpath(f"//*[@id='at-{FIRST}']/ancestor::form")[0].form_values())
    page = browser.post("/decide/pick", fields | {"at": f"{day} 9.00", "network": "linkedin"})
    (post,) = Library.open(home).store.posts()
    assert (post.network, post.at) == ("linkedin", datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    assert "09:00" in page.words(f"//article[@id='{FIRST}']//*[@class='verdict']")[0]


def test_skip_note_tags_and_kind_are_kept_as_the_commands_keep_them(home: Path, browser: Browser):
    page = browser.open("/").send("/decide/skip", SECOND)
    page = page.send("/decide/note", FIRST, note="ask for a photo")
    page = page.send("/decide/tag", FIRST, tags="gayo, #shade")
    page = page.send("/decide/kind", FIRST, kind="quote")
    item = Library.open(home).item(FIRST)
    assert (item.note, item.tags, item.kind, item.status) == ("ask for a photo", ("gayo", "shade"), "quote", "listed")
    assert status(home, SECOND) == "skipped"
    page.send("/decide/tag", FIRST, remove="gayo")
    assert Library.open(home).item(FIRST).tags == ("shade",)


def test_an_article_that_was_read_is_saved_without_asking_anybody(home: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("curator.jobs.save.Ranker.of", lambda context: type("Cards", (), {"cards": lambda self, items, *_: REPORT.items})())
    page = browser.open("/").send("/decide/save", FIRST)
    assert page.notice.startswith("Saved: ")
    assert status(home, FIRST) == "saved"


def test_what_cannot_be_done_is_told_on_the_page_and_nothing_changes(home: Path, browser: Browser):
    page = browser.open("/")
    assert "unknown time" in page.send("/decide/pick", FIRST, at="the day after never").notice
    assert "unknown kind" in page.send("/decide/kind", FIRST, kind="gossip").notice
    assert "no item has an id" in page.send("/decide/skip", FIRST, id="zzzzzzzz").notice
    assert Library.open(home).decisions.last() is None


# --- taking back, and other windows ---------------------------------------------------------------------------------


def test_undo_works_from_another_window_after_a_restart_and_in_the_terminal(home: Path):
    with opened(home) as desk:
        desk.browser().open("/").send("/decide/skip", FIRST)
        desk.browser().open("/").send("/decide/pick", SECOND)
        assert desk.browser().open("/").send("/undo").notice.startswith("Taken back: Warga Bandung")
    with opened(home) as desk:
        assert desk.browser().open("/").send("/undo").notice.startswith("Taken back: Growers")
        assert (status(home, FIRST), status(home, SECOND)) == ("listed", "listed")
        desk.browser().open("/").send("/decide/pick", FIRST)
        assert curator("undo", "--home", home).returncode == 0
        page = desk.browser().open("/")
    assert status(home, FIRST) == "listed"
    assert not page.html.xpath("//form[@action='/undo']")


def test_what_was_decided_elsewhere_meanwhile_is_not_overwritten(home: Path, desk: Opened):
    mine, theirs = desk.browser().open("/"), desk.browser().open("/")
    theirs.send("/decide/skip", FIRST)
    page = mine.send("/decide/pick", FIRST)
    assert "decided elsewhere meanwhile, and now skipped" in page.notice
    assert page.html.xpath("//*[@id='notice']/@class") == ["problem"]
    assert (status(home, FIRST), Library.open(home).store.posts()) == ("skipped", [])
    assert page.send("/decide/pick", FIRST).notice.startswith("Picked")


def test_a_command_of_the_terminal_counts_as_elsewhere_too(home: Path, browser: Browser):
    page = browser.open("/")
    assert curator("pick", FIRST, "--network", "linkedin", "--home", home).returncode == 0
    assert "decided elsewhere" in page.send("/decide/skip", FIRST).notice
    assert status(home, FIRST) == "picked"
    assert page.send("/decide/skip", SECOND).notice.startswith("Skipped")


def test_undo_takes_back_what_the_page_showed_and_nothing_else(home: Path, browser: Browser):
    page = browser.open("/").send("/decide/skip", FIRST)
    assert curator("skip", SECOND, "--home", home).returncode == 0
    assert "something else was decided meanwhile" in page.send("/undo").notice
    assert (status(home, FIRST), status(home, SECOND)) == ("skipped", "skipped")


def test_two_windows_and_a_terminal_that_work_at_once_lose_nothing(home: Path, desk: Opened):
    ids = [card.id for card in REPORT.items]

    def window(some: list[str]) -> None:
        for id_ in some:
            browser = desk.browser()
            assert browser.open("/").send("/decide/skip", id_).notice.startswith("Skipped")

    def terminal(some: list[str]) -> None:
        for id_ in some:
            Library.open(home).decisions.pick(id_)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(window, ids[:5]), pool.submit(window, ids[5:10]), pool.submit(terminal, ids[10:])]:
            done.result()
    assert [status(home, id_) for id_ in ids] == ["skipped"] * 10 + ["picked"] * 10
    assert [decision.number for decision in Library.open(home).store.decisions()] == list(range(1, 21))
