"""Limits on concurrent requests, over all and per host, and hosts that asked for a pause."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from curator.core.protocols import HostLeases
from curator.feeds.http import errors
from curator.feeds.http.errors import FetchError

# Seconds between two tries for a host that other machines are asking; the wait grows to the longest.
_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


class HostQueue:
    """Slots for requests: `concurrent` at once over all hosts, `per_host` at once to each.

    `leases`: those of the machines that share a database, which count together; None for a machine alone.
    """

    def __init__(self, concurrent: int, per_host: int, leases: HostLeases[Any] | None = None) -> None:
        self._all = asyncio.Semaphore(concurrent)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))
        self._held: dict[str, timedelta] = {}
        self._leases = leases

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it. Raises FetchError when the host has asked to be left alone.

        The slot of the host is acquired before the global one, so that one host cannot occupy the global queue.
        """
        async with self._hosts[host], self._leased(host):
            if hold := self._held.get(host):
                raise FetchError(f"{host} asked to be left alone for {errors.span(hold)}", hold=hold)
            try:
                yield
            except FetchError as error:
                if error.hold:
                    self._held[host] = error.hold
                raise

    @asynccontextmanager
    async def _leased(self, host: str) -> AsyncIterator[None]:
        """Hold a global slot and a lease of the host. The global slot is let go while other machines have all the leases."""
        if self._leases is None:
            async with self._all:
                yield
            return
        pause = _PAUSE
        while True:
            async with self._all:
                if lease := await self._leases.take(host):
                    try:
                        yield
                    finally:
                        await asyncio.shield(self._leases.give_back(lease))
                    return
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret
            pause = min(2 * pause, _LONGEST_PAUSE)
