"""An event loop that outlasts those of the jobs: what is opened in it serves one brand after the other."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TypeVar

from curator.core.feed import Failure, NotModified, Page
from curator.core.protocols import Fetcher, FetchRequest

T = TypeVar("T")


class Background:
    """A loop in a thread of its own."""

    def __init__(self) -> None:
        """Start the thread."""
        self._loop, self._opened = asyncio.new_event_loop(), AsyncExitStack()
        self._thread = threading.Thread(target=self._loop.run_forever, name="harvest", daemon=True)
        self._thread.start()

    def open(self, part: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """Open a part, which is closed with the loop. Raises what opening it raises."""

        async def enter() -> T:
            return await self._opened.enter_async_context(part())

        return asyncio.run_coroutine_threadsafe(enter(), self._loop).result()

    def fetcher(self, part: Callable[[], AbstractAsyncContextManager[Fetcher]]) -> Fetcher:
        """Open a fetcher and return it for the use of other loops. What it learns about hosts holds for all of them."""
        return _FetcherThere(self.open(part), self._loop)

    def close(self) -> None:
        """Close the parts and end the thread. Requests under way are cut."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        cut = asyncio.all_tasks() - {asyncio.current_task()}
        for task in cut:
            task.cancel()
        await asyncio.gather(*cut, return_exceptions=True)
        await self._opened.aclose()


class _FetcherThere:
    """A fetcher of another loop."""

    def __init__(self, fetcher: Fetcher, loop: asyncio.AbstractEventLoop) -> None:
        self._fetcher, self._loop = fetcher, loop

    async def get(self, request: FetchRequest) -> Page | NotModified | Failure:
        """Send a request and return the outcome."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._fetcher.get(request), self._loop))
