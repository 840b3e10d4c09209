"""The search index of a library, derived from it and rebuilt at will, in `<brand>/library/index/`.

    words/           tantivy: tokens, filters, and each item as JSON        vectors.npy    one vector per item, 8 bits a number
    manifest.json    what all of it was built from, written last            lock           one process at a time updates it

Readers take no lock: files are replaced, never changed, and a reader keeps those it has opened.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
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
    """The index in a folder. What cannot be read of it counts as missing."""

    def __init__(self, folder: Path, languages: Sequence[str] = ("id", "en")) -> None:
        """Use `folder`; words of queries are stemmed in each of `languages`."""
        self.folder, self._languages = folder, languages

    def manifest(self) -> IndexManifest | None:
        """Return the manifest, None where there is no complete index."""
        return manifest.read(self.folder)

    def fingerprints(self) -> dict[str, dict[str, str]]:
        """Return the fingerprint of every item in the index, by month and id."""
        found = self.manifest()
        return found.by_month() if found else {}

    def exists(self) -> bool:
        """Return whether there is an index, complete or not."""
        return (self.folder / manifest.FILE).exists()

    @cached_property
    def fulltext(self) -> FulltextIndex:
        """Index of the words."""
        return FulltextIndex(self.folder / "words", self._languages)

    @cached_property
    def vectors(self) -> "VectorIndex":
        """Index of the vectors."""
        from curator.search.index.vectors import VectorIndex

        return VectorIndex(self.folder / "vectors.npy")

    def reading(self) -> AbstractContextManager[None]:
        """Change nothing: the files that were opened stay as they are."""
        return nullcontext()

    @contextmanager
    def updating(self, patience: float) -> Iterator[IndexManifest]:
        """Lock the index against other writers, and yield its manifest; an empty one where it has to be built anew.

        Raises Locked after `patience` seconds, StoreError where the disk refuses.
        """
        with manifest.locked(self.folder, patience), files.written(self.folder):
            self._close()
            yield self.manifest() or self.clear()

    def clear(self) -> IndexManifest:
        """Delete everything but the lock, and return an empty manifest."""
        (self.folder / manifest.FILE).unlink(missing_ok=True)
        shutil.rmtree(self.folder / "words", ignore_errors=True)
        (self.folder / "vectors.npy").unlink(missing_ok=True)
        self._close()
        return IndexManifest()

    def commit(self, state: LibraryState, fitted: str, fingerprints: Mapping[str, Mapping[str, str]], generation: int) -> None:
        """Write the manifest of an index whose other files are on the disk."""
        import msgspec

        files.replace(self.folder / "derived.txt", NOTICE.encode(), backup=False)
        made = IndexManifest(
            schema=manifest.SCHEMA,
            generation=generation,
            state=state,
            fitted=fitted,
            sizes=manifest.sizes(self.folder),
            fingerprints=msgspec.Raw(msgspec.json.encode(fingerprints)),
        )
        manifest.write(self.folder, made)

    def _close(self) -> None:
        """Forget the files that were opened."""
        self.__dict__.pop("fulltext", None)
        self.__dict__.pop("vectors", None)
