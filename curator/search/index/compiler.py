"""Compilation of parsed queries into tantivy queries."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from curator.core.text.query import And, Node, Not, Or, Term
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
    """Return whether a node is plain words, which a text may lack and still be about the same: no phrase, field or exclusion."""
    match node:
        case Term(text, field):
            return not field and not re.search(r"\s", text.strip())
        case Not():
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
                return self._phrase([field] if field else ["title", "text"], term.text)

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
    return isinstance(node, Term) and not node.field and node.text.casefold() in analysis.STOP_WORDS
