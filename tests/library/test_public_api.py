"""The public API: what `curator` offers, and that it costs nothing before it is used."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from support.index import item

import curator
from curator import Library
from curator.core.protocols import Changes
from curator.storage import open_store

FACADES = (
    curator.Calendar,
    curator.Decisions,
    curator.Drafts,
    curator.Feeds,
    curator.Publishing,
    curator.Reviews,
    curator.Search,
    curator.Watches,
)


def ours(hint: Any) -> Iterator[type]:
    """The classes of the package that a type is made of."""
    if inspect.isclass(hint) and hint.__module__.startswith("curator."):
        yield hint
    for part in get_args(hint):
        yield from ours(part)


def test_every_public_name_can_be_imported_and_stands_in_one_place():
    assert all(getattr(curator, name) for name in curator.__all__)
    assert curator.__all__ == sorted(set(curator.__all__))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Libary'"):
        curator.Libary  # noqa: B018


def test_importing_curator_imports_none_of_its_modules():
    script = "import sys, curator; print(*(name for name in sys.modules if name.startswith('curator.')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("owner", [Library, *FACADES], ids=lambda owner: owner.__name__)
def test_every_type_in_a_signature_of_the_library_is_public(owner: type):
    public = {getattr(curator, name) for name in curator.__all__}
    names = {name: getattr(curator, name) for name in curator.__all__}
    for name, method in inspect.getmembers(owner, inspect.isfunction):
        if not name.startswith("_") or name == "__call__":
            hints = get_type_hints(method, localns=names)
            assert {each for hint in hints.values() for each in ours(hint)} <= public, name


def test_every_type_in_a_signature_of_a_function_is_public():
    public = {getattr(curator, name) for name in curator.__all__}
    names = {name: getattr(curator, name) for name in curator.__all__}
    for name in curator.__all__:
        if inspect.isfunction(function := getattr(curator, name)):
            hints = get_type_hints(function, localns=names)
            assert {each for hint in hints.values() for each in ours(hint)} <= public, name


def test_the_facades_of_a_library_are_made_once(tmp_path: Path):
    (tmp_path / "brand.toml").write_text('[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n')
    with Library.open(tmp_path) as desk:
        assert desk.feeds is desk.feeds
        assert desk.search is desk.search


def test_an_item_is_looked_up_in_the_store_alone(tmp_path: Path):
    brief = '[brand]\nname = "Senja"\n[[topics]]\nname = "Kopi"\nabout = "kopi"\nexamples = ["https://kabar.example/1"]\n'
    (tmp_path / "brand.toml").write_text(brief)
    kept = item("1", "Panen raya")
    open_store("tinydb", tmp_path / "library").commit(Changes(items=(kept,)))
    script = (
        f"import sys; from curator import Library; print(Library.open({str(tmp_path)!r}).item({kept.id[:5]!r}).url, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{kept.url} False\n"
