"""Who we are to a calendar server: said by the environment, or kept in the keyring of the machine; never in a file of ours."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

from msgspec import Struct

_SERVICE = "curator caldav"


class Account(Struct, frozen=True, kw_only=True):
    """Empty where the server asks nobody. What it holds is never shown, not even in a traceback."""

    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Account(…)"


def account(environment: Mapping[str, str]) -> Account:
    """CURATOR_CALDAV_USER and CURATOR_CALDAV_PASSWORD; a missing password is asked of the keyring, where that package is installed."""
    user, password = environment.get("CURATOR_CALDAV_USER", ""), environment.get("CURATOR_CALDAV_PASSWORD", "")
    if user and not password and find_spec("keyring"):
        password = import_module("keyring").get_password(_SERVICE, user) or ""
    return Account(user=user, password=password)
