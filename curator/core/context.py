"""The context that every job gets: a brand and the implementations of the protocols."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.feed import Feed
from curator.core.item import Item
from curator.core.notice import Channel
from curator.core.protocols import EmbeddingEngine, Fetcher, Progress, Store, Workers


class Context(Struct, frozen=True, kw_only=True):
    """A brand, its feeds, and the store, network and models to work with.

    `engine`, `fetcher` and `workers` are factories: a job pays only for what it uses. `channels` returns the receivers of an entry
    of `[notify] urls` and raises ConfigError where its address cannot be used.
    """

    brand: Brand
    feeds: tuple[Feed, ...]
    store: Store
    engine: Callable[[], EmbeddingEngine]
    fetcher: Callable[[], AbstractAsyncContextManager[Fetcher]]
    workers: Callable[[], AbstractAsyncContextManager[Workers]]
    progress: Progress
    channels: Callable[[str], Sequence[Channel]] = lambda entry: ()

    def today(self, now: datetime) -> date:
        """Return the date of `now` in the brand's time zone."""
        return now.astimezone(ZoneInfo(self.brand.timezone)).date()

    def find_item(self, prefix: str) -> Item:
        """Return the only item whose id begins with `prefix`. Raises CuratorError when there is none, or more than one."""
        return find_item(self.store, prefix)


def find_item(store: Store, prefix: str) -> Item:
    """Return the only item of a store whose id begins with `prefix`. Raises CuratorError when there is none, or more than one."""
    found = store.find(prefix.strip().lower())
    if not found:
        raise CuratorError(f"no item has an id that begins with {prefix!r}", hint="curator list shows the ids of the latest reading list")
    if len(found) > 1:
        some = ", ".join(item.id for item in found[:4])
        raise CuratorError(f"{len(found)} items have an id that begins with {prefix!r}: {some}", hint="type one more character")
    return found[0]
