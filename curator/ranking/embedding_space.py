"""Statistics of an encoder's embedding space, and the vectors that are left once they are taken out.

Raw cosines of a sentence encoder lie in a narrow band (.80 for relevant pairs, .78 for others), because all vectors share
a mean and a component of their language. Both are subtracted here. What is left is compared with a background of
everyday topics, each the mean of its wordings in several languages.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from msgspec.structs import replace

from curator.core.protocols import EmbeddingSpace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from curator.core.protocols import Matrix

# Quantiles of the cosines of unrelated texts. `same_story_cosine` lies RETOLD of the way from the second one to 1.
ALMOST_UNRELATED: Final = 0.99
UNRELATED: Final = 0.999
RETOLD: Final = 0.22
PAIRS: Final = 200_000

# The parts of a space as files keep them.
ARRAYS: Final = ("query_mean", "document_mean", "language_directions", "all_language_directions", "background")
NUMBERS: Final = ("weight", "background_std", "document_std", "unrelated_cosine", "same_story_cosine")


def read(name: str, numbers: Mapping[str, float], arrays: "Mapping[str, NDArray[Any]]") -> EmbeddingSpace:
    """Return the space that a calibration keeps as its NUMBERS and, each behind the name of the space and "/", its ARRAYS."""
    fields: dict[str, Any] = {**numbers, **{part: arrays[f"{name}/{part}"].astype(np.float32) for part in ARRAYS}}
    return EmbeddingSpace(name=name, **fields)


def unit(rows: "NDArray[Any]") -> "Matrix":
    """Return the rows scaled to length 1, in their shape. A row of zeros stays zeros."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


def centred_queries(space: EmbeddingSpace, queries: "Matrix") -> "Matrix":
    """Return query vectors, shape (n, dim), mean-centred and of length 1."""
    return unit(queries - space.query_mean)


def centred_documents(space: EmbeddingSpace, documents: "Matrix") -> "Matrix":
    """Return document vectors, shape (n, dim), mean-centred, without `language_directions` and of length 1."""
    return _without(space.language_directions, documents - space.document_mean)


def language_free(space: EmbeddingSpace, documents: "Matrix") -> "Matrix":
    """Return document vectors, shape (n, dim), mean-centred, without `all_language_directions` and of length 1."""
    return _without(space.all_language_directions, documents - space.document_mean)


def nearness(space: EmbeddingSpace, cosines: "NDArray[Any]") -> "NDArray[Any]":
    """Scale cosines of language-free vectors linearly: `unrelated_cosine` becomes 0, `same_story_cosine` becomes 1."""
    return (cosines - space.unrelated_cosine) / (space.same_story_cosine - space.unrelated_cosine)


def estimate(
    name: str,
    wordings: "Sequence[Matrix]",
    documents: "Matrix",
    *,
    all_directions: "Matrix | None" = None,
    directions: int = 0,
    weight: float = 1.0,
) -> EmbeddingSpace:
    """Estimate the statistics of an encoder's space from unlabelled texts.

    `wordings`: query vectors of the background topics, shape (topics, dim) for each language, all in one order.
    `documents`: document vectors, shape (n, dim). `all_directions`: orthonormal directions that tell languages apart,
    shape (k, dim); None where the languages of the documents are unknown. The first `directions` of them are removed
    when a document is compared with a topic.
    """
    mean = np.mean(np.concatenate(wordings), axis=0)
    background = unit(np.sum([unit(w - mean) for w in wordings], axis=0))
    among = (background @ background.T)[~np.eye(len(background), dtype=bool)]
    every = np.zeros((0, documents.shape[1]), np.float32) if all_directions is None else all_directions
    space = EmbeddingSpace(
        name=name,
        weight=weight,
        query_mean=mean,
        document_mean=documents.mean(axis=0),
        language_directions=every[:directions],
        all_language_directions=every,
        background=background,
        document_std=1.0,
        background_std=float(among.std()),
        unrelated_cosine=0.0,
        same_story_cosine=1.0,
    )
    unrelated, same = cosine_thresholds(language_free(space, documents))
    std = float((centred_documents(space, documents) @ background.T).std())
    return replace(space, document_std=std, unrelated_cosine=unrelated, same_story_cosine=same)


def language_directions(documents: "Matrix", languages: Sequence[str], k: int) -> "Matrix":
    """Return the `k` directions, shape (k, dim), in which the mean vectors of the languages differ most.

    `languages`: the language of each document. The directions are right singular vectors of the centred means.
    """
    tags = np.asarray(languages)
    means = np.stack([documents[tags == language].mean(axis=0) for language in sorted(set(languages))])
    return np.asarray(np.linalg.svd(means - means.mean(axis=0), full_matrices=False)[2][:k], np.float32)


def cosine_thresholds(documents: "Matrix") -> tuple[float, float]:
    """Return `unrelated_cosine` and `same_story_cosine` of a space.

    `documents`: language-free vectors, shape (n, dim), of which hardly any two tell the same story. About PAIRS pairs of
    them are compared.
    """
    rows = documents[np.lexsort(documents.T[:8])]
    sample = rows[:: max(1, round(len(rows) / math.sqrt(2 * PAIRS)))]
    cosines = (sample @ sample.T)[np.triu_indices(len(sample), 1)]
    almost, unrelated = (float(q) for q in np.quantile(cosines, (ALMOST_UNRELATED, UNRELATED)))
    return almost, unrelated + RETOLD * (1 - unrelated)


def _without(directions: "Matrix", rows: "NDArray[Any]") -> "Matrix":
    return unit(rows - (rows @ directions.T) @ directions)
