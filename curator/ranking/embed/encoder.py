"""A sentence-transformers model as an `Encoder`."""

import ctypes
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from curator.core.protocols import Matrix, Role

# The size of a batch is limited in bytes, about four to a token in any script. Its rows are padded to the longest.
BATCH_BYTES: Final = 12_000
BATCH_ROWS: Final = 128
MAX_CHARACTERS: Final = 4000  # no bundled model reads further


class SentenceEncoder:
    """An `Encoder` that embeds texts of similar length together, because a batch is padded to its longest text."""

    def __init__(self, name: str, model: "SentenceTransformer") -> None:
        """Wrap a loaded model; `name` identifies its vectors."""
        self.name = name
        self.dim = model.get_embedding_dimension() or 0
        self._model = model
        release_memory()

    def embed(self, texts: "Sequence[str]", role: "Role") -> "Matrix":
        """Embed texts, shape (len(texts), dim), in their order."""
        import numpy as np

        encode = self._model.encode_query if role == "query" else self._model.encode_document
        rows = np.empty((len(texts), self.dim), np.float32)
        for batch in batches(texts):
            rows[batch] = encode([texts[i] for i in batch], batch_size=len(batch), show_progress_bar=False, normalize_embeddings=True)
        release_memory()
        return rows


def normalised(text: str) -> str:
    """Return a text in NFKC, without lone surrogates, cut to MAX_CHARACTERS before and after normalising.

    NFKC may turn one character into eighteen.
    """
    readable = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return normalize("NFKC", readable)[:MAX_CHARACTERS]


def release_memory() -> None:
    """Return freed memory to the system: glibc keeps up to 300 MB after batches of many shapes."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def batches(texts: Sequence[str], most_bytes: int = BATCH_BYTES, most_rows: int = BATCH_ROWS) -> Iterator[list[int]]:
    """Yield the positions of the texts in batches, the longest texts first.

    A batch has at most `most_rows` texts and, padded, about `most_bytes` bytes.
    """
    sizes = [len(text.encode("utf-8", "replace")) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (-sizes[i], i))
    while order:
        rows = max(1, min(most_rows, most_bytes // max(1, sizes[order[0]])))
        yield order[:rows]
        del order[:rows]
