"""Dates as feeds write them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.text import dates

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 23 Nov 2026 09:00:00 GMT",
        "Mon, 23 Nov 2026 09:00:00 +0000",
        "Mon,23 Nov 26 09:00:00GMT",
        "Mon, 23 Nov 2026 04:00:00 EST",
        "Mon, 23 Nov 2026 16:00:00 GMT+7",
        "Mon, 23 Nov 2026 16:00:00+7:00",
        "Mon, 23 Nov 2026 14:30:00 +530",
        "Mon, 23 Nov 2026 14:30:00 IST",
        "Mon Nov 23 2026 16:00:00 GMT+0700 (WIB)",
        "23/Nov/2026 09:00:00",
        "11/23/26 9:00 AM",
        "2026-11-23T09:00:00Z",
        "2026-11-23T16:00:00+07:00",
        "2026-11-23 09:00:00 UTC",
        "2026-11-23T16:00+0700",
        "2026-11-23T9:00",
        "20261123T090000Z",
        "2026/11/23 09:00",
        "2026年11月23日 09:00",
        "Mon Nov 23 09:00:00 2026",
        "Mon Nov 23 01:00:00 PST 2026",
        "November 23rd, 2026 9:00 AM",
        "23.11.2026 09:00",
        "1795424400",
        "1795424400000",
        "1795424400.25",
        "Mon, 23 Nov '26 09:00",
        "Mon, 23 Nov 2026 9:0:0 GMT",
        "2026-11-23 16:00:00 Asia/Jakarta",
        "Mon, 23 Nov 2026 04:00:00 America/New_York",
        "mar., 23 nov. 2026 10:00:00 +0100",
        "23 de noviembre de 2026 09:00",
    ],
)
def test_one_moment_in_many_spellings(text: str) -> None:
    assert dates.parse(text) == NINE


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Senin, 23 November 2026 09:00 WIB", 2),
        ("Senin, 23 November 2026 | 09.00 WIB", 2),
        ("Senin, 23 Nopember 2026 09:00:00 WITA", 1),
        ("Senin, 23/11/2026 09:00 WIT", 0),
        ("Senin, 23 Nop 2026 09:00 wib", 2),
        ("Senin, 23 Nov 2026 pukul 09.00 Wita", 1),
        ("Senin, 23 Nov 2026 09:00 +7", 2),
        ("2026-11-23 09.00 WIB", 2),
    ],
)
def test_indonesian_zones_and_clocks(text: str, hour: int) -> None:
    assert dates.parse(text) == NINE.replace(hour=hour)


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("Januari", 1),
        ("Februari", 2),
        ("Maret", 3),
        ("Mei", 5),
        ("Juni", 6),
        ("Juli", 7),
        ("Agustus", 8),
        ("Agt", 8),
        ("Agust", 8),
        ("Pebruari", 2),
        ("Peb", 2),
        ("Nopember", 11),
        ("Oktober", 10),
        ("Des", 12),
        ("Djanuari", 1),
        ("Djuni", 6),
        ("Djuli", 7),
    ],
)
def test_indonesian_months(name: str, month: int) -> None:
    assert dates.parse(f"17 {name} 2026") == datetime(2026, month, 17, tzinfo=UTC)


def test_the_language_settles_what_comes_first_where_the_numbers_do_not() -> None:
    assert dates.parse("10/11/2026", "id") == dates.parse("10.11.2026", "en") == datetime(2026, 11, 10, tzinfo=UTC)
    assert dates.parse("10/11/2026", "en-US") == datetime(2026, 10, 11, tzinfo=UTC)
    assert dates.parse("10/11/2026", "en-GB") == dates.parse("10/11/2026", "enm") == datetime(2026, 11, 10, tzinfo=UTC)
    assert dates.parse("2020/1/10") == datetime(2020, 1, 10, tzinfo=UTC)


def test_dates_of_one_source_settle_what_comes_first_unless_they_contradict_each_other() -> None:
    assert dates.month_first(["3/4/2026", "3/25/2026 9:15 AM", "2026-11-23"]) is True
    assert dates.month_first(["3/4/2026", "25.3.2026"]) is False
    assert dates.month_first(["3/4/2026", "Mon, 23 Nov 2026", ""]) is None
    assert dates.month_first(["3/25/2026", "25/3/2026"]) is None
    assert dates.month_first(["Tuesday, 03/10/2026 10:00"]) is True
    assert dates.month_first(["Selasa, 10/03/2026 10:00"]) is False
    assert dates.month_first(["Sunday, 03/10/2026 10:00"]) is None
    assert dates.stated("3/4/2026 08:00", "id", month_first=True) == datetime(2026, 3, 4, 8)
    assert dates.stated("3/4/2026 08:00", "en", month_first=False) == datetime(2026, 4, 3, 8)


def test_a_time_is_stated_without_a_zone_and_a_day_alone_is_utc() -> None:
    for text in ("2026-11-23 09:00", "2026-11-23T09:00:00", "Senin, 23 November 2026 09:00", "23/11/2026 09.00 oleh Sari"):
        assert dates.stated(text) == NINE.replace(tzinfo=None)
    assert dates.stated("2026-11-23") == dates.stated("23 Nov 2026") == NINE.replace(hour=0)


def test_edges_of_clock_and_calendar() -> None:
    assert dates.parse("2026-06-30T23:59:60Z") == datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    assert dates.parse("Mon, 23 Nov 2026 24:00:00 GMT") == datetime(2026, 11, 24, tzinfo=UTC)
    assert dates.parse("2004") == datetime(2004, 1, 1, tzinfo=UTC)
    assert dates.parse("2004-06") == datetime(2004, 6, 1, tzinfo=UTC)
    assert dates.parse("Sat, 07 Sep 02 00:00:01 GMT") == datetime(2002, 9, 7, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kemarin",
        "2026-02-30",
        "32 Foo 2026 99:99:99",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "10000-01-01",
        "1970-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 07:00:00 +0700",
        "Wed, 31 Dec 1969 16:00:00",
        "0000000000",
        "9" * 20,
        "1" * 400,
    ],
)
def test_what_names_no_day_is_none(text: str) -> None:
    assert dates.parse(text) is None


moments = st.datetimes(datetime(1970, 1, 3), datetime(2199, 12, 30)).map(lambda d: d.replace(microsecond=0))
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moments, zones)
def test_every_moment_comes_back_from_both_standards(moment: datetime, zone: timezone) -> None:
    there = moment.replace(tzinfo=zone)
    assert dates.parse(format_datetime(there)) == dates.parse(there.isoformat()) == there


@given(st.text(max_size=90))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = dates.parse(text)
    assert found is None or found.tzinfo is UTC
