"""One answer of the web for all brands of a harvest."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from hashlib import blake2b

import msgspec
from msgspec import Struct

from curator.core.feed import Failure, NotModified, Page
from curator.core.fleet import HarvestCounts
from curator.core.protocols import Fetcher, FetchRequest
from curator.feeds import credentials
from curator.jobs.harvest.shelf import Shelf


class _Kept(Struct, array_like=True, frozen=True):
    """An answer as it is kept."""

    page: Page | None = None
    unchanged: NotModified | None = None
    failure: Failure | None = None


class SharedFetcher:
    """A fetcher that asks each address once for all brands of a realm.

    `realm` tells apart brands that may contact different addresses: what one may not ask it is not told either. An address with
    credentials is asked for each brand. A page or failure answers every later request; "unchanged" only those with the same
    validators.
    """

    def __init__(self, fetcher: Fetcher, shelf: Shelf, realm: str, counts: HarvestCounts) -> None:
        self._fetcher, self._shelf, self._realm, self._counts = fetcher, shelf, realm, counts

    async def get(self, request: FetchRequest) -> Page | NotModified | Failure:
        """Return the kept answer to a request, or ask and keep what is answered."""
        if credentials.are_in(request.url):
            return await self._ask(request)
        if kept := self._kept(request):
            self._counts.requests_shared += 1
            return _told(kept, request)
        answer = await self._ask(request)
        self._keep(request, answer)
        return answer

    async def _ask(self, request: FetchRequest) -> Page | NotModified | Failure:
        self._counts.requests += 1
        return await self._fetcher.get(request)

    def _kept(self, request: FetchRequest) -> Page | NotModified | Failure | None:
        for key in (self._key(request), self._key(request, request.etag, request.last_modified)):
            if body := self._shelf.get(key):
                kept = msgspec.msgpack.decode(body, type=_Kept)
                return kept.page or kept.unchanged or kept.failure
        return None

    def _keep(self, request: FetchRequest, answer: Page | NotModified | Failure) -> None:
        match answer:
            case Page():
                key, kept = self._key(request), _Kept(page=answer)
            case Failure():
                key, kept = self._key(request), _Kept(failure=answer)
            case NotModified():
                key, kept = self._key(request, request.etag, request.last_modified), _Kept(unchanged=answer)
        self._shelf.put(key, msgspec.msgpack.encode(kept))

    def _key(self, request: FetchRequest, *validators: str) -> bytes:
        said = (self._realm, request.kind, request.url, *validators)
        return blake2b("\0".join(said).encode("utf-8", "replace"), digest_size=16).digest()


def _told(kept: Page | NotModified | Failure, request: FetchRequest) -> Page | NotModified | Failure:
    """Return a kept answer as the server would have given it to this request: unchanged where its validator is that of the page."""
    if isinstance(kept, Page) and _is_current(request, kept):
        return NotModified(url=request.url, headers=kept.headers)
    return kept


def _is_current(request: FetchRequest, page: Page) -> bool:
    """Compare validators as RFC 9110, section 13.1 has it: the date counts only where no entity tag was sent."""
    sent, name = (request.etag, "etag") if request.etag else (request.last_modified, "last-modified")
    return bool(sent) and page.headers.get(name) == sent


class BackgroundFetcher:
    """A fetcher in a thread of its own, which outlasts the event loops of the jobs that use it.

    What it learns about hosts (robots.txt, requested pauses) holds for all of them.
    """

    def __init__(self, fetcher: Callable[[], AbstractAsyncContextManager[Fetcher]]) -> None:
        """Start the thread and open the fetcher. Raises what opening it raises."""
        self._loop, self._opened = asyncio.new_event_loop(), AsyncExitStack()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fetcher", daemon=True)
        self._thread.start()
        self._fetcher = asyncio.run_coroutine_threadsafe(self._open(fetcher), self._loop).result()

    async def get(self, request: FetchRequest) -> Page | NotModified | Failure:
        """Send a request and return the outcome."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._fetcher.get(request), self._loop))

    def close(self) -> None:
        """Close the fetcher and end the thread. Requests under way are cut."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self, fetcher: Callable[[], AbstractAsyncContextManager[Fetcher]]) -> Fetcher:
        return await self._opened.enter_async_context(fetcher())

    async def _end(self) -> None:
        cut = asyncio.all_tasks() - {asyncio.current_task()}
        for task in cut:
            task.cancel()
        await asyncio.gather(*cut, return_exceptions=True)
        await self._opened.aclose()
