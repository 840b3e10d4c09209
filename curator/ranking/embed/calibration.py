"""Calibration of the encoders: the bundled one, and the space that is learned for any other model.

`calibration.json` and `calibration.npz` are made by `benchmarks/calibrate.py` from labelled texts; the json file says when,
from what and with which versions. `calibration.topics.txt` holds the background topics in two languages.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from curator.core.protocols import Calibration, EmbeddingSpace, Encoder
from curator.ranking import embedding_space

if TYPE_CHECKING:
    from curator.core.protocols import Matrix

HERE = files("curator.ranking.embed")


def background() -> tuple[list[str], ...]:
    """Return the wordings of the background topics, one list per language, all in one order."""
    lines = HERE.joinpath("calibration.topics.txt").read_text("utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return tuple(list(column) for column in zip(*rows, strict=True))


@cache
def bundled() -> Calibration:
    """Read the calibration of the bundled encoders."""
    import numpy as np

    facts: Mapping[str, Any] = json.loads(HERE.joinpath("calibration.json").read_text("utf-8"))
    with HERE.joinpath("calibration.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        spaces = {name: embedding_space.read(name, numbers, arrays) for name, numbers in facts["encoders"].items()}
    return Calibration(spaces=spaces, curves={names: (a, b) for names, (a, b) in facts["curves"].items()})


def learned(encoder: Encoder, documents: "Matrix") -> EmbeddingSpace:
    """Estimate the space of an encoder that has no bundled calibration, from document vectors of shape (n, dim).

    The background topics are embedded as documents too, so that the mean is defined for a library of few items.
    """
    import numpy as np

    wordings = background()
    more = [encoder.embed(texts, "document") for texts in wordings]
    return embedding_space.estimate(encoder.name, [encoder.embed(texts, "query") for texts in wordings], np.concatenate([*more, documents]))
