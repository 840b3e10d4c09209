"""A library moves between stores whole: compared record by record, done again where it was cut short."""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from support.command import Day, curator
from support.day import made
from support.parts import Quiet
from support.store_contract import NOW, decided, item, items, notice, post, report, result, rich, scouted, state

from curator.core.errors import CuratorError, Locked, StoreError, UsageError
from curator.core.item import Tombstone
from curator.core.protocols import Changes, Store
from curator.library import Library
from curator.storage import move, open_caches
from curator.storage.memory import MemoryStore
from curator.storage.tinydb_store import TinyStore

_BRANDS = count()
LIBRARY = Changes(
    items=(rich(1), item(2, title="夕暮れ ☕"), *items(800, 1700, 2500)),
    texts={item(1).id: "satu\0dua ☕", item(2).id: ""},
    states=(state(1), state(2)),
    posts=(post(1), post(2, at=None)),
    decisions=(decided(1), decided(3)),
    notices=(notice(1),),
    results=(result(1),),
    scouted=(scouted(1),),
    report=report(NOW.date()),
)
LEFT = Changes(removed=(Tombstone(id=item(9).id, entry_hash=9), Tombstone(id=item(2).id)))


@pytest.fixture(params=["tinydb", "postgres"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store to move to, and from."""
    if request.param == "tinydb":
        yield TinyStore(tmp_path / "other")
    else:
        yield postgres(f"move-{next(_BRANDS)}")


def postgres(brand: str) -> Store:
    from support.postgres import server

    from curator.storage import open_store

    return open_store(server().url(brand), Path("library"))


def filled(store: Store) -> Store:
    store.commit(LEFT)
    store.commit(LIBRARY)
    return store


def moved(source: Store, target: Store) -> move.Moved:
    return move.move(source, target, Quiet(), aside="make room")


def test_what_arrives_is_what_was_there_and_comes_back_the_same(other: Store, tmp_path: Path) -> None:
    source, back = filled(TinyStore(tmp_path / "library")), TinyStore(tmp_path / "back")
    done = moved(source, other)
    assert (done.items, done.texts, done.posts, done.decisions, done.lists, done.tombstones) == (5, 2, 2, 2, 1, 2)
    assert (done.results, done.sites) == (1, 1)
    assert done.written == 5 + 2 + 2 + 2 + 1 + 1 + 2 + 2 + 2
    assert moved(other, back).written == done.written
    assert move.inventory(back) == move.inventory(other) == move.inventory(source)
    assert back.items() == source.items()
    assert back.texts(item(n).id for n in (1, 2)) == {item(1).id: "satu\0dua ☕", item(2).id: ""}
    assert {month: back.fingerprints(month) for month in back.months()} == {month: source.fingerprints(month) for month in source.months()}


def test_a_move_that_is_done_again_writes_only_what_changed_since(other: Store) -> None:
    source = filled(MemoryStore())
    moved(source, other)
    assert moved(source, other).written == 0
    source.commit(Changes(items=(item(2, note="baru"),), texts={item(2).id: "baru"}, posts=(post(1, cancelled=True),)))
    source.commit(
        Changes(forget=(state(2).url,), dropped=(notice(1).id,), unscouted=(scouted(1).site,), removed=(Tombstone(id=item(1).id),))
    )
    assert moved(source, other).written == 4
    assert move.inventory(other) == move.inventory(source)


@pytest.mark.parametrize("commits", range(7))
def test_a_move_that_is_cut_after_any_commit_is_finished_by_the_next(other: Store, commits: int) -> None:
    source, left = filled(MemoryStore()), commits

    class Cut(Exception):
        pass

    class Fragile:
        def __getattr__(self, name: str) -> object:
            return getattr(other, name)

        def commit(self, changes: Changes) -> None:
            nonlocal left
            if not left:
                raise Cut
            left -= 1
            other.commit(changes)

    with pytest.raises(Cut):
        moved(source, Fragile())  # type: ignore[arg-type]
    moved(source, other)
    assert move.inventory(other) == move.inventory(source)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (Changes(items=items(77)), "1 items"),
        (Changes(posts=(post(77),)), "1 posts"),
        (Changes(decisions=(decided(77),)), "1 decisions"),
        (Changes(report=report(NOW.date().replace(day=1))), "1 lists"),
    ],
)
def test_a_library_that_holds_more_is_not_overwritten(other: Store, more: Changes, told: str) -> None:
    source = filled(MemoryStore())
    moved(source, other)
    other.commit(more)
    before = move.inventory(other)
    source.commit(Changes(items=(item(2, note="lain"),)))
    with pytest.raises(StoreError, match=f"holds what this one lacks: {told}") as refused:
        moved(source, other)
    assert refused.value.problems[0].hint == "make room"
    assert move.inventory(other) == before


def test_what_does_not_arrive_as_it_was_is_told() -> None:
    class Forgetful(MemoryStore):
        def commit(self, changes: Changes) -> None:
            super().commit(Changes(items=changes.items[1:], texts=changes.texts))

    with pytest.raises(StoreError, match=r"still differ after the move: 1 items, 1 texts, 2 posts, 2 decisions, 1 lists"):
        moved(filled(MemoryStore()), Forgetful())


def test_nothing_is_written_to_a_library_while_it_moves(tmp_path: Path) -> None:
    source, seen = filled(TinyStore(tmp_path / "library")), []

    class Watching(MemoryStore):
        def commit(self, changes: Changes) -> None:
            with pytest.raises(Locked):
                TinyStore(tmp_path / "library").running().__enter__()
            seen.append(changes)
            super().commit(changes)

    def beside() -> None:
        moved(source, Watching())

    beside()
    assert seen


# --- the command ---


def test_the_daily_list_is_the_same_bytes_before_and_after_a_move_and_back(day: Day) -> None:
    from support.postgres import server

    url = server().url(f"day-{next(_BRANDS)}", "owner")
    before = {name: _printed(day, *words) for name, words in _QUESTIONS.items()}
    done = curator("move", "--to", url, "--switch", "--home", day.home)
    assert done.returncode == 0, done.stderr
    assert f'store = "{url}"' in (day.home / "brand.toml").read_text("utf-8")
    (day.home / "library").rename(day.home / "former")  # nothing is read from the files any more
    assert {name: _printed(day, *words) for name, words in _QUESTIONS.items()} == before
    assert curator("doctor", "--home", day.home).returncode == 0
    assert curator("move", "--to", "tinydb", "--switch", "--home", day.home).returncode == 0
    assert _printed(day, *_QUESTIONS["library"]) == before["library"]


_QUESTIONS = {
    "list": ("list", "--json"),
    "rank": ("rank", "--all", "--json", "--now", "2026-11-23T06:00:00+07:00"),
    "meaning": ("search", "kopi", "--mode", "meaning", "--json"),
    "newest": ("search", "kopi", "--sort", "date", "--json"),
    "library": ("export", "json", "-o", "-"),
}


def _printed(day: Day, *words: str) -> str:
    done = curator(*words, "--home", day.home)
    assert done.returncode == 0, done.stderr
    text = re.sub(r'"took_ms":\d+', "", done.stdout)
    return text if words[0] != "export" else text.partition("\n")[2].partition("\n")[2]  # the first line is brand.toml


def test_a_move_to_where_the_library_is_and_to_no_store_are_refused(tmp_path: Path) -> None:
    desk = Library.open(made(tmp_path))
    with pytest.raises(UsageError, match="kept there already"):
        desk.move("tinydb")
    for nowhere in ("sqlite", "postgresql://desk:r4hasia@db.example/x"):
        with pytest.raises(UsageError) as refused:
            desk.move(nowhere)
        assert "r4hasia" not in str(refused.value.problems)


def test_what_the_models_computed_comes_along_to_the_bit(tmp_path: Path) -> None:
    import numpy as np
    from support.postgres import server

    there = open_caches(server().url(f"caches-{next(_BRANDS)}"), tmp_path)
    here, back = open_caches("tinydb", tmp_path / "library"), open_caches("tinydb", tmp_path / "back")
    keys = [bytes([n]) * 16 for n in range(200)]
    rows = {key: np.float16(np.random.default_rng(n).normal(size=384)).astype(np.float32) for n, key in enumerate(keys)}
    here.opened().vectors.put(rows)
    here.opened().scores.put({keys[0]: np.float32([1 / 3])})
    here.opened().words.put({keys[0]: np.frombuffer(b"\0packed", np.uint8)})
    stamp = there.stamp("vectors")
    move.move_caches(here, there)
    move.move_caches(there, back)
    for caches in (there, back):
        found = caches.opened().vectors.get(keys)
        assert all(found[key].tobytes() == rows[key].tobytes() for key in keys)
        assert caches.opened().scores.get(keys)[keys[0]].tobytes() == np.float32([1 / 3]).tobytes()
        assert caches.opened().words.get(keys)[keys[0]].tobytes() == b"\0packed"
    assert there.stamp("vectors") != stamp
    assert there.opened().lent().vectors.get([b"unknown"]) == {}


def test_a_missing_extra_is_named_with_the_command_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from curator import storage

    monkeypatch.setattr(storage, "find_spec", lambda name: None)
    with pytest.raises(CuratorError) as refused:
        storage.open_store("postgresql:///curator", tmp_path)
    assert refused.value.problems[0].hint == "pip install 'curator[cluster]'"
