"""Any other sentence-transformers model, by the name or path given in `[engine] model` or `[engine] reranker`.

A model that is on this machine is loaded without network. Only a model that is not is downloaded from the hub, once.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from msgspec import Struct

from curator.core.errors import NoModel
from curator.ranking.embed.encoder import SentenceEncoder, normalised, release_memory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import CrossEncoder

PATIENCE: Final = 10.0  # seconds to wait for the hub's first response; its own client would retry every file for half a minute


class _Use(Struct, frozen=True):
    """What a model is loaded for: its key of brand.toml, and how to do without it."""

    key: str
    instead: str


_EMBEDDING: Final = _Use("model", 'write model = "embedded"')
_RERANKING: Final = _Use("reranker", "take the line reranker out of brand.toml")


def name(model: str) -> str:
    """Return the encoder name of a model. That of a folder contains a hash of its files, so that a retrained model is another one."""
    folder = Path(model)
    if not folder.is_dir():
        return model
    files = sorted((f.relative_to(folder).as_posix(), f.stat().st_size, f.stat().st_mtime_ns) for f in folder.rglob("*") if f.is_file())
    return f"{folder.resolve()}@{hashlib.blake2b(repr(files).encode(), digest_size=8).hexdigest()}"


def allow_download(model: str) -> None:
    """Allow the hub before torch is imported, where the model may have to be downloaded: the bundled models forbid it else."""
    if not Path(model).exists():
        os.environ.setdefault("HF_HUB_OFFLINE", "0")


def load(model: str) -> SentenceEncoder:
    """Load an embedding model. Raises NoModel when it is neither on this machine nor can be downloaded."""
    from sentence_transformers import SentenceTransformer

    return SentenceEncoder(name(model), _loaded(SentenceTransformer, model, _EMBEDDING))


def load_cross_encoder(model: str) -> "Callable[[Sequence[tuple[str, str]]], NDArray[np.float32]]":
    """Load a cross-encoder and return the function that scores pairs, shape (pairs,), in log-odds as the model was trained.

    Raises NoModel as `load` does, and for a model that does not give one score a pair.
    """
    import numpy as np
    import torch
    from sentence_transformers import CrossEncoder

    loaded = _loaded(CrossEncoder, model, _RERANKING)
    if not _scores_pairs(loaded):
        _refuse(
            model,
            ValueError("it does not give one score for a pair of texts"),
            _RERANKING,
            hint=f"name a cross-encoder, or {_RERANKING.instead}",
        )

    def scores(pairs: Sequence[tuple[str, str]]) -> "NDArray[np.float32]":
        inputs = [(normalised(query), normalised(text)) for query, text in pairs]
        found: NDArray[np.float32] = loaded.predict(inputs, activation_fn=torch.nn.Identity(), show_progress_bar=False)
        release_memory()
        if not np.isfinite(found).all():
            _refuse(model, ValueError("its scores are not numbers"), _RERANKING, hint=f"name another one, or {_RERANKING.instead}")
        return found

    return scores


def _scores_pairs(model: "CrossEncoder") -> bool:
    """Whether a model was trained to score pairs. A plain encoder is loaded too, with a last layer of random numbers."""
    config = getattr(model.model, "config", None)
    trained = any(name.endswith("ForSequenceClassification") for name in getattr(config, "architectures", None) or ())
    return model.num_labels == 1 and (trained or len(model) > 1)


def _loaded(kind: type[Any], model: str, use: _Use) -> Any:
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the function has no types; curator shows its own progress
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # the same
    return _here(kind, model, use) or _fetched(kind, model, use)


def _here(kind: type[Any], model: str, use: _Use) -> Any:
    try:
        return kind(model, device="cpu", local_files_only=True)
    except Exception as error:  # a foreign model's files may raise anything in the loader
        if Path(model).exists():
            _refuse(model, error, use, hint=f"name a folder that sentence-transformers saved, or {use.instead}")
        return None


def _fetched(kind: type[Any], model: str, use: _Use) -> Any:
    from huggingface_hub import HfApi

    try:
        HfApi().model_info(model, timeout=PATIENCE)
        return kind(model, device="cpu")
    except Exception as error:  # no network, no such model, no access, half a download: one problem to the user
        _refuse(model, error, use, hint=f"hf download {model}   (or {use.instead})")


def _refuse(model: str, error: Exception, use: _Use, *, hint: str) -> NoReturn:
    from curator.core.text.plain import line

    raise NoModel(
        f"the model {model} cannot be loaded: {line(str(error), 160)}", where=f"brand.toml: engine.{use.key}", hint=hint
    ) from error
