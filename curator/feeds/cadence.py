"""Estimate how often a feed publishes and how often it must be requested. Pure: `now` is an argument."""

from collections.abc import Sequence
from datetime import datetime, timedelta

# The longest is half a day, so that a daily job requests every feed even when it starts earlier than the day before.
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=12)
# Requests in the time that an entry stays in the feed: none is lost if two fail, or if the feed speeds up.
MARGIN = 4
_HOUR, _WEEK = timedelta(hours=1), timedelta(weeks=1)
_WEEKS = 4  # over which the rate is measured


def interval(published: Sequence[datetime], now: datetime) -> timedelta:
    """Return how long to wait between requests to a feed without missing an entry.

    The time in which all visible entries are replaced is estimated from the fastest suffix of at least half of them, so that
    one old entry pinned to the top does not make a busy feed look slow. It is divided by MARGIN and clamped to
    SHORTEST … LONGEST. A feed without dates gets SHORTEST.
    """
    ages = _ages(published, now)
    paces = (age * (len(ages) / count) for count, age in enumerate(ages, 1) if 2 * count >= len(ages))
    return min(max(min(paces, default=SHORTEST) / MARGIN, SHORTEST), LONGEST)


def per_week(published: Sequence[datetime], now: datetime) -> float:
    """Return the entries per week over the last four weeks, or over the time that the feed covers if that is shorter."""
    ages = _ages(published, now)
    recent = [age for age in ages if age <= _WEEKS * _WEEK]
    if len(recent) < max(len(ages), 2):
        return len(recent) / _WEEKS
    return (len(recent) - 1) / (max(recent[-1], _HOUR) / _WEEK)


def _ages(published: Sequence[datetime], now: datetime) -> list[timedelta]:
    """Return the ages of the entries, newest first; a time in the future counts as now."""
    return sorted(max(now - time, timedelta()) for time in published)
