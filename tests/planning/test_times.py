"""What a person types for the time of a post."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.errors import UsageError
from curator.planning import times

JAKARTA = "Asia/Jakarta"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 08:00 in Jakarta


def local(text: str, now: datetime = NOW, timezone: str = JAKARTA) -> str:
    return f"{times.when(text, now, timezone).at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


# --- what a person types --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tue 09:00", "2026-11-24 09:00"),
        ("Tuesday 9am", "2026-11-24 09:00"),
        ("selasa 09.00", "2026-11-24 09:00"),
        ("Sel, pukul 9.00", "2026-11-24 09:00"),
        ("jum'at jam 9 malam", "2026-11-27 21:00"),
        ("besok 9.00", "2026-11-24 09:00"),
        ("besok pukul 7", "2026-11-24 07:00"),
        ("tomorrow 9am", "2026-11-24 09:00"),
        ("tomorrow at 12 pm", "2026-11-24 12:00"),
        ("lusa", "2026-11-25 09:00"),
        ("LUSA 1 siang", "2026-11-25 13:00"),
        ("lusa 11 siang", "2026-11-25 11:00"),
        ("lusa 4.30 sore", "2026-11-25 16:30"),
        ("today 21:15", "2026-11-23 21:15"),
        ("hari ini 21.15", "2026-11-23 21:15"),
        ("2026-11-27 12:00", "2026-11-27 12:00"),
        ("2026-11-27T12:00", "2026-11-27 12:00"),
        ("2026-11-27T12:00:00Z", "2026-11-27 19:00"),
        ("2026-11-27 12:00+09:00", "2026-11-27 10:00"),
        ("2026-11-27", "2026-11-27 09:00"),
        ("27/11 12:00", "2026-11-27 12:00"),
        ("27/11/2026 12.00", "2026-11-27 12:00"),
        ("27-11-2026 12:00", "2026-11-27 12:00"),
        ("27 nov 12:00", "2026-11-27 12:00"),
        ("1 Desember 2026 pukul 08.00", "2026-12-01 08:00"),
        ("3/1 10:00", "2027-01-03 10:00"),
        ("12 malam", "2026-11-24 00:00"),
        ("jam 1 malam", "2026-11-24 01:00"),
        ("hari ini 12 malam", "2026-11-24 00:00"),
        ("29/2 10:00", "2028-02-29 10:00"),
        ("29 februari", "2028-02-29 09:00"),
        ("09:00", "2026-11-23 09:00"),
        ("7.30", "2026-11-24 07:30"),
        ("+2h", "2026-11-23 10:00"),
        ("now+90m", "2026-11-23 09:30"),
        ("sekarang + 2j", "2026-11-23 10:00"),
        ("+1w", "2026-11-30 08:00"),
        ("ｔｕｅ　０９：００", "2026-11-24 09:00"),
        ("besok pagi", "2026-11-24 09:00"),
        ("nanti sore", "2026-11-23 16:00"),
        ("malam ini", "2026-11-23 20:00"),
        ("besok malam jam 9", "2026-11-24 21:00"),
        ("jam 9 besok", "2026-11-24 09:00"),
        ("9am tomorrow", "2026-11-24 09:00"),
        ("besok jam setengah 9 pagi", "2026-11-24 08:30"),
        ("besok 9.00 WITA", "2026-11-24 08:00"),
        ("friday at noon", "2026-11-27 12:00"),
        ("pada hari jumat pukul tiga sore", "2026-11-27 15:00"),
        ("jumat ini", "2026-11-27 09:00"),
        ("senin depan jam 9", "2026-11-30 09:00"),
        ("next monday", "2026-11-30 09:00"),
        ("selasa minggu depan", "2026-12-01 09:00"),
        ("tuesday next week 10am", "2026-12-01 10:00"),
        ("2 jam lagi", "2026-11-23 10:00"),
        ("sejam lagi", "2026-11-23 09:00"),
        ("in half an hour", "2026-11-23 08:30"),
        ("in 2 hours", "2026-11-23 10:00"),
        ("in two days at 10:00", "2026-11-25 10:00"),
        ("2 minggu lagi", "2026-12-07 09:00"),
        ("akhir bulan", "2026-11-30 09:00"),
        ("end of the month at 8pm", "2026-11-30 20:00"),
        ("awal bulan depan", "2026-12-01 09:00"),
        ("akhir tahun", "2026-12-31 09:00"),
        ("tgl 27 jam 9", "2026-11-27 09:00"),
        ("the 20th", "2026-12-20 09:00"),
        ("november 27th", "2026-11-27 09:00"),
        ("malam minggu jam 8", "2026-11-28 20:00"),
        ("malam senin", "2026-11-29 20:00"),
        ("minggu malam", "2026-11-29 20:00"),
        ("Jumat, 27 November 2026 pukul 09.00", "2026-11-27 09:00"),
        ("fri 27/11/26 12:00", "2026-11-27 12:00"),
        ("jumat tgl 27", "2026-11-27 09:00"),
        ("tanggal 5 bulan depan jam 9", "2026-12-05 09:00"),
        ("1st of next month", "2026-12-01 09:00"),
        ("24.00", "2026-11-24 00:00"),
        ("a week from today", "2026-11-30 09:00"),
    ],
)
def test_a_time_is_understood_in_both_languages_on_the_brands_clocks(said: str, meant: str) -> None:
    assert local(said) == meant


@pytest.mark.parametrize(("said", "what", "hint"), [
    ("selasa 27/11 9:00", "another day of the week", "type '2026-11-27 09:00' (Fri) or '2029-11-27 09:00' (Tue)"),
    ("rabu 27/11/2026", "another day of the week", "type '2026-11-27' (Fri) or '2026-12-02' (Wed)"),
    ("31/11 9:00", "November 2026 has 30 days", "type '2026-11-30' or '2026-12-01'"),
    ("11/30", "no month 30", "type '30/11'"),
])  # fmt: skip
def test_a_date_that_cannot_be_is_refused_with_those_that_may_be_meant(said: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        times.when(said, NOW, JAKARTA)
    (problem,) = refused.value.problems
    assert what in problem.what
    assert problem.hint == hint


def test_a_day_of_the_week_is_the_next_one_whose_time_is_still_to_come() -> None:
    assert local("mon 09:00") == "2026-11-23 09:00"
    assert local("mon 07:00") == "2026-11-30 07:00"
    assert local("senin 08:00") == "2026-11-30 08:00"


@pytest.mark.parametrize("said", ["today 07:00", "2026-11-20 12:00", "20/11/2026 12:00", "2026-11-23T08:00", "1 jan 2020"])
def test_a_time_that_is_past_is_refused_and_the_time_there_is_told(said: str) -> None:
    with pytest.raises(UsageError) as refused:
        times.when(said, NOW, JAKARTA)
    (problem,) = refused.value.problems
    assert "is past" in problem.what
    assert "2026-11-23 08:00" in problem.hint
    assert JAKARTA in problem.hint


@pytest.mark.parametrize(
    "said",
    ["", " ", "soon", "kemarin", "25:00", "tue 09:60", "31/02 x", "2026-13-01", "tue tue", "13 malam", "tu 09:00", "9", "+0",
     "99999-01-01", "jam " * 20_000, "akhir minggu minggu depan", "tgl 32", "0000-00-00", "+9999w" * 9,
     "星期二 09:00", "الثلاثاء", "\x1b[31m9am\x1b[0m x"],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_examples(said: str) -> None:
    with pytest.raises(UsageError) as refused:
        times.when(said, NOW, JAKARTA)
    (problem,) = refused.value.problems
    assert "unknown time" in problem.what
    assert "\x1b" not in problem.what
    assert "besok 9.00" in problem.hint


def test_midnight_of_a_day_that_can_begin_or_end_it_is_told_with_both_readings() -> None:
    with pytest.raises(UsageError, match="can mean two nights") as refused:
        times.when("besok 12 malam", NOW, JAKARTA)
    assert refused.value.problems[0].hint == "type '2026-11-24 00:00' (Tue) or '2026-11-25 00:00' (Wed)"


@pytest.mark.parametrize(
    ("said", "readings"),
    [
        ("minggu depan", ["2026-11-30", "2026-11-29", "2026-12-06"]),
        ("minggu depan jam 9", ["2026-11-30 09:00", "2026-11-29 09:00", "2026-12-06 09:00"]),
        ("hari minggu depan", ["2026-11-29", "2026-12-06"]),
        ("next tuesday", ["2026-11-24", "2026-12-01"]),
        ("jumat depan pukul 15.00", ["2026-11-27 15:00", "2026-12-04 15:00"]),
        ("next week", ["2026-11-30"]),
        ("this weekend", ["2026-11-28", "2026-11-29"]),
        ("bulan depan", ["2026-12-01"]),
        ("29 feb 2027", ["2027-02-28", "2027-03-01"]),
        ("31/4/2027 09:00", ["2027-04-30", "2027-05-01"]),
    ],
)
def test_what_can_mean_several_days_or_none_is_refused_with_what_to_type_instead(said: str, readings: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        times.when(said, NOW, JAKARTA)
    hint = refused.value.problems[0].hint
    assert hint.split("'")[1::2] == readings


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("12 malam", "00:00 in the night after Mon 23 Nov"),
        ("29/2 10:00", "the next 29 February is in 2028"),
        ("lusa", "no time was said: 09:00, as no slot is open then"),
        ("besok pagi jam 8", ""),
        ("in 2 hours", ""),
    ],
)
def test_what_was_filled_in_is_told(said: str, note: str) -> None:
    assert times.when(said, NOW, JAKARTA).note == note


def slots(day: date) -> list[datetime]:
    return [datetime.combine(day, time(hour), ZoneInfo(JAKARTA)).astimezone(UTC) for hour in (7, 12, 17, 20)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("besok", "2026-11-24 07:00"),
        ("hari ini", "2026-11-23 12:00"),
        ("nanti sore", "2026-11-23 17:00"),
        ("tonight", "2026-11-23 20:00"),
        ("tomorrow afternoon", "2026-11-24 12:00"),
        ("besok dini hari", "2026-11-24 04:00"),
        ("besok 9.00", "2026-11-24 09:00"),
    ],
)
def test_a_day_without_a_time_takes_its_next_open_slot_or_else_the_usual_hour(said: str, meant: str) -> None:
    found = times.when(said, NOW, JAKARTA, slots)
    assert f"{found.at.astimezone(ZoneInfo(JAKARTA)):%Y-%m-%d %H:%M}" == meant


def test_on_a_sunday_the_weekend_is_that_day_and_next_tuesday_is_no_longer_two_days() -> None:
    sunday = NOW + timedelta(days=6)
    assert local("weekend 10:00", sunday) == "2026-11-29 10:00"
    assert local("next tuesday", sunday) == "2026-12-01 09:00"


def test_that_a_slot_was_taken_is_told() -> None:
    assert times.when("besok", NOW, JAKARTA, slots).note == "no time was said: 07:00, the next open slot of that day"


def test_a_day_whose_usual_hour_is_past_asks_for_a_time() -> None:
    with pytest.raises(UsageError, match='"hari ini" without a time is 2026-11-23 09:00, and that is past'):
        times.when("hari ini", NOW + timedelta(hours=2), JAKARTA)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_time_to_come_or_a_usage_error(said: str) -> None:
    with contextlib.suppress(UsageError):
        assert times.when(said, NOW, JAKARTA).at > NOW


@given(st.datetimes(datetime(2026, 11, 24), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_a_time_that_is_printed_can_be_typed_again(moment: datetime) -> None:
    whole = moment.replace(second=0, microsecond=0)
    assert times.when(f"{whole.astimezone(ZoneInfo(JAKARTA)):%Y-%m-%d %H:%M}", NOW, JAKARTA).at == whole
