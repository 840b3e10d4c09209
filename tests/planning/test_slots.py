import contextlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.brand import CalendarRules
from curator.core.errors import UsageError
from curator.planning import slots

JAKARTA = "Asia/Jakarta"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 08:00 in Jakarta
RULES = CalendarRules(slots=("Mon 09:00", "Wed 12:00", "Fri 17:00"), networks=("instagram", "x"))


def local(text: str, now: datetime = NOW, timezone: str = JAKARTA) -> str:
    return f"{slots.when(text, now, timezone).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


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
        slots.when(said, NOW, JAKARTA)
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
        slots.when(said, NOW, JAKARTA)
    (problem,) = refused.value.problems
    assert "unknown time" in problem.what
    assert "\x1b" not in problem.what
    assert "besok 9.00" in problem.hint


def test_midnight_of_a_day_that_can_begin_or_end_it_is_told_with_both_readings() -> None:
    with pytest.raises(UsageError, match="can mean two nights") as refused:
        slots.when("besok 12 malam", NOW, JAKARTA)
    assert refused.value.problems[0].hint == "'2026-11-24 00:00' or '2026-11-25 00:00'"


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_time_to_come_or_a_usage_error(said: str) -> None:
    with contextlib.suppress(UsageError):
        assert slots.when(said, NOW, JAKARTA) > NOW


@given(st.datetimes(datetime(2026, 11, 24), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_a_time_that_is_printed_can_be_typed_again(moment: datetime) -> None:
    whole = moment.replace(second=0, microsecond=0)
    assert slots.when(f"{whole.astimezone(ZoneInfo(JAKARTA)):%Y-%m-%d %H:%M}", NOW, JAKARTA) == whole


# --- clocks that change -----------------------------------------------------------------------------------------------


def test_an_hour_that_the_clocks_skip_is_the_one_after_it() -> None:
    assert slots.utc(datetime(2026, 3, 29, 2, 30), "Europe/Berlin") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_the_clocks_repeat_is_its_first() -> None:
    assert slots.utc(datetime(2026, 10, 25, 2, 30), "Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_slot_keeps_its_time_of_day_when_the_clocks_change() -> None:
    rules = CalendarRules(slots=("Sat 09:00", "Sun 02:30", "Mon 09:00"), networks=("x",))
    ahead = slots.ahead(rules, datetime(2026, 3, 27, 12, tzinfo=UTC), 1, "Europe/Berlin")
    assert [f"{slot.when:%a %H:%M}" for slot in ahead] == ["Sat 08:00", "Sun 01:30", "Mon 07:00"]


# --- the weeks ahead ---------------------------------------------------------------------------------------------------


def test_the_slots_of_two_weeks_in_order_each_on_every_network() -> None:
    ahead = slots.ahead(RULES, NOW, 2, JAKARTA)
    assert len(ahead) == 2 * 3 * 2
    assert [slot.network for slot in ahead[:4]] == ["instagram", "x", "instagram", "x"]
    assert ahead[0].when == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert [slot.when for slot in ahead] == sorted(slot.when for slot in ahead)


def test_two_slots_of_one_time_are_one() -> None:
    rules = CalendarRules(slots=("Mon 09:00", "Mon 09:00"), networks=("x",))
    assert len(slots.ahead(rules, NOW, 1, JAKARTA)) == 1


def test_without_slots_there_are_none_and_without_networks_each_is_for_any() -> None:
    assert slots.ahead(CalendarRules(networks=("x",)), NOW, 4, JAKARTA) == ()
    assert [slot.network for slot in slots.ahead(CalendarRules(slots=("Mon 09:00",)), NOW, 2, JAKARTA)] == ["any", "any"]


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.integers(1, 8),
    st.sampled_from(["Asia/Jakarta", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Pacific/Auckland"]),
)
def test_every_time_of_the_week_comes_as_often_as_there_are_weeks(now: datetime, weeks: int, timezone: str) -> None:
    ahead = slots.ahead(RULES, now, weeks, timezone)
    assert len(ahead) == weeks * 3 * 2
    assert all(slot.when > now - timedelta(hours=1) for slot in ahead)
    told = [f"{slot.when.astimezone(ZoneInfo(timezone)):%a %H:%M}" for slot in ahead]
    assert set(told) == set(RULES.slots)
    assert all(isinstance(slot.when.date(), date) and slot.when.tzinfo is UTC for slot in ahead)
