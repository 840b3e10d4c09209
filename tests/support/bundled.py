"""The bundled encoders, loaded once for every test that needs the real ones."""

from functools import cache

from curator.core.protocols import EmbeddingEngine
from curator.ranking import embed
from curator.storage.spaces import MemorySpaces
from curator.storage.vectors import MemoryVectors


@cache
def engine() -> EmbeddingEngine:
    return embed.open_engine("embedded", MemoryVectors(), MemoryVectors(), MemorySpaces())
