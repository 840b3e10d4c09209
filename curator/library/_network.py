"""One-off jobs that need the network and the worker processes, but no library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from curator.core.brand import FetchRules
from curator.core.protocols import Fetcher, Workers

T = TypeVar("T")


def online(rules: FetchRules, job: Callable[[Fetcher, Workers], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine with a fetcher that keeps to `rules` and a pool of worker processes, and return its result."""
    from curator.feeds.http import HttpFetcher
    from curator.feeds.workers import LocalWorkers

    async def run() -> T:
        async with HttpFetcher(rules) as fetcher, LocalWorkers() as workers:
            return await job(fetcher, workers)

    return asyncio.run(run())
