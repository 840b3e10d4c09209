"""Where the parts of an index get a transaction from: the one of an update or of a search, or one of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from curator.storage.postgres.address import Address
from curator.storage.postgres.database import Database, Rows

# The planner takes a scan of the table for cheap wherever many items match: it does not count that the words of each lie apart, and
# are read to compare them. Of 100,000 items that is a second.
_BY_INDEX: Final = "SET LOCAL enable_seqscan = off"


class Session:
    """Transactions of one brand. A thread that updates the index reads what it has written; others read what there was."""

    def __init__(self, address: Address) -> None:
        """Connect to nothing."""
        self.database = Database(address)
        self._thread = threading.local()

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """Lend the transaction that the thread is in, or a new one. Raises StoreError."""
        held: Rows | None = getattr(self._thread, "transaction", None)
        if held:
            with self.database.told():
                yield held
            return
        with self.database.transaction() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Make the block one transaction that sees what there was at its beginning. Raises StoreError."""
        with self.database.connection() as connection, self.on(connection, snapshot=True):
            connection.execute(_BY_INDEX)
            yield

    @contextmanager
    def on(self, connection: Rows, *, snapshot: bool = False) -> Iterator[None]:
        """Make the block one transaction on a lent connection; all parts work in it."""
        with self.database.within(connection, snapshot=snapshot):
            self._thread.transaction = connection
            try:
                yield
            finally:
                del self._thread.transaction
