"""Compilation of parsed queries into tantivy queries."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from curator.core.text.query import And, Near, Node, Not, Or, Term
from curator.search.index import analysis

if TYPE_CHECKING:
    from tantivy import Query

EXACT: Final = {"title": 3.0, "text": 1.0}  # weight of a word in each field, as it was typed
FORM: Final = {"title": 2.0, "text": 0.6}  # and in another form
SHORTEST_TYPO, LONG = 4, 8  # letters: shorter words are taken as typed; from LONG on two may be wrong
MOST: Final = 0.6  # share of the words of a long query that a loose one needs


class Span(Struct, frozen=True, kw_only=True):
    """Condition that an item was published from `since` on and before `until`."""

    since: datetime | None = None
    until: datetime | None = None


Condition = Node | Span


def is_plain(node: Node) -> bool:
    """Return whether a node is plain words, which a text may lack and still be about the same.

    A phrase, a beginning, a field, words that must be near and an exclusion are not plain.
    """
    match node:
        case Term(text, field, prefix):
            return not field and not prefix and not re.search(r"\s", text.strip())
        case Not() | Near():
            return False
        case And(parts) | Or(parts):
            return all(map(is_plain, parts))


class Compiler:
    """Compiler for one schema. It returns None for what matches nothing in particular: a word without a letter.

    Strict queries need all words, in any form by their stems; `loose` ones tolerate misspelt words, and need most of them only.
    """

    def __init__(self, schema: Any, languages: Sequence[str], *, loose: bool = False) -> None:
        """Compile for `schema`; words are stemmed in each of `languages`."""
        self._schema, self._languages, self._loose = schema, languages, loose

    def condition(self, condition: Condition) -> "Query | None":
        """Compile a condition, which adds nothing to a score."""
        from tantivy import Query

        if isinstance(condition, Span):
            return Query.const_score_query(self._published(condition), 0.0)
        form = Compiler(self._schema, self._languages).node(condition)
        return Query.const_score_query(form, 0.0) if form else None

    def node(self, node: Node) -> "Query | None":
        """Compile a node of a parsed query."""
        match node:
            case Term():
                return self._term(node)
            case Near():
                return _any(form for left in node.left for right in node.right if (form := self._near(left, right, node.within)))
            case Not(part):
                return self._without(part)
            case Or(parts):
                return _any(form for part in parts if (form := self.node(part)))
            case And(parts):
                return self._all(parts)

    def _without(self, part: Node) -> "Query | None":
        from tantivy import Occur, Query

        inner = self.condition(part)
        return Query.boolean_query([(Occur.Must, everything()), (Occur.MustNot, inner)]) if inner else None

    def _all(self, parts: Sequence[Node]) -> "Query | None":
        """Require every part but stop words, which only add to the score."""
        from tantivy import Occur, Query

        forms = [(part, form) for part in parts if (form := self.node(part))]
        optional = [form for part, form in forms if _is_stop_word(part)]
        plain = [form for part, form in forms if is_plain(part) and not _is_stop_word(part)]
        must = [form for part, form in forms if not is_plain(part)]
        if self._loose and len(plain) > 2:
            must.append(Query.boolean_query([(Occur.Should, form) for form in plain], round(MOST * len(plain))))
        else:
            must += plain
        return (
            Query.boolean_query([*((Occur.Must, form) for form in must), *((Occur.Should, form) for form in optional)]) if forms else None
        )

    def _term(self, term: Term) -> "Query | None":
        from tantivy import Query

        match term.field:
            case "lang" | "tag" | "status":
                return Query.term_query(self._schema, term.field, term.text.casefold())
            case "feed" | "topic":
                words = analysis.tokens(term.text)
                return self._sequence(term.field, words) if words else Query.empty_query()
            case field:
                fields = [field] if field else ["title", "text"]
                return self._beginning(fields, term.text) if term.prefix else self._phrase(fields, term.text)

    def _near(self, left: Term, right: Term, within: int) -> "Query | None":
        """Match both sides in one field, in either order, as a phrase that other words may stand in.

        A side of several words must also be there as a phrase. A beginning need only be in the same item.
        """
        from tantivy import Occur, Query

        both = [form for side in (left, right) if (form := self._term(side))]
        words = [analysis.query_tokens(side.text) for side in (left, right)]
        if left.prefix or right.prefix or not all(words):
            return Query.boolean_query([(Occur.Must, form) for form in both]) if both else None
        orders = ([*words[0], *words[1]], [*words[1], *words[0]])
        near = [Query.phrase_query(self._schema, field, list(order), within) for order in orders for field in EXACT]
        together = Query.boolean_query([(Occur.Should, form) for form in near])
        return Query.boolean_query([*((Occur.Must, form) for form in both), (Occur.Must, together)])

    def _beginning(self, fields: Sequence[str], text: str) -> "Query | None":
        """Match the words of a text one after another in any of the fields, the last of them as a beginning."""
        from tantivy import Query

        words = analysis.query_tokens(text)
        if not words:
            return None
        begun = [f"{words[-1]}.*"] if len(words) == 1 else [*words[:-1], f"{words[-1]}.*"]
        return _any(Query.boost_query(self._regex(field, begun), EXACT[field]) for field in fields)

    def _regex(self, field: str, words: Sequence[str]) -> "Query":
        from tantivy import Query

        if len(words) == 1:
            return Query.regex_query(self._schema, field, words[0])
        return Query.regex_phrase_query(self._schema, field, list(words))

    def _phrase(self, fields: Sequence[str], text: str) -> "Query | None":
        """Match the words of a text one after another in any of the fields, a single word in any of its forms.

        Words with apostrophes or hyphens also match written as one.
        """
        from tantivy import Query

        words, joined = analysis.query_tokens(text), analysis.query_tokens(analysis.joined(text))
        if not words:
            return None
        orders = [words] if joined == words else [words, joined]
        forms = [Query.boost_query(self._sequence(field, order), EXACT[field]) for order in orders for field in fields]
        if len(joined) > 1:
            forms += [Query.boost_query(self._sequence(f"{field}_joined", joined), EXACT[field]) for field in fields]
        if len(joined) == 1 and not analysis.unspaced(joined[0]):
            forms += [form for field in fields for form in self._forms(field, joined[0])]
        return _any(forms)

    def _sequence(self, field: str, words: Sequence[str]) -> "Query":
        from tantivy import Query

        if len(words) > 1:
            return Query.phrase_query(self._schema, field, list(words))
        if len(words[0]) == 1 and analysis.unspaced(words[0]):
            return Query.regex_query(self._schema, field, f"{words[0]}.?")
        return Query.term_query(self._schema, field, words[0])

    def _forms(self, field: str, word: str) -> "Iterator[Query]":
        from tantivy import Query

        for stem in analysis.variants(word, self._languages):
            yield Query.boost_query(Query.term_query(self._schema, f"{field}_stem", stem), FORM[field])
        if self._loose and len(word) >= SHORTEST_TYPO:
            near = Query.fuzzy_term_query(self._schema, field, word, 2 if len(word) >= LONG else 1)
            yield Query.const_score_query(near, FORM[field])

    def _published(self, span: Span) -> "Query":
        from tantivy import FieldType, Query

        low, high = (int(moment.timestamp()) if moment else None for moment in (span.since, span.until))
        return Query.range_query(self._schema, "published", FieldType.Integer, low, high, include_upper=high is None)


def everything() -> "Query":
    """Return a query that matches every item and adds nothing to a score."""
    from tantivy import Query

    return Query.const_score_query(Query.all_query(), 0.0)


def _any(forms: "Iterable[Query]") -> "Query | None":
    from tantivy import Occur, Query

    some = [(Occur.Should, form) for form in forms]
    return Query.boolean_query(some) if some else None


def _is_stop_word(node: Node) -> bool:
    return isinstance(node, Term) and not node.field and not node.prefix and node.text.casefold() in analysis.STOP_WORDS
