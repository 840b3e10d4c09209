"""What the index stands for: which state of the library it was made from, so that a stale or broken one is noticed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from curator.core import files
from curator.core.errors import Locked

SCHEMA: Final = 1


class LibraryState(Struct, frozen=True, kw_only=True):
    """The library as it was looked at: a stamp a month, the voter, what the topics ask for, and the state of the kept vectors."""

    months: Mapping[str, str] = field(default_factory=dict)
    voter: str = ""
    topics: str = ""
    vectors: str = ""


class IndexManifest(Struct, frozen=True, kw_only=True):
    """What was put into the index. `fitted`: the topics its fits are for; `sizes`: of its files; `prints`: by month, as JSON."""

    schema: int = 0
    generation: int = 0
    seen: LibraryState = LibraryState()
    fitted: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    prints: msgspec.Raw = msgspec.Raw(b"{}")

    def known(self) -> dict[str, dict[str, str]]:
        """The print of every item, by month."""
        return msgspec.json.decode(self.prints, type=dict[str, dict[str, str]])


def read(folder: Path) -> IndexManifest | None:
    """None where there is no index, or none that can be used."""
    try:
        standing = msgspec.json.decode((folder / "standing.json").read_bytes(), type=IndexManifest)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return standing if standing.schema == SCHEMA and standing.sizes == sizes(folder) else None


def write(folder: Path, standing: IndexManifest) -> None:
    """What was put before it is on the disk already; after a crash in between, the next command does it again."""
    path = folder / "standing.json"
    with files.written(path):
        files.replace(path, msgspec.json.encode(standing), backup=False)


def sizes(folder: Path) -> dict[str, int]:
    """The files of the index with their sizes; those of a writer at work do not count."""
    found = [*(folder / "words").glob("*.*"), folder / "vectors.npy"]
    return {path.name: path.stat().st_size for path in sorted(found) if path.exists() and not path.name.startswith(".")}


@contextmanager
def held(folder: Path, patience: float) -> Iterator[None]:
    """One process at a time changes the index; the lock goes with the process. Raises Locked after `patience` seconds."""
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
