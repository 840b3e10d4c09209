"""What is known of the bundled voters, and how any other model learns the same from the items at hand.

`calibration.json` and `calibration.npz` are made by `benchmarks/calibrate.py` from labelled texts; the first says when,
from what and with which versions. `calibration.topics.txt` is the background: everyday topics in two languages.
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
ARRAYS = ("asked", "told", "tongues", "accents", "background")
NUMBERS = ("weight", "spread", "gap", "near", "same")


def background() -> tuple[list[str], ...]:
    """The everyday topics, one list a language, all in one order."""
    lines = HERE.joinpath("calibration.topics.txt").read_text("utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return tuple(list(column) for column in zip(*rows, strict=True))


@cache
def bundled() -> Calibration:
    """The calibration that comes with the installation."""
    import numpy as np

    facts: Mapping[str, Any] = json.loads(HERE.joinpath("calibration.json").read_text("utf-8"))
    with HERE.joinpath("calibration.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        lenses = {
            name: EmbeddingSpace(name=name, **numbers, **{part: arrays[f"{name}/{part}"].astype(np.float32) for part in ARRAYS})
            for name, numbers in facts["voters"].items()
        }
    return Calibration(lenses=lenses, curves={names: (a, b) for names, (a, b) in facts["curves"].items()})


def learned(voter: Encoder, seen: "Matrix") -> EmbeddingSpace:
    """The lens of a model nobody calibrated: the middle of the items seen (n, dim), the background asked of the model itself.

    The background's own wordings stand among the items, so that a library of few items has a middle too.
    """
    import numpy as np

    wordings = background()
    documents = [voter.embed(texts, "document") for texts in wordings]
    return embedding_space.ground(voter.name, [voter.embed(texts, "query") for texts in wordings], np.concatenate([*documents, seen]))
