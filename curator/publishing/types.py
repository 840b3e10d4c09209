"""What an export is asked for, and what it returns."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct, field

from curator.core.errors import Problem, UsageError


class ExportRequest(Struct, frozen=True, kw_only=True):
    """What to export: the posts of a network, or of all, from day `since` to day `until` of the brand's time zone, both included.

    `like` is a template file of the scheduler, to be filled in. `skip_bad` leaves out the posts that the target would refuse.
    """

    format: str
    network: str = ""
    since: date | None = None
    until: date | None = None
    like: Path | None = None
    skip_bad: bool = False


class ExportFiles(Struct, frozen=True, kw_only=True):
    """The files of an export by name, not written yet.

    `streams`: a file that may be larger than memory, by name; its chunks can be read once. `posts`: the number of posts in each
    file. `folder`: the name of a folder that the files belong into, "" where they need none.
    `stale`: names of files that an earlier export may have left and that do not belong to this one. `left_out`: posts that the
    target would refuse, or that are not approved. `unapproved`: how many of the posts nobody has approved, in words, "" where all
    are or the brand does not ask. `note`: what to mind while importing. `empty_file`: a file without posts. `calendar`: whether
    the files are made of posts.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    streams: Mapping[str, Iterable[bytes]] = field(default_factory=dict)
    posts: Mapping[str, int] = field(default_factory=dict)
    folder: str = ""
    stale: tuple[str, ...] = ()
    left_out: tuple[Problem, ...] = ()
    note: str = ""
    unapproved: str = ""
    empty_file: bytes = b""
    calendar: bool = True

    def contents(self) -> Mapping[str, Iterable[bytes]]:
        """Return the chunks of every file by name."""
        return {**{name: (body,) for name, body in self.files.items()}, **self.streams}

    def single(self) -> bytes:
        """Return the contents of the only file. Raises UsageError where there are several, or a folder of them."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterable[bytes]:
        """Return the chunks of the only file. Raises UsageError where there are several, or a folder of them."""
        if self.folder:
            raise UsageError("this makes a folder of files, which cannot be printed", hint="-o FOLDER")
        if len(self.files) > 1:
            names = ", ".join([*self.files][:4])
            raise UsageError(f"one file can be printed, and this makes {len(self.files)}: {names}", hint="--network X, or -o FOLDER")
        return next(iter(self.contents().values()), (self.empty_file,))


class WrittenExport(Struct, frozen=True, kw_only=True):
    """The paths of an export: its `folder`, its `files` in the order of `ExportFiles`, and stale files that were `removed`."""

    folder: Path
    files: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
