"""The shelf of a harvest: answers by key in a temporary file, so that a large fleet does not fill the memory."""

import sqlite3
from pathlib import Path


class Shelf:
    """Bytes by key, for as long as a harvest lasts. Nothing of it is needed after a crash, so nothing is synced."""

    def __init__(self, path: Path) -> None:
        """Make the file."""
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE kept (key BLOB PRIMARY KEY, body BLOB)"
        )

    def get(self, key: bytes) -> bytes | None:
        """Return what is kept under a key, or None."""
        row = self._database.execute("SELECT body FROM kept WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def put(self, key: bytes, body: bytes) -> None:
        """Keep bytes, in place of those of the same key."""
        self._database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, body))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
