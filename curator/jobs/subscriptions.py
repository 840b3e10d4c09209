"""The feeds of a brand beside what is known of them."""

from collections import Counter
from collections.abc import Iterable

from curator.core.feed import Feed, FeedState
from curator.core.protocols import Store
from curator.core.report import Subscription


def health(feeds: Iterable[Feed], store: Store) -> tuple[Subscription, ...]:
    """Return every feed with its last success, its failures and its yield, in the order given."""
    states, items = store.states(), store.items()
    listed = Counter(item.source.feed for item in items if item.listed)
    picked = Counter(item.source.feed for item in items if item.status == "picked")
    return tuple(_subscription(feed, states.get(feed.url), listed[feed.url], picked[feed.url]) for feed in feeds)


def _subscription(feed: Feed, state: FeedState | None, listed: int, picked: int) -> Subscription:
    state = state or FeedState(url=feed.url)
    return Subscription(
        url=feed.url,
        title=feed.title or state.title,
        category=feed.category,
        other_categories=feed.other_categories,
        last_success=state.last_success,
        failures=state.failures,
        reason=state.reason,
        next_due=state.next_due,
        seen=state.seen,
        listed=listed,
        picked=picked,
    )
