"""Write an export to the disk."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from curator.core import files
from curator.core.errors import UsageError
from curator.publishing.types import ExportFiles, WrittenExport

_THREADS = 32  # files written at a time: each waits for the disk, which takes many at once


def write_files(export: ExportFiles, calendar: Path, to: Path | None = None) -> WrittenExport:
    """Write the files into the `calendar` folder, or to `to`: a folder, or the name of the only file, which has a suffix.

    A file that is there already with the same contents is not touched. Stale files are removed, but from `calendar` alone.
    Raises UsageError for a file name that several files would share, StoreError where the disk refuses.
    """
    contents = _paths(export, calendar, to)
    folder = to if export.folder and to else calendar / export.folder
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(_write, contents, contents.values()))
    stale = [folder / name for name in export.stale if (folder / name).is_file()] if export.folder or not to else []
    for path in stale:
        with files.written(path):
            path.unlink()
    return WrittenExport(folder=folder, files=tuple(contents), removed=tuple(stale))


def _write(path: Path, contents: Iterable[bytes]) -> None:
    if not (path.is_file() and isinstance(contents, tuple) and path.read_bytes() == b"".join(contents)):
        files.write(path, contents)


def _paths(export: ExportFiles, calendar: Path, to: Path | None) -> Mapping[Path, Iterable[bytes]]:
    """Return the chunks of each file by its path."""
    if to is None or export.folder or to.is_dir() or not (to.suffix or to.exists()):
        folder = to or calendar / export.folder
        return {folder / name: contents for name, contents in export.contents().items()}
    if len(export.files) > 1:
        raise UsageError(f"this makes {len(export.files)} files, which cannot all be {to.name}", hint=f"--network X, or -o {to.parent}")
    return {to: export.chunks()}
