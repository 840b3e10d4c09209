"""Addresses that carry credentials: they are shown without them, and what they bring belongs to one brand alone."""

import re
from urllib.parse import urlsplit

from curator.core.text import plain

_SECRET = re.compile(r"(?<=[?&])([^=&#]*(?:token|key|secret|auth|pass|pwd|sig|session|code)[^=&#]*)=[^&#]*", re.I)


def loggable(url: str) -> str:
    """Return an address on one clean line, without user name, password and the values of parameters that may be secret."""
    try:
        parts = urlsplit(url)
        url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        url = url.rpartition("@")[2]
    return plain.line(_SECRET.sub(r"\1=…", url), 200)


def are_in(url: str) -> bool:
    """Whether an address holds a user name, a password, or a parameter that may be secret. One that cannot be read does."""
    try:
        return "@" in urlsplit(url).netloc or bool(_SECRET.search(url))
    except ValueError:
        return True
