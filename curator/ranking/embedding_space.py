"""How one voter sees: what all its vectors share is taken out, so that what is left is what a text is about.

Raw cosines of a sentence encoder lie in a narrow band (relevant pairs at .80, others at .78) because every vector
carries the same middle and its language. A `Lens` holds both, and a background of everyday topics, each the mean of
its wordings in several languages; a brand's topic is judged against that background and with its help.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec.structs import replace

from curator.core.protocols import EmbeddingSpace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

# Of a hundred pairs of unrelated texts one is as alike as `near`, of a thousand one is as alike as that from which
# `same` lies this share of the way to 1.
WORTH_A_LOOK: Final = 0.99
UNRELATED: Final = 0.999
RETOLD: Final = 0.22
PAIRS: Final = 200_000


def unit(rows: "NDArray[Any]") -> "Matrix":
    """Rows of length 1; a row of zeros stays one."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


def asked(lens: EmbeddingSpace, queries: "Matrix") -> "Matrix":
    """Topics as the lens shows them, (n, dim)."""
    return unit(queries - lens.asked)


def told(lens: EmbeddingSpace, documents: "Matrix") -> "Matrix":
    """Items as the lens shows them, (n, dim): without the middle of all items and the directions that tell languages apart."""
    return _without(lens.tongues, documents - lens.told)


def retold(lens: EmbeddingSpace, documents: "Matrix") -> "Matrix":
    """Items as tellings of something, (n, dim): as `told`, without anything that tells languages apart."""
    return _without(lens.accents, documents - lens.told)


def nearness(space: EmbeddingSpace, cosines: "NDArray[Any]") -> "NDArray[Any]":
    """Scale cosines of language-free vectors so that 0 is as alike as few unrelated texts are, and 1 as none are."""
    return (cosines - space.near) / (space.same - space.near)


def ground(
    name: str, wordings: "Sequence[Matrix]", documents: "Matrix", *, accents: "Matrix | None" = None, tongues: int = 0, weight: float = 1.0
) -> EmbeddingSpace:
    """The lens of a voter, learned from texts without any label.

    `wordings`: the background topics as queries, a matrix (g, dim) a language, all in one order. `documents`: (n, dim).
    `accents`: (j, dim), orthonormal, none where the documents' languages are not known; so many of them are its `tongues`.
    """
    middle = np.mean(np.concatenate(wordings), axis=0)
    background = unit(np.sum([unit(w - middle) for w in wordings], axis=0))
    among = (background @ background.T)[~np.eye(len(background), dtype=bool)]
    bare = np.zeros((0, documents.shape[1]), np.float32) if accents is None else accents
    lens = EmbeddingSpace(
        name=name,
        weight=weight,
        asked=middle,
        told=documents.mean(axis=0),
        tongues=bare[:tongues],
        accents=bare,
        background=background,
        spread=1.0,
        gap=float(among.std()),
        near=0.0,
        same=1.0,
    )
    near, same = likeness(retold(lens, documents))
    return replace(lens, spread=float((told(lens, documents) @ background.T).std()), near=near, same=same)


def languages(documents: "Matrix", names: Sequence[str], k: int) -> "Matrix":
    """The `k` directions (k, dim) in which the mean vectors of the languages differ most."""
    tags = np.asarray(names)
    means = np.stack([documents[tags == name].mean(axis=0) for name in sorted(set(names))])
    return np.asarray(np.linalg.svd(means - means.mean(axis=0), full_matrices=False)[2][:k], np.float32)


def likeness(tellings: "Matrix") -> tuple[float, float]:
    """The cosines `near` and `same` of a `Lens`, from `retold` documents of which hardly any two tell one story."""
    rows = tellings[np.lexsort(tellings.T[:8])]
    some = rows[:: max(1, round(len(rows) / math.sqrt(2 * PAIRS)))]
    pairs = (some @ some.T)[np.triu_indices(len(some), 1)]
    near, most = (float(q) for q in np.quantile(pairs, (WORTH_A_LOOK, UNRELATED)))
    return near, most + RETOLD * (1 - most)


def _without(directions: "Matrix", rows: "NDArray[Any]") -> "Matrix":
    return unit(rows - (rows @ directions.T) @ directions)
