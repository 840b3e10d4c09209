"""Approval by a link or a file: what a client or boss sees, what they can say, and what neither they nor others can."""

import json
import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
from support.browser import Answer, Browser, Opened, Page, opened
from support.day import BRAND, FIRST, NOW, SECOND, made

from curator.core.post import Decision
from curator.library import Library
from curator.serve.access import Guesses

DAY = timedelta(days=1)
TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
SPAN = NOW.date(), (NOW + 7 * DAY).date()
LATER = "Only for after the week"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A brand with two posts within the week, and one after it."""
    made(tmp_path, BRAND.replace("Asia/Jakarta", "UTC").replace("[calendar]", '[calendar]\napproval = "require"'))
    desk = Library.open(tmp_path)
    desk.decisions.pick(FIRST, at=NOW + 2 * DAY, networks=["x", "linkedin"], note="a note of ours", tags=["a-tag-of-ours"])
    desk.decisions.pick(SECOND, at=NOW + 20 * DAY)
    desk.drafts.write(SECOND, LATER)
    return tmp_path


@pytest.fixture
def token(home: Path) -> str:
    return Library.open(home).reviews.link(*SPAN, 7 * DAY)[1]


@pytest.fixture
def review(browser: Browser, token: str) -> Page:
    return browser.open(f"/review/{token}?language=en")


def answers(home: Path) -> list[Decision]:
    return [each for each in Library.open(home).store.decisions() if each.answer]


def said(home: Path) -> list[tuple[str, str, str, str]]:
    return [(each.answer.network, each.verdict, each.answer.by, each.answer.comment) for each in answers(home) if each.answer]


def action(page: Page) -> str:
    (found,) = page.html.xpath("//form/@action")
    return str(found)


def post(browser: Browser, path: str, fields: dict[str, str], **headers: str) -> Answer:
    return browser.ask("POST", path, urlencode(fields).encode(), TYPE | {name.replace("_", "-"): value for name, value in headers.items()})


# --- what they see and say --------------------------------------------------------------------------------------------


def test_a_link_shows_the_drafts_of_its_days_and_nothing_else_of_the_library(review: Page):
    assert review.words("//h1") == ["Drafts to approve"]
    assert [words.partition(" ")[0] for words in review.words("//h2")] == ["LinkedIn", "X"]
    assert len(review.html.xpath("//pre[@class='draft']")) == 2
    for ours in (LATER, "a note of ours", "a-tag-of-ours", SECOND, 'href="/calendar"', "/undo", "/desk.js"):
        assert ours not in review.text
    assert not review.browser.cookies, "whoever has the link gets no session"


def test_each_post_is_approved_or_sent_back_or_commented_with_a_name(home: Path, browser: Browser, review: Page):
    page = review.send(action(review), by="Bu Rina", **{"verdict-0": "approve", "verdict-1": "change", "comment-1": "Tanpa emoji\r\n☕ ya"})
    assert page.words("//div[@id='notice']") == ["Thank you. 2 answers were kept."]
    assert said(home) == [("linkedin", "approve", "Bu Rina", ""), ("x", "change", "Bu Rina", "Tanpa emoji\n☕ ya")]
    assert page.words("//p[@class='state']") == ["Approved by Bu Rina", "Bu Rina asks for a change"]
    assert page.words("//div[@class='heard']/pre") == ["Tanpa emoji ☕ ya"]
    assert page.html.xpath("//input[@id='by']/@value") == ["Bu Rina"]
    page.send(action(page), by="Pak Budi", **{"comment-0": "Setuju juga"})
    assert said(home)[-1] == ("linkedin", "comment", "Pak Budi", "Setuju juga")
    assert "Tanpa emoji" in browser.open(f"/draft/{FIRST}?network=x").words("//pre[@class='words']")[0]
    assert browser.open("/approval").words("//h2[@id='heard']/..//p[@class='speaker']/bdi") == ["Pak Budi", "Bu Rina", "Bu Rina"]


def test_one_button_approves_what_has_no_answer_and_no_comment(home: Path, review: Page):
    review.send(action(review), by="Bos", all="yes", **{"comment-1": "hm"})
    assert said(home) == [("linkedin", "approve", "Bos", ""), ("x", "comment", "Bos", "hm")]


def test_without_a_name_nothing_is_kept_and_what_was_typed_stays(home: Path, review: Page):
    page = review.send(action(review), by=" ", **{"verdict-0": "change", "comment-0": "<b>pendek</b> & rapi"})
    assert page.status == 422
    assert page.words("//div[@role='alert']") == ["Please give your name."]
    form = dict(page.form(action(page)).form_values())
    assert (form["verdict-0"], form["comment-0"].strip()) == ("change", "<b>pendek</b> & rapi")
    assert said(home) == []


def test_a_text_that_was_changed_meanwhile_must_be_looked_at_again(home: Path, review: Page):
    Library.open(home).drafts.write(FIRST, "Teks baru dari kami.", "x")
    page = review.send(action(review), by="Bos", all="yes")
    assert said(home) == [("linkedin", "approve", "Bos", "")]
    assert "1 text was changed meanwhile" in page.words("//div[@id='notice']")[0]
    assert "Teks baru dari kami." in page.words("//pre[@class='draft']")


def test_an_approval_becomes_void_with_another_text_and_every_page_says_so(home: Path, browser: Browser, review: Page):
    page = review.send(action(review), by="Bos", all="yes")
    Library.open(home).drafts.write(FIRST, "Teks baru dari kami.", "x")
    void = "Approved by Bos · the text was changed since"
    assert browser.open(page.path).words("//p[@class='state']") == ["Approved by Bos", void]
    calendar = browser.open(f"/calendar?view=month&day={(NOW + 2 * DAY).date()}")
    assert void in calendar.words("//p[@class='state']")
    assert any("not approved" in words for words in calendar.words("//*[@class='warn']"))
    assert void in browser.open(f"/draft/{FIRST}?network=x").words("//p[@class='state']")


def test_the_owner_takes_a_clients_answers_back_as_any_decision(home: Path, browser: Browser, review: Page):
    review.send(action(review), by="Bos", all="yes")
    page = browser.open("/approval").send("/undo")
    assert page.notice.startswith("Taken back")
    assert said(home) == []


def test_the_page_is_in_the_language_of_its_address_and_without_one_in_that_of_the_brand(browser: Browser, token: str):
    assert browser.open(f"/review/{token}?language=id").words("//h1") == ["Draf untuk disetujui"]
    assert browser.open(f"/review/{token}?language=xx").html.get("lang") == "en"
    page = browser.open(f"/review/{token}?language=id")
    assert page.send(action(page), by="Bos", all="yes").words("//div[@id='notice']") == ["Terima kasih. 2 jawaban disimpan."]


# --- links and files of the owner -------------------------------------------------------------------------------------


def ask_for(browser: Browser, path: str, **changes: str) -> Page:
    form = dict(browser.open("/approval").form("/approval/link").form_values())
    return browser.post(path, form | {"first": f"{SPAN[0]}", "last": f"{SPAN[1]}", "language": "en"} | changes)


def test_a_link_is_made_shown_once_and_withdrawn(browser: Browser):
    page = ask_for(browser, "/approval/link")
    (link,) = page.html.xpath("//input[@id='link']/@value")
    path = link.removeprefix(f"http://127.0.0.1:{browser.port}")
    assert browser.open(path).status == 200
    later = browser.open("/approval")
    assert path.partition("?")[0].rpartition("/")[2] not in later.text
    page = later.send("/approval/revoke", id=later.html.xpath("//button[@name='id']/@value")[0])
    assert "opens nothing any more" in page.notice
    assert browser.open(path).status == 404


def test_the_days_that_are_offered_begin_with_the_week_that_was_shown_and_never_in_the_past(browser: Browser):
    later = f"{(NOW + 9 * DAY).date()}"
    for day, first in ((later, later), ("2020-01-01", f"{NOW.date()}"), ("x", f"{NOW.date()}"), ("9999-12-31", "9990-01-01")):
        assert browser.open(f"/approval?day={day}").html.xpath("//input[@name='first']/@value") == [first]


@pytest.mark.parametrize("changes", [{"first": "x"}, {"last": "2020-01-01"}, {"lasting": "-1"}, {"lasting": "9" * 50}, {"first": ""}])
def test_days_that_make_no_sense_make_no_link(home: Path, browser: Browser, changes: dict[str, str]):
    assert "a review needs a first" in ask_for(browser, "/approval/link", **changes).notice
    assert Library.open(home).reviews.all() == []


def test_a_file_stands_alone_and_its_answers_are_taken_in_by_upload_or_as_text(home: Path, browser: Browser):
    sent = ask_for(browser, "/approval/file")
    assert sent.headers["Content-Disposition"] == f'attachment; filename="review-{SPAN[0]}.html"'
    text = sent.body.decode()
    assert not re.findall(r'(?:src|href|action|formaction)\s*=\s*"', text)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        assert f"{tag}-src 'sha256-{b64encode(sha256(inside.encode()).digest()).decode()}'" in policy[1]
    assert "unsafe" not in policy[1]
    for ours in (LATER, "a note of ours", SECOND):
        assert ours not in text
    token = re.search(r'data-token="([^"]+)"', text)
    fields = dict(re.findall(r'name="((?:post|text)-\d)" value="([^"]+)"', text))
    assert token
    given = [{"post": fields[f"post-{n}"], "text": fields[f"text-{n}"], "verdict": "approve", "comment": ""} for n in range(2)]
    came = json.dumps({"token": token[1], "name": "Rina <b>", "answers": given}).encode()
    page = browser.open("/approval")
    form = dict(page.form("/approval/take").form_values())
    assert browser.upload("/approval/take", form, came).notice == "New answers by Rina <b>: 2."
    assert browser.post("/approval/take", form | {"text": f"> Halo\r\n{came.decode()}\r\n"}).notice == "New answers by Rina <b>: 0."
    assert [each[:3] for each in said(home)] == [("linkedin", "approve", "Rina <b>"), ("x", "approve", "Rina <b>")]


@pytest.mark.parametrize("sent", ["", "{}", '{"token":"x","name":"y","answers":[]}', "\x00\ufffe{"])
def test_what_is_no_answer_of_ours_is_said_and_nothing_is_kept(home: Path, browser: Browser, sent: str):
    form = dict(browser.open("/approval").form("/approval/take").form_values())
    page = browser.post("/approval/take", form | {"text": sent})
    assert page.html.xpath("//*[@id='notice'][@class='problem']")
    assert answers(home) == []


# --- who may not ------------------------------------------------------------------------------------------------------


def test_a_link_opens_its_page_alone_where_the_desk_has_a_token(home: Path, token: str):
    with opened(home, token="tubruk-7Q") as desk:
        browser = desk.browser()
        page = browser.open(f"/review/{token}")
        assert (page.status, browser.cookies) == (200, {})
        assert page.send(action(page), by="Bos", all="yes").status == 200
        for path in ("/", "/approval", "/calendar", "/desk.css", "/feed.ics", f"/draft/{FIRST}", "/reading-list"):
            assert browser.ask("GET", path).status == 403, path
            assert browser.ask("GET", f"{path}?token={token}").status == 403, path
        for path in ("/approval/link", "/approval/take", "/approval/revoke", "/undo", "/decide/skip", "/calendar/export"):
            assert post(browser, path, {"id": FIRST, "csrf": token}).status == 403, path


def test_the_page_of_a_link_loads_nothing_and_is_told_to_nobody(review: Page):
    policy = review.headers["Content-Security-Policy"]
    (style,) = review.html.xpath("//style/text()")
    hash_ = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{hash_}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    assert review.headers["Referrer-Policy"] == "no-referrer"
    assert review.html.xpath("//meta[@name='referrer']/@content") == ["same-origin"]
    assert not review.html.xpath("//script | //img | //link | //*[@style or @onclick]")
    assert all(path.startswith("/review/") for path in review.html.xpath("//a/@href | //form/@action"))


def test_a_form_of_another_site_or_without_its_own_token_keeps_nothing(home: Path, browser: Browser, review: Page, token: str):
    form, path = dict(review.form(action(review)).form_values()) | {"by": "Evil", "all": "yes"}, f"/review/{token}"
    here = f"http://127.0.0.1:{browser.port}"
    for origin in ("https://evil.example", "null", "", f"http://localhost:{browser.port}"):
        assert post(browser, path, form, Origin=origin).status == 403
    assert post(browser, path, form, Origin=here, Sec_Fetch_Site="cross-site").status == 403
    assert post(browser, path, form, Host="evil.example", Origin="http://evil.example").status == 421
    owner = browser.open("/approval").html.xpath("//input[@name='csrf']/@value")[0]
    for csrf in ("", "x", "é" * 64, token, owner):
        assert post(browser, path, form | {"csrf": csrf}).status == 403
    assert browser.ask("GET", f"{path}?{urlencode(form)}").status == 200
    assert answers(home) == []
    assert post(browser, path, form, Origin=here, Sec_Fetch_Site="same-origin").status == 303
    assert len(answers(home)) == 2


def test_the_form_of_one_link_does_not_answer_for_the_posts_of_another(home: Path, browser: Browser, review: Page):
    other = Library.open(home).reviews.link(NOW.date() + 15 * DAY, NOW.date() + 25 * DAY, DAY)[1]
    theirs = browser.open(f"/review/{other}")
    assert LATER in theirs.text
    stolen = {name: value for name, value in theirs.form(action(theirs)).form_values() if name[:5] in ("post-", "text-")}
    review.send(action(review), by="Evil", all="yes", **stolen)
    assert {each.item for each in answers(home)} == {FIRST}
    assert post(browser, f"/review/{other}", dict(review.form(action(review)).form_values()) | {"by": "x", "all": "y"}).status == 403


def test_an_expired_or_withdrawn_link_takes_no_answer(home: Path, browser: Browser, review: Page):
    reviews = Library.open(home).reviews
    reviews.revoke(reviews.all()[0].id)
    page = review.send(action(review), by="Bos", all="yes")
    assert (page.status, page.words("//h1")) == (404, ["This link is closed"])
    old = reviews.link(*SPAN, DAY, now=NOW - 2 * DAY)[1]
    assert browser.open(f"/review/{old}").words("//h1") == ["This link is closed"]
    assert answers(home) == []


def test_who_guesses_links_is_not_answered_for_a_while_not_even_with_a_good_one(browser: Browser, token: str):
    assert [browser.ask("GET", f"/review/{n:043}").status for n in range(11)] == [404] * 10 + [429]
    refused = browser.ask("GET", f"/review/{token}")
    assert (refused.status, refused.headers["Retry-After"]) == (429, "60")
    assert browser.ask("GET", "/approval").status == 200, "the owner is not locked out"


def test_guesses_are_counted_by_address_and_forgotten_after_a_minute():
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    for n in range(10):
        now[0] = n
        assert not guesses.exhausted("a")
        guesses.missed("a")
    assert (guesses.exhausted("a"), guesses.exhausted("b")) == (True, False)
    now[0] = 60.5
    assert not guesses.exhausted("a")
    for n in range(5000):
        guesses.missed(f"x{n}")
    assert not guesses.exhausted("a")


@pytest.mark.parametrize("path", ["/review/", "/review", "/review/%2e%2e/approval", "/review/a/b", "/review/%00", f"/review/{'x' * 5000}"])
def test_paths_of_links_that_are_none_open_nothing(browser: Browser, path: str):
    assert browser.ask("GET", path).status == 404


def test_hostile_names_texts_and_floods_stay_words(home: Path, browser: Browser, review: Page):
    Library.open(home).drafts.write(FIRST, '</pre><script>alert(1)</script>\n{{ 7*7 }} "onload=', "x")
    page = browser.open(review.path)
    assert not page.html.xpath("//script")
    page = page.send(
        action(page), by='<img src=x onerror="alert(1)">', **{"verdict-1": "change", "comment-1": "</textarea><script>\x1b[2J\u202e"}
    )
    assert not page.html.xpath("//script | //img")
    for path in ("/approval", f"/draft/{FIRST}?network=x", "/calendar"):
        assert not browser.open(path).html.xpath("//main//script | //main//img")
    (answer,) = answers(home)
    assert answer.answer
    assert not set(answer.answer.by + answer.answer.comment) & set("\x1b\u202e")
    token = review.path.partition("?")[0]
    form = dict(page.form(action(page)).form_values()) | {"by": "x"}
    assert post(browser, token, form | {"comment-0": "x" * 300_000}).status == 413
    assert post(browser, token, form | {f"post-{n}": f"p{n}" for n in range(900)} | {"all": "y"}).status == 303
    assert len(answers(home)) == 1


def test_a_link_of_one_brand_opens_nothing_of_another(tmp_path: Path):
    for name in ("kopi", "teh"):
        (tmp_path / name).mkdir()
        made(tmp_path / name)
        Library.open(tmp_path / name).decisions.pick(FIRST, at=NOW + 2 * DAY)
    token = Library.open(tmp_path / "kopi").reviews.link(*SPAN, DAY)[1]
    with opened(tmp_path) as desk:
        page = desk.browser().open(f"/b/kopi/review/{token}")
        assert page.send(action(page), by="Bos", all="yes").words("//div[@id='notice']") == ["Thank you. 1 answer was kept."]
        assert desk.browser().open(f"/b/teh/review/{token}").status == 404
    assert answers(tmp_path / "teh") == []


def test_nothing_of_this_is_an_error_of_the_server(desk: Opened, review: Page):
    review.send(action(review), by="Bos", **{"verdict-0": "pick", "text-0": "\ufffe", "post-1": ""})
    assert desk.failed == []
