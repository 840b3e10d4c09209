"""What a site's robots.txt asks of us (RFC 9309), read so that a hostile one costs no more than an honest one."""

import re
from collections.abc import Callable

PRODUCT = "curator"

_AGENT = re.compile(r"\s*user(?:-|\s*)agent\s*:?\s*(.*)", re.I)


def rules(body: bytes) -> Callable[[str], bool]:
    """A judge of addresses: whether this robots.txt lets us read one. Garbage forbids nothing (RFC 9309 §2.3.1.1)."""
    from protego import Protego

    lines = body.decode("utf-8-sig", "ignore").splitlines()
    parsed = Protego.parse("\n".join(map(_ours_or_nobody, lines)))
    return lambda url: bool(parsed.can_fetch(url, PRODUCT))


def _ours_or_nobody(line: str) -> str:
    """Groups for other robots become one: a list of a thousand names times a thousand rules would fill the memory."""
    named = _AGENT.match(line)
    if not named:
        return line
    agent = named[1].partition("#")[0].strip().lower()
    return f"User-agent: {agent}" if agent in ("*", PRODUCT) else "User-agent: -"
