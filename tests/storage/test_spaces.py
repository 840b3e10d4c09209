"""The file in which a learned embedding space is kept."""

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import asdict, replace

from curator.core.protocols import EmbeddingSpace
from curator.ranking import embedding_space
from curator.storage.spaces import MemorySpaces, SpaceFile


@pytest.fixture
def space() -> EmbeddingSpace:
    rows = np.random.default_rng(1).normal(size=(40, 8)).astype(np.float32)
    return embedding_space.estimate("tiny@1", [rows[:10]], rows)


def test_a_space_is_read_back_as_it_was_written(tmp_path: Path, space: EmbeddingSpace) -> None:
    SpaceFile(tmp_path / "library" / "space.npz").put(space, 40)
    read = SpaceFile(tmp_path / "library" / "space.npz").get("tiny@1")
    assert read is not None
    assert read[1] == 40
    assert all(np.array_equal(value, asdict(space)[name]) for name, value in asdict(read[0]).items())


def test_the_space_of_another_model_is_none(tmp_path: Path, space: EmbeddingSpace) -> None:
    file = SpaceFile(tmp_path / "space.npz")
    file.put(space, 40)
    assert file.get("tiny@2") is None
    file.put(replace(space, name="tiny@2"), 4)
    assert file.get("tiny@1") is None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"\x93NUMPY", b"\x80\x04pickle"])
def test_a_damaged_file_counts_as_none_and_is_replaced(
    content: bytes, tmp_path: Path, space: EmbeddingSpace, caplog: pytest.LogCaptureFixture
) -> None:
    file = SpaceFile(tmp_path / "space.npz")
    file.path.write_bytes(content)
    assert file.get("tiny@1") is None
    assert "learned again" in caplog.text
    file.put(space, 40)
    assert file.get("tiny@1") is not None


def test_a_file_that_cannot_be_written_costs_no_command(tmp_path: Path, space: EmbeddingSpace, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "library").write_text("a file where the folder should be")
    SpaceFile(tmp_path / "library" / "space.npz").put(space, 40)
    assert "not kept" in caplog.text


def test_a_cache_in_memory_reads_the_file_and_never_writes_it(tmp_path: Path, space: EmbeddingSpace) -> None:
    file = SpaceFile(tmp_path / "space.npz")
    file.put(space, 40)
    before = file.path.read_bytes()
    spaces = MemorySpaces(file)
    assert spaces.get("tiny@1") is not None
    spaces.put(replace(space, name="tiny@2"), 4)
    assert spaces.get("tiny@2") is not None
    assert file.path.read_bytes() == before
