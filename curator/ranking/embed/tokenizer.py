"""A vocabulary of pieces as a SentencePiece tokenizer (Kudo & Richardson 2018, arXiv:1808.06226): a fifth of the memory of others."""

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from sentencepiece import SentencePieceProcessor

NORMAL, UNKNOWN, CONTROL = 1, 2, 3
# Fields of sentencepiece_model.proto by their tags: in a piece, in the trainer's spec, in the normalizer's.
PIECE, SCORE, TYPE = b"\x0a", b"\x15", b"\x18"
UNIGRAM: Final = b"\x18\x01"
AS_IT_IS: Final = b"\x0a\x08identity" + b"\x18\x01" + b"\x20\x01" + b"\x28\x01"  # but one space for many, and "▁" for each


def tokenizer(pieces: Iterable[tuple[str, float]], controls: int, unknown: int) -> SentencePieceProcessor:
    """A unigram tokenizer over pieces with their log probabilities; the first `controls` are no text, `unknown` stands for the rest."""
    kinds = {**dict.fromkeys(range(controls), CONTROL), unknown: UNKNOWN}
    model = b"".join(_entries(pieces, kinds))
    ids = b"".join(tag + _varint(value) for tag, value in ((b"\xc0\x02", unknown), (b"\xc8\x02", 0), (b"\xd0\x02", 2), (b"\xd8\x02", 1)))
    return SentencePieceProcessor(model_proto=model + _message(b"\x12", UNIGRAM + ids) + _message(b"\x1a", AS_IT_IS))


def _entries(pieces: Iterable[tuple[str, float]], kinds: dict[int, int]) -> Iterator[bytes]:
    for n, (piece, score) in enumerate(pieces):
        body = _message(PIECE, piece.encode()) + SCORE + struct.pack("<f", score) + TYPE + _varint(kinds.get(n, NORMAL))
        yield _message(b"\x0a", body)


def _message(tag: bytes, body: bytes) -> bytes:
    return tag + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first, the eighth set where more follow (Protocol Buffers, "Base 128 Varints")."""
    low = bytes([value & 127 | (128 if value > 127 else 0)])
    return low + _varint(value >> 7) if value > 127 else low
