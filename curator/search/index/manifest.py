"""The manifest of a search index: the state of the library it was built from, so that a stale or damaged one is noticed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from curator.core import files
from curator.core.errors import Locked

FILE: Final = "manifest.json"
SCHEMA: Final = 4


class LibraryState(Struct, frozen=True, kw_only=True):
    """State of a library: a stamp for each month of items, the encoder's name, a hash of the topics, a stamp of the vector cache."""

    months: Mapping[str, str] = field(default_factory=dict)
    encoder: str = ""
    topics: str = ""
    vectors: str = ""


class IndexManifest(Struct, frozen=True, kw_only=True):
    """Description of an index.

    `fitted` is the hash of the topics that its fits are for, `sizes` the size of each file in bytes, `fingerprints` the
    fingerprint of each item, by month, as JSON that is decoded only when needed. An index in a database has no files, and keeps
    the fingerprints apart.
    """

    schema: int = 0
    generation: int = 0
    state: LibraryState = LibraryState()
    fitted: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    fingerprints: msgspec.Raw = msgspec.Raw(b"{}")

    def by_month(self) -> dict[str, dict[str, str]]:
        """Return the fingerprint of every item in the index, by month and id."""
        return msgspec.json.decode(self.fingerprints, type=dict[str, dict[str, str]])


def read(folder: Path) -> IndexManifest | None:
    """Return the manifest, None where there is no index, or one that is damaged or of another schema."""
    try:
        manifest = msgspec.json.decode((folder / FILE).read_bytes(), type=IndexManifest)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return manifest if manifest.schema == SCHEMA and manifest.sizes == sizes(folder) else None


def write(folder: Path, manifest: IndexManifest) -> None:
    """Write the manifest, after all other files. After a crash in between, the next command repeats the update."""
    path = folder / FILE
    with files.written(path):
        files.replace(path, msgspec.json.encode(manifest), backup=False)


def sizes(folder: Path) -> dict[str, int]:
    """Return the size of each file of the index, in bytes, without the files of a writer at work."""
    found = [*(folder / "words").glob("*.*"), folder / "vectors.npy"]
    return {path.name: path.stat().st_size for path in sorted(found) if path.exists() and not path.name.startswith(".")}


@contextmanager
def locked(folder: Path, patience: float) -> Iterator[None]:
    """Hold the lock of the index; it is released with the process. Raises Locked after `patience` seconds."""
    from filelock import FileLock, Timeout

    path = folder / "lock"
    with files.written(path):
        files.make_folder(folder)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=patience)
        except Timeout as error:
            raise Locked("another command is updating the search index", where=str(path), hint="try again in a moment") from error
    try:
        yield
    finally:
        lock.release()
