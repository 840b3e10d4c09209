"""The search index of a library: words and meaning of every item, derived and rebuilt at will, in `<brand>/library/index/`.

    words/          tantivy: tokens, filters, and the item itself as JSON      vectors.npy    the meaning, eight bits a number
    standing.json   what all this was made from, written last                  lock           one process at a time changes it

Reading takes no lock: tantivy's and our files are replaced, never changed, and a reader keeps those it has opened.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from curator.core import files
from curator.search.index import manifest
from curator.search.index.fulltext import FulltextIndex
from curator.search.index.manifest import IndexManifest, LibraryState

if TYPE_CHECKING:
    from curator.search.index.vectors import VectorIndex

NOTICE: Final = "# Derived from the library beside it: may be deleted, and is made again by: curator reindex\n"


class Index:
    """The index in `folder`; what cannot be read of it counts as not there."""

    def __init__(self, folder: Path, languages: Sequence[str] = ("id", "en")) -> None:
        self.folder, self._languages = folder, languages

    def standing(self) -> IndexManifest | None:
        """What it stands for; None where there is no whole index."""
        return manifest.read(self.folder)

    def exists(self) -> bool:
        """Whether there is one, whole or not."""
        return (self.folder / "standing.json").exists()

    @cached_property
    def words(self) -> FulltextIndex:
        return FulltextIndex(self.folder / "words", self._languages)

    @cached_property
    def meaning(self) -> "VectorIndex":
        from curator.search.index.vectors import VectorIndex

        return VectorIndex(self.folder / "vectors.npy")

    @contextmanager
    def updating(self, patience: float) -> Iterator[IndexManifest]:
        """Holds the index against other writers and gives what it stands for: nothing, where it has to be made anew.

        Raises Locked after `patience` seconds, StoreError where the disk refuses.
        """
        with manifest.held(self.folder, patience), files.written(self.folder):
            self.reopen()
            yield self.standing() or self.clear()

    def clear(self) -> IndexManifest:
        """Throws away all of it but the lock."""
        (self.folder / "standing.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "words", ignore_errors=True)
        (self.folder / "vectors.npy").unlink(missing_ok=True)
        self.reopen()
        return IndexManifest()

    def keep(self, stands: IndexManifest) -> None:
        """Writes what the index stands for now, after everything else is on the disk."""
        files.replace(self.folder / "derived.txt", NOTICE.encode(), backup=False)
        manifest.write(self.folder, stands)

    def reopen(self) -> None:
        """Forgets the files that were opened."""
        self.__dict__.pop("words", None)
        self.__dict__.pop("meaning", None)


def made(seen: LibraryState, fitted: str, prints: dict[str, dict[str, str]], folder: Path, generation: int) -> IndexManifest:
    """The standing of an index whose files are all written."""
    import msgspec

    return IndexManifest(
        schema=manifest.SCHEMA,
        generation=generation,
        seen=seen,
        fitted=fitted,
        sizes=manifest.sizes(folder),
        prints=msgspec.Raw(msgspec.json.encode(prints)),
    )
