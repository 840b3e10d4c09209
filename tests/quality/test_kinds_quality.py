"""Pinned floor: the real encoders on invented items in two languages, of which each is plainly of one kind."""

from hashlib import sha256
from pathlib import Path

from support import bundled

from curator.core.brand import Brand
from curator.ranking import content_type

TEXTS = Path(__file__).parent / "kinds.tsv"
HASH = "14376e2fb4e8d31832e0321b4f96c5547a9e399fff71e182a1348a0bb134f939"
FLOOR, FLOOR_WHEN_SURE, SURE = 0.92, 0.98, 0.8


def judged() -> list[tuple[str, content_type.ContentTypeProposal]]:
    """Each item's kind, and the one proposed."""
    engine = bundled.engine()
    rows = [line.split("\t") for line in TEXTS.read_text("utf-8").splitlines()]
    texts, topics = [f"{title}\n{text}" for _, _, title, text in rows], content_type.as_topics(Brand(name="Kopi Senja", topics=()))
    seen = engine.embed_texts(texts)
    found = content_type.propose(texts, seen, [t.name for t in topics], engine.embed_topics(topics), engine.calibration(seen))
    return [(row[0], proposal) for row, proposal in zip(rows, found, strict=True)]


def test_the_floor_was_measured_on_these_texts() -> None:
    assert sha256(TEXTS.read_bytes()).hexdigest() == HASH


def test_kinds_are_not_told_worse_than_they_were() -> None:
    right = [kind == proposal.kind for kind, proposal in judged()]
    assert sum(right) / len(right) >= FLOOR


def test_what_is_sure_is_right() -> None:
    sure = [kind == proposal.kind for kind, proposal in judged() if proposal.confidence >= SURE]
    assert len(sure) >= 30
    assert sum(sure) / len(sure) >= FLOOR_WHEN_SURE
