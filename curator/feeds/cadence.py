"""How often a feed publishes, and how long it can be left alone for it. Pure: `now` is an argument."""

from collections.abc import Sequence
from datetime import datetime, timedelta

# The longest is half a day, so that a job of every morning, some mornings earlier, asks every morning.
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=12)
# An entry is seen so many times before newer ones push it out: two asks may fail, or the feed may hurry, and none is lost.
MARGIN = 4
_HOUR, _WEEK = timedelta(hours=1), timedelta(weeks=1)
_WEEKS = 4  # of which the rhythm is told


def interval(published: Sequence[datetime], now: datetime) -> timedelta:
    """How long a feed that shows entries of these times can be left alone without losing one.

    Its entries pass, at the pace of any newer half of them or more, in the time that is its window; it is asked MARGIN times
    in that, but never outside SHORTEST and LONGEST. One old entry that stays on top does not make a busy feed look calm.
    A feed that shows no time tells no rhythm and is asked as the busiest are.
    """
    ages = _ages(published, now)
    paces = (age * (len(ages) / count) for count, age in enumerate(ages, 1) if 2 * count >= len(ages))
    return min(max(min(paces, default=SHORTEST) / MARGIN, SHORTEST), LONGEST)


def per_week(published: Sequence[datetime], now: datetime) -> float:
    """Entries a week over the last four; over what the feed shows, where that does not reach so far back."""
    ages = _ages(published, now)
    recent = [age for age in ages if age <= _WEEKS * _WEEK]
    if len(recent) < max(len(ages), 2):
        return len(recent) / _WEEKS
    return (len(recent) - 1) / (max(recent[-1], _HOUR) / _WEEK)


def _ages(published: Sequence[datetime], now: datetime) -> list[timedelta]:
    """Newest first; what is dated ahead of the clock is new."""
    return sorted(max(now - time, timedelta()) for time in published)
