"""Errors a person must act on. Everything else that goes wrong is a value: `model.Failure`."""

from collections.abc import Sequence

from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True):
    """One thing to mend: what is wrong, where (file and key), and a command or a line to type.

    `place`: what is wrong goes on in rows of its own, the last of which points at the place.
    """

    what: str
    where: str = ""
    hint: str = ""
    place: bool = False


class CuratorError(Exception):
    """The person must act. `code` is the exit code of the command that meets it."""

    code = 1

    def __init__(self, what: str = "", *, where: str = "", hint: str = "", problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems) or (Problem(what=what, where=where, hint=hint),)
        super().__init__("; ".join(p.what for p in self.problems))


class UsageError(CuratorError):
    """The command was typed in a way that cannot be understood."""

    code = 2


class ConfigError(CuratorError):
    """brand.toml or feeds.opml cannot be used; carries every problem found, not only the first."""


class NoModel(CuratorError):
    """The embedding model named in brand.toml cannot be had here."""


class StoreError(CuratorError):
    """The library cannot be read or written: damaged, newer than this curator, read-only, or no space left."""


class NothingFetched(CuratorError):
    """Not one feed could be reached."""

    code = 3


class Locked(CuratorError):
    """Another command is writing to this brand's library."""

    code = 75


class Unreadable(Exception):
    """A page or feed that a worker could not make sense of: crosses the process boundary and becomes a Failure."""

    def __init__(self, reason: str, hint: str = "") -> None:
        self.reason, self.hint = reason, hint
        super().__init__(reason, hint)
