"""Any other sentence-transformers model, by the name or path a person wrote under `[engine] model`.

What lies on this machine is taken from it; the hub is asked only for what does not, and only once.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from curator.core.errors import NoModel
from curator.ranking.embed.encoder import SentenceEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PATIENCE: Final = 10.0  # seconds for the hub's first answer; its own client would retry each file for half a minute


def name(model: str) -> str:
    """The model as a key for its vectors: a folder's files count too, so that a model trained further is another one."""
    folder = Path(model)
    if not folder.is_dir():
        return model
    files = sorted((f.relative_to(folder).as_posix(), f.stat().st_size, f.stat().st_mtime_ns) for f in folder.rglob("*") if f.is_file())
    return f"{folder.resolve()}@{hashlib.blake2b(repr(files).encode(), digest_size=8).hexdigest()}"


def load(model: str) -> SentenceEncoder:
    """Loads it. Raises NoModel when it is neither here nor to be had."""
    return SentenceEncoder(name(model), _here(model) or _fetched(model))


def _here(model: str) -> "SentenceTransformer | None":
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(model, device="cpu", local_files_only=True)
    except Exception as error:  # whatever a foreign model's files make of the loader
        if Path(model).exists():
            _refuse(model, error, hint='name a folder that sentence-transformers saved, or write model = "embedded"')
        return None


def _fetched(model: str) -> "SentenceTransformer":
    from huggingface_hub import HfApi
    from sentence_transformers import SentenceTransformer

    try:
        HfApi().model_info(model, timeout=PATIENCE)
        return SentenceTransformer(model, device="cpu")
    except Exception as error:  # no network, no such model, no access, half a download: for the person it is one thing
        _refuse(model, error, hint=f'hf download {model}   (or write model = "embedded")')


def _refuse(model: str, error: Exception, *, hint: str) -> NoReturn:
    from curator.core.text.plain import line

    raise NoModel(f"the model {model} cannot be had: {line(str(error), 160)}", where="brand.toml: engine.model", hint=hint) from error
