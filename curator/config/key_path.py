"""A key of brand.toml, and the path by which its problems name it."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from curator.core.errors import Problem
from curator.core.text.plain import line


class KeyPath(Struct, frozen=True):
    """A key path of the file, and the list that collects its problems. Entries of lists count from 1, as people do."""

    file: str
    problems: list[Problem]
    path: str = ""

    def at(self, key: str) -> "KeyPath":
        """Return the path of a key below this one."""
        return replace(self, path=f"{self.path}.{line(key, 60)}" if self.path else line(key, 60))

    def entry(self, n: int) -> "KeyPath":
        """Return the path of entry `n` of this list."""
        return replace(self, path=f"{self.path}[{n}]")

    @property
    def key(self) -> str:
        """The last key of the path."""
        return self.path.rpartition(".")[2].partition("[")[0]

    def bad(self, what: str, hint: str) -> None:
        """Report a problem. `what` is the sentence after the key: "is missing"."""
        self.problems.append(Problem(what=f"{self.key} {what}", where=f"{self.file}: {self.path}", hint=hint))


Reader = Callable[[Any, KeyPath], Any]


class Key(Struct, frozen=True):
    """A key of brand.toml: the type of its value in words, an example in TOML, what it means, and the reader of its value."""

    type: str
    example: str
    meaning: str
    read: Reader

    def __call__(self, value: Any, place: KeyPath) -> Any:
        """Read a value; report a problem and return None where it is wrong."""
        return self.read(value, place)
