"""A library that moves is the same library: exported, imported, exported again, to the byte."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.command import Day, curator
from support.store_contract import NOW, SCRIPTS, item, notice, report, result, rich, scouted, state

from curator import config
from curator.core.brand import Brand
from curator.core.errors import ConfigError, CuratorError, Locked
from curator.core.feed import FeedState
from curator.core.item import Tombstone
from curator.core.post import Decision, ItemState, Post
from curator.core.protocols import Changes, Store
from curator.storage import transfer
from curator.storage.memory import MemoryStore
from curator.storage.tinydb_store import TinyStore

TOML = '# kopi ☕ senja\n[brand]\nname = "Kopi Senja"\n\n[[topics]]\nname = "Kopi"\nabout = "kopi"\n'
OPML = '<?xml version="1.0" encoding="UTF-8"?>\r\n<opml version="2.0"><body><outline text="Warta" xmlUrl="https://warta.example/feed"/></body></opml>\n'


def brand(folder: Path, toml: str = TOML, opml: str = OPML) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "brand.toml").write_bytes(toml.encode())
    (folder / "feeds.opml").write_bytes(opml.encode())
    return folder


def post(n: int, **changes: object) -> Post:
    return replace(Post(item=item(n).id, network="x", changed=NOW, at=NOW + timedelta(hours=n)), **changes)  # type: ignore[arg-type]


def decided(number: int, n: int, **changes: object) -> Decision:
    plain = Decision(
        number=number, command=number, at=NOW, item=item(n).id, verdict="pick", before=ItemState(tags=("lama",)), posts=(post(n),)
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def filled(store: Store) -> Store:
    """A library with something of everything."""
    texts = {item(n).id: text * 50 for n, text in enumerate(SCRIPTS.values(), 1)}
    store.commit(Changes(removed=(Tombstone(id="00000001", entry_hash=2**63 - 1), Tombstone(id=item(2).id))))
    store.commit(
        Changes(
            items=(rich(1), *(item(n, title=text, note=text) for n, text in enumerate(SCRIPTS.values(), 2))),
            texts=texts,
            states=(state(1), state(2, rhythm=timedelta(hours=3), held_until=NOW, gone=True)),
            posts=(post(1, text="Kata sendiri ☕", locked=True, sequence=4), post(2, at=None, cancelled=True)),
            decisions=(decided(1, 1), decided(2, 2, command=2, verdict="skip")),
            report=report(NOW.date()),
            notices=(notice(1), notice(2, state="sent", due=None, sent=NOW, reached=("a",))),
            results=(result(1),),
            scouted=(scouted(1), scouted(2, feed="https://situs2.example/feed", fitting=4)),
        )
    )
    store.commit(Changes(report=report(date(2026, 10, 31), listed=2)))
    return store


def everything(store: Store) -> object:
    kept = store.items()
    reports = [store.report(day) for day in store.days()]
    told = (store.notices(), store.results(), store.scouted())
    rest = (store.states(), store.posts(), store.decisions(), told, reports, list(store.tombstones()))
    return kept, store.texts(one.id for one in kept), rest


def exported(home: Path, store: Store, file: Path) -> Path:
    file.write_bytes(b"".join(transfer.export(home, store)))
    return file


def opened(store: Store) -> Callable[[Brand], Store]:
    return lambda _: store


# --- there and back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [MemoryStore, TinyStore])
def test_a_moved_library_is_the_same_in_every_part(tmp_path: Path, kind: type) -> None:
    def store(name: str) -> Store:
        return TinyStore(tmp_path / name / "library") if kind is TinyStore else MemoryStore()  # type: ignore[no-any-return]

    old, new = filled(store("lama")), store("baru")
    file = exported(brand(tmp_path / "lama"), old, tmp_path / "x.json")
    moved = transfer.bring(file, tmp_path / "baru", opened(new))
    assert (moved.items, moved.known, moved.written, moved.left) == (10, 0, ("brand.toml", "feeds.opml"), ())
    assert everything(new) == everything(old)
    assert new.check() == []
    for name in ("brand.toml", "feeds.opml"):
        assert (tmp_path / "baru" / name).read_bytes() == (tmp_path / "lama" / name).read_bytes()
    assert exported(tmp_path / "baru", new, tmp_path / "y.json").read_bytes() == file.read_bytes()


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_TIME = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))
_NUMBER = st.integers(0, 6)
_ITEM = st.builds(
    lambda n, found, title, tags: item(n, found=found, title=title, tags=tags), _NUMBER, _TIME, _TEXT, st.lists(_TEXT).map(tuple)
)
_POST = st.builds(lambda n, at, text: post(n, at=at, text=text), _NUMBER, st.none() | _TIME, _TEXT)
_DECISION = st.builds(lambda number, n, at: decided(number, n, at=at), st.integers(1, 9), _NUMBER, _TIME)
_CHANGES = st.builds(
    Changes,
    items=st.lists(_ITEM, max_size=4).map(tuple),
    texts=st.dictionaries(_NUMBER.map(lambda n: item(n).id), _TEXT, max_size=4),
    states=st.lists(st.builds(state, _NUMBER, reason=_TEXT, last_success=st.none() | _TIME), max_size=3).map(tuple),
    posts=st.lists(_POST, max_size=3).map(tuple),
    decisions=st.lists(_DECISION, max_size=3, unique_by=lambda d: (d.at, d.item)).map(tuple),
    removed=st.lists(
        st.builds(lambda n, hash_: Tombstone(id=item(n).id, entry_hash=hash_), _NUMBER, st.integers(0, 2**63 - 1)), max_size=2
    ).map(tuple),
    report=st.none() | st.builds(report, st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 2)),
)


@settings(max_examples=60)
@given(changes=st.lists(_CHANGES, max_size=3), toml=_TEXT, opml=_TEXT)
def test_export_after_import_is_the_export(changes: list[Changes], toml: str, opml: str) -> None:
    old, new = MemoryStore(), MemoryStore()
    for change in changes:
        old.commit(replace(change, decisions=_unlike(old.decisions(), change.decisions)))
    with TemporaryDirectory() as made:
        home = brand(Path(made) / "lama", f"{TOML}#{toml.encode('unicode_escape').decode()}", opml)
        file = exported(home, old, Path(made) / "x.json")
        transfer.bring(file, Path(made) / "baru", opened(new))
        again = exported(Path(made) / "baru", new, Path(made) / "y.json")
        assert again.read_bytes() == file.read_bytes()
    kept = {one.id for one in old.items()}
    assert new.texts(kept) == old.texts(kept)


def _unlike(standing: list[Decision], more: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """No two decisions on an item at one moment: a person has one."""
    seen = {(d.at, d.item) for d in standing}
    return tuple(d for d in more if (d.at, d.item) not in seen)


def test_the_file_is_one_json_document_and_is_read_in_any_layout(tmp_path: Path) -> None:
    old = filled(MemoryStore())
    file = exported(brand(tmp_path / "lama"), old, tmp_path / "x.json")
    records = json.loads(file.read_bytes())
    assert [records[0]["record"], records[-1]["record"]] == ["library", "end"]
    assert records[0]["brand"] == TOML
    for n, indent in enumerate((None, 2)):
        new = MemoryStore()
        file.write_text(json.dumps(records, indent=indent), encoding="utf-8")
        transfer.bring(file, tmp_path / str(n), opened(new))
        assert everything(new) == everything(old)


def test_a_brand_whose_files_are_in_an_old_encoding_moves(tmp_path: Path) -> None:
    home = brand(tmp_path / "lama")
    (home / "brand.toml").write_bytes(TOML.encode("utf-16"))
    (home / "feeds.opml").write_bytes(OPML.replace("UTF-8", "ISO-8859-1").replace("Warta", "Café").encode("latin-1"))
    transfer.bring(exported(home, MemoryStore(), tmp_path / "x.json"), tmp_path / "baru", opened(MemoryStore()))
    assert config.load(tmp_path / "baru").name == "Kopi Senja"
    assert 'text="Café"' in (tmp_path / "baru" / "feeds.opml").read_text("utf-8")


def test_an_export_shows_one_moment_and_its_slow_reader_keeps_nobody_from_writing(tmp_path: Path) -> None:
    folder = brand(tmp_path / "lama")
    lines = transfer.export(folder, filled(TinyStore(folder / "library")))
    first = next(lines)
    TinyStore(folder / "library").commit(Changes(items=(item(99),)))
    records = json.loads(first + b"".join(lines))
    assert records[-1]["records"] == len(records) - 1
    assert item(99).id not in [record["item"]["id"] for record in records if record["record"] == "item"]


def test_nobody_writes_while_the_records_of_an_export_are_read(tmp_path: Path) -> None:
    folder = brand(tmp_path / "lama")

    class Locking(TinyStore):
        def states(self) -> dict[str, FeedState]:
            with pytest.raises(Locked), TinyStore(folder / "library").writing(patience=0):
                pass
            return super().states()

    assert list(transfer.export(folder, filled(Locking(folder / "library"))))


def test_no_more_than_a_portion_of_texts_is_in_hand(tmp_path: Path) -> None:
    class Counting(MemoryStore):
        most = 0

        def texts(self, ids: object) -> dict[str, str]:
            found = super().texts(ids)  # type: ignore[arg-type]
            self.most = max(self.most, len(found))
            return found

    store, many = Counting(), [item(n) for n in range(1200)]
    store.commit(Changes(items=tuple(many), texts={one.id: "x" for one in many}))
    assert sum(1 for _ in transfer.export(brand(tmp_path), store)) == 1200 + 4
    assert store.most == 500


# --- what is there stays ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "here",
    [
        Changes(items=(item(1),)),
        Changes(states=(FeedState(url="https://x.example/feed"),)),
        Changes(posts=(post(1),)),
        Changes(decisions=(decided(1, 1),)),
        Changes(removed=(Tombstone(id="00000001"),)),
        Changes(report=report(NOW.date())),
    ],
)
def test_a_library_that_is_not_empty_is_never_overwritten(tmp_path: Path, here: Changes) -> None:
    file = exported(brand(tmp_path / "lama"), filled(MemoryStore()), tmp_path / "x.json")
    new = MemoryStore()
    new.commit(here)
    before = everything(new)
    with pytest.raises(CuratorError, match="there is a library already, and it is not empty") as told:
        transfer.bring(file, tmp_path / "baru", opened(new))
    assert "--merge" in told.value.problems[0].hint
    assert everything(new) == before


def test_a_merge_adds_what_is_missing_and_leaves_what_is_here(tmp_path: Path) -> None:
    old, new = filled(MemoryStore()), MemoryStore()
    mine = item(1, status="skipped", note="punya sini")
    seen = state(1, etag='"sini"')
    new.commit(
        Changes(items=(mine, item(50)), texts={mine.id: "teks sini"}, states=(seen,), decisions=(decided(7, 1, command=5, verdict="skip"),))
    )
    moved = transfer.bring(exported(brand(tmp_path / "lama"), old, tmp_path / "x.json"), tmp_path / "baru", opened(new), merge=True)
    assert (moved.items, moved.known) == (9, 1)
    assert new.find(mine.id) == [mine]
    assert new.texts([mine.id]) == {mine.id: "teks sini"}
    assert new.states()[seen.url] == seen
    assert [p.item for p in new.posts()] == [item(2).id]
    assert [(d.number, d.command, d.item, d.verdict) for d in new.decisions()] == [(7, 5, mine.id, "skip"), (9, 7, item(2).id, "skip")]
    assert {one.id for one in new.items()} == {one.id for one in old.items()} | {item(50).id}


def test_a_merge_of_the_same_library_again_changes_nothing(tmp_path: Path) -> None:
    old = filled(MemoryStore())
    before = everything(old)
    moved = transfer.bring(exported(brand(tmp_path), old, tmp_path / "x.json"), tmp_path, opened(old), merge=True)
    assert (moved.items, moved.known, moved.written, moved.left) == (0, 10, (), ())
    assert everything(old) == before


def test_the_files_of_a_brand_that_is_there_stay_and_are_told(tmp_path: Path) -> None:
    file = exported(brand(tmp_path / "lama"), MemoryStore(), tmp_path / "x.json")
    here = brand(tmp_path / "baru", toml=TOML.replace("Kopi Senja", "Teh Pagi"))
    moved = transfer.bring(file, here, opened(MemoryStore()))
    assert (moved.written, moved.left) == ((), ("brand.toml",))
    assert config.load(here).name == "Teh Pagi"


def test_an_import_that_is_refused_writes_no_file(tmp_path: Path) -> None:
    file = exported(brand(tmp_path / "lama"), filled(MemoryStore()), tmp_path / "x.json")
    with pytest.raises(CuratorError, match="not empty"):
        transfer.bring(file, tmp_path / "baru", opened(filled(MemoryStore())))
    assert not (tmp_path / "baru").exists()


def test_an_import_that_was_killed_is_gone_on_with_by_a_merge(tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    class Dying(MemoryStore):
        left = 99

        def commit(self, changes: Changes) -> None:
            self.left -= 1
            if self.left < 0:
                raise Killed
            super().commit(changes)

    old = filled(MemoryStore())
    file = exported(brand(tmp_path / "lama"), old, tmp_path / "x.json")
    for steps in range(1, 9):
        new = Dying()
        new.left = steps
        try:
            transfer.bring(file, tmp_path / "baru", opened(new))
        except Killed:
            new.left = 99
            transfer.bring(file, tmp_path / "baru", opened(new), merge=True)
        kept, texts, (states, posts, decisions, *rest) = everything(new)  # type: ignore[misc]
        told = [replace(d, number=0, command=0) for d in decisions]
        was, were, (had, stood, had_decided, *more) = everything(old)  # type: ignore[misc]
        assert (kept, texts, states, posts, rest) == (was, were, had, stood, more)
        assert told == [replace(d, number=0, command=0) for d in had_decided]


# --- what is no library -------------------------------------------------------------------------------------------


def _cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _without_its_end(body: bytes) -> bytes:
    return b"\n".join(body.split(b"\n")[:-3]) + b"\n]\n"


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (_cut, "x.json is not a library that curator exported"),
    "without its end": (_without_its_end, "x.json is not whole: its end is missing"),
    "empty": (lambda _: b"", "is not a library that curator exported"),
    "zeros": (lambda body: b"\0" * len(body), "is not a library that curator exported"),
    "another json": (lambda _: b'{"items": []}', "is not a library that curator exported"),
    "an empty list": (lambda _: b"[]", "its first record does not say so"),
    "newer": (lambda body: body.replace(b'"version":1', b'"version":2', 1), "was exported by a newer curator"),
    "a path for an id": (lambda body: body.replace(b'"id":"00000001"', b'"id":"../../x"', 1), "has no valid id"),
    "a script for an address": (lambda body: body.replace(b'"url":"https://kedai-1', b'"url":"javascript:1', 1), "has no valid id"),
    "a lone surrogate": (lambda body: body.replace(b"Panen kopi ke-1", b"\\ud800", 1), "is not a library that curator exported"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_file_that_is_no_whole_library_is_refused_before_anything_is_kept(tmp_path: Path, how: str) -> None:
    change, reason = BROKEN[how]
    file = exported(brand(tmp_path / "lama"), filled(MemoryStore()), tmp_path / "x.json")
    file.write_bytes(change(file.read_bytes()))
    new = MemoryStore()
    with pytest.raises(CuratorError, match=reason) as told:
        transfer.bring(file, tmp_path / "baru", opened(new))
    assert told.value.problems[0].hint
    assert "\n" not in str(told.value)
    assert everything(new) == everything(MemoryStore())
    assert not (tmp_path / "baru").exists()


def test_a_file_that_is_not_there_and_a_brand_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match=r"tiada\.json cannot be read: No such file"):
        transfer.bring(tmp_path / "tiada.json", tmp_path, opened(MemoryStore()))
    file = exported(brand(tmp_path / "lama", toml="[brand]\nnama = 1\n"), MemoryStore(), tmp_path / "x.json")
    with pytest.raises(ConfigError):
        transfer.bring(file, tmp_path / "baru", opened(MemoryStore()))


# --- as a person types it -----------------------------------------------------------------------------------------


def test_a_brand_moves_into_an_empty_directory_and_works_there(day: Day, tmp_path: Path) -> None:
    file = exported(day.home, TinyStore(day.home / "library"), tmp_path / "x.json")
    new = tmp_path / "pindah"
    done = curator("import", file, "--home", new)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == f"next: curator doctor --home {new}"
    listed = json.loads(curator("list", "--json", "--home", new).stdout)
    assert listed == json.loads(curator("list", "--json", "--home", day.home).stdout)
    again = curator("import", file, "--home", new)
    assert (again.returncode, again.stdout) == (1, "")
    assert "--merge" in again.stderr
    merged = json.loads(curator("import", file, "--merge", "--json", "--home", new).stdout)
    assert merged["items"] == 0
    assert merged["known"] > 0


def test_without_a_named_directory_a_library_comes_to_where_one_is(tmp_path: Path) -> None:
    file = exported(brand(tmp_path / "lama"), filled(MemoryStore()), tmp_path / "x.json")
    (tmp_path / "sini").mkdir()
    done = curator("import", file, "--json", cwd=tmp_path / "sini")
    assert json.loads(done.stdout) == {"items": 10, "known": 0, "written": ["brand.toml", "feeds.opml"], "left": []}
    assert sorted(path.name for path in (tmp_path / "sini").iterdir()) == ["brand.toml", "feeds.opml", "library"]
