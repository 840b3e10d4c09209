"""Vectors that are kept between runs: rounded a little, never in the way."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from numpy.typing import NDArray

from curator.core.protocols import VectorCache
from curator.storage.vectors import MemoryVectors, SqliteVectors

Kept = dict[bytes, NDArray[np.float32]]


def unit(rows: int, dim: int = 384, seed: int = 7) -> Kept:
    """Unit vectors under keys of 16 bytes."""
    drawn = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return {n.to_bytes(16, "big"): row for n, row in enumerate(drawn)}


def cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    x, y = a.astype(np.float64), b.astype(np.float64)
    return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "vectors.db"


@pytest.fixture(params=["sqlite", "memory"])
def vectors(request: pytest.FixtureRequest, path: Path) -> VectorCache:
    return SqliteVectors(path) if request.param == "sqlite" else MemoryVectors()


def test_what_was_never_put_is_not_there(vectors: VectorCache) -> None:
    assert vectors.get([]) == {}
    assert vectors.get([b"a"]) == {}
    vectors.put({})
    assert vectors.get([b"a", b""]) == {}


def test_vectors_come_back_under_their_keys_as_float32(vectors: VectorCache) -> None:
    kept = unit(50)
    vectors.put(kept)
    back = vectors.get([*list(kept)[:20], b"unknown"])
    assert back.keys() == set(list(kept)[:20])
    assert {(row.dtype, row.shape) for row in back.values()} == {(np.dtype(np.float32), (384,))}
    assert min(cosine(row, kept[key]) for key, row in back.items()) > 0.99999


def test_a_later_vector_replaces_the_earlier(vectors: VectorCache) -> None:
    vectors.put({b"k": np.array([1, 0], np.float32)})
    vectors.put({b"k": np.array([0, 1], np.float32)})
    assert vectors.get([b"k"])[b"k"].tolist() == [0, 1]


def test_encoders_of_different_length_lie_side_by_side(vectors: VectorCache) -> None:
    vectors.put({b"short": np.ones(3, np.float32), b"long": np.ones(512, np.float32), b"none": np.ones(0, np.float32)})
    assert {key: len(row) for key, row in vectors.get([b"short", b"long", b"none"]).items()} == {b"short": 3, b"long": 512, b"none": 0}


def test_tens_of_thousands_come_at_once(vectors: VectorCache) -> None:
    kept = unit(40_000, dim=4)
    vectors.put(kept)
    assert vectors.get([*kept, b"unknown"]).keys() == kept.keys()


def test_another_process_finds_them_again(path: Path) -> None:
    SqliteVectors(path).put(unit(3))
    assert len(SqliteVectors(path).get(list(unit(3)))) == 3


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=nps.arrays(np.float32, st.integers(1, 512), elements=st.floats(-1, 1, width=32)).filter(lambda a: np.linalg.norm(a) > 1e-3))
def test_rounding_never_turns_a_unit_vector(path: Path, row: NDArray[np.float32]) -> None:
    row = row / np.linalg.norm(row)
    kept = SqliteVectors(path)
    kept.put({b"k": row})
    assert cosine(kept.get([b"k"])[b"k"], row) > 0.99999


def test_reading_creates_nothing(path: Path) -> None:
    kept = SqliteVectors(path)
    assert kept.get([b"k"]) == {}
    kept.check()
    assert not path.parent.exists()


@pytest.mark.parametrize("damage", [b"", b"\0" * 9000, b"noise" * 2000, "half", "newer"])
def test_a_damaged_file_is_thrown_away_and_built_anew_with_a_note(
    path: Path, caplog: pytest.LogCaptureFixture, damage: bytes | str
) -> None:
    SqliteVectors(path).put(unit(100))
    if damage == "newer":
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA user_version = 9")
    else:
        path.write_bytes(path.read_bytes()[:30_000] if isinstance(damage, str) else damage)
    kept = SqliteVectors(path)
    assert kept.get(list(unit(100))) == {}
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith("vectors.db ")
    assert record.getMessage().endswith("it is derived and is built anew, which takes a little longer this once")
    kept.put(unit(100))
    kept.check()
    assert len(kept.get(list(unit(100)))) == 100


def test_putting_into_a_damaged_file_builds_it_anew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    SqliteVectors(path).put(unit(100))
    path.write_bytes(b"\0" * 5000)
    SqliteVectors(path).put(unit(5))
    assert len(caplog.records) == 1
    assert len(SqliteVectors(path).get(list(unit(100)))) == 5


def test_the_journal_of_a_damaged_file_is_not_rolled_into_the_new_one(path: Path) -> None:
    SqliteVectors(path).put(unit(100))
    path.write_bytes(b"\0" * 5000)
    journal = path.with_name("vectors.db-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\xff" * 5000)
    SqliteVectors(path).put(unit(5))
    assert not journal.exists()
    SqliteVectors(path).check()


def test_a_folder_that_takes_nothing_costs_a_note_and_no_command(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    kept = SqliteVectors(tmp_path / "file" / "vectors.db")
    kept.put(unit(1))
    assert kept.get([b"k"]) == {}
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2


def test_readers_and_writers_at_once_are_no_trouble(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = unit(400)
    failures: list[bytes] = []

    def job(numbers: Iterator[int]) -> None:
        own = SqliteVectors(path)
        for n in numbers:
            own.put({key: kept[key] for key in list(kept)[n * 50 : n * 50 + 50]})
            failures.extend(key for key, row in own.get(list(kept)).items() if cosine(row, kept[key]) < 0.9999)

    threads = [threading.Thread(target=job, args=(iter(range(start, 8, 4)),)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(SqliteVectors(path).get(list(kept))) == 400
    assert caplog.records == []
