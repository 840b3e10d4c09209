"""Protocols of what reads the web: requests, the processes that parse what came, and the hosts that are asked."""

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar

from msgspec import Struct

from curator.core.feed import Failure, NotModified, Page, Stage

T = TypeVar("T")
Lease = TypeVar("Lease")


class FetchRequest(Struct, frozen=True, kw_only=True):
    """One GET request.

    Requests for feeds carry the validators `etag` and `last_modified` of the last response (RFC 9110, section 13.1).
    Requests for articles are checked against robots.txt first.
    """

    url: str
    kind: Literal["feed", "article"] = "feed"
    etag: str = ""
    last_modified: str = ""


class Fetcher(Protocol):
    """The only way to the network."""

    async def get(self, request: FetchRequest) -> Page | NotModified | Failure:
        """Send a request and return the outcome. Never raises for network errors: they are returned as a `Failure`."""
        ...


class Workers(Protocol):
    """Pool that runs functions on untrusted input, out of process, so that a hanging job can be killed."""

    async def call(self, stage: Stage, url: str, job: Callable[..., T], *args: object) -> T | Failure:
        """Run the module-level function `job(*args)` and return its result.

        Returns a `Failure` with `stage` and `url` when the job raises `Unreadable`, exceeds its time limit or dies.
        """
        ...


class HostLeases(Protocol[Lease]):
    """Rights to have a request in flight at a host, shared by machines that are polite together. A right that is not given back expires."""

    async def take(self, host: str) -> Lease | None:
        """Return a lease of a host, or None where all are taken. Raises StoreError."""
        ...

    async def give_back(self, lease: Lease) -> None:
        """Give a lease back. Raises StoreError."""
        ...
