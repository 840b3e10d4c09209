"""Protocols for everything that touches the outside world: network, worker processes, models, disk and terminal.

Each has one production implementation and one in-memory implementation for tests (`tests/support/parts.py`).
"""

from typing import TYPE_CHECKING

from curator.core.protocols.models import (
    Calibration,
    EmbeddingEngine,
    EmbeddingSpace,
    EncodedTexts,
    Encoder,
    Reranker,
    Role,
    SpaceCache,
    VectorCache,
)
from curator.core.protocols.network import Fetcher, FetchRequest, HostLeases, Workers
from curator.core.protocols.progress import Progress
from curator.core.protocols.store import PATIENCE, Changes, Store

if TYPE_CHECKING:
    from curator.core.protocols.models import Matrix as Matrix

__all__ = [
    "PATIENCE",
    "Calibration",
    "Changes",
    "EmbeddingEngine",
    "EmbeddingSpace",
    "EncodedTexts",
    "Encoder",
    "FetchRequest",
    "Fetcher",
    "HostLeases",
    "Progress",
    "Reranker",
    "Role",
    "SpaceCache",
    "Store",
    "VectorCache",
    "Workers",
]
