"""The half hour in a real browser, by keyboard, and every page before axe, light and dark, wide and narrow.

They run where playwright and a Chromium are; `apt-get install chromium` brings one.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from support.browser import Opened
from support.day import FIRST, NOW, SECOND, status
from support.samples import REPORT

from curator.core.review import PostAnswer
from curator.library import Library

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is here")
THIRD, FOURTH = (card.id for card in REPORT.items[2:4])
SHARED = "/save?u=https://a.example/x&t=Kopi"
LONG = 60_000  # milliseconds: other programs work on the machine


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, desk: Opened) -> Iterator[Any]:
    """A window before the desk, in which nothing may be complained of."""
    window = chromium.new_context(viewport={"width": 1100, "height": 900}, base_url=f"http://127.0.0.1:{desk.port}")
    window.set_default_timeout(LONG)
    page = window.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: request.url.startswith(f"http://127.0.0.1:{desk.port}/") or complaints.append(request.url))
    yield page
    assert complaints == []
    window.close()


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def idle(page: Any) -> None:
    """Wait until what was sent is answered."""
    page.locator("body:not([aria-busy])").wait_for()


def press(page: Any, key: str, told: str) -> None:
    """Press a key and wait until the page says what it did."""
    page.keyboard.press(key)
    page.locator("#notice p", has_text=told).wait_for()
    idle(page)


def middle(page: Any, selector: str) -> dict[str, float]:
    """Scroll an element into view and return where it is."""
    element = page.locator(selector)
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}


def drag(page: Any, source: str, target: str) -> None:
    """Drag an element onto another.

    `page.drag_and_drop` waits for ever where Chromium reports the begin of a drag after it has answered the move of the mouse.
    """
    begun: list[Any] = []
    chromium = page.context.new_cdp_session(page)
    chromium.on("Input.dragIntercepted", lambda event: begun.append(event["data"]))
    chromium.send("Input.setInterceptDrags", {"enabled": True})
    at, held = middle(page, source), {"button": "left", "buttons": 1, "clickCount": 1}
    chromium.send("Input.dispatchMouseEvent", {"type": "mousePressed", **at, **held})
    for step in range(1, 200):
        chromium.send("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": at["x"] + step % 12, "y": at["y"], **held})
        page.wait_for_timeout(50)
        if begun:
            break
    assert begun, "no drag began"
    over = middle(page, target)
    for event in ("dragEnter", "dragOver", "drop"):
        chromium.send("Input.dispatchDragEvent", {"type": event, **over, "data": begun[0]})
    chromium.send("Input.dispatchMouseEvent", {"type": "mouseReleased", **over, "button": "left"})
    chromium.detach()


def test_the_half_hour_goes_by_keyboard_alone(home: Path, page: Any):
    page.goto("/")
    first = REPORT.mentions[0].item.id
    page.keyboard.press("j")
    assert focused(page) == first
    press(page, "s", "Skipped: Isi ulang")
    page.locator(f"[id='{FIRST}']").focus()
    press(page, "p", "Picked: Growers")
    assert focused(page) == SECOND
    press(page, "s", "Skipped: Warga Bandung")
    assert focused(page) == THIRD
    press(page, "u", "Taken back: Warga Bandung")
    assert focused(page) == SECOND
    page.keyboard.press("l")
    assert focused(page) == THIRD
    page.keyboard.press("n")
    assert focused(page) == f"note-{THIRD}"
    page.keyboard.type("psk? /")
    press(page, "Enter", "Noted: How long")
    page.keyboard.press("Escape")
    assert (status(home, FIRST), status(home, SECOND), Library.open(home).item(THIRD).note) == ("picked", "listed", "psk? /")
    page.keyboard.press("?")
    assert page.locator("dialog").get_by_text("leave for later").is_visible()


def test_a_post_is_placed_by_words_and_moved_by_arrows(home: Path, page: Any):
    Library.open(home).decisions.pick(FIRST)
    page.goto("/calendar")
    page.locator(f"#when-{FIRST}-x").fill(f"{NOW.date().replace(year=NOW.year + 1)} 09:00")
    press(page, "Enter", "Moved to x")
    before = Library.open(home).store.posts()[0].at
    page.goto(f"/calendar?view=month&day={before.date()}")
    page.locator(f"#post-{FIRST}-x").focus()
    press(page, "ArrowRight", "Moved to x")
    assert (Library.open(home).store.posts()[0].at - before).days == 1
    assert focused(page) in {f"post-{FIRST}-x", "main"}


def test_posts_are_placed_moved_and_locked_by_keys_alone(home: Path, page: Any):
    Library.open(home).decisions.pick(FIRST)
    page.goto("/calendar")
    page.locator(f"#wait-{FIRST}-x").focus()
    press(page, "ArrowRight", "Moved to x")
    post = page.locator(f"#post-{FIRST}-x")
    assert focused(page) == f"post-{FIRST}-x"
    before = Library.open(home).store.posts()[0].at
    press(page, "ArrowDown", "Moved to x")
    assert post.is_visible()
    assert focused(page) == f"post-{FIRST}-x"
    press(page, "l", "Locked")
    assert Library.open(home).store.posts()[0].at == before + timedelta(days=7)
    assert post.get_attribute("draggable") is None
    press(page, "l", "Unlocked")
    press(page, "u", "Taken back")
    page.locator(f"#post-{FIRST}-x").focus()
    page.keyboard.press("o")
    page.wait_for_url(f"**/draft/{FIRST}?network=x")


def test_posts_are_dragged_into_slots_and_to_other_days_at_their_time_of_day(home: Path, page: Any):
    Library.open(home).decisions.pick(FIRST)
    monday = NOW.date() + timedelta(days=14 - NOW.weekday())
    page.goto(f"/calendar?view=month&day={monday}")
    slot, tuesday = f"[data-slot='{monday} 09:00'][data-network='x']", monday + timedelta(days=1)
    drag(page, f"#wait-{FIRST}-x .what", slot)
    page.locator(f"[data-day='{monday}'] #post-{FIRST}-x").wait_for()
    placed = Library.open(home).store.posts()[0].at
    assert f"{placed.astimezone(ZoneInfo('Asia/Jakarta')):%Y-%m-%d %H:%M}" == f"{monday} 09:00"
    idle(page)
    drag(page, f"#post-{FIRST}-x .what", f"[data-day='{tuesday}'] h2")
    page.locator(f"[data-day='{tuesday}'] #post-{FIRST}-x").wait_for()
    assert Library.open(home).store.posts()[0].at == placed + timedelta(days=1)
    idle(page)
    drag(page, f"#post-{FIRST}-x .what", f"[data-slot='{monday} 09:00'][data-network='linkedin']")
    page.locator(f"[data-day='{monday}'] #post-{FIRST}-x").wait_for()
    assert Library.open(home).store.posts()[0].at == placed
    assert page.locator(".over").count() == 0


def test_a_draft_is_counted_while_it_is_typed_and_search_answers_as_one_types(home: Path, page: Any):
    Library.open(home).decisions.pick(FIRST)
    page.goto(f"/draft/{FIRST}?network=x")
    page.locator("#text").fill("☕" * 141)
    page.locator("#measure .warn", has_text="282").wait_for()
    page.goto("/search?mode=words")
    page.locator("#q").press_sequentially("shade trees")
    page.locator(f"#found article[id='{FIRST}']").wait_for()
    assert focused(page) == "q"
    assert "q=shade" in page.url


def test_a_client_approves_by_link_without_an_account_and_the_owner_sees_it(home: Path, page: Any, desk: Opened, chromium: Any):
    Library.open(home).decisions.pick(FIRST, at=NOW + timedelta(days=2), networks=["x", "linkedin"])
    page.goto(f"/calendar?day={(NOW + timedelta(days=2)).date()}")
    page.get_by_role("link", name="Approval by a client or boss").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link").input_value()
    page.locator("#link").focus()
    assert page.evaluate("getSelection().toString()") == link
    client = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    client.set_default_timeout(LONG)
    sheet = client.new_page()
    sheet.goto(link)
    sheet.get_by_label("Your name").fill("Bu Rina")
    sheet.get_by_role("radio", name="Approve").first.check()
    sheet.get_by_role("radio", name="Ask for a change").last.check()
    sheet.get_by_label("Comment").last.fill("Tanpa emoji, tolong")
    sheet.get_by_role("button", name="Send the answers").click()
    sheet.get_by_text("Thank you. 2 answers were kept.").wait_for()
    assert client.cookies() == []
    client.close()
    page.goto("/approval")
    page.locator(".answer", has_text="Tanpa emoji, tolong").get_by_role("link").click()
    page.locator(".state", has_text="Bu Rina asks for a change").wait_for()
    page.goto("/approval")
    press(page, "u", "Taken back")
    assert not any(each.answer for each in Library.open(home).store.decisions())


def test_a_file_gathers_answers_alone_and_the_desk_takes_them_in(home: Path, page: Any, chromium: Any, tmp_path: Path):
    Library.open(home).decisions.pick(FIRST, at=NOW + timedelta(days=2))
    page.goto("/approval")
    with page.expect_download() as sent:
        page.get_by_role("button", name="Make a file to send").click()
    file = tmp_path / "sent.html"
    sent.value.save_as(file)
    mail = chromium.new_context(offline=True)
    mail.set_default_timeout(LONG)
    sheet = mail.new_page()
    complaints: list[str] = []
    sheet.on("console", lambda message: complaints.append(message.text))
    sheet.goto(file.as_uri())
    sheet.get_by_label("Your name").fill("Pak Budi ☕")
    sheet.get_by_role("button", name="Save the answers").click()
    sheet.get_by_text("Nothing is answered yet.").wait_for()
    sheet.get_by_role("radio", name="Approve").check()
    with sheet.expect_download() as back:
        sheet.get_by_role("button", name="Save the answers").click()
    sheet.get_by_role("button", name="Copy them for a mail").click()
    assert sheet.locator("#text").input_value() == back.value.path().read_text()
    assert complaints == []
    page.locator("#file").set_input_files(back.value.path())
    page.get_by_role("button", name="Take in").click()
    page.locator("#notice p", has_text="New answers by Pak Budi ☕: 1.").wait_for()
    mail.close()


def test_the_brief_is_tried_while_it_is_typed_and_nothing_is_written_before_it_is_saved(home: Path, page: Any):
    before = (home / "brand.toml").read_text()
    page.goto("/brief")
    page.locator("#s-topics ~ details summary").first.click()
    page.locator("[id='topics[1].weight']").fill("heavy")
    page.locator("[id='p-topics[1].weight'] p", has_text="must be a number").wait_for()
    assert focused(page) == "topics[1].weight"
    page.locator("[id='topics[1].weight']").fill("2")
    page.locator("#preview p", has_text="ranked anew").wait_for()
    assert page.locator("[id='p-topics[1].weight'] p").count() == 0
    assert (home / "brand.toml").read_text() == before
    page.get_by_role("button", name="Save").click()
    page.locator("#notice p", has_text="Written into brand.toml").wait_for()
    assert (home / "brand.toml").read_text() == before.replace('about = "coffee"\n', 'about = "coffee"\nweight = 2\n')


def test_on_a_phone_undo_stays_in_reach_and_no_page_breaks_its_words(home: Path, desk: Opened, chromium: Any):
    window = chromium.new_context(viewport={"width": 390, "height": 800}, has_touch=True, base_url=f"http://127.0.0.1:{desk.port}")
    window.set_default_timeout(LONG)
    page = window.new_page()
    page.goto("/")
    page.locator(f"[id='{THIRD}'] [data-key=s]").tap()
    page.locator("#notice p", has_text="Skipped").wait_for()
    idle(page)
    undo = page.locator("#undo button").bounding_box()
    assert undo["y"] + undo["height"] <= 800
    assert undo["y"] > 600, "where the thumb is, not above the list"
    page.locator("#undo button").tap()
    page.locator("#notice p", has_text="Taken back").wait_for()
    assert status(home, THIRD) == "listed"
    page.goto("/feeds")
    remove = page.get_by_role("button", name="Remove").first.bounding_box()
    assert remove["width"] > remove["height"]
    window.close()


def test_forms_work_in_a_browser_without_script(home: Path, desk: Opened, chromium: Any):
    window = chromium.new_context(java_script_enabled=False, base_url=f"http://127.0.0.1:{desk.port}")
    window.set_default_timeout(LONG)
    page = window.new_page()
    page.goto("/")
    page.locator(f"[id='{FIRST}'] button", has_text="Skip").click()
    page.locator("#notice p", has_text="Skipped: Growers").wait_for()
    page.get_by_role("button", name="Bahasa Indonesia").click()
    page.locator("nav", has_text="Kalender").wait_for()
    assert status(home, FIRST) == "skipped"
    window.close()


def test_a_run_is_followed_and_a_file_is_dropped_without_loading_the_page_anew(home: Path, page: Any):
    (home / "feeds.opml").write_text('<opml version="2.0"><body><outline text="x" xmlUrl="http://127.0.0.1:1/feed"/></body></opml>')
    page.goto("/")
    page.evaluate("window.kept = true")
    page.get_by_role("button", name="Fetch and rank now").click()
    page.locator("#run progress, #run .warn").first.wait_for()
    page.locator("#run .warn", has_text="The run failed: none of 1 feeds").wait_for()
    assert page.evaluate("window.kept")
    page.goto("/bring")
    page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(['<opml><body><outline text="K" xmlUrl="https://kabar.example/rss"/></body></opml>'], "x.OPML"));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }"""
    )
    page.get_by_role("button", name="Add 1 feed").click()
    page.locator("#notice p", has_text="1 feeds added.").wait_for()


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "id")])
def test_axe_finds_no_fault_on_any_page(home: Path, desk: Opened, chromium: Any, scheme: str, language: str):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    Library.open(home).decisions.pick(FIRST, at=f"{NOW.date().replace(year=NOW.year + 1)} 09:00")
    Library.open(home).decisions.pick(SECOND)
    reviews = Library.open(home).reviews
    review, token = reviews.link(NOW.date(), NOW.date() + timedelta(days=400), timedelta(days=7))
    given = [PostAnswer(post=each.post, verdict="change", text=each.fingerprint, comment="Shorter") for each in reviews.posts(review)]
    assert reviews.answer(review, "Rina", given).kept
    base = f"http://127.0.0.1:{desk.port}"
    width = 1100 if language == "en" else 390
    window = chromium.new_context(color_scheme=scheme, base_url=base, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    window.add_cookies([{"name": "curator-language", "value": language, "url": base}])
    page = window.new_page()
    month = f"/calendar?view=month&day={NOW.date().replace(year=NOW.year + 1)}"
    listening = ("/brief", "/mentions?since=90d", "/mentions/try?query=kopi", "/trends", "/report?since=90d")
    for path in (
        "/",
        f"/why?q={FIRST}",
        "/calendar",
        "/calendar/fill",
        month,
        f"/draft/{FIRST}",
        "/search?q=kopi&mode=words",
        "/feeds",
        "/bring",
        "/approval",
        f"/review/{token}?language={language}",
        "/review/closed",
        SHARED,
        "/reading-list",
        *listening,
    ):
        page.goto(path, timeout=LONG)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
        faults = [(v["id"], v["nodes"][0]["html"][:200], v["nodes"][0]["failureSummary"]) for v in found.response["violations"]]
        assert faults == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than its window"
    window.close()
