"""robots.txt (RFC 9309), read so that a hostile file costs no more than an honest one."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable

from yarl import URL

from curator.feeds.http.errors import FetchError

PRODUCT = "curator"
"""The product token that groups of robots.txt may name."""

Rules = Callable[[str], bool]
"""Whether an address may be read."""

_AGENT = re.compile(r"\s*user(?:-|\s*)agent\s*:?\s*(.*)", re.I)
_TOKEN = re.compile(r"[a-z_-]+|\*", re.I)


def parse(body: bytes) -> Rules:
    """Parse a robots.txt. Lines that are not understood forbid nothing (RFC 9309 §2.2)."""
    from protego import Protego

    lines = body.decode("utf-8-sig", "ignore").splitlines()
    parsed = Protego.parse("\n".join(map(_with_short_agent, lines)))
    return lambda url: bool(parsed.can_fetch(url, PRODUCT))


def _with_short_agent(line: str) -> str:
    """Reduce a user-agent line to the product token, case-insensitive and without a version (RFC 9309 §2.2.1).

    Groups for other robots all become one: a thousand names times a thousand rules would fill the memory.
    """
    agent = _AGENT.match(line)
    if not agent:
        return line
    token = _TOKEN.match(agent[1])
    name = token[0].lower() if token else ""
    return f"User-agent: {name}" if name in ("*", PRODUCT) else "User-agent: -"


class RobotsRules:
    """The rules of all sites met in a run, each robots.txt fetched once by `fetch`."""

    def __init__(self, fetch: Callable[[URL], Awaitable[bytes]]) -> None:
        self._fetch = fetch
        self._rules: dict[URL, Rules | FetchError] = {}
        self._locks: defaultdict[URL, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def check(self, url: URL) -> None:
        """Raise FetchError when the site's robots.txt forbids an address or cannot be read."""
        site = url.origin()
        async with self._locks[site]:
            if site not in self._rules:
                self._rules[site] = await self._rules_of(site)
        rules = self._rules[site]
        if isinstance(rules, FetchError):
            raise FetchError(f"its robots.txt could not be read: {rules.reason}", stage="robots", hold=rules.hold)
        if not rules(str(url)):
            raise FetchError("its robots.txt asks that this page not be read", stage="robots")

    async def _rules_of(self, site: URL) -> Rules | FetchError:
        """Fetch a site's rules. A missing file forbids nothing, an unreachable one everything (RFC 9309 §2.3.1.3, §2.3.1.4)."""
        try:
            return parse(await self._fetch(site / "robots.txt"))
        except FetchError as error:
            missing = error.status is not None and 400 <= error.status < 500 and not error.hold
            return parse(b"") if missing else error
