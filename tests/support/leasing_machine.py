"""A machine that fetches with leases: `python leasing_machine.py POSTGRES-URL COUNT FEED-URL [hold]`. Prints what it fetched.

With `hold` it takes the leases of the feed's host, says so, and waits to be killed.
"""

import asyncio
import sys

from yarl import URL

from curator.core.brand import FetchRules
from curator.core.feed import Page
from curator.core.protocols import FetchRequest
from curator.core.text import urls
from curator.feeds.http import DEFAULT_LIMITS, HttpFetcher
from curator.storage.postgres.address import address
from curator.storage.postgres.leases import PostgresLeases


async def fetch(leases: PostgresLeases, count: int, url: str) -> int:
    async with HttpFetcher(FetchRules(allow=(URL(url).authority,)), leases=leases) as fetcher:
        answers = await asyncio.gather(*(fetcher.get(FetchRequest(url=f"{url}?n={n}")) for n in range(count)))
    return sum(isinstance(answer, Page) for answer in answers)


async def hold(leases: PostgresLeases, url: str) -> None:
    taken = [await leases.take(urls.host(url)) for _ in range(DEFAULT_LIMITS.per_host + 1)]
    sys.stdout.write(f"{sum(lease is not None for lease in taken)}\n")
    sys.stdout.flush()
    await asyncio.sleep(600)


def main(where: str, count: str, url: str, *how: str) -> None:
    leases = PostgresLeases(address(where, "", {}), DEFAULT_LIMITS.per_host, expiry=3.0 if how else 60.0)
    asyncio.run(hold(leases, url)) if how else sys.stdout.write(f"{asyncio.run(fetch(leases, int(count), url))}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
