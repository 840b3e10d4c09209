"""Word states of a text: the last hidden layer of a SentencePiece model, averaged over the pieces of each word."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from curator.ranking.words.late_interaction import DIM, WordStates

Matrix = NDArray[np.float32]
_CONTROLS: Final = 3  # the last of the ids that stand for no text
_BEGIN: Final = "▁"  # begins a piece that begins a word


class Pieces:
    """What is known of each piece of a vocabulary: its text, whether it says something, whether it begins a word, its rarity.

    The rarity of a word is the sum of −log p of its pieces in the tokenizer's unigram model, in nats. In scripts that do not
    separate words by spaces every piece is a word.
    """

    def __init__(self, pieces: Sequence[tuple[str, float]]) -> None:
        """`pieces`: text and log probability of each, by id."""
        self.text = [piece for piece, _ in pieces]
        self.rarity = np.array([-score for _, score in pieces], np.float32)
        self.says = np.array([any(c.isalnum() for c in piece) for piece in self.text])
        self.says[: _CONTROLS + 1] = False
        self.begins = np.array([piece.startswith(_BEGIN) or any(map(_unspaced, piece)) for piece in self.text])
        self.width = np.array([len(piece) for piece in self.text], np.int64)

    def words(self, ids: NDArray[np.int64], states: Matrix) -> WordStates:
        """Join the pieces of a text, `ids` of shape (n,) with states of shape (n, DIM), into words. Punctuation is dropped."""
        says = self.says[ids]
        begins = self.begins[ids] | ~np.concatenate([[False], says[:-1]])
        owner = (np.cumsum(says & begins) - 1)[says]
        if not len(owner):
            return WordStates(np.zeros((0, DIM), np.float32), np.zeros(0, np.float32), np.zeros((0, 2), np.int32), ())
        first = np.flatnonzero(np.diff(owner, prepend=-1))
        last = np.append(first[1:], len(owner)) - 1
        sizes = (last - first + 1)[:, None]
        text = [self.text[i] for i in ids[says]]
        ends = np.cumsum(self.width[ids])[says] - 1  # the first "▁" of a text stands for no character
        starts = ends - self.width[ids[says]] + [piece.startswith(_BEGIN) for piece in text]
        return WordStates(
            states=np.asarray(np.add.reduceat(states[says], first, axis=0) / sizes, np.float32),
            rarity=np.add.reduceat(self.rarity[ids[says]], first),
            spans=np.stack([starts[first], ends[last]], axis=1).astype(np.int32),
            surfaces=tuple("".join(text[a : b + 1]).replace(_BEGIN, "") for a, b in zip(first, last, strict=True)),
        )


def of_batch(features: dict[str, Any], pieces: Pieces, skip: int) -> list[WordStates]:
    """Return the word states of a batch that a model has processed.

    `features`: with `input_ids` and `attention_mask`, shape (texts, length), and `token_states`, shape (tokens, DIM), all texts
    end to end. `skip`: number of tokens before the text: the start token and the prompt.
    """
    real = features["attention_mask"].bool()
    ids, states = features["input_ids"][real].numpy(), features["token_states"].numpy()
    ends = real.sum(1).cumsum(0).tolist()
    return [pieces.words(ids[a + skip : b - 1], states[a + skip : b - 1]) for a, b in zip([0, *ends[:-1]], ends, strict=True)]


def _unspaced(c: str) -> bool:
    return "\u0e00" <= c <= "\u0eff" or "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff"
