"""The calendar file: read back by independent readers, the same for ever, and honest about what was moved or taken out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event
from support.parts import BRAND, NOW, Web
from support.parts import desk as bare_desk
from support.posts import PLANNING, item, one, placed, planned, thousand

from curator.core.brand import Brand
from curator.core.context import Context
from curator.planning import decisions
from curator.publishing.export import export_posts
from curator.publishing.formats import ics
from curator.publishing.types import ExportRequest

LATER = NOW + timedelta(hours=5)


def calendar(desk: Context, now: datetime = NOW, **request) -> bytes:
    return export_posts(desk, ExportRequest(format="ics", **request), now).single()


def events(body: bytes) -> list[Event]:
    """The events, and that the file keeps to RFC 5545: CRLF alone, no line over 75 octets, nothing broken."""
    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line or len(line) > 75 for line in lines)
    body.decode("utf-8")
    assert all(line.decode("utf-8") or True for line in lines)  # no fold inside a character
    found = Calendar.from_ical(body)
    assert not found.errors
    assert {"VERSION", "PRODID"} <= found.keys()
    for event in found.walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "DURATION", "SUMMARY", "STATUS"} <= event.keys()
        assert not event.errors
    return list(found.walk("VEVENT"))


def test_an_event_says_what_goes_out_where_and_when():
    (event,) = events(calendar(one(tags=("panen", "a,b"), note="foto dari Gayo")))
    assert event["DTSTART"].dt == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert event["SUMMARY"] == "X: Petani kopi 0"
    assert event["URL"] == "https://warta.example/kopi/0"
    assert event["ATTACH"] == "https://warta.example/kopi.jpg"
    assert event["ATTACH"].params["FMTTYPE"] == "image/jpeg"
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["STATUS"] == "CONFIRMED"
    assert [str(name) for name in event["CATEGORIES"].cats] == ["X", "Kopi", "panen", "a,b"]
    assert event["DESCRIPTION"].startswith("Petani kopi 0")
    assert "foto dari Gayo" in event["DESCRIPTION"]


def test_times_are_instants_that_need_no_time_zone():
    assert b"DTSTART:20261124T010000Z" in calendar(one())


def test_a_calendar_has_a_name_and_says_how_often_to_look_again():
    body = calendar(one())
    for line in (
        b"X-WR-CALNAME:Kopi Senja: posts",
        b"NAME:Kopi Senja: posts",
        b"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        b"X-PUBLISHED-TTL:PT1H",
    ):
        assert line in body


def test_where_nothing_changed_not_one_byte_does():
    assert calendar(one(), NOW) == calendar(one(), LATER)


def test_what_cannot_go_out_as_it_is_is_tentative_and_says_why():
    (event,) = events(calendar(planned([item()], [placed(item(), text="panjang " * 99)])))
    assert event["STATUS"] == "TENTATIVE"
    assert "too many" in event["DESCRIPTION"]


def test_an_empty_calendar_is_a_calendar():
    assert events(calendar(planned([], []))) == []


def test_a_post_without_a_time_is_no_event():
    assert events(calendar(planned([item()], [placed(item(), at=None)]))) == []


# --- one event for ever ----------------------------------------------------------------------------------------------


def test_each_item_on_each_network_is_an_event_of_its_own_and_of_its_brand():
    posts = [placed(item(1)), placed(item(1), "linkedin"), placed(item(2))]
    uids = {ics.uid(brand, post) for post in posts for brand in (PLANNING, BRAND)}
    other = {ics.uid(Brand(name="Teh Pagi", topics=()), post) for post in posts}
    assert len(uids) == 3
    assert len(uids | other) == 6
    assert all(uid.endswith("@curator") for uid in uids)


def test_a_post_that_is_moved_stays_the_same_event_and_counts_its_changes():
    desk = planned([item()], [])
    decisions.pick(desk, ["00000000"], NOW, at=NOW + timedelta(days=1), networks=["x"])
    (before,) = events(calendar(desk))
    decisions.pick(desk, ["00000000"], LATER, at=NOW + timedelta(days=2), networks=["x"])
    (after,) = events(calendar(desk))
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert (after["DTSTAMP"].dt, after["LAST-MODIFIED"].dt) == (LATER, LATER)


def test_a_post_that_is_taken_out_is_struck_out_and_can_come_back():
    desk = planned([item()], [])
    decisions.pick(desk, ["00000000"], NOW, at=NOW + timedelta(days=1), networks=["x"])
    decisions.skip(desk, ["00000000"], LATER)
    (gone,) = events(calendar(desk))
    assert gone["STATUS"] == "CANCELLED"
    decisions.undo(desk, LATER)
    (back,) = events(calendar(desk))
    assert back["STATUS"] == "CONFIRMED"
    assert back["UID"] == gone["UID"]
    assert back["SEQUENCE"] > gone["SEQUENCE"]


# --- a folder of events ----------------------------------------------------------------------------------------------


def test_a_vdir_has_a_file_an_event_named_by_its_uid_and_none_for_what_was_taken_out():
    posts = [placed(item(1)), placed(item(2), cancelled=True), placed(item(3), at=None)]
    parcel = export_posts(planned([item(1), item(2), item(3)], posts), ExportRequest(format="vdir"), NOW)
    ((name, body),) = parcel.files.items()
    (event,) = events(body)
    assert name == f"{event['UID']}.ics"
    assert set(parcel.stale) == {f"{ics.uid(PLANNING, post)}.ics" for post in posts[1:]}


# --- other readers ----------------------------------------------------------------------------------------------------


def test_a_thousand_random_picks_are_each_found_at_their_time_by_another_reader():
    recurring = pytest.importorskip("recurring_ical_events")
    body = calendar(thousand())
    found = events(body)
    assert len({event["UID"] for event in found}) == len(found) == 1000
    query = recurring.of(Calendar.from_ical(body))
    assert len(query.between(date(2026, 1, 1), date(2028, 1, 1))) == 1000
    first = min(event["DTSTART"].dt for event in found)
    assert any(event["DTSTART"].dt == first for event in query.between(first, first + timedelta(minutes=1)))


@settings(max_examples=60)
@given(title=st.text(st.characters()), text=st.text(st.characters()), tag=st.text(max_size=30), brand=st.text(min_size=1))
def test_any_words_in_any_script_make_a_valid_calendar(title: str, text: str, tag: str, brand: str):
    named = Brand(name=brand, topics=BRAND.topics, timezone="Asia/Jakarta")
    desk = planned([item(title=title, note=text, tags=(tag,))], [placed(item(), text=text)], named)
    (event,) = events(calendar(desk))
    assert not set(event) & {"ATTENDEE", "X-INJECTED"}
    (single,) = export_posts(desk, ExportRequest(format="vdir"), NOW).files.values()
    assert [str(e["SUMMARY"]) for e in events(single)] == [str(event["SUMMARY"])]


def test_words_that_look_like_properties_stay_words():
    desk = one(title="a\r\nATTENDEE:mailto:evil@example.com\nEND:VEVENT", note="x\r\nX-INJECTED:1")
    (event,) = events(calendar(desk))
    assert "ATTENDEE" not in event
    assert "evil@example.com" in event["SUMMARY"]


def test_an_address_that_is_none_for_the_web_is_no_link():
    (event,) = events(calendar(planned([item(url="javascript:alert(1)", image="file:///etc/passwd")], [placed(item(), text="kopi")])))
    assert "URL" not in event
    assert "ATTACH" not in event


def test_nothing_is_read_where_nothing_is_planned():
    assert events(calendar(bare_desk(Web()))) == []
