"""Decide when a feed is requested, with which validators, and what its response means for the next time. Pure: `now` is an argument.

A `run` by the user requests every feed except those that announced when to come back: the library already has what they offer.
An hourly `fetch` requests the feeds that are due, which includes our own estimate. A wrong clock costs at most one early request:
impossible times count as "due".
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, zip_longest
from typing import Literal, TypeVar

from msgspec.structs import replace

from curator.core.feed import Failure, Feed, FeedDocument, FeedState, NotModified, Page
from curator.core.protocols import FetchRequest
from curator.core.text import urls
from curator.feeds import cadence

T = TypeVar("T")
# On whose behalf: an hourly job, a user who wants a list, or one who forces requests.
Who = Literal["job", "person", "insistent"]

SHORTEST, USUAL, LONGEST = timedelta(minutes=10), timedelta(minutes=20), timedelta(hours=24)
# After the first failure; each further one in a row doubles it.
REST = timedelta(minutes=30)
FARTHEST = timedelta(days=7)
# A feed that asks for a longer pause than this many intervals would drop entries unseen: it is requested earlier.
DROPS = 2
# A daily run that starts earlier than the day before must not miss feeds that may be requested once a day.
HALF_DAY = timedelta(hours=12)
# A cron job that starts a little before the hour is on time.
EARLY = timedelta(minutes=5)
# A redirected address is forgotten after this many failures in a row: the one in feeds.opml may work again.
PATIENCE = 3

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d+)", re.I)


def due(feeds: Iterable[Feed], states: Mapping[str, FeedState], now: datetime, who: Who) -> list[Feed]:
    """Return the feeds to request now: never tried first, then the longest untried, with hosts interleaved."""
    asked = [feed for feed in feeds if not why_not_due(states.get(feed.url), now, who)]
    return by_turns(sorted(asked, key=lambda feed: _last_try(states.get(feed.url), now)), lambda feed: feed.url)


def why_not_due(state: FeedState | None, now: datetime, who: Who) -> str:
    """Return why a feed is not to be asked now, "" when it is due."""
    if state is None:
        return ""
    if state.gone:
        return "it is gone for good (410)"
    if _still_ahead(state.held_until, state, now):
        return f"its host asked to be left alone until {state.held_until:%Y-%m-%d %H:%M} UTC"
    until = _left_alone_until(state, who)
    return f"nothing new is expected before {until:%Y-%m-%d %H:%M} UTC" if _still_ahead(until and until - EARLY, state, now) else ""


def ask(feed: Feed, state: FeedState) -> FetchRequest:
    """Return the request for a feed: its present address and the validators of its last response."""
    return FetchRequest(url=state.address or feed.url, etag=state.etag, last_modified=state.last_modified)


def after(
    feed: Feed,
    state: FeedState,
    outcome: Page | NotModified | Failure,
    document: FeedDocument | None,
    now: datetime,
    *,
    new: int = 0,
    dates: Sequence[datetime] = (),
) -> FeedState:
    """Return the state of a feed after a response; a page that could not be parsed counts as the Failure of its parsing.

    `new`: number of entries that were unknown. `dates`: publication times of the visible entries. They set the polling interval
    from the second response on: feeds that are just being set up change within the hour.
    """
    if isinstance(outcome, Failure):
        return _failed(state, outcome, now)
    pace = cadence.interval(dates, now) if dates and state.last_success else state.rhythm
    well = replace(state, last_try=now, last_success=now, failures=0, reason="", held_until=None, gone=False, rhythm=pace)
    wish, skipped = _wish(state, outcome, document), document.skip_hours if document else ()
    wish = min(wish, DROPS * pace) if pace else wish
    wait = min(max(wish or pace or USUAL, pace or SHORTEST, SHORTEST), LONGEST)
    well = replace(well, next_due=_past(skipped, now + wait), fresh_until=_past(skipped, now + min(wish, LONGEST)))
    if isinstance(outcome, NotModified):
        return well
    return replace(
        well,
        title=(document.title if document else "") or state.title or feed.title,
        address=outcome.moved or state.address,
        etag=outcome.headers.get("etag", ""),
        last_modified=outcome.headers.get("last-modified", ""),
        seen=state.seen + new,
    )


def by_turns(things: Iterable[T], address: Callable[[T], str]) -> list[T]:
    """Reorder things so that their hosts take turns, and none waits behind a host that has many."""
    queues: dict[str, list[T]] = defaultdict(list)
    for thing in things:
        queues[urls.host(urls.web(address(thing)))].append(thing)
    return [thing for thing in chain.from_iterable(zip_longest(*queues.values())) if thing is not None]


def _left_alone_until(state: FeedState, who: Who) -> datetime | None:
    if who == "job":
        return state.next_due
    if who == "insistent" or not state.fresh_until or not state.last_try:
        return None
    return min(state.fresh_until, state.last_try + HALF_DAY)


def _still_ahead(time: datetime | None, state: FeedState, now: datetime) -> bool:
    """Whether a time set at the last try has yet to come; a last try in the future was made by a wrong clock."""
    return time is not None and now < time <= now + FARTHEST and (state.last_try is None or state.last_try <= now)


def _last_try(state: FeedState | None, now: datetime) -> float:
    return min(state.last_try, now).timestamp() if state and state.last_try else 0.0


def _failed(state: FeedState, failure: Failure, now: datetime) -> FeedState:
    failures = state.failures + 1
    wait = failure.hold or min(REST * 2 ** min(state.failures, 10), LONGEST)
    told = replace(
        state,
        last_try=now,
        next_due=now + wait,
        fresh_until=None,
        held_until=now + failure.hold if failure.hold else None,
        failures=failures,
        reason=failure.reason,
    )
    if state.address and (failure.gone or failures >= PATIENCE):
        return replace(told, address="", etag="", last_modified="")
    return replace(told, gone=failure.gone)


def _wish(state: FeedState, outcome: Page | NotModified, document: FeedDocument | None) -> timedelta:
    """Return the pause that the feed asks for: the longer of Cache-Control max-age (RFC 9111 §5.2.2.1) and its ttl."""
    refresh = document.refresh if document else _last_wish(state)
    return max(_max_age(outcome.headers.get("cache-control", "")), refresh or timedelta())


def _past(skipped: tuple[int, ...], time: datetime) -> datetime:
    """Return the time, or the first one after the hours (UTC) that the feed wants skipped."""
    for _ in range(24):
        if time.astimezone(UTC).hour in skipped:
            time += timedelta(hours=1)
    return time


def _max_age(cache_control: str) -> timedelta:
    found = _MAX_AGE.search(cache_control)
    return timedelta(seconds=min(int(found[1]), LONGEST.total_seconds())) if found else timedelta()


def _last_wish(state: FeedState) -> timedelta:
    """Return the pause that the last document asked for: it still holds after a 304, which brings no document."""
    if state.failures or not state.last_success or not state.fresh_until:
        return timedelta()
    return state.fresh_until - state.last_success
