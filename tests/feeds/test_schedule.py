from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from curator.core.feed import Failure, Feed, FeedDocument, FeedState, NotModified, Page
from curator.core.protocols import FetchRequest
from curator.feeds import schedule

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KORAN = Feed(url="https://koran.example/rss", title="Koran")
FRESH = FeedState(url=KORAN.url)
KNOWN = FeedState(url=KORAN.url, last_try=NOW - HOUR, last_success=NOW - HOUR)
DOCUMENT = FeedDocument(format="rss", title="Koran Pagi")


def page(moved: str | None = None, **headers: str) -> Page:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(url=KORAN.url, final_url=moved or KORAN.url, status=200, headers=sent, body=b"<rss/>", moved=moved)


def unchanged(**headers: str) -> NotModified:
    return NotModified(url=KORAN.url, headers={name.replace("_", "-"): value for name, value in headers.items()})


def failure(reason: str = "no such host", **more: object) -> Failure:
    return Failure(url=KORAN.url, stage="fetch", reason=reason, **more)  # type: ignore[arg-type]


def after(
    state: FeedState,
    outcome: Page | NotModified | Failure,
    document: FeedDocument | None = None,
    now: datetime = NOW,
    dates: tuple[datetime, ...] = (),
) -> FeedState:
    document = document or (DOCUMENT if isinstance(outcome, Page) else None)
    return schedule.after(KORAN, state, outcome, document, now, new=3 if document else 0, dates=dates)


def is_due(state: FeedState, now: datetime, who: schedule.Who = "job") -> bool:
    return schedule.due([KORAN], {KORAN.url: state}, now, who) == [KORAN]


# --- what is asked ---


def test_a_new_feed_is_asked_at_its_own_address_with_no_validators_made_up() -> None:
    assert schedule.ask(KORAN, FRESH) == FetchRequest(url=KORAN.url)


def test_the_next_question_repeats_what_the_server_said_byte_for_byte() -> None:
    state = after(FRESH, page(etag='W/"a:b+c="', last_modified="yesterday-ish"))
    assert schedule.ask(KORAN, state) == FetchRequest(url=KORAN.url, etag='W/"a:b+c="', last_modified="yesterday-ish")


def test_validators_go_when_the_server_no_longer_sends_them() -> None:
    assert schedule.ask(KORAN, after(after(FRESH, page(etag='"1"')), page())) == FetchRequest(url=KORAN.url)


def test_a_page_that_could_not_be_parsed_leaves_the_validators_of_the_last_good_one() -> None:
    good = after(FRESH, page(etag='"1"'))
    assert after(good, Failure(url=KORAN.url, stage="parse", reason="no feed")).etag == '"1"'


# --- moved, gone ---


def test_an_address_that_moved_for_good_and_was_a_good_feed_is_asked_from_now_on() -> None:
    state = after(FRESH, page(moved="https://baru.example/rss"))
    assert schedule.ask(KORAN, state).url == "https://baru.example/rss"
    assert schedule.ask(KORAN, after(state, page())).url == "https://baru.example/rss"


def test_a_new_address_that_fails_again_and_again_is_forgotten_with_its_validators() -> None:
    state = after(FRESH, page(moved="https://baru.example/rss", etag='"1"'))
    for _ in range(2):
        state = after(state, failure())
    assert schedule.ask(KORAN, state).url == "https://baru.example/rss"
    assert schedule.ask(KORAN, after(state, failure())) == FetchRequest(url=KORAN.url)


def test_a_feed_that_is_gone_is_not_asked_again_by_anyone() -> None:
    state = after(FRESH, failure("answered 410: gone for good", gone=True))
    assert state.gone
    assert not is_due(state, NOW + 30 * DAY, "insistent")


def test_a_new_address_that_is_gone_gives_the_old_one_another_chance() -> None:
    state = after(after(FRESH, page(moved="https://baru.example/rss")), failure(gone=True))
    assert not state.gone
    assert schedule.ask(KORAN, state).url == KORAN.url


# --- when ---


def test_a_person_who_runs_it_twice_in_ten_minutes_asks_every_feed_twice_that_did_not_say_when_to_come_back() -> None:
    assert is_due(after(FRESH, page()), NOW + MINUTE, "person")
    assert not is_due(after(FRESH, page()), NOW + MINUTE)
    for said in (after(FRESH, page(cache_control="max-age=3600")), after(FRESH, page(), replace(DOCUMENT, refresh=HOUR))):
        assert not is_due(said, NOW + 10 * MINUTE, "person")
        assert is_due(said, NOW + HOUR, "person")


def test_a_person_who_insists_asks_every_feed() -> None:
    assert is_due(after(FRESH, page(cache_control="max-age=86400")), NOW + MINUTE, "insistent")


def test_a_few_seconds_asked_for_are_not_made_ten_minutes_for_a_person() -> None:
    assert is_due(after(FRESH, page(cache_control="max-age=5")), NOW + MINUTE, "person")


def test_a_person_leaves_a_feed_alone_in_the_hours_it_wants_skipped() -> None:
    state = after(FRESH, page(), replace(DOCUMENT, skip_hours=(1, 2)))
    assert not is_due(state, NOW + 90 * MINUTE, "person")
    assert is_due(state, NOW + 2 * HOUR, "person")


def test_a_morning_that_starts_early_misses_no_feed_that_may_be_asked_once_a_day() -> None:
    state = after(FRESH, page(), replace(DOCUMENT, refresh=DAY))
    assert not is_due(state, NOW + 8 * HOUR, "person")
    assert is_due(state, NOW + 22 * HOUR, "person")
    assert not is_due(state, NOW + 22 * HOUR)


def test_a_304_leaves_a_person_to_wait_as_long_as_the_answer_before() -> None:
    again = after(after(FRESH, page(), replace(DOCUMENT, refresh=HOUR)), unchanged(), now=NOW + HOUR)
    assert not is_due(again, NOW + HOUR + 10 * MINUTE, "person")
    plain = after(after(FRESH, page()), unchanged(), now=NOW + HOUR)
    assert is_due(plain, NOW + HOUR + MINUTE, "person")


def test_an_hourly_job_asks_an_ordinary_feed_every_hour_even_when_cron_is_a_little_early() -> None:
    state = after(FRESH, page())
    assert not is_due(state, NOW + 14 * MINUTE)
    assert is_due(state, NOW + HOUR - MINUTE)
    assert is_due(after(FRESH, page(cache_control="max-age=3600")), NOW + HOUR - MINUTE)


@pytest.mark.parametrize(
    ("header", "refresh", "wait"),
    [
        ("", None, 20 * MINUTE),
        ("max-age=7200", None, 2 * HOUR),
        ("public, MAX-AGE = 7200, must-revalidate", None, 2 * HOUR),
        ("s-maxage=7200", None, 20 * MINUTE),
        ("max-age=0", None, 20 * MINUTE),
        ("max-age=5", None, 10 * MINUTE),
        ("max-age=99999999999999999999", None, DAY),
        ("max-age=banyak", None, 20 * MINUTE),
        ("", 6 * HOUR, 6 * HOUR),
        ("max-age=60", 6 * HOUR, 6 * HOUR),
        ("max-age=43200", 6 * HOUR, 12 * HOUR),
        ("", 400 * DAY, DAY),
    ],
)
def test_a_feed_is_left_alone_for_as_long_as_it_asks_within_reason(header: str, refresh: timedelta | None, wait: timedelta) -> None:
    state = after(FRESH, page(cache_control=header), replace(DOCUMENT, refresh=refresh))
    assert state.next_due == NOW + wait


def every(pace: timedelta, entries: int = 20) -> tuple[datetime, ...]:
    return tuple(NOW - n * pace for n in range(entries))


def test_a_feed_that_publishes_weekly_is_not_asked_hourly_by_a_job_but_whenever_a_person_wants_news() -> None:
    weekly = after(KNOWN, page(cache_control="max-age=60"), dates=every(7 * DAY))
    assert not is_due(weekly, NOW + 11 * HOUR)
    assert is_due(weekly, NOW + DAY / 2)
    assert is_due(weekly, NOW + HOUR, "person")


def test_a_busy_feed_is_asked_before_newer_entries_push_out_those_nobody_has_seen() -> None:
    busy = after(KNOWN, page(), dates=every(12 * MINUTE))  # all it shows is four hours old at most
    assert busy.next_due
    assert NOW + 50 * MINUTE < busy.next_due <= NOW + HOUR
    stubborn = after(KNOWN, page(cache_control="max-age=86400"), dates=every(12 * MINUTE))
    assert is_due(stubborn, NOW + 2 * HOUR)
    assert is_due(stubborn, NOW + 2 * HOUR, "person")


def test_a_304_and_an_answer_without_dates_leave_the_pace_as_it_was_told() -> None:
    told = after(KNOWN, page(), dates=every(6 * MINUTE * 60))
    assert told.rhythm
    assert after(told, unchanged()).rhythm == told.rhythm == after(told, page()).rhythm
    assert after(told, unchanged(), now=NOW + HOUR).next_due == NOW + HOUR + told.rhythm


def test_hours_that_a_feed_wants_skipped_are_skipped_in_utc() -> None:
    state = after(FRESH, page(), replace(DOCUMENT, skip_hours=(1, 2, 3)))
    assert state.next_due == NOW.replace(hour=4, minute=20)
    everyone = after(FRESH, page(), replace(DOCUMENT, skip_hours=tuple(range(24))))
    assert everyone.next_due == NOW + DAY + 20 * MINUTE


def test_a_304_keeps_to_what_the_feed_itself_asked_for() -> None:
    state = after(FRESH, page(), replace(DOCUMENT, refresh=6 * HOUR))
    assert after(state, unchanged(), now=NOW + 6 * HOUR).next_due == NOW + 12 * HOUR
    assert after(state, unchanged(cache_control="max-age=43200"), now=NOW + 6 * HOUR).next_due == NOW + 18 * HOUR


def test_those_never_tried_come_first_then_the_longest_untried_and_hosts_take_turns() -> None:
    feeds = [Feed(url=f"https://{host}.example/{n}") for host in "ab" for n in range(3)]
    states = {f.url: FeedState(url=f.url, last_try=NOW - (10 - i) * DAY) for i, f in enumerate(feeds[:5])}
    order = [f.url for f in schedule.due(feeds, states, NOW, "person")]
    assert order[0] == "https://b.example/2"
    assert [url[8] for url in order] == list("bababa")
    assert [url for url in order if url[8] == "a"] == [f.url for f in feeds[:3]]


# --- failures ---


def test_failures_wait_longer_and_longer_up_to_a_day_and_a_success_clears_them() -> None:
    state, waits = FRESH, []
    for _ in range(9):
        state = after(state, failure())
        assert state.next_due
        waits.append(state.next_due - NOW)
    assert waits == [30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY, DAY]
    assert (state.failures, state.reason, state.last_success) == (9, "no such host", None)
    well = after(state, page())
    assert (well.failures, well.reason, well.last_success, well.seen, well.title) == (0, "", NOW, 3, "Koran Pagi")


def test_a_failure_in_the_night_does_not_keep_a_person_s_run_from_asking() -> None:
    assert is_due(after(FRESH, failure()), NOW + MINUTE, "person")


def test_a_host_that_asked_for_rest_is_left_alone_whoever_asks() -> None:
    state = after(FRESH, failure("answered 429: too many requests", hold=2 * HOUR))
    assert not is_due(state, NOW + HOUR, "insistent")
    assert is_due(state, NOW + 2 * HOUR, "insistent")
    assert after(state, page(), now=NOW + 2 * HOUR).held_until is None


# --- clocks ---


@pytest.mark.parametrize("who", ["job", "person", "insistent"])
@pytest.mark.parametrize("outcome", [failure(hold=HOUR), page(cache_control="max-age=3600")])
def test_a_clock_that_was_years_ahead_and_came_back_keeps_no_feed_waiting(who: schedule.Who, outcome: Page | Failure) -> None:
    state = after(FRESH, outcome, now=NOW + 900 * DAY)
    assert is_due(state, NOW, who)


def test_a_time_further_than_a_week_ahead_is_now() -> None:
    assert is_due(replace(FRESH, next_due=NOW + 8 * DAY, last_try=NOW - DAY), NOW)
    assert not is_due(replace(FRESH, next_due=NOW + 6 * DAY, last_try=NOW - DAY), NOW)


TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
OUTCOMES = st.sampled_from([page(), page(moved="https://b.example/"), unchanged(), failure(), failure(hold=7 * DAY)])


@given(st.lists(st.tuples(TIMES, OUTCOMES), max_size=6), TIMES)
def test_whatever_the_clock_did_every_feed_is_asked_within_a_week(history: list[tuple[datetime, Page | Failure]], now: datetime) -> None:
    state = FRESH
    for then, outcome in history:
        state = after(state, outcome, now=then)
    assert is_due(state, now) or is_due(state, now + 7 * DAY)
    assert is_due(state, now, "person") or is_due(state, now + 7 * DAY, "person")


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers())))
def test_taking_turns_loses_and_invents_nothing(things: list[tuple[str, int]]) -> None:
    turns = schedule.by_turns(things, lambda thing: f"https://{thing[0]}.example/")
    assert sorted(turns) == sorted(things)
