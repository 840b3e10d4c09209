"""The links and files that let somebody answer without an account: `reviews.json`, for its owner alone, without their tokens."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from curator.core import files
from curator.core.errors import StoreError
from curator.core.review import Review

_PRIVATE = 0o600


class ReviewFile:
    """A file of reviews. Whoever changes it holds `Store.writing` from reading to writing."""

    def __init__(self, path: Path) -> None:
        """Keep the reviews at `path`, which the first one creates."""
        self._path = path

    def read(self) -> list[Review]:
        """Return the reviews in the order in which they were made. Raises StoreError where the file cannot be read."""
        with files.written(self._path):
            try:
                return msgspec.json.decode(self._path.read_bytes(), type=list[Review])
            except FileNotFoundError:
                return []
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise StoreError("reviews.json is damaged", where=str(self._path), hint=f"rm {self._path} ends all links") from None

    def write(self, reviews: Sequence[Review]) -> None:
        """Replace all reviews."""
        files.write(self._path, msgspec.json.format(msgspec.json.encode(reviews), indent=1), mode=_PRIVATE)
