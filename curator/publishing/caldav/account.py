"""The account on a calendar server, from the environment or the system's keyring. It is never written to a file."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from msgspec import Struct

_SERVICE = "curator caldav"


class Account(Struct, frozen=True, kw_only=True):
    """A user and a password, empty for a server that asks for neither. Its repr hides both, also in tracebacks."""

    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Hide the contents."""
        return "Account(…)"


def account(environment: Mapping[str, str]) -> Account:
    """Read CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD. A missing password is looked up with `keyring`, where installed."""
    user, password = environment.get("CURATOR_CALDAV_USER", ""), environment.get("CURATOR_CALDAV_PASSWORD", "")
    if user and not password and find_spec("keyring"):
        password = import_module("keyring").get_password(_SERVICE, user) or ""
    return Account(user=user, password=password)
