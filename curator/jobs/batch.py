"""What a job has fetched: the results of feeds and pages added up, complete at any moment."""

import logging
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from curator.core.feed import Failure, Feed, FeedState, NotModified
from curator.core.item import Item
from curator.core.report import Counts
from curator.core.text import plain, urls
from curator.feeds import normalize
from curator.feeds.collect import ArticleResult, FeedResult
from curator.feeds.normalize import NewItem
from curator.jobs.merge import ItemEdit

_LOG = logging.getLogger(__name__)


class FetchBatch(Struct, kw_only=True):
    """Everything a job has fetched so far. A job that is interrupted keeps it as it is.

    `edits` by item id, `states` by feed address. `answered`: whether any feed's server has answered yet.
    """

    edits: dict[str, ItemEdit] = field(default_factory=dict)
    states: dict[str, FeedState] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    answered: bool = False
    feeds_failed: int = 0
    feeds_unchanged: int = 0
    entries: int = 0
    new: int = 0
    articles: int = 0

    def add_feed(self, result: FeedResult, state: FeedState, new: Sequence[NewItem]) -> None:
        """Add a feed's answer, the state to remember of it, and those of its entries that are new."""
        failure = result.outcome if isinstance(result.outcome, Failure) else None
        self.states[result.feed.url] = state
        self.edits |= {each.item.id: ItemEdit(before=each.item, after=each.item, text=each.text) for each in new}
        self.failures += [failure] if failure else []
        self.answered |= failure is None or failure.status is not None
        self.feeds_failed += failure is not None
        self.feeds_unchanged += isinstance(result.outcome, NotModified)
        self.entries += result.parsed.entries if result.parsed else 0
        self.new += len(new)
        if result.parsed:
            _LOG.info("%s: %d entries, %d of them new", label(result.feed), result.parsed.entries, len(new))
        elif failure:
            _LOG.info("%s: failed (%d in a row): %s", label(result.feed), state.failures, failure.reason)

    def add_article(self, result: ArticleResult) -> None:
        """Add the article of an item, or mark the item so that its page is not asked for again."""
        if isinstance(result.outcome, Failure):
            self.failures.append(result.outcome)
            self.edit(result.item, normalize.without_article(result.item))
            _LOG.info("page not read: %s: %s", result.item.title, result.outcome.reason)
        else:
            self.articles += 1
            self.edit(result.item, normalize.with_article(result.item, result.outcome), result.outcome.text)
            _LOG.info("page read: %s: %d words", result.item.title, result.outcome.words)

    def edit(self, before: Item, after: Item, text: str = "") -> None:
        """Add a change of an item; of an item that the batch has changed already, the first `before` stays."""
        earlier = self.edits.get(before.id) or ItemEdit(before=before, after=before)
        self.edits[before.id] = replace(earlier, after=after, text=text or earlier.text)

    @property
    def texts(self) -> dict[str, str]:
        """The texts in hand, by item id."""
        return {id_: edit.text for id_, edit in self.edits.items() if edit.text}

    @property
    def ordered_failures(self) -> tuple[Failure, ...]:
        """The failures of feeds, then those of pages, each by address: the order does not depend on which server was faster."""
        return tuple(sorted(self.failures, key=lambda failure: (failure.url not in self.states, failure.url, failure.stage)))

    @property
    def states_to_keep(self) -> tuple[FeedState, ...]:
        """The feed states to commit. None while no server has answered: then the network is down, and no feed to blame."""
        return tuple(self.states.values()) if self.answered else ()

    def counts(self, *, feeds: int, stories: int, listed: int) -> Counts:
        """Return the report's figures; `feeds` counts the subscriptions, `stories` those the `listed` cards were chosen from."""
        return Counts(
            feeds=feeds,
            feeds_unchanged=self.feeds_unchanged,
            feeds_failed=self.feeds_failed,
            entries=self.entries,
            new=self.new,
            articles=self.articles,
            stories=stories,
            listed=listed,
        )


def label(feed: Feed) -> str:
    """Return the name of a feed for the log: its title and host. Addresses may hold passwords and keys."""
    host = urls.domain(feed.url)
    return f"{plain.line(feed.title, 80)} ({host})" if feed.title else host
