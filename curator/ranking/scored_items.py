"""The scored table: items with their scores, texts and vectors."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from curator.core.protocols import EmbeddingSpace
from curator.core.story import ScoredItem
from curator.ranking import embedding_space

if TYPE_CHECKING:
    from curator.core.protocols import Matrix


class ScoredItems(Struct, frozen=True, kw_only=True):
    """Items with their scores, best first.

    `texts` and the rows of `vectors`, shape (items, dim) by encoder name, have the order of `ranked`. `space` is the first
    encoder's; None in an empty table.
    """

    ranked: tuple[ScoredItem, ...] = ()
    texts: tuple[str, ...] = ()
    vectors: "Mapping[str, Matrix]" = {}
    space: EmbeddingSpace | None = None

    def positions(self) -> dict[str, int]:
        """Return the position of each item by its id."""
        return {scored.item.id: n for n, scored in enumerate(self.ranked)}

    def reordered(self, ranked: Sequence[ScoredItem]) -> Self:
        """Return the table with its items in the order of `ranked`, which may carry other scores."""
        positions = self.positions()
        order = [positions[scored.item.id] for scored in ranked]
        return type(self)(
            ranked=tuple(ranked),
            texts=tuple(self.texts[n] for n in order),
            vectors={name: rows[order] for name, rows in self.vectors.items()},
            space=self.space,
        )

    def of(self, ids: Iterable[str]) -> Self:
        """Return the table of some of its items, in the order of the ids."""
        positions = self.positions()
        return self.reordered([self.ranked[positions[id_]] for id_ in ids])

    def text_of(self) -> dict[str, str]:
        """Return the texts by item id."""
        return {scored.item.id: text for scored, text in zip(self.ranked, self.texts, strict=True)}

    def centred(self) -> "Matrix":
        """Return the first encoder's vectors mean-centred, as topics are compared with them; shape (items, dim), unit rows."""
        assert self.space, "an empty table has no vectors"
        return embedding_space.centred_documents(self.space, self.vectors[self.space.name])

    def language_free(self) -> "Matrix":
        """Return the same without what tells languages apart, as tellings of one story are compared; shape (items, dim)."""
        assert self.space, "an empty table has no vectors"
        return embedding_space.language_free(self.space, self.vectors[self.space.name])
