"""Get a page, and read it in a worker: the one way from an address to what is read there."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeVar

from curator.core.feed import Failure, Page
from curator.core.protocols import Fetcher, FetchRequest, Workers

T = TypeVar("T")
Kind = Literal["feed", "article"]


async def get(url: str, kind: Kind, fetcher: Fetcher) -> Page | Failure:
    """Return the page at an address. A server that answers "unchanged" though nothing is known of the page is a Failure."""
    answer = await fetcher.get(FetchRequest(url=url, kind=kind))
    if isinstance(answer, Page | Failure):
        return answer
    return Failure(url=url, stage="fetch", reason="answered 304 (unchanged) to a request for the whole page")


async def read(page: Page, reader: Callable[..., T], workers: Workers, stage: Literal["parse", "extract"], **more: Any) -> T | Failure:
    """Call a reader in a worker with the body, `url` and `content_type` of a page and with `more`; return its result."""
    job = partial(reader, page.body, url=page.final_url, content_type=page.headers.get("content-type", ""), **more)
    return await workers.call(stage, page.url, job)
