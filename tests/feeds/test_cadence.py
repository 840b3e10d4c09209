"""How long a feed can be left alone: by its own rhythm, within half an hour and half a day, and never so long that an entry is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.feeds.cadence import LONGEST, MARGIN, SHORTEST, interval, per_week

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
AGES = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=900))
SHOWN = st.lists(AGES, max_size=60)
SPREAD = st.lists(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=40)), min_size=1, max_size=60)


def ago(*ages: timedelta) -> list[datetime]:
    return [NOW - age for age in ages]


def every(gap: timedelta, count: int) -> list[datetime]:
    return ago(*(gap * (n + 1) for n in range(count)))


# --- laws -------------------------------------------------------------------------------------------------------


@given(SHOWN)
def test_it_never_leaves_the_clamp(ages: list[timedelta]):
    assert SHORTEST <= interval(ago(*ages), NOW) <= LONGEST


@given(SHOWN, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(ages: list[timedelta], random):
    shuffled = random.sample(ages, len(ages))
    assert interval(ago(*shuffled), NOW) == interval(ago(*ages), NOW)
    assert per_week(ago(*shuffled), NOW) == per_week(ago(*ages), NOW)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 1)), min_size=1, max_size=60))
def test_the_same_entries_closer_together_never_give_a_longer_interval(gaps: list[tuple[int, float]]):
    def published(seconds: list[float]) -> list[datetime]:
        return ago(*(timedelta(seconds=sum(seconds[: n + 1])) for n in range(len(seconds))))

    slow, fast = published([gap for gap, _ in gaps]), published([gap * share for gap, share in gaps])
    assert interval(fast, NOW) <= interval(slow, NOW) + timedelta(milliseconds=1)


@given(SPREAD)
def test_another_entry_just_now_never_gives_a_longer_interval(ages: list[timedelta]):
    assert interval(ago(timedelta(), *ages), NOW) <= interval(ago(*ages), NOW) + timedelta(milliseconds=1)


@given(st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=30)), st.integers(1, 200))
def test_at_an_even_pace_no_entry_goes_by_unseen(gap: timedelta, window: int):
    wait = interval(every(gap, window), NOW)
    assert wait == SHORTEST or wait * MARGIN <= gap * window + timedelta(milliseconds=1)


@given(SHOWN)
def test_entries_a_week_are_never_negative_and_never_more_than_there_are_in_an_hour(ages: list[timedelta]):
    assert 0 <= per_week(ago(*ages), NOW) <= len(ages) * 7 * 24


# --- what that means for real feeds -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "window", "wait"),
    [
        (timedelta(weeks=1), 10, timedelta(hours=12)),  # a newsletter
        (timedelta(days=1), 20, timedelta(hours=12)),  # a blog
        (timedelta(hours=2), 20, timedelta(hours=10)),  # a magazine
        (timedelta(minutes=10), 25, timedelta(minutes=62.5)),  # a news site
        (timedelta(minutes=2), 30, timedelta(minutes=30)),  # a wire
        (timedelta(hours=6), 1, timedelta(hours=1.5)),  # an alert that shows its latest only
    ],
)
def test_feeds_are_left_alone_by_their_kind(gap: timedelta, window: int, wait: timedelta):
    assert interval(every(gap, window), NOW) == wait


def test_an_old_entry_that_stays_on_top_does_not_make_a_busy_feed_look_calm():
    busy = every(timedelta(minutes=10), 20)
    assert interval([*busy, NOW - timedelta(days=2000)], NOW) <= timedelta(hours=1)


def test_a_feed_that_wakes_up_is_asked_more_often_before_its_whole_window_has_passed():
    weekly, burst = every(timedelta(weeks=1), 10), every(timedelta(minutes=10), 10)
    assert interval(weekly, NOW) == LONGEST
    assert interval([*burst, *weekly], NOW) < timedelta(hours=1)


def test_a_feed_that_shows_no_date_is_asked_as_the_busiest_are():
    assert interval([], NOW) == SHORTEST
    assert per_week([], NOW) == 0


@pytest.mark.parametrize(
    ("published", "rate"),
    [
        (every(timedelta(days=1), 100), 7),
        (every(timedelta(days=3.5), 3), 1.3),
        (every(timedelta(hours=1), 24), 161),
        (every(timedelta(days=400), 5), 0),
        (ago(timedelta(hours=1)), 0.25),
    ],
)
def test_entries_a_week_are_told_of_the_last_month(published: list[datetime], rate: float):
    assert per_week(published, NOW) == pytest.approx(rate, rel=0.05)
