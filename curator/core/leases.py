"""Protocol of the leases by which several machines are polite together."""

from typing import Protocol, TypeVar

L = TypeVar("L")


class HostLeases(Protocol[L]):
    """Rights to have a request in flight at a host, shared by machines that are polite together. A right that is not given back expires."""

    async def take(self, host: str) -> L | None:
        """Return a lease of a host, or None where all are taken. Raises StoreError."""
        ...

    async def give_back(self, lease: L) -> None:
        """Give a lease back. Raises StoreError."""
        ...
