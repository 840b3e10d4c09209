"""Limits on concurrent requests, over all and per host, and hosts that asked for a pause."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from curator.feeds.http import errors
from curator.feeds.http.errors import FetchError


class HostQueue:
    """Slots for requests: `concurrent` at once over all hosts, `per_host` at once to each."""

    def __init__(self, concurrent: int, per_host: int) -> None:
        self._all = asyncio.Semaphore(concurrent)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_host))
        self._held: dict[str, timedelta] = {}

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Wait for a slot and hold it. Raises FetchError when the host has asked to be left alone.

        The slot of the host is acquired before the global one, so that one host cannot occupy the global queue.
        """
        async with self._hosts[host], self._all:
            if hold := self._held.get(host):
                raise FetchError(f"{host} asked to be left alone for {errors.span(hold)}", hold=hold)
            try:
                yield
            except FetchError as error:
                if error.hold:
                    self._held[host] = error.hold
                raise
