"""Where the parts of an index get a transaction from: the one of an update, or one of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from curator.storage.postgres.address import Address
from curator.storage.postgres.database import Database, Rows


class Session:
    """Transactions of one brand. A thread that updates the index reads what it has written; others read what there was."""

    def __init__(self, address: Address) -> None:
        """Connect to nothing."""
        self.database = Database(address)
        self._thread = threading.local()

    @contextmanager
    def rows(self) -> Iterator[Rows]:
        """Lend the transaction of the update, or a new one. Raises StoreError."""
        held: Rows | None = getattr(self._thread, "transaction", None)
        if held:
            with self.database.told():
                yield held
            return
        with self.database.transaction() as connection:
            yield connection

    @contextmanager
    def on(self, connection: Rows) -> Iterator[None]:
        """Make the block one transaction on a lent connection; all parts work in it."""
        with self.database.within(connection):
            self._thread.transaction = connection
            try:
                yield
            finally:
                del self._thread.transaction
