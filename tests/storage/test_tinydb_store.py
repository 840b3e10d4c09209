"""The library on disk: what every store promises, and what only a disk can do to it."""

import errno
import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.store_contract import NOW, StoreContract, item, items, notice, report, result, rich, scouted, state
from tinydb import TinyDB

from curator.core import files
from curator.core.errors import ConfigError, Locked, StoreError
from curator.core.feed import FeedState
from curator.core.item import Item, Tombstone
from curator.core.post import Decision, ItemState, Post
from curator.core.protocols import Changes
from curator.storage import disk, open_store
from curator.storage.memory import MemoryStore
from curator.storage.tinydb_files import JsonFile, Row, Tables
from curator.storage.tinydb_store import TinyStore

ITEMS, RUNS = "items/2026-11.json", "runs/2026-11.json"
DECISIONS = "decisions/2026-11.json"
FILES = (ITEMS, RUNS, DECISIONS, "posts.json", "outbox.json", "results.json", "scouted.json", "feeds.json", "texts.db", "traces.db")
LONG = "Petani kopi di Garut memanen lebih awal tahun ini. " * 100


class TestTinyStore(StoreContract):
    def open(self, folder: Path) -> TinyStore:
        return TinyStore(folder)


class TestTinyStoreOpenedAnewEachTime(StoreContract):
    """The same promises when every call is another command's."""

    def open(self, folder: Path) -> TinyStore:
        return _Forgetful(folder)


READ = {
    *("states", "known", "find", "items", "texts", "report", "posts", "decisions", "days", "recalled", "traces", "notices"),
    *("results", "scouted"),
}


class _Forgetful(TinyStore):
    def __getattribute__(self, name: str) -> object:
        if name in READ:
            return getattr(TinyStore(object.__getattribute__(self, "_files").folder), name)
        return object.__getattribute__(self, name)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory where the system has a folder there: most of a commit is waiting for the disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as made:
        yield Path(made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def day(n: int) -> Changes:
    """All that one invented day keeps: 40 items with their texts, a feed that has seen them, the day's list, a pick, one that left."""
    new = tuple(replace(rich(n * 100 + k), found=NOW - timedelta(minutes=k)) for k in range(40))
    texts = {one.id: f"{one.id} {LONG}" for one in new}
    seen, listed = state(1, etag=f'"{n}"', seen=n * 40), report(date(2026, 11, n))
    post = Post(item=new[0].id, network="x", changed=NOW, at=NOW + timedelta(days=n))
    pick = Decision(number=n, command=n, at=NOW, item=new[0].id, verdict="pick", before=ItemState())
    left = (Tombstone(id=f"{n:08d}", entry_hash=n),)
    return Changes(
        items=new,
        texts=texts,
        states=(seen,),
        posts=(post,),
        decisions=(pick,),
        removed=left,
        report=listed,
        notices=(notice(n),),
        results=(result(n),),
        scouted=(scouted(n),),
    )


def filled(folder: Path, days: int = 2) -> TinyStore:
    store = TinyStore(folder)
    for n in range(1, days + 1):
        store.commit(day(n))
    return store


def tree(folder: Path) -> dict[str, str]:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in {"lock", "run.lock", "outbox.lock"}]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def everything(store: TinyStore) -> object:
    kept = store.items()
    texts = store.texts(one.id for one in kept)
    told = (store.notices(), store.results(), store.scouted())
    return kept, texts, store.states(), store.report(), store.posts(), store.decisions(), told, list(store.tombstones())


# --- files ------------------------------------------------------------------------------------------------------


def test_open_store_knows_tinydb_and_says_so_of_any_other(folder: Path) -> None:
    assert isinstance(open_store("tinydb", folder), TinyStore)
    with pytest.raises(ConfigError) as told:
        open_store("redis://x", folder)
    assert (told.value.problems[0].where, told.value.problems[0].hint) == ("brand.toml: engine.store", 'store = "tinydb"')


def test_reading_creates_nothing(folder: Path) -> None:
    store = TinyStore(folder)
    everything(store)
    assert store.known(["00000000"]) == set()
    assert store.find("a") == []
    assert store.check() == []
    assert not folder.exists()


def test_the_records_are_plain_tinydb_files_one_a_month(folder: Path) -> None:
    store = filled(folder, 1)
    store.commit(Changes(items=(item(1, found=NOW - timedelta(days=60)),)))
    with TinyDB(folder / ITEMS) as db:
        document = db.table("items").get(doc_id=int(day(1).items[0].id, 36))
        assert document["title"] == day(1).items[0].title
        assert db.table("curator").all() == [{"schema": 1}]
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {*FILES, "items/2026-09.json", "lock"}


def test_texts_lie_outside_the_records(folder: Path) -> None:
    filled(folder, 1)
    assert LONG[:40].encode() not in (folder / ITEMS).read_bytes()
    assert LONG[:40].encode() in (folder / "texts.db").read_bytes()


def test_nothing_is_written_where_nothing_differs(folder: Path) -> None:
    store = filled(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")}
    store.commit(day(2))
    TinyStore(folder).commit(replace(day(2), texts={}))
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.*")} == before


def test_a_pick_writes_one_file(folder: Path) -> None:
    store = filled(folder)
    before = tree(folder)
    store.commit(Changes(items=(replace(store.items()[3], note="Senin"),)))
    assert {name for name, digest in tree(folder).items() if before.get(name) != digest} == {ITEMS, f"{ITEMS}.bak"}


def test_the_backup_is_the_file_before_the_last_change(folder: Path) -> None:
    store = filled(folder, 1)
    first = (folder / ITEMS).read_bytes()
    store.commit(day(2))
    assert (folder / f"{ITEMS}.bak").read_bytes() == first
    assert not files.beside(folder / "texts.db", "bak").exists()


def test_a_kill_between_backup_and_change_is_no_trouble_for_the_next_backup(folder: Path) -> None:
    """Backup and file are one then, and renaming a file onto itself does nothing."""
    store = filled(folder, 1)
    os.link(folder / ITEMS, folder / f"{ITEMS}.bak")
    first = (folder / ITEMS).read_bytes()
    store.commit(day(2))
    assert (folder / f"{ITEMS}.bak").read_bytes() == first
    assert store.check() == []


def test_where_there_are_no_hard_links_the_backup_is_a_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    store = filled(folder, 1)
    first = (folder / ITEMS).read_bytes()
    store.commit(day(2))
    assert (folder / f"{ITEMS}.bak").read_bytes() == first
    assert store.check() == []


def test_a_store_sees_what_another_has_written_since(folder: Path) -> None:
    early, late = filled(folder, 1), TinyStore(folder)
    assert len(early.items()) == 40
    late.commit(day(2))
    assert everything(early) == everything(late)
    early.commit(Changes(items=items(7)))
    assert everything(early) == everything(late)


def test_documents_stay_json_until_somebody_looks_inside(folder: Path) -> None:
    filled(folder, 1)
    tables = JsonFile(folder / ITEMS).read()
    assert tables is not None
    row = next(iter(tables["items"].values()))
    assert row == Row(row.json)
    assert (row["kind"], "title" in row, len(row)) == ("education", True, len(Item.__struct_fields__))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_disk_and_memory_never_differ(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever is committed in whatever order, a library on disk reads like the one in memory."""
    numbers = st.integers(0, 5)
    kept = st.builds(
        lambda n, days, note: item(n, found=NOW - timedelta(days=days), note=note),
        numbers,
        st.sampled_from([0, 20, 40]),
        st.text(max_size=5),
    )
    changes = st.builds(
        Changes,
        items=st.lists(kept, max_size=3).map(tuple),
        texts=st.dictionaries(numbers.map(lambda n: item(n).id), st.text(max_size=5), max_size=2),
        states=st.lists(st.builds(state, numbers, etag=st.text(max_size=3)), max_size=2).map(tuple),
        forget=st.lists(numbers.map(lambda n: state(n).url), max_size=1).map(tuple),
        removed=st.lists(st.builds(lambda n, hash_: Tombstone(id=item(n).id, entry_hash=hash_), numbers, numbers), max_size=2).map(tuple),
    )
    folder, memory = Path(tempfile.mkdtemp(dir=tmp_path)), MemoryStore()
    for change in data.draw(st.lists(changes, min_size=1, max_size=4)):
        TinyStore(folder).commit(change)
        memory.commit(change)
    opened, ids = TinyStore(folder), [item(n).id for n in range(6)]
    assert opened.items() == memory.items()
    assert opened.items(NOW - timedelta(days=30)) == memory.items(NOW - timedelta(days=30))
    assert opened.items(before=NOW - timedelta(days=30)) == memory.items(before=NOW - timedelta(days=30))
    assert opened.states() == memory.states()
    assert list(opened.tombstones()) == list(memory.tombstones())
    assert (opened.known(ids), opened.removed_entries(range(6))) == (memory.known(ids), memory.removed_entries(range(6)))
    assert opened.texts(item(n).id for n in range(6)) == memory.texts(item(n).id for n in range(6))


# --- schemas ----------------------------------------------------------------------------------------------------


def test_a_newer_file_is_refused_and_never_repaired(folder: Path) -> None:
    store = filled(folder)
    body = json.loads((folder / ITEMS).read_bytes())
    body["curator"]["1"]["schema"] = 2
    (folder / ITEMS).write_text(json.dumps(body))
    before = tree(folder)
    for use in (store.items, lambda: store.commit(day(3)), store.repair):
        with pytest.raises(StoreError, match=r"2026-11\.json was written by a newer curator \(its schema is 2"):
            use()
    first = dict.fromkeys(("texts.db", "outbox.json", "outbox.json.bak"), "")  # what a commit writes before its items
    assert tree(folder) | first == before | first
    assert [problem.hint for problem in store.check()] == ["pip install --upgrade curator"]


def test_newer_traces_are_refused(folder: Path) -> None:
    store = filled(folder)
    with closing(sqlite3.connect(folder / "traces.db")) as db:
        db.execute("PRAGMA user_version = 2")
    for use in (lambda: store.known(["zzzzzzzz"]), lambda: store.commit(day(3)), store.repair):
        with pytest.raises(StoreError, match=r"traces\.db was written by a newer curator"):
            use()


def test_a_newer_text_file_is_refused(folder: Path) -> None:
    store = filled(folder)
    with closing(sqlite3.connect(folder / "texts.db")) as db:
        db.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreError, match=r"texts\.db was written by a newer curator"):
        store.texts([store.items()[0].id])
    with pytest.raises(StoreError, match="newer"):
        store.repair()


def test_an_older_file_is_migrated_in_memory_and_kept_as_it_was_when_first_written(tmp_path: Path) -> None:
    def stars(tables: Tables) -> Tables:
        return {name: {key: Row.of({**row, "stars": 5}) for key, row in table.items()} for name, table in tables.items()}

    path = tmp_path / "old.json"
    TinyDB(path, storage=JsonFile).table("items").insert({"title": "Kopi"})
    old = path.read_bytes()
    db = TinyDB(path, 2, {1: stars}, storage=JsonFile)
    assert db.table("items").all() == [{"title": "Kopi", "stars": 5}]
    assert path.read_bytes() == old
    db.table("items").insert({"title": "Teh"})
    assert (tmp_path / "old.json.v1").read_bytes() == old
    db.table("items").insert({"title": "Susu"})
    assert (tmp_path / "old.json.v1").read_bytes() == old
    again = TinyDB(path, 2, {}, storage=JsonFile)
    assert [row.get("stars") for row in again.table("items").all()] == [5, None, None]
    with pytest.raises(StoreError, match="newer"):
        JsonFile(path).read()


# --- damage -----------------------------------------------------------------------------------------------------

HOWS: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda b: b[: len(b) // 2],
    "zeros": lambda b: b"\0" * len(b),
    "empty": lambda b: b"",
    "noise": lambda b: hashlib.shake_128(b).digest(len(b)),
    "something else": lambda b: b'{"items": []}',
}


def use(store: TinyStore) -> None:
    everything(store)
    store.commit(day(9))


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named_refused_and_mended(folder: Path, name: str, how: str) -> None:
    filled(folder)
    damaged = HOWS[how]((folder / name).read_bytes())
    (folder / name).write_bytes(damaged)
    before, store = tree(folder), TinyStore(folder)
    with pytest.raises(StoreError, match=f"^{Path(name).name} is damaged: ") as told:
        use(store)
    assert (told.value.problems[0].where, told.value.problems[0].hint) == (str(folder / name), "curator doctor --fix")
    assert "\n" not in str(told.value)
    assert tree(folder) == before
    assert [problem.where for problem in store.check()] == [str(folder / name)]

    assert any(line.startswith(Path(name).name) for line in store.repair())
    assert [path.read_bytes() for path in folder.rglob("*.damaged-*")] == [damaged]
    assert store.check() == []
    assert store.repair() == []
    use(store)


def test_a_file_that_is_gone_while_its_backup_is_there_is_no_empty_start(folder: Path) -> None:
    store = filled(folder)
    (folder / ITEMS).unlink()
    for read in (store.items, lambda: store.known(["00000000"]), lambda: store.commit(day(3))):
        with pytest.raises(StoreError, match=r"2026-11\.json is damaged: it is gone, only its backup is there"):
            read()
    store.repair()
    assert len(store.items()) == 40


def test_a_document_of_the_wrong_shape_is_damage(folder: Path) -> None:
    store = filled(folder)
    (folder / ITEMS).write_bytes((folder / ITEMS).read_bytes().replace(b'"found":"2026', b'"found":"soon', 1))
    with pytest.raises(StoreError, match=r"2026-11\.json is damaged: Invalid RFC3339"):
        store.items()
    assert len(store.check()) == 1


def test_a_byte_that_is_no_text_is_damage(folder: Path) -> None:
    store = filled(folder)
    (folder / ITEMS).write_bytes((folder / ITEMS).read_bytes().replace(b"Panen", b"Pa\xffen", 1))
    with pytest.raises(StoreError, match=r"2026-11\.json is damaged"):
        store.items()


def test_what_a_backup_lacks_is_asked_for_again(folder: Path) -> None:
    """Entries of the last run are gone with the damaged file; a 304 must not keep them away for ever."""
    store = filled(folder)
    (folder / ITEMS).write_bytes(b"")
    store.repair()
    assert len(store.items()) == 40
    (kept,) = store.states().values()
    assert (kept.etag, kept.last_modified, kept.next_due) == ("", "", None)
    assert kept.seen == 80


def test_with_no_good_backup_a_file_starts_anew_and_both_are_kept_aside(folder: Path) -> None:
    store = filled(folder)
    (folder / ITEMS).write_bytes(b"\0\0")
    (folder / f"{ITEMS}.bak").write_bytes(b"[]")
    (done,) = store.repair()
    assert done.startswith("2026-11.json has no good backup and starts anew")
    assert sorted(path.read_bytes() for path in folder.rglob("*.damaged-*")) == [b"\0\0", b"[]"]
    assert store.items() == []
    use(store)


def test_repair_keeps_every_text_that_can_still_be_read(folder: Path) -> None:
    store = filled(folder, 3)
    path = folder / "texts.db"
    body = bytearray(path.read_bytes())
    third = len(body) // 4096 // 2 * 4096
    body[third : third + 8192] = b"\xff" * 8192
    path.write_bytes(body)
    assert [problem.where for problem in store.check()] == [str(path)]
    store.repair()
    kept = store.items()
    texts = store.texts(one.id for one in kept)
    lost = {one.id for one in kept if one.depth == "entry"}
    assert 100 < len(texts) < 120
    assert lost == {one.id for one in kept} - texts.keys()
    assert all(text == f"{id_} {LONG}" for id_, text in texts.items())


def test_items_whose_text_is_gone_are_told_and_become_entries_again(folder: Path) -> None:
    store = filled(folder)
    (folder / "texts.db").unlink()
    assert [problem.what for problem in store.check()] == ["items that have lost their text: 80"]
    assert store.repair() == ["items that have lost their text and will be read again: 80"]
    assert {one.depth for one in store.items()} == {"entry"}
    assert store.check() == []


def test_what_a_killed_command_left_is_found_removed_and_never_in_the_way(folder: Path) -> None:
    store = filled(folder)
    left = [folder / "items/2026-11.json.new", folder / "feeds.json.bak.new", folder / "texts.db.123.new"]
    for path in left:
        path.write_bytes(b"half")
    assert sorted(problem.where for problem in store.check()) == sorted(map(str, left))
    store.commit(day(3))
    assert [path.exists() for path in left] == [False, False, True]
    assert store.repair() == ["texts.db.123.new: removed, a killed command had left it"]


def test_damaged_vectors_are_removed_by_repair(folder: Path) -> None:
    store = filled(folder)
    (folder / "vectors.db").write_bytes(b"noise" * 1000)
    assert [problem.where for problem in store.check()] == [str(folder / "vectors.db")]
    assert store.repair() == ["vectors.db: removed, it is derived and will be built anew"]


# --- a disk that refuses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words", "hint"),
    [
        (errno.ENOSPC, "there is no space left on its disk", "df -h "),
        (errno.EDQUOT, "the disk quota is used up", "quota"),
        (errno.EROFS, "its disk is read-only", "df "),
        (errno.EACCES, "permission denied", "ls -ld "),
        (errno.EIO, "Input/output error", "curator doctor"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace", "open"])
def test_a_disk_that_refuses_is_told_in_one_line_and_the_old_library_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, words: str, hint: str
) -> None:
    store = filled(folder)
    before = tree(folder)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken, store.writing():
        broken.setattr(Path if step == "open" else os, step, refuse)
        with pytest.raises(StoreError) as told:
            store.commit(Changes(items=items(1, 2)))
    (problem,) = told.value.problems
    assert problem.what == f"2026-11.json cannot be used: {words}"
    assert problem.hint.startswith(hint)
    after = tree(folder)
    assert after.pop(f"{ITEMS}.bak") in (before.pop(f"{ITEMS}.bak"), before[ITEMS])
    assert after == before
    assert store.known([item(1).id]) == set()
    store.commit(Changes(items=items(1)))
    assert store.known([item(1).id]) == {item(1).id}


def test_files_that_may_not_grow_refuse_a_commit_whole(folder: Path) -> None:
    """The real thing for sqlite and the records alike: the system itself will not write beyond a size."""
    store = filled(folder)
    before = everything(store)
    size = resource.getrlimit(resource.RLIMIT_FSIZE)
    for name in ("texts.db", ITEMS):
        change = replace(day(3), notices=(), texts={} if name == ITEMS else day(3).texts)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, ((folder / name).stat().st_size, size[1]))
            with pytest.raises(StoreError, match=f"^{Path(name).name} cannot be used: "):
                store.commit(change)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, size)
        assert everything(TinyStore(folder)) == before
        assert store.check() == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="lock cannot be used: Not a directory"):
        TinyStore(tmp_path / "file" / "library").commit(day(1))


# --- two at once ------------------------------------------------------------------------------------------------


def child(job: str, folder: Path, *more: object) -> "subprocess.Popen[str]":
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen([sys.executable, __file__, job, str(folder), *map(str, more)], stdout=subprocess.PIPE, text=True, env=env)


def test_the_second_process_says_who_holds_the_library(folder: Path) -> None:
    holder = child("hold", folder)
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Locked) as told, TinyStore(folder).writing(patience=0):
            pass
        assert f"another command is writing to this library: test_tinydb_store.py hold {folder}"[:90] in str(told.value)
        assert f"(pid {holder.pid}), since 20" in str(told.value)
        assert told.value.code == 75
        assert TinyStore(folder).items() == []
    finally:
        holder.kill()
        holder.communicate()
    assert (folder / "lock.holder").exists()
    filled(folder)
    assert not (folder / "lock.holder").exists()


def test_the_second_run_says_which_run_is_at_work(folder: Path) -> None:
    with TinyStore(folder).running(), pytest.raises(Locked, match=rf"^another run is at work on this library: .*\(pid {os.getpid()}\)"):
        TinyStore(folder).running().__enter__()


def test_a_library_is_not_repaired_while_a_run_is_at_work(folder: Path) -> None:
    store = filled(folder)
    with TinyStore(folder).running(), pytest.raises(Locked, match="another run is at work"):
        store.repair()


def test_two_stores_of_one_thread_exclude_each_other(folder: Path) -> None:
    one, other = TinyStore(folder), TinyStore(folder)
    with one.writing(), one.writing(), pytest.raises(Locked, match=rf"\(pid {os.getpid()}\)"), other.writing(patience=0):
        pass
    other.commit(day(1))


def test_two_processes_at_once_lose_nothing(folder: Path) -> None:
    writers = [child("count", folder, start) for start in (0, 1000)]
    try:
        store, seen = TinyStore(folder), 0
        while any(writer.poll() is None for writer in writers):
            states = store.states()
            assert sum(state.seen for state in states.values()) <= len(store.items())
            assert len(store.items()) >= seen
            seen = len(store.items())
    finally:
        for writer in writers:
            writer.communicate()
    codes = [writer.returncode for writer in writers]
    assert codes == [0, 0]
    assert len(store.items()) == 16
    assert {state.seen for state in store.states().values()} == {8}
    assert len(store.texts(one.id for one in store.items())) == 16


# --- kill -9 ----------------------------------------------------------------------------------------------------


def test_a_kill_at_any_step_of_a_commit_loses_nothing(folder: Path) -> None:
    """Between every two of its fsyncs, renames, links, unlinks and statements of sqlite."""
    done = child("die", folder).communicate(timeout=60)[0].split()
    assert int(done[0]) > 30, done
    assert done[1:] == ["ok"]


def test_a_kill_at_any_moment_loses_nothing(folder: Path) -> None:
    done = child("shoot", folder).communicate(timeout=60)[0].split()
    assert done == ["ok"]


def test_a_kill_while_items_leave_forgets_none_of_them(folder: Path) -> None:
    """Each is whole, or gone and known."""
    done = child("leave", folder).communicate(timeout=60)[0].split()
    assert int(done[0]) > 10, done
    assert done[1:] == ["ok"]


def _leave_everywhere(folder: Path) -> str:
    base = folder / "base"
    filled(base)
    leaving = Changes(removed=tuple(Tombstone(id=one.id, entry_hash=n) for n, one in enumerate(day(1).items, 1)))
    for step in range(100):
        home = folder / f"left-{step}"
        shutil.copytree(base, home)
        status = os.waitpid(_forked(partial(_commit_and_die, home, leaving, step)), 0)[1]
        store = TinyStore(home)
        here = {one.id for one in store.items()}
        assert here <= store.texts(here).keys()
        assert here.issuperset(one.id for one in day(2).items)
        assert here | {trace.id for trace in store.tombstones()} >= {trace.id for trace in leaving.removed}
        assert [problem for problem in store.check() if not problem.what.endswith("left by a killed command")] == []
        store.repair()
        assert store.check() == []
        assert store.texts(trace.id for trace in leaving.removed).keys() == here & {trace.id for trace in leaving.removed}
        store.commit(leaving)
        assert store.texts(trace.id for trace in leaving.removed) == {}
        shutil.rmtree(home)
        if status == 0:
            break
    return f"{step} ok"


def _sound(folder: Path, before: Changes, change: Changes) -> None:
    """Reads a library whose writer was killed in `change`: all of `before` is there, `change` in its order or not at all."""
    store = TinyStore(folder)
    kept = {one.id for one in store.items()}
    new = [one.id for one in change.items]
    texts = store.texts([*kept, *new])
    assert {one.id for one in before.items} <= kept <= texts.keys()
    assert len(kept.intersection(new)) in (0, len(new))
    (feed,) = store.states().values()
    assert feed in (*before.states, *change.states)
    latest = store.report()
    assert latest in (before.report, change.report)
    assert latest == before.report or kept.issuperset(new)
    assert feed in before.states or latest == change.report
    assert [problem for problem in store.check() if not problem.what.endswith("left by a killed command")] == []
    store.commit(change)
    store.repair()
    assert store.check() == []
    assert kept | set(new) == {one.id for one in store.items()}


def _forked(job: Callable[[], object]) -> int:
    """The pid of a child that does the job and nothing after it."""
    if pid := os.fork():
        return pid
    try:
        job()
    finally:
        os._exit(0)


def _commit_and_die(home: Path, change: Changes, step: int) -> None:
    """Kills this process at the n-th step that it takes on the disk."""
    left = iter(range(step))

    def count(*_: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def armed(call: Callable[..., object]) -> Callable[..., object]:
        def first_count(*args: object, **more: object) -> object:
            count()
            return call(*args, **more)

        return first_count

    for name in ("fsync", "replace", "link", "unlink"):
        setattr(os, name, armed(getattr(os, name)))
    connect = sqlite3.connect

    def watched(*args: object, **more: object) -> sqlite3.Connection:
        db = connect(*args, **more)  # type: ignore[call-overload]
        db.set_trace_callback(count)
        return db  # type: ignore[no-any-return]

    disk.sqlite3.connect = watched  # type: ignore[attr-defined]
    TinyStore(home).commit(change)


def _die_everywhere(folder: Path) -> str:
    before, change = day(1), day(2)
    for start in (before, None):  # a library that grows, and the first commit of all
        base = folder / "base"
        shutil.rmtree(base, ignore_errors=True)
        TinyStore(base).commit(start or Changes(states=before.states, report=before.report))
        for step in range(200):
            home = folder / f"killed-{step}"
            shutil.copytree(base, home)
            status = os.waitpid(_forked(partial(_commit_and_die, home, change, step)), 0)[1]
            _sound(home, start or Changes(states=before.states, report=before.report), change)
            shutil.rmtree(home)
            if status == 0:
                break
    return f"{step} ok"


def _shoot(folder: Path) -> str:
    filled(folder, 1)
    for shot in range(20):
        before, change = day(shot + 1), day(shot + 2)
        pid = _forked(partial(TinyStore(folder).commit, change))
        time.sleep(0.002 * shot)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        _sound(folder, before, change)
    return "ok"


def _hold(folder: Path) -> str:
    with TinyStore(folder).writing():
        sys.stdout.write("held\n")
        sys.stdout.flush()
        time.sleep(60)
    return ""


def _count(folder: Path, start: int) -> str:
    """Eight commits, each of which relies on what it read under the lock."""
    store = TinyStore(folder)
    url = f"https://kedai.example/{start}"
    for n in range(8):
        with store.writing(patience=60):
            seen = store.states().get(url, FeedState(url=url)).seen
            new = item(start + n, depth="article")
            store.commit(Changes(items=(new,), texts={new.id: LONG}, states=(FeedState(url=url, seen=seen + 1),)))
    return ""


if __name__ == "__main__":
    job, home, *more = sys.argv[1:]
    jobs: dict[str, Callable[..., str]] = {
        "die": _die_everywhere,
        "leave": _leave_everywhere,
        "shoot": _shoot,
        "hold": _hold,
        "count": _count,
    }
    sys.stdout.write(jobs[job](Path(home), *map(int, more)))
