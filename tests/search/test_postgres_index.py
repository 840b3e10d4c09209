"""The index on Postgres finds what the index in files finds, for its own brand alone, and is never seen half written."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

import numpy as np
import pytest
from msgspec.structs import replace
from support.index import item, reopened, search_context
from support.parts import NOW
from support.postgres import psycopg, server

from curator.core.errors import Locked, StoreError
from curator.core.item import Item, Tombstone
from curator.core.protocols import Changes
from curator.core.text import query
from curator.search import service, sync
from curator.search.index import Index, analysis
from curator.search.index.protocols import IndexEntry
from curator.search.index.request import FIELDS, SearchRequest
from curator.search.postgres import PostgresIndex, misspelt, vectors
from curator.search.sync import SearchContext
from curator.storage.memory import MemoryStore
from curator.storage.postgres.address import address
from curator.storage.postgres.store import PostgresStore

_BRANDS = count()
WORDS = [
    "kopi",
    "kopitiam",
    "petani",
    "pertanian",
    "bertani",
    "harga",
    "roasting",
    "roasted",
    "cold-brew",
    "Jum'at",
    "Al-Qur'an",
    "susu",
    "gula",
    "กาแฟไทย",
    "珈琲店",
    "dan",
    "naik",
    "turun",
]


@pytest.fixture
def of(tmp_path: Path) -> SearchContext:
    return search_context(tmp_path / "index", MemoryStore(), "postgres")


def keep(of: SearchContext, *items: Item, texts: dict[str, str] | None = None) -> SearchContext:
    of.store.commit(Changes(items=items, texts=texts or {}))
    sync.refresh(of)
    return of


def titles(of: SearchContext, asked: str) -> list[str]:
    return [hit.title for hit in service.search(of, SearchRequest(query=asked, mode="words"), NOW).hits]


# --- the same hits as in files ---


Both = tuple[SearchContext, SearchContext]


@pytest.fixture
def both(tmp_path: Path) -> Both:
    """The index in files and the one on Postgres, of one library."""
    draw, store = Random(16), MemoryStore()
    items = [
        item(
            str(n),
            _said(draw, 3),
            lang=draw.choice(("id", "en")),
            tags=(draw.choice(("panen", "harga")),),
            summary=_said(draw, 12),
            published=NOW - timedelta(hours=draw.randrange(60)),
        )
        for n in range(150)
    ]
    store.commit(Changes(items=tuple(items)))
    files, postgres = (search_context(tmp_path / kind, store, kind) for kind in ("files", "postgres"))
    for each in (files, postgres):
        sync.refresh(each)
    return files, postgres


def test_both_indexes_find_the_same_items_for_any_query(both: Both):
    draw = Random(17)
    found = 0
    for asked in _queries(draw, 250):
        node = query.parse(asked, FIELDS)
        for loose in (False, True):
            one, other = (each.index.fulltext.find(node, (), 1_000, loose=loose) for each in both)
            assert (set(one.ids), one.total) == (set(other.ids), other.total), (asked, loose)
            found += one.total
    assert found > 5_000


@pytest.mark.parametrize(
    "asked",
    [
        SearchRequest(query="kopi susu", mode="meaning", limit=200),
        SearchRequest(query="kopi susu", mode="meaning", limit=200, whole=True),
        SearchRequest(query="kopi -teh", limit=200, sort="date"),
        SearchRequest(query="kopi", limit=200, langs=("id",), sort="date"),
        SearchRequest(tags=("panen",), limit=50),
        SearchRequest(like=item("7", "").id, limit=50),
    ],
    ids=lambda asked: f"{asked.query}{asked.tags}{asked.langs}{asked.mode}{asked.sort}{asked.whole}",
)
def test_what_is_near_and_what_is_newest_is_the_same_list_from_both_indexes(both: Both, asked: SearchRequest):
    one, other = (replace(service.search(each, asked, NOW), took_ms=0) for each in both)
    assert one == other
    assert one.total > 5


def test_both_indexes_find_the_same_by_words_and_meaning_in_an_order_of_their_own(both: Both):
    one, other = (service.search(each, SearchRequest(query="kopi susu", limit=200), NOW) for each in both)
    assert (one.total, one.more) == (other.total, other.more)
    assert {hit.id: hit.found_by for hit in one.hits} == {hit.id: hit.found_by for hit in other.hits}


def _said(draw: Random, count: int) -> str:
    return " ".join(draw.choices(WORDS, k=count))


def _queries(draw: Random, count: int) -> Iterator[str]:
    def word() -> str:
        return draw.choice([*WORDS, "kopu", "pertanien", "alquran", "sus*", "petan*", "roast"])

    def near() -> str:
        return f" NEAR/{draw.randrange(4)} ".join(draw.sample(WORDS[:9], 2))

    def part() -> str:
        kinds = (
            word(), f'"{_said(draw, 2)}"', f"-{word()}", f"({word()} OR {word()})", f"title:{word()}", f'title:"{_said(draw, 2)}"',
            f"lang:{draw.choice(('id', 'en'))}", f"-tag:{draw.choice(('panen', 'teh'))}", near(), "feed:kabar", '"kopi sus*"',
        )  # fmt: skip
        return draw.choice(kinds)

    yield from (" ".join(part() for _ in range(draw.randint(1, 5))) for _ in range(count))


@pytest.mark.parametrize(
    ("word", "other", "edits"),
    [("kopi", "kopi", 0), ("kopi", "kop", 1), ("kopi", "okpi", 1), ("kopi", "kapi", 1), ("espresso", "expreso", 2), ("abc", "xyz", 3)],
)
def test_misspelt_words_are_as_far_as_the_letters_that_differ(word: str, other: str, edits: int):
    assert misspelt.distances(word, ["x" * 20, other, ""]).tolist() == [max(20, len(word)), edits, len(word)]


def test_the_stemmers_of_the_program_are_those_of_the_text_search_configurations():
    words = ["pertanian", "menyangrai", "kopinya", "perdagangan", "roasting", "farmers", "breweries", "said"]
    with psycopg.connect(server().admin()) as db:
        for lang, dictionary in (("id", "indonesian_stem"), ("en", "english_stem")):
            rows = [db.execute("SELECT ts_lexize(%s, %s)", (dictionary, word)).fetchone() for word in words]
            assert rows == [([stem],) for stem in analysis.stems(words, lang)]


def test_a_text_that_is_longer_than_a_tsvector_counts_is_found_by_its_words(of: SearchContext):
    long, wild = item("1", "Panjang"), item("2", "Liar")
    texts = {long.id: "kata " * 40_000 + "terakhir sekali", wild.id: " ".join(f"{n}{'x' * 60}" for n in range(12_000))}
    keep(of, long, wild, texts=texts)
    assert titles(of, "terakhir") == ["Panjang"]
    assert titles(of, f"7{'x' * 60}") == ["Liar"]


# --- its own brand alone ---


def test_no_brand_finds_anything_of_another_one(tmp_path: Path):
    mine, yours = (search_context(tmp_path, MemoryStore(), "postgres") for _ in range(2))
    keep(mine, item("1", "Kopi saya"), item("2", "Kopi susu saya"))
    keep(yours, item("1", "Kopi Anda"))
    for asked in ("kopi", "kopi -susu", "-teh lang:id OR kopi", "kopu", "sus*"):
        assert "saya" not in "".join(titles(yours, asked))
    direction = mine.index.vectors.vector(item("2", "").id)
    assert direction is not None
    assert [id_ for id_, _ in yours.index.vectors.nearest(direction, 9, -1)] == [item("1", "").id]
    assert len(yours.index.vectors.cosines(direction)) == yours.index.fulltext.count() == 1
    yours.index.clear()
    assert titles(mine, "kopi susu") == ["Kopi susu saya"]


def test_where_an_administrator_vouches_for_the_operator_the_words_are_read_from_an_index():
    server().make("vouched")
    with psycopg.connect(server().admin("vouched"), autocommit=True) as admin:
        admin.execute("ALTER FUNCTION ts_match_vq(tsvector, tsquery) LEAKPROOF")
    index = PostgresIndex(address(server().url("kopi", database="vouched"), "", {}))
    assert index.manifest() is None
    with psycopg.connect(server().url("kopi", database="vouched").replace("&brand=kopi", "")) as db:
        db.execute("SELECT set_config('curator.brand', 'kopi', false)")
        db.execute("INSERT INTO curator.search_items SELECT 'kopi', n, n, ('w' || n)::tsvector, '' FROM generate_series(1, 5000) AS n")
        db.execute("ANALYZE curator.search_items")
        plan = db.execute("EXPLAIN SELECT id FROM curator.search_items WHERE words @@ 'w7'::tsquery").fetchall()
    assert "search_items_words" in str(plan)


def test_the_nearest_of_each_brand_are_found_among_the_vectors_of_all(monkeypatch: pytest.MonkeyPatch):
    draw, recalls = np.random.default_rng(16), []
    indexes = [_by_hnsw(f"near-{n}") for n in range(4)]
    for index in indexes:
        rows = _unit(draw.standard_normal((300, vectors.INDEXED)).astype(np.float32))
        index.vectors.update({f"{n:08}": row for n, row in enumerate(rows)}, ())
    for index in indexes:
        for direction in _unit(draw.standard_normal((5, vectors.INDEXED)).astype(np.float32)):
            exact = index.vectors.nearest(direction, 20, -1)
            with monkeypatch.context() as patch:
                patch.setattr(vectors, "EXACT", 100)
                found = index.vectors.nearest(direction, 20, -1)
            assert set(found) <= set(index.vectors.nearest(direction, 300, -1))
            recalls.append(len(set(found) & set(exact)) / 20)
    assert np.mean(recalls) >= 0.97


def _by_hnsw(brand: str) -> PostgresIndex:
    """An index of which the planner has to ask the graph, where sorting so few would be faster."""
    return PostgresIndex(address(f"{server().url(brand)}&options=-c%20enable_sort%3Doff", "", {}))


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_cosines_of_very_many_items_are_told_by_a_sample(monkeypatch: pytest.MonkeyPatch, of: SearchContext):
    rows = _unit(np.random.default_rng(1).standard_normal((40, 8)).astype(np.float32))
    of.index.vectors.update({f"{n:08}": row for n, row in enumerate(rows)}, ())
    assert of.index.vectors.cosines(rows[39]) == pytest.approx(rows @ rows[39], abs=4e-3)
    monkeypatch.setattr(vectors, "SAMPLE", 10)
    assert of.index.vectors.cosines(rows[39]) == pytest.approx(rows[:10] @ rows[39], abs=4e-3)


# --- whole, or as it was ---


def test_another_machine_finds_the_index_that_one_has_made(of: SearchContext):
    keep(of, item("1", "Kopi pagi"))
    there = replace(of, index=reopened(of.index))
    assert (sync.refresh(there), titles(there, "kopi")) == (0, ["Kopi pagi"])
    assert sync.check(there).ok


def test_an_update_that_fails_leaves_the_index_as_it_was(of: SearchContext):
    keep(of, item("1", "Kopi pagi"))
    with suppress(ZeroDivisionError), of.index.updating(1):
        of.index.clear()
        with of.index.fulltext.writing() as writer:
            writer.put(IndexEntry(item=item("2", "Kopi sore"), text=""))
        1 / 0  # noqa: B018
    assert (titles(of, "kopi"), of.index.fulltext.count()) == (["Kopi pagi"], 1)


def test_an_update_that_loses_its_connection_leaves_the_index_as_it_was(of: SearchContext):
    keep(of, item("1", "Kopi pagi"))
    with of.index.updating(1):
        _cut_connections()
        with pytest.raises(StoreError):
            of.index.clear()
    assert (titles(of, "kopi"), of.index.fulltext.count()) == (["Kopi pagi"], 1)


def test_a_search_sees_one_state_of_the_index(of: SearchContext):
    gone = item("1", "Kopi pagi")
    keep(of, gone, item("2", "Kopi sore"))
    other = reopened(of.index)
    with of.index.reading():
        assert of.index.fulltext.count() == 2
        with other.updating(1):
            other.clear()
        assert list(of.index.fulltext.cards([gone.id])) == [gone.id]
        assert len(of.index.vectors.vectors([gone.id])) == of.index.fulltext.count() - 1 == 1
    assert of.index.fulltext.count() == 0


def test_a_search_that_loses_its_connection_says_so_and_the_next_one_finds(of: SearchContext, monkeypatch: pytest.MonkeyPatch):
    keep(of, item("1", "Kopi pagi"))
    real = service._page

    def lost(*args: object) -> object:
        _cut_connections()
        return real(*args)

    monkeypatch.setattr(service, "_page", lost)
    with pytest.raises(StoreError, match="the database cannot be used") as told:
        titles(of, "kopi")
    assert told.value.problems[0].hint
    monkeypatch.undo()
    assert titles(of, "kopi") == ["Kopi pagi"]


# --- many machines ---


@pytest.fixture
def machines() -> list[SearchContext]:
    """Two machines that work with one library, and know the same of the space of its vectors."""
    here, there = (_library(server().url(brand)) for brand in [f"machines-{next(_BRANDS)}"] * 2)
    return [here, replace(there, engine=here.engine)]


def _library(url: str) -> SearchContext:
    """A library on Postgres with its index beside it."""
    where = address(url, "", {})
    return replace(search_context(Path(), PostgresStore(where)), index=PostgresIndex(where))


def test_what_another_machine_changes_is_found_by_the_next_search(machines: list[SearchContext]):
    here, there = machines
    here.store.commit(Changes(items=(item("1", "Kopi pagi"), item("2", "Teh pagi"))))
    assert titles(here, "kopi") == ["Kopi pagi"]
    there.store.commit(Changes(items=(item("2", "Kopi sore", published=NOW - timedelta(hours=1)),)))
    assert titles(here, "kopi") == titles(there, "kopi") == ["Kopi pagi", "Kopi sore"]
    there.store.commit(Changes(removed=(Tombstone(id=item("1", "").id),)))
    assert titles(here, "kopi") == ["Kopi sore"]
    assert (sync.refresh(here), sync.refresh(there)) == (0, 0)


KILLED = """
import sys, os, signal
sys.path[:0] = {path!r}
from pathlib import Path
from msgspec.structs import replace
from support.index import search_context
from curator.search import postgres, sync
from curator.search.postgres import vectors, words
from curator.storage.postgres.address import address
from curator.storage.postgres.store import PostgresStore
from curator.storage.postgres.store import PostgresStore
def deadly(*args, **more):
    real(*args, **more)
    os.kill(os.getpid(), signal.SIGKILL)
real, {step} = {step}, deadly
where = address({url!r}, "", {{}})
sync.refresh(replace(search_context(Path(), PostgresStore(where)), index=postgres.PostgresIndex(where)))
"""


@pytest.mark.parametrize("step", ["words.PostgresWriter.flush", "vectors.PostgresVectorIndex.update", "postgres.PostgresIndex.commit"])
def test_an_update_that_is_killed_leaves_the_index_as_it_was_and_is_done_again(step: str):
    url = server().url(f"killed-{next(_BRANDS)}")
    of = _library(url)
    keep(of, item("1", "Kopi pagi"))
    of.store.commit(Changes(items=(item("1", "Teh pagi"), item("2", "Kopi sore"))))
    code = KILLED.format(path=[str(Path(__file__).parents[1])], step=step, url=url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [found.title for found, _ in of.index.fulltext.cards([item("1", "").id]).values()] == ["Kopi pagi"]
    assert of.index.fulltext.count() == 1
    assert titles(of, "kopi") == ["Kopi sore"]
    assert sync.check(of).ok


def _cut_connections() -> None:
    with psycopg.connect(server().admin(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'owner'")


def test_a_search_beside_an_update_uses_the_index_there_was(of: SearchContext, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sync, "PATIENCE", 0.05)
    keep(of, item("1", "Kopi pagi"))
    of.store.commit(Changes(items=(item("2", "Kopi sore"),)))
    other, found, failed = replace(of, index=reopened(of.index)), [], []

    def beside() -> None:
        found.extend(titles(other, "kopi"))
        try:
            sync.refresh(other)
        except Locked as error:
            failed.append(str(error))

    with of.index.updating(1):
        of.index.clear()
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()
    assert (found, len(failed)) == (["Kopi pagi"], 1)
    assert "another command is updating the search index: pid " in failed[0]


def test_the_index_in_files_is_left_alone(of: SearchContext, tmp_path: Path):
    keep(of, item("1", "Kopi pagi"))
    assert not Index(tmp_path / "index").exists()
