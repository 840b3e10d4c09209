from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from curator.core.brand import CalendarRules
from curator.core.post import Post
from curator.planning import slots

JAKARTA = "Asia/Jakarta"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # a Monday, 08:00 in Jakarta
RULES = CalendarRules(slots=("Mon 09:00", "Wed 12:00", "Fri 17:00"), networks=("instagram", "x"))


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


def test_a_slot_is_open_unless_one_of_the_networks_has_a_post_then() -> None:
    rules = CalendarRules(slots=("Mon 17:00", "Mon 09:00", "Tue 09:00"), networks=("instagram", "x"))
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    posts = [Post(item="a", network="x", at=at, changed=NOW)]
    evening = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert slots.open_on(date(2026, 11, 23), rules, posts, ("instagram",), JAKARTA) == [at, evening]
    assert slots.open_on(date(2026, 11, 23), rules, posts, ("instagram", "x"), JAKARTA) == [evening]


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
