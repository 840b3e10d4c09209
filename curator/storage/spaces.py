"""Cache of the embedding space that was learned for a model without a bundled calibration: `library/space.npz`.

The file is derived data. It holds the space of one encoder, the one last used; a damaged file counts as none.
"""

import io
import logging
import zipfile
from pathlib import Path

import numpy as np
from msgspec.structs import asdict

from curator.core import files
from curator.core.errors import StoreError
from curator.core.protocols import EmbeddingSpace, SpaceCache

_LOG = logging.getLogger(__name__)


class SpaceFile:
    """A `SpaceCache` in a NumPy archive that is replaced as a whole."""

    def __init__(self, path: Path) -> None:
        """Open nothing: `path` is read when a space is asked for."""
        self.path = path

    def get(self, encoder: str) -> tuple[EmbeddingSpace, int] | None:
        """Return the space in the file, or None where it is another encoder's, damaged or not there."""
        try:
            found = loaded(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            _LOG.warning("the learned embedding space is not used, it is learned again: %s", error)
            return None
        return found if found and found[0].name == encoder else None

    def put(self, space: EmbeddingSpace, documents: int) -> None:
        """Replace the file, or log why it could not be written."""
        try:
            self.take(dumped(space, documents))
        except StoreError as error:
            _LOG.warning("the learned embedding space is not kept: %s", error)

    def bodies(self) -> dict[bytes, bytes]:
        """Return the bytes of the file by the name of its encoder; nothing where they cannot be read."""
        body = self.path.read_bytes() if self.path.exists() else b""
        found = loaded(body) if body else None
        return {found[0].name.encode(): body} if found else {}

    def take(self, body: bytes) -> None:
        """Replace the file by the bytes of another one. Raises StoreError."""
        with files.written(self.path):
            files.replace(self.path, body, backup=False)


def dumped(space: EmbeddingSpace, documents: int) -> bytes:
    """Return a space, and the number of documents it was estimated from, as a NumPy archive."""
    body = io.BytesIO()
    np.savez_compressed(body, documents=documents, **asdict(space))
    return body.getvalue()


def loaded(body: bytes) -> tuple[EmbeddingSpace, int] | None:
    """Read what `dumped` returned, or log why it cannot be used and return None."""
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as archive:
            fields = {name: archive[name] for name in archive.files}
        count = int(fields.pop("documents"))
        return EmbeddingSpace(**{name: array if array.ndim else array.item() for name, array in fields.items()}), count
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        _LOG.warning("the learned embedding space is not used, it is learned again: %s", error)
        return None


class MemorySpaces:
    """A `SpaceCache` that lasts as long as the process; what it does not know it looks up in `base`, which it never writes."""

    def __init__(self, base: SpaceCache | None = None) -> None:
        """Read through to `base`, where there is one."""
        self._base = base
        self._spaces: dict[str, tuple[EmbeddingSpace, int]] = {}

    def get(self, encoder: str) -> tuple[EmbeddingSpace, int] | None:
        """Return the space of an encoder and the number of documents it was estimated from, or None."""
        return self._spaces.get(encoder) or (self._base.get(encoder) if self._base else None)

    def put(self, space: EmbeddingSpace, documents: int) -> None:
        """Keep a space in memory."""
        self._spaces[space.name] = (space, documents)
