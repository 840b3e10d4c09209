"""The calendar in a browser: what a week and a month show, and posts that are placed, moved, locked, written and exported."""

import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.browser import Browser, Page, opened
from support.day import BRAND, FIRST, NOW, SECOND, made
from support.posts import PLANNING, item, placed, planned

from curator.core.brand import CalendarRules
from curator.core.errors import CuratorError, UsageError
from curator.library import Library
from curator.planning import edits, plan
from curator.serve.pages.calendar import day_shown, period

SOON = NOW.astimezone(ZoneInfo("Asia/Jakarta")).date() + timedelta(days=9)
CHANGES = (("Europe/Berlin", "2027-03-26"), ("America/New_York", "2027-03-12"), ("Australia/Sydney", "2027-04-02"))


@pytest.fixture
def posted(home: Path) -> Path:
    """A home with a post at a time and two without."""
    desk = Library.open(home)
    desk.decisions.pick(FIRST, at=f"{SOON} 09:00", networks=["x"])
    desk.decisions.pick(SECOND, networks=["x", "linkedin"])
    return home


def at(home: Path, post: str) -> datetime | None:
    return next(one.at for one in Library.open(home).store.posts() if one.id == post)


def calendar(browser: Browser, day: date = SOON, view: str = "week") -> Page:
    return browser.open(f"/calendar?view={view}&day={day}")


# --- what it shows --------------------------------------------------------------------------------------------------


def test_a_week_shows_its_posts_its_open_slots_and_the_posts_without_a_time(posted: Path, browser: Browser):
    page = calendar(browser)
    assert len(page.html.xpath("//li[starts-with(@class, 'day')]")) == 7
    (shown,) = page.html.xpath("//*[@data-day]//*[@data-post]")
    assert shown.get("id") == f"post-{FIRST}-x"
    assert "09:00 x" in " ".join(shown.text_content().split())
    assert len(page.html.xpath("//*[@class='slot']")) in (3, 4)
    assert len(page.html.xpath("//ul[@class='rows']/li")) == 2
    assert page.words("//table[@class='mix']//tbody/tr")[0].startswith("education")


def test_the_calendar_opens_on_the_week_that_has_something_left(home: Path):
    desk = Library.open(home)  # its slots are on Mondays at 9:00 and Thursdays at 12:00
    wednesday, sunday, monday = date(2026, 11, 25), date(2026, 11, 29), date(2026, 11, 30)
    assert day_shown(desk, {}, datetime(2026, 11, 25, 12, tzinfo=UTC)) == wednesday
    assert day_shown(desk, {}, datetime(2026, 11, 29, 12, tzinfo=UTC)) == sunday + timedelta(days=7)
    assert day_shown(desk, {}, datetime(2026, 11, 29, 17, 30, tzinfo=UTC)) == monday, "it is Monday in Jakarta"
    assert day_shown(desk, {"view": "month"}, datetime(2026, 11, 29, 12, tzinfo=UTC)) == sunday, "its last week reaches into December"
    assert day_shown(desk, {"day": "2026-11-29"}, datetime(2026, 11, 29, 12, tzinfo=UTC)) == sunday, "who asks for a day gets it"
    assert day_shown(desk, {"day": "soon"}, datetime(2026, 11, 25, 12, tzinfo=UTC)) == wednesday


def test_a_brand_without_slots_and_posts_sees_the_week_of_today(tmp_path: Path):
    home = made(tmp_path, BRAND.replace('slots = ["Mon 09:00", "Thu 12:00"]', ""))
    assert day_shown(Library.open(home), {}, datetime(2026, 11, 29, 12, tzinfo=UTC)) == date(2026, 11, 29)


def test_a_post_without_a_time_is_placed_from_its_draft(posted: Path, browser: Browser):
    page = browser.open(f"/draft/{SECOND}?network=x")
    (slot,) = page.html.xpath("//section[@aria-labelledby='time']//button/@value")
    placed = page.send("/calendar/place", when=slot)
    assert at(posted, f"{SECOND}-x")
    assert "Moved to x" in placed.notice
    assert browser.open(f"/draft/{SECOND}?network=x").html.xpath("//section[@aria-labelledby='time']") == []


ZONES = ("Asia/Jakarta", "Europe/Berlin", "America/New_York")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SLOTS = st.builds("{} {:02}:30".format, st.sampled_from(WEEKDAYS), st.integers(0, 23))


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.sampled_from(ZONES), st.sets(SLOTS, max_size=4), st.data())
def test_week_and_month_show_the_same_posts_and_slots(day: date, zone: str, slots: set[str], data: st.DataObject):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    minutes = data.draw(st.lists(st.integers(-60 * 24 * 60, 60 * 24 * 60), max_size=12))
    posts = [placed(item(n), at=noon + timedelta(minutes=m)) for n, m in enumerate(minutes)]
    rules = CalendarRules(networks=("x", "linkedin"), slots=tuple(sorted(slots)))
    context = planned(map(item, range(len(posts))), posts, replace(PLANNING, calendar=rules, timezone=zone))
    first, last = period("month", day)
    weeks = [period("week", first + timedelta(weeks=n)) for n in range((last - first).days // 7 + 1)]
    month = plan.between(context, first, last).slots
    assert [entry for some in weeks for entry in plan.between(context, *some).slots] == list(month)
    shown = {entry.post for entry in month if entry.post}
    assert shown == {p.id for p in posts if first <= p.at.astimezone(ZoneInfo(zone)).date() <= last}


def test_slots_of_a_week_of_summer_time_are_on_the_clocks_of_the_brand():
    rules = CalendarRules(networks=("x",), slots=("Sat 09:00", "Sun 09:00"))
    context = planned([], [], replace(PLANNING, calendar=rules, timezone="Europe/Berlin"))
    slots = plan.between(context, date(2026, 3, 23), date(2026, 3, 29)).slots
    assert [entry.when.hour for entry in slots] == [8, 7]


@pytest.mark.parametrize("query", ["?day=never", "?day=9999-12-31", "?day=0001-01-01&view=month", "?view=year", "?day=2026-02-30"])
def test_what_is_no_day_shows_another(browser: Browser, query: str):
    assert browser.open(f"/calendar{query}").status == 200


# --- moving ---------------------------------------------------------------------------------------------------------


def test_a_post_without_a_time_is_placed_by_words(posted: Path, browser: Browser):
    page = calendar(browser).send("/calendar/place", f"wait-{SECOND}-linkedin", when=f"{SOON} 14.00")
    assert page.notice.startswith("Moved to linkedin")
    assert at(posted, f"{SECOND}-linkedin").astimezone(ZoneInfo("Asia/Jakarta")).hour == 14
    assert at(posted, f"{SECOND}-x") is None


def test_an_open_slot_is_filled_with_one_that_waits_for_its_network(posted: Path, browser: Browser):
    button = calendar(browser).html.xpath("//*[@class='slot'][contains(., 'linkedin')]//button[@name='when']")[0]
    page = browser.post("/calendar/place", dict(button.getparent().form_values()) | {"when": button.get("value")})
    assert page.notice.startswith("Moved to linkedin")
    assert at(posted, f"{SECOND}-linkedin")


def test_a_collision_is_told_at_once(posted: Path, browser: Browser):
    page = calendar(browser).send("/calendar/place", f"wait-{SECOND}-x", when=f"{SOON} 09:00")
    assert "x has two posts at this time" in page.notice
    assert "second at this time" in page.text


def test_a_post_is_moved_by_a_day_and_back_in_either_view(posted: Path, browser: Browser):
    before, name = at(posted, f"{FIRST}-x"), f"post-{FIRST}-x"
    calendar(browser).send("/calendar/shift", name, days="1")
    assert at(posted, f"{FIRST}-x") == before + timedelta(days=1)
    calendar(browser, SOON + timedelta(days=1), "month").send("/calendar/shift", name, days="-1")
    assert at(posted, f"{FIRST}-x") == before


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_a_move_keeps_the_time_on_the_clocks_when_they_change(zone: str, day: str):
    when = datetime.fromisoformat(f"{day}T09:30").replace(tzinfo=ZoneInfo(zone))
    moved = shifted(when, 7)
    assert (moved.hour, moved.minute, (moved.date() - when.date()).days) == (9, 30, 7)
    assert moved.utcoffset() != when.utcoffset()


@given(st.sampled_from(ZONES), st.datetimes(datetime(2026, 12, 10), datetime(2028, 6, 1)), st.integers(-7, 400))
def test_a_move_keeps_the_time_on_the_clocks_wherever_that_time_exists(zone: str, local: datetime, days: int):
    when = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
    meant = (when.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=ZoneInfo(zone))
    exists = meant.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == meant.replace(tzinfo=None)
    moved, hour = shifted(when, days), timedelta(hours=1)
    assert moved.replace(tzinfo=None) - meant.replace(tzinfo=None) == (timedelta(0) if exists else hour)


def shifted(when: datetime, days: int) -> datetime:
    """Where a post of that time is after a move, on the clocks of its zone."""
    zone = when.tzinfo
    context = planned([item()], [placed(item(), at=when.astimezone(UTC))], replace(PLANNING, timezone=str(zone)))
    (moved,) = edits.shift(context, "00000000", days, datetime(2026, 11, 23, tzinfo=UTC))
    return moved.at.astimezone(zone)


def test_the_page_follows_a_post_into_another_week(posted: Path, browser: Browser):
    page = calendar(browser).send("/calendar/shift", f"post-{FIRST}-x", days="7")
    assert page.html.xpath(f"//*[@data-day='{SOON + timedelta(days=7)}']//*[@id='post-{FIRST}-x']")
    page = page.send("/calendar/place", f"post-{FIRST}-x", when=f"{SOON} 09:00")
    assert page.html.xpath(f"//*[@data-day='{SOON}']//*[@id='post-{FIRST}-x']")


def test_a_post_without_a_time_is_put_into_the_next_open_slot_of_its_network(posted: Path, browser: Browser):
    page = browser.open("/calendar")
    (button,) = page.html.xpath(f"//*[@id='wait-{SECOND}-linkedin']//button[@data-key='ArrowRight']")
    page = browser.post("/calendar/place", dict(button.getparent().form_values()) | {"when": button.get("value")})
    assert page.notice.startswith("Moved to linkedin")
    (entry,) = [one for one in Library.open(posted).calendar.plan(weeks=2).slots if one.post == f"{SECOND}-linkedin"]
    assert entry.note == ""


def test_a_post_is_not_moved_into_the_past_nor_without_a_time():
    now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    context = planned([item(), item(1)], [placed(item(), days=1), placed(item(1), at=None)])
    with pytest.raises(UsageError, match="past"):
        edits.shift(context, "00000000", -7, now)
    with pytest.raises(CuratorError, match="no time yet"):
        edits.shift(context, "00000001", 1, now)


def test_a_locked_post_stays_until_it_is_unlocked(posted: Path, browser: Browser):
    before, name = at(posted, f"{FIRST}-x"), f"post-{FIRST}-x"
    assert calendar(browser).send("/calendar/lock", name, locked="yes").notice.startswith("Locked")
    assert "is locked" in calendar(browser).send("/calendar/shift", name, days="1").notice
    assert at(posted, f"{FIRST}-x") == before
    assert calendar(browser).send("/calendar/lock", name, locked="no").notice.startswith("Unlocked")
    assert calendar(browser).send("/calendar/drop", name).notice.startswith("Taken out")
    assert not calendar(browser).html.xpath("//*[@data-day]//*[@data-post]")


def test_a_post_that_was_moved_elsewhere_meanwhile_is_not_moved_again(posted: Path, browser: Browser):
    page = calendar(browser)
    Library.open(posted).calendar.move(f"{FIRST}-x", f"{SOON} 15:00")
    moved = at(posted, f"{FIRST}-x")
    assert "decided elsewhere" in page.send("/calendar/shift", f"post-{FIRST}-x", days="1").notice
    assert "unknown number" in calendar(browser).send("/calendar/shift", f"post-{FIRST}-x", days="one").notice
    assert at(posted, f"{FIRST}-x") == moved


# --- writing --------------------------------------------------------------------------------------------------------


def test_a_text_is_kept_brought_back_and_undone(posted: Path, browser: Browser):
    page = browser.open(f"/draft/{FIRST}?network=x")
    generated = page.html.xpath("//textarea")[0].text
    page = page.send(f"/draft/{FIRST}", text="Kopi naungan.\r\n\r\n<b>Baca</b>")
    assert page.notice == "The text is kept."
    assert page.html.xpath("//textarea")[0].text.strip() == "Kopi naungan.\n\n<b>Baca</b>"
    assert Library.open(posted).drafts.get(FIRST, "x").text == "Kopi naungan.\n\n<b>Baca</b>"
    page = page.send(f"/draft/{FIRST}", again="yes")
    assert page.html.xpath("//textarea")[0].text == generated
    page.send("/undo")
    assert Library.open(posted).drafts.get(FIRST, "x").text.startswith("Kopi naungan.")


def test_the_length_of_a_text_is_told_as_the_network_counts_it(posted: Path, browser: Browser):
    fields = dict(browser.open(f"/draft/{FIRST}?network=x").form(f"/draft/{FIRST}").form_values())
    answer = browser.post(f"/draft/{FIRST}/measure", fields | {"text": "☕" * 141})
    assert "282" in answer.text
    assert "warn" in answer.text
    assert "unknown network" in browser.post(f"/draft/{FIRST}/measure", fields | {"network": "myspace"}).notice
    assert Library.open(posted).decisions.last().verdict == "pick"


def test_what_schedulers_would_refuse_is_told_while_a_text_is_typed(tmp_path: Path):
    with opened(made(tmp_path, BRAND.replace('["x", "linkedin"]', '["mastodon"]'))) as desk:
        Library.open(tmp_path).decisions.pick(FIRST, at=f"{SOON} 09:00")
        page = desk.browser().open(f"/draft/{FIRST}?network=mastodon")
        fields = dict(page.form(f"/draft/{FIRST}").form_values())
        answer = page.browser.post(f"/draft/{FIRST}/measure", fields | {"text": "Kopi"})
        assert "Metricool: Metricool has no Mastodon" in answer.words("//li")
        assert "Metricool: Metricool has no Mastodon" in page.words("//*[@id='measure']//li")


@pytest.mark.parametrize("path", ["/draft/zzzzzzzz", "/draft/%3Cscript%3E", f"/draft/{FIRST}?network=myspace"])
def test_a_draft_of_nothing_is_not_there(browser: Browser, path: str):
    assert browser.open(path).status == 404


# --- exporting ------------------------------------------------------------------------------------------------------


def test_an_export_is_the_file_that_the_command_makes(posted: Path, browser: Browser):
    form = dict(calendar(browser).form("/calendar/export").form_values())
    made_ = browser.post("/calendar/export", form | {"format": "ics"})
    assert made_.body == Library.open(posted).publishing.export("ics").single()
    assert made_.headers["Content-Disposition"] == 'attachment; filename="calendar.ics"'
    whole = browser.post("/calendar/export", form | {"format": "json"})
    assert whole.headers["Content-Disposition"] == 'attachment; filename="library.json"'
    packed = browser.post("/calendar/export", form | {"format": "vdir"})
    assert packed.headers["Content-Type"].startswith("application/zip")
    assert zipfile.ZipFile(BytesIO(packed.body)).testzip() is None


def test_what_a_target_would_refuse_is_listed_and_nothing_is_made(tmp_path: Path):
    with opened(made(tmp_path, BRAND.replace('["x", "linkedin"]', '["instagram"]'))) as desk:
        Library.open(tmp_path).decisions.pick(FIRST, at=f"{SOON} 09:00")
        browser = desk.browser()
        page = calendar(browser).send("/calendar/export", format="buffer", network="instagram")
        assert page.status == 422
        assert FIRST in page.text
        assert page.send("/calendar/export").headers["Content-Disposition"].startswith("attachment")
        assert calendar(browser).send("/calendar/export", format="telex").status == 422
