"""The bundled voters, loaded once for every test that needs the real ones."""

from functools import cache

from curator.core.protocols import Engine
from curator.ranking import embed
from curator.storage.vectors import MemoryVectors


@cache
def engine() -> Engine:
    return embed.open_engine("embedded", MemoryVectors())
