"""One answer of the web for all brands of a harvest."""

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
