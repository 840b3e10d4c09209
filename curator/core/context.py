"""What a job works with: one brand and the parts that stand behind the protocols."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from curator.core.brand import Brand
from curator.core.errors import CuratorError
from curator.core.feed import Feed
from curator.core.item import Item
from curator.core.protocols import EmbeddingEngine, Fetcher, Progress, Store, Workers


class Context(Struct, frozen=True, kw_only=True):
    """A brand with the parts its stories need; `engine`, door and workers are made when first wanted."""

    brand: Brand
    feeds: tuple[Feed, ...]
    store: Store
    engine: Callable[[], EmbeddingEngine]
    door: Callable[[], AbstractAsyncContextManager[Fetcher]]
    workers: Callable[[], AbstractAsyncContextManager[Workers]]
    progress: Progress

    def today(self, now: datetime) -> date:
        """The day a person in the brand's time zone calls today."""
        return now.astimezone(ZoneInfo(self.brand.timezone)).date()

    def one(self, prefix: str) -> Item:
        """The item whose id begins so. Raises CuratorError when none does, or several."""
        found = self.store.find(prefix.strip().lower())
        if not found:
            raise CuratorError(
                f"no item has an id that begins with {prefix!r}", hint="curator list shows the ids of the latest reading list"
            )
        if len(found) > 1:
            some = ", ".join(item.id for item in found[:4])
            raise CuratorError(f"{len(found)} items have an id that begins with {prefix!r}: {some}", hint="type one more character")
        return found[0]
