"""How Postgres writes the parts of a query."""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Final

from curator.search.index import analysis
from curator.search.postgres.lexemes import LABELS, STEM_LABELS, quoted, sign
from curator.search.postgres.tsquery import TsQuery

LONGEST_LOOSE: Final = 8  # words of a long query of which most must be there: the alternatives are written out


class TsForms:
    """The `Forms` of a tsquery. `similar` returns the words of the library that differ from one by so many letters."""

    def __init__(self, similar: Callable[[str, int], Sequence[tuple[str, int]]]) -> None:
        """Look up misspelt words with `similar`, which returns them with the number of letters."""
        self._similar = similar

    def nothing(self) -> TsQuery:
        """Match no item: no lexeme has this sign."""
        return TsQuery("'!'")

    def any(self, parts: Sequence[TsQuery]) -> TsQuery:
        """Match what one of the parts matches. The same words in several fields become one part."""
        joined: dict[str, TsQuery] = {}
        for part in parts:
            known = joined.get(part.text)
            joined[part.text] = _labelled(known, part) if known else part
        return joined.popitem()[1] if len(joined) == 1 else _together(" | ", list(joined.values()))

    def all(self, needed: Sequence[TsQuery], welcome: Sequence[TsQuery] = ()) -> TsQuery:
        """Match what all needed parts match, or one of the welcome ones where none is needed."""
        if not needed:
            return self.any(welcome)
        form = _together(" & ", needed)
        return TsQuery(form.text, lexemes=(*form.lexemes, *_lexemes(welcome)))

    def most(self, parts: Sequence[TsQuery], least: int) -> TsQuery:
        """Match what at least so many of the parts match; of very many parts, the first count."""
        some = parts[:LONGEST_LOOSE]
        form = self.any([_together(" & ", chosen) for chosen in combinations(some, min(least, len(some)))])
        return TsQuery(form.text, lexemes=_lexemes(parts))

    def without(self, part: TsQuery) -> TsQuery:
        """Match what a part does not match."""
        return TsQuery(f"!({part.written()})")

    def unscored(self, part: TsQuery) -> TsQuery:
        """Match the same and rank nothing."""
        return TsQuery(part.text, part.labels)

    def value(self, field: str, value: str) -> TsQuery:
        """Match items with a value."""
        return TsQuery(quoted(f"{sign(field)}{value}"))

    def words(self, field: str, words: Sequence[str], weight: float = 1.0) -> TsQuery:
        """Match words one after another; a single character of a script without spaces is also found within a pair."""
        single = len(words) == 1 and len(words[0]) == 1 and analysis.unspaced(words[0])
        return self.beginning(field, words) if single else _sequence(field, [quoted(f"{sign(field)}{word}") for word in words])

    def beginning(self, field: str, words: Sequence[str], weight: float = 1.0) -> TsQuery:
        """Match words one after another of which the last is only begun."""
        return _sequence(field, [quoted(f"{sign(field)}{word}") for word in words], begun=True)

    def near(self, field: str, left: Sequence[str], right: Sequence[str], within: int) -> TsQuery:
        """Match two sides, in this order, with at most `within` other words between them."""
        one, other = (" <-> ".join(f"{quoted(word)}\0" for word in side) for side in (left, right))
        return TsQuery("(" + " | ".join(f"(({one}) <{n}> ({other}))" for n in range(1, within + 2)) + ")", LABELS[field])

    def stem(self, field: str, stem: str, weight: float) -> TsQuery:
        """Match words of a field by their stem."""
        lexeme = quoted(f"~{stem}")
        return TsQuery(f"{lexeme}\0", STEM_LABELS[field], (lexeme,))

    def misspelt(self, field: str, word: str, edits: int, weight: float) -> TsQuery:
        """Match words that differ by at most so many letters; those that differ by one rank an item."""
        forms = [(self.words(field, [each]), distance) for each, distance in self._similar(word, edits)]
        return self.any([form if distance == 1 else self.unscored(form) for form, distance in forms]) if forms else self.nothing()


def _sequence(field: str, lexemes: Sequence[str], *, begun: bool = False) -> TsQuery:
    slots = ["\0"] * (len(lexemes) - 1) + ["\0*" if begun else "\0"]
    text = " <-> ".join(map("".join, zip(lexemes, slots, strict=True)))
    ranking = (*lexemes[:-1], f"{lexemes[-1]}:*" if begun else lexemes[-1])
    return TsQuery(f"({text})" if len(lexemes) > 1 else text, LABELS.get(field, ""), ranking)


def _together(operator: str, parts: Sequence[TsQuery]) -> TsQuery:
    return TsQuery("(" + operator.join(part.written() for part in parts) + ")", lexemes=_lexemes(parts))


def _lexemes(parts: Iterable[TsQuery]) -> tuple[str, ...]:
    return tuple(lexeme for part in parts for lexeme in part.lexemes)


def _labelled(one: TsQuery, other: TsQuery) -> TsQuery:
    return TsQuery(one.text, "".join(sorted({*one.labels, *other.labels})), (*one.lexemes, *other.lexemes))
