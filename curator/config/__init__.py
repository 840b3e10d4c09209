"""The brand directory: finding it, reading its brand.toml, and making a new one."""

import codecs
import os
import re
import shlex
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from curator.config import keys
from curator.config.key_path import KeyPath
from curator.core import files
from curator.core.brand import Brand
from curator.core.errors import ConfigError, Problem
from curator.core.text.plain import line

BRAND, FEEDS = "brand.toml", "feeds.opml"
_TOML_IN_WORDS = {
    "Invalid value": 'a value is neither text in "quotes" nor a number, true, false or a list',
    "Cannot overwrite a value": "a key is given twice",
    "Unterminated string": "a quote is never closed",
}
_LARGEST = 256 * 1024  # bytes; far beyond what a person writes


def find_home(start: str | Path | None = None, env: Mapping[str, str] = os.environ) -> Path:
    """Return the brand directory: `start` (--home), else $CURATOR_HOME, else the nearest of this directory and its parents.

    Raises ConfigError when there is no brand.toml.
    """
    if given := start or env.get("CURATOR_HOME"):
        home = Path(given).expanduser()
        if not _is_file(home / BRAND):
            _no_brand(home)
        return home
    here = Path.cwd()
    for home in (here, *here.parents):
        if _is_file(home / BRAND):
            return home
    raise ConfigError(f"no {BRAND} in this directory or above it", hint="curator init kopi-senja")


def find_homes(start: str | Path | None = None, env: Mapping[str, str] = os.environ) -> Mapping[str, Path]:
    """Return brand directories by name: those in `start` (--home) or $CURATOR_HOME where it is none itself, else one named "".

    Raises ConfigError as `find_home` does where there is none.
    """
    if given := start or env.get("CURATOR_HOME"):
        folder = Path(given).expanduser()
        if not _is_file(folder / BRAND) and (inside := _inside(folder)):
            return inside
    return {"": find_home(start, env)}


def load(home: Path) -> Brand:
    """Read brand.toml in `home`. Raises ConfigError with every problem in it."""
    return parse(_body(home))


def text(home: Path) -> str:
    """Read brand.toml in `home` as text. Raises ConfigError where it cannot be read."""
    return decoded(_body(home))


def decoded(body: bytes, where: str = BRAND) -> str:
    """Return the text of a brand.toml in any encoding of Unicode that it names. Raises ConfigError where it has another."""
    if len(body) > _LARGEST:
        raise ConfigError(f"larger than {_LARGEST // 1024} kB: no brand takes that many words", where=where)
    try:
        return body.decode(_encoding(body))
    except UnicodeDecodeError as e:
        at = body.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"not saved as UTF-8: {e.reason}", where=f"{where}: line {at}", hint='save it again with encoding "UTF-8"') from e


def _body(home: Path) -> bytes:
    try:
        with (home / BRAND).open("rb") as file:
            return file.read(_LARGEST + 1)
    except FileNotFoundError:
        _no_brand(home)
    except OSError as e:
        raise ConfigError(f"{BRAND} cannot be read: {e.strerror}", where=str(home / BRAND)) from e


def read(path: Path) -> Brand:
    """Read a file of any name in the format of brand.toml. Raises ConfigError with every problem in it."""
    try:
        with path.open("rb") as file:
            return parse(file.read(_LARGEST + 1), where=str(path))
    except OSError as e:
        raise ConfigError(f"{path.name} cannot be read: {e.strerror}", where=str(path)) from e


def parse(body: bytes, *, where: str = BRAND) -> Brand:
    """Parse the content of a brand.toml; `where` names the file in problems. Raises ConfigError with all of them."""
    problems: list[Problem] = []
    brand = keys.read(_document(decoded(body, where), where), KeyPath(where, problems))
    if brand is None:
        raise ConfigError(problems=problems)
    return brand


def rewrite(home: Path, change: Callable[[str], str]) -> Brand:
    """Write brand.toml in `home` as `change` makes it of its text, and return the brand that it then says.

    The former file stays as brand.toml.bak. Raises ConfigError where the file would have a problem, and writes nothing then.
    """
    path, body = home / BRAND, _body(home)
    edited = change(decoded(body)).encode(_encoding(body))
    brand = parse(edited)
    with files.written(path):
        files.replace(path, edited)
    return brand


def init(directory: Path) -> list[Path]:
    """Write a commented brand.toml and a starter feeds.opml, and return their paths. A file that exists is left as it is."""
    written = [directory / name for name in (BRAND, FEEDS) if not _is_there(directory / name)]
    for path in written:
        files.write(path, (resources.files("curator.config") / "starter" / path.name).read_bytes())
    return written


def _inside(folder: Path) -> dict[str, Path]:
    """Return the brand directories in a folder by name; none for what is no folder or may not be looked into."""
    try:
        return {child.name: child for child in sorted(folder.iterdir()) if _is_file(child / BRAND)}
    except OSError:
        return {}


def _no_brand(home: Path) -> NoReturn:
    raise ConfigError(f"no {BRAND} in {home}", hint=f"curator init {shlex.quote(str(home))}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a directory that may not be looked into holds no file of ours
        return False


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError as e:
        raise ConfigError(f"{path.name} cannot be looked at: {e.strerror}", where=str(path)) from e
    return True


def _encoding(body: bytes) -> str:
    """Return the encoding that a text says it has by its first bytes, else UTF-8."""
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    return next((encoding for mark, encoding in marks.items() if body.startswith(mark)), "utf-8")


_USER = re.compile(r"://[^/\s]*@")  # of an address, which may hold a password


def _document(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as e:
        raise ConfigError("nested too deep for a brand.toml", where=where) from e
    except ValueError as e:
        reason, _, at = line(str(e)).rstrip(")").partition(" (at ")
        n = re.match("line ([0-9]+)", at)
        wrong = _USER.sub("://…@", text.split("\n")[int(n[1]) - 1]) if n else ""
        hint = f"this line reads: {line(wrong, 80)}" if n else ""
        raise ConfigError(f"not TOML: {_TOML_IN_WORDS.get(reason, reason)}", where=f"{where}: {at}" if at else where, hint=hint) from e
