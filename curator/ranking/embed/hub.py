"""Any other sentence-transformers model, by the name or path given in `[engine] model`.

A model that is on this machine is loaded without network. Only a model that is not is downloaded from the hub, once.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from curator.core.errors import NoModel
from curator.ranking.embed.encoder import SentenceEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PATIENCE: Final = 10.0  # seconds to wait for the hub's first response; its own client would retry every file for half a minute


def name(model: str) -> str:
    """Return the encoder name of a model. That of a folder contains a hash of its files, so that a retrained model is another one."""
    folder = Path(model)
    if not folder.is_dir():
        return model
    files = sorted((f.relative_to(folder).as_posix(), f.stat().st_size, f.stat().st_mtime_ns) for f in folder.rglob("*") if f.is_file())
    return f"{folder.resolve()}@{hashlib.blake2b(repr(files).encode(), digest_size=8).hexdigest()}"


def load(model: str) -> SentenceEncoder:
    """Load a model. Raises NoModel when it is neither on this machine nor can be downloaded."""
    return SentenceEncoder(name(model), _here(model) or _fetched(model))


def _here(model: str) -> "SentenceTransformer | None":
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(model, device="cpu", local_files_only=True)
    except Exception as error:  # a foreign model's files may raise anything in the loader
        if Path(model).exists():
            _refuse(model, error, hint='name a folder that sentence-transformers saved, or write model = "embedded"')
        return None


def _fetched(model: str) -> "SentenceTransformer":
    from huggingface_hub import HfApi
    from sentence_transformers import SentenceTransformer

    try:
        HfApi().model_info(model, timeout=PATIENCE)
        return SentenceTransformer(model, device="cpu")
    except Exception as error:  # no network, no such model, no access, half a download: one problem to the user
        _refuse(model, error, hint=f'hf download {model}   (or write model = "embedded")')


def _refuse(model: str, error: Exception, *, hint: str) -> NoReturn:
    from curator.core.text.plain import line

    raise NoModel(f"the model {model} cannot be loaded: {line(str(error), 160)}", where="brand.toml: engine.model", hint=hint) from error
