"""The address of a library on Postgres: a connection string of libpq, and the name of the brand in that database.

    postgresql://desk@db.example/curator?brand=kopi-senja

Passwords come from where libpq looks for them: PGPASSWORD, PGPASSFILE (~/.pgpass) or a service file. The address itself may
come from the environment, "env:NAME". A host that is not this machine must prove who it is (sslmode=verify-full) unless the
address or PGSSLMODE says otherwise.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from msgspec import Struct
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from curator.core.errors import ConfigError

EVERYBODY = "*"
"""The brand of the rows that all brands of a database share. No library may be called so."""

_WHERE = "brand.toml: engine.store"
_EXAMPLE = 'store = "postgresql://db.example/curator?brand=kopi-senja"'
_FLEET = "curator fleet run --brands postgresql://db.example/curator"
_DEFAULTS = {
    "connect_timeout": 10,
    "keepalives_idle": 30,  # seconds; a network that swallows packets is noticed within a minute
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


class Address(Struct, frozen=True, kw_only=True):
    """Where a library is. `conninfo` may hold a password, so the repr hides it; `shown` is for messages."""

    conninfo: str
    brand: str
    shown: str

    def __repr__(self) -> str:
        """Hide the connection string."""
        return f"Address({self.shown})"


def address(spec: str, default_brand: str, environment: Mapping[str, str]) -> Address:
    """Read an address. Without `brand=` the library is that of `default_brand`.

    Raises ConfigError, which repeats nothing that may be a password, where the variable is not set or libpq cannot read it.
    """
    said, named = _read(spec, environment)
    brand = default_brand if named is None else named
    if brand in {"", EVERYBODY} or "\0" in brand or len(brand) > 200:
        raise ConfigError("the address of the store names no brand", where=_WHERE, hint=_EXAMPLE)
    return _address(said, brand, environment)


def everybody(spec: str, environment: Mapping[str, str]) -> Address:
    """Read the address of a database, for what its brands share. Raises ConfigError as `address` does, and where it names a brand."""
    try:
        said, named = _read(spec, environment)
    except ConfigError as error:
        raise ConfigError(error.problems[0].what, where="--brands", hint=_FLEET) from None
    if named is not None:
        raise ConfigError("the address names one brand, and a fleet is all of a database: leave brand= out", where="--brands", hint=_FLEET)
    return _address(said, EVERYBODY, environment)


def _read(spec: str, environment: Mapping[str, str]) -> tuple[Mapping[str, Any], str | None]:
    """Return the parameters of libpq, and the brand where one is named."""
    place, _, query = _resolved(spec, environment).partition("?")
    named = [pair for pair in query.split("&") if pair.startswith("brand=")]
    try:
        said = conninfo_to_dict(f"{place}?{'&'.join(pair for pair in query.split('&') if pair not in named)}")
    except ProgrammingError:
        raise ConfigError("the address of the store is not one that Postgres reads", where=_WHERE, hint=_EXAMPLE) from None
    return said, unquote(named[0].removeprefix("brand=")) if named else None


def _address(said: Mapping[str, Any], brand: str, environment: Mapping[str, str]) -> Address:
    port = f":{said['port']}" if "port" in said else ""
    shown = f"{said.get('host') or environment.get('PGHOST', '')}{port}/{said.get('dbname') or said.get('service') or ''}"
    safe: dict[str, str] = {} if _tls_is_settled(said, environment) else {"sslmode": "verify-full"}
    return Address(conninfo=make_conninfo("", **{**_DEFAULTS, **said, **safe}), brand=brand, shown=f"postgresql://{shown}?brand={brand}")


def _resolved(spec: str, environment: Mapping[str, str]) -> str:
    if not spec.startswith("env:"):
        return spec
    name = spec.removeprefix("env:")
    found = environment.get(name, "")
    if not found.startswith(("postgresql://", "postgres://")):
        what = f"the variable {name} " + ("is not set" if not found else "does not hold an address that begins with postgresql://")
        raise ConfigError(what, where=_WHERE, hint=f"export {name}=postgresql://db.example/curator?brand=kopi-senja")
    return found


def _tls_is_settled(said: Mapping[str, object], environment: Mapping[str, str]) -> bool:
    """Return whether the address or the environment says how TLS is verified, or every host is this machine."""
    if "sslmode" in said or "PGSSLMODE" in environment:
        return True
    if (said.get("service") or environment.get("PGSERVICE")) and not said.get("host"):
        return False  # only libpq knows the host
    hosts = str(said.get("hostaddr") or said.get("host") or environment.get("PGHOSTADDR") or environment.get("PGHOST") or "")
    return all(_is_local(host) for host in hosts.split(","))


def _is_local(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
