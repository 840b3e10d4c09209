"""`Library.saving_key`: the key with which a page elsewhere may save addresses, and do nothing else."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from typing import Final

from curator.core import files

_NAME: Final = "saving.key"
_PRIVATE: Final = 0o600


class SavingKey:
    """Key kept in `library/saving.key`, which only its owner may read. There is none until one is made."""

    def __init__(self, home: Path) -> None:
        """Keep the key of the brand directory `home`."""
        self._path = home / "library" / _NAME

    def read(self) -> str:
        """Return the key, "" where there is none. Raises StoreError where its file cannot be read."""
        with files.written(self._path):
            try:
                return self._path.read_text("ascii", "replace").strip()
            except FileNotFoundError:
                return ""

    def renew(self) -> str:
        """Make a new key and return it. The former one opens nothing any more."""
        key = secrets.token_urlsafe(24)
        files.write(self._path, f"{key}\n".encode(), mode=_PRIVATE)
        return key

    def revoke(self) -> None:
        """Remove the key."""
        with files.written(self._path):
            self._path.unlink(missing_ok=True)

    def admits(self, key: str) -> bool:
        """Return whether this is the key, compared in constant time. None is admitted where there is no key."""
        kept = self.read()
        return bool(kept) and hmac.compare_digest(kept.encode(), key.encode("utf-8", "replace"))
