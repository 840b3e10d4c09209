"""A sentence-transformers model as an `Embedder`."""

import ctypes
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from curator.core.protocols import Matrix, Role

# Bytes stand for tokens: about four each in any script. Rows of a batch are padded to its longest.
BATCH_BYTES: Final = 12_000
BATCH_ROWS: Final = 128
MAX_CHARACTERS: Final = 4000  # no bundled model reads further


class SentenceEncoder:
    """Embeds texts of like length together; the rows come back in the order of the texts."""

    def __init__(self, name: str, model: "SentenceTransformer") -> None:
        self.name = name
        self.dim = model.get_embedding_dimension() or 0
        self._model = model
        _give_back()

    def embed(self, texts: "Sequence[str]", role: "Role") -> "Matrix":
        import numpy as np

        encode = self._model.encode_query if role == "query" else self._model.encode_document
        rows = np.empty((len(texts), self.dim), np.float32)
        for batch in batches(texts):
            rows[batch] = encode([texts[i] for i in batch], batch_size=len(batch), show_progress_bar=False, normalize_embeddings=True)
        _give_back()
        return rows


def whole(text: str) -> str:
    """No more than a bundled model reads, nothing that cannot be encoded. One character may stand for eighteen: cut after it does."""
    readable = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return normalize("NFKC", readable)[:MAX_CHARACTERS]


def _give_back() -> None:
    """Hands freed memory back to the system; glibc keeps what batches of ever new shapes leave, 300 MB by the end of a run."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def batches(texts: Sequence[str], most_bytes: int = BATCH_BYTES, most_rows: int = BATCH_ROWS) -> Iterator[list[int]]:
    """The places of the texts, longest together, so that no batch holds more than its share."""
    sizes = [len(text.encode("utf-8", "replace")) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (-sizes[i], i))
    while order:
        rows = max(1, min(most_rows, most_bytes // max(1, sizes[order[0]])))
        yield order[:rows]
        del order[:rows]
