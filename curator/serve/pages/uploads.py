"""Files that come with a form, for parts that read files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from curator.core.errors import CuratorError, Problem


@contextmanager
def kept(sent: bytes, name: str) -> Iterator[Path]:
    """Keep what was sent in a file of this name while the block lasts. A CuratorError about it names it without its folder."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(sent)
        try:
            yield file
        except CuratorError as error:
            error.problems = tuple(_without(folder, each) for each in error.problems)
            raise


def _without(folder: str, problem: Problem) -> Problem:
    said = {name: getattr(problem, name).replace(f"{folder}/", "") for name in ("what", "where", "hint")}
    return replace(problem, **said)
