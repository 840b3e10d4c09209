"""Exceptions for what the user must act on.

What goes wrong with one feed or page among many is a value instead: `core.feed.Failure`.
"""

from collections.abc import Sequence

from msgspec import Struct


class Problem(Struct, frozen=True, kw_only=True):
    """One thing to fix: what is wrong, where (file and key), and a command or line to type.

    `multiline`: `what` has further lines, which show the input with a caret below the error.
    """

    what: str
    where: str = ""
    hint: str = ""
    multiline: bool = False


class CuratorError(Exception):
    """Base of all errors that the user must act on. `code` is the exit code of the command that raises it."""

    code = 1

    def __init__(self, what: str = "", *, where: str = "", hint: str = "", problems: Sequence[Problem] = ()) -> None:
        """Describe one problem by `what`, `where` and `hint`, or several by `problems`."""
        self.problems = tuple(problems) or (Problem(what=what, where=where, hint=hint),)
        super().__init__("; ".join(p.what for p in self.problems))


class UsageError(CuratorError):
    """The arguments of a command are invalid."""

    code = 2


class ConfigError(CuratorError):
    """brand.toml or feeds.opml is invalid. Carries every problem found, not only the first."""


class NoModel(CuratorError):
    """The embedding model named in brand.toml is not available."""


class StoreError(CuratorError):
    """The library cannot be read or written: damaged, from a newer version, read-only, or the disk is full."""


class NothingFetched(CuratorError):
    """None of the feeds could be fetched."""

    code = 3


class Locked(CuratorError):
    """Another command is writing to this brand's library."""

    code = 75


class DecidedElsewhere(CuratorError):
    """An item was decided otherwise since the user last saw it: in another window, or by a command."""


class Unreadable(Exception):
    """A page or feed cannot be parsed. Raised in a worker process, returned to its caller as a `Failure`."""

    def __init__(self, reason: str, hint: str = "") -> None:
        """Store why the input cannot be parsed, and what the user can do."""
        self.reason, self.hint = reason, hint
        super().__init__(reason, hint)
