"""What a person types for the time of a post."""

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.errors import UsageError
from curator.planning import times

JAKARTA = "Asia/Jakarta"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 08:00 in Jakarta


def local(text: str, now: datetime = NOW, timezone: str = JAKARTA) -> str:
    return f"{times.when(text, now, timezone).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


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
    ],
)
def test_a_time_is_understood_in_both_languages_on_the_brands_clocks(said: str, meant: str) -> None:
    assert local(said) == meant


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
    ["", " ", "soon", "kemarin", "25:00", "tue 09:60", "31/02 09:00", "2026-13-01", "tue tue", "13 malam", "tu 09:00", "9", "+0",
     "99999-01-01", "0000-00-00", "+9999w" * 9, "星期二 09:00", "الثلاثاء", "\x1b[31m9am\x1b[0m x"],
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
    assert refused.value.problems[0].hint == "'2026-11-24 00:00' or '2026-11-25 00:00'"


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_time_to_come_or_a_usage_error(said: str) -> None:
    with contextlib.suppress(UsageError):
        assert times.when(said, NOW, JAKARTA) > NOW


@given(st.datetimes(datetime(2026, 11, 24), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_a_time_that_is_printed_can_be_typed_again(moment: datetime) -> None:
    whole = moment.replace(second=0, microsecond=0)
    assert times.when(f"{whole.astimezone(ZoneInfo(JAKARTA)):%Y-%m-%d %H:%M}", NOW, JAKARTA) == whole
