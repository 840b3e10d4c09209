"""The rules by which a parsed query becomes one that an index answers, whichever index that is.

What a query means is decided here alone; an index only says how it writes words, phrases and alternatives (`Forms`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from msgspec import Struct

from curator.core.text.query import And, Near, Node, Not, Or, Term
from curator.search.index import analysis

Q = TypeVar("Q")

EXACT: Final = {"title": 3.0, "text": 1.0}  # weight of a word in each field, as it was typed
FORM: Final = {"title": 2.0, "text": 0.6}  # and in another form
SHORTEST_TYPO, LONG = 4, 8  # letters: shorter words are taken as typed; from LONG on two may be wrong
MOST: Final = 0.6  # share of the words of a long query that a loose one needs


class Span(Struct, frozen=True, kw_only=True):
    """Condition that an item was published from `since` on and before `until`."""

    since: datetime | None = None
    until: datetime | None = None


Condition = Node | Span


class Forms(Protocol[Q]):
    """How an index writes the parts of a query.

    Fields of tokens: title, text, feed, topic, and title_joined and text_joined, which have the words around joined ones.
    Fields of values: lang, tag, status. A weight is what a match adds to the score of an item.
    """

    def nothing(self) -> Q:
        """Match no item."""
        ...

    def any(self, parts: Sequence[Q]) -> Q:
        """Match what one of the parts matches."""
        ...

    def all(self, needed: Sequence[Q], welcome: Sequence[Q] = ()) -> Q:
        """Match what all needed parts match, or where none is needed one of the welcome ones, which add to the score."""
        ...

    def most(self, parts: Sequence[Q], least: int) -> Q:
        """Match what at least so many of the parts match."""
        ...

    def without(self, part: Q) -> Q:
        """Match what a part does not match."""
        ...

    def unscored(self, part: Q) -> Q:
        """Match the same and add nothing to the score."""
        ...

    def value(self, field: str, value: str) -> Q:
        """Match items with a value."""
        ...

    def words(self, field: str, words: Sequence[str], weight: float = 1.0) -> Q:
        """Match words one after another in a field; one word is a word."""
        ...

    def beginning(self, field: str, words: Sequence[str], weight: float = 1.0) -> Q:
        """Match words one after another of which the last is only begun."""
        ...

    def near(self, field: str, left: Sequence[str], right: Sequence[str], within: int) -> Q:
        """Match two sides, in this order, with at most `within` other words between them."""
        ...

    def stem(self, field: str, stem: str, weight: float) -> Q:
        """Match words of a field by their stem."""
        ...

    def misspelt(self, field: str, word: str, edits: int, weight: float) -> Q:
        """Match words that differ by at most so many letters: one more, one less, another, or two that changed places."""
        ...


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


class Compiler(Generic[Q]):
    """Compiler to the forms of one index. It returns None for what matches nothing in particular: a word without a letter.

    Strict queries need all words, in any form by their stems; `loose` ones tolerate misspelt words, and need most of them only.
    """

    def __init__(self, forms: Forms[Q], languages: Sequence[str], *, loose: bool = False) -> None:
        """Compile to `forms`; words are stemmed in each of `languages`."""
        self._forms, self._languages, self._loose = forms, languages, loose

    def condition(self, condition: Node) -> Q | None:
        """Compile a condition, which adds nothing to a score."""
        form = Compiler(self._forms, self._languages).node(condition)
        return None if form is None else self._forms.unscored(form)

    def node(self, node: Node) -> Q | None:
        """Compile a node of a parsed query."""
        match node:
            case Term():
                return self._term(node)
            case Near():
                return self._any(self._near(left, right, node.within) for left in node.left for right in node.right)
            case Not(part):
                inner = self.condition(part)
                return None if inner is None else self._forms.without(inner)
            case Or(parts):
                return self._any(map(self.node, parts))
            case And(parts):
                return self._all(parts)

    def _any(self, forms: Iterable[Q | None]) -> Q | None:
        some = [form for form in forms if form is not None]
        return self._forms.any(some) if some else None

    def _all(self, parts: Sequence[Node]) -> Q | None:
        """Require every part but stop words, which only add to the score."""
        forms = [(part, form) for part in parts if (form := self.node(part)) is not None]
        welcome = [form for part, form in forms if _is_stop_word(part)]
        plain = [form for part, form in forms if is_plain(part) and not _is_stop_word(part)]
        needed = [form for part, form in forms if not is_plain(part)]
        if self._loose and len(plain) > 2:
            needed.append(self._forms.most(plain, round(MOST * len(plain))))
        else:
            needed += plain
        return self._forms.all(needed, welcome) if forms else None

    def _term(self, term: Term) -> Q | None:
        match term.field:
            case "lang" | "tag" | "status":
                return self._forms.value(term.field, term.text.casefold())
            case "feed" | "topic":
                words = analysis.tokens(term.text)
                return self._forms.words(term.field, words) if words else self._forms.nothing()
            case field:
                fields = [field] if field else ["title", "text"]
                return self._beginning(fields, term.text) if term.prefix else self._phrase(fields, term.text)

    def _near(self, left: Term, right: Term, within: int) -> Q | None:
        """Match both sides in one field, in either order, as a phrase that other words may stand in.

        A side of several words must also be there as a phrase. A beginning need only be in the same item.
        """
        both = [form for side in (left, right) if (form := self._term(side)) is not None]
        one, other = (analysis.query_tokens(side.text) for side in (left, right))
        if left.prefix or right.prefix or not one or not other:
            return self._forms.all(both) if both else None
        near = [self._forms.near(field, *order, within) for order in ((one, other), (other, one)) for field in EXACT]
        return self._forms.all([*both, self._forms.any(near)])

    def _beginning(self, fields: Sequence[str], text: str) -> Q | None:
        """Match the words of a text one after another in any of the fields, the last of them as a beginning."""
        words = analysis.query_tokens(text)
        return self._any(self._forms.beginning(field, words, EXACT[field]) for field in fields) if words else None

    def _phrase(self, fields: Sequence[str], text: str) -> Q | None:
        """Match the words of a text one after another in any of the fields, a single word in any of its forms.

        Words with apostrophes or hyphens also match written as one.
        """
        words, joined = analysis.query_tokens(text), analysis.query_tokens(analysis.joined(text))
        if not words:
            return None
        orders = [words] if joined == words else [words, joined]
        forms = [self._forms.words(field, order, EXACT[field]) for order in orders for field in fields]
        if len(joined) > 1:
            forms += [self._forms.words(f"{field}_joined", joined, EXACT[field]) for field in fields]
        if len(joined) == 1 and not analysis.unspaced(joined[0]):
            forms += [form for field in fields for form in self._other(field, joined[0])]
        return self._any(forms)

    def _other(self, field: str, word: str) -> Iterator[Q]:
        """Yield the other forms of a word: those of its stems, and for a loose query misspelt ones."""
        for stem in analysis.variants(word, self._languages):
            yield self._forms.stem(field, stem, FORM[field])
        if self._loose and len(word) >= SHORTEST_TYPO:
            yield self._forms.misspelt(field, word, 2 if len(word) >= LONG else 1, FORM[field])


def _is_stop_word(node: Node) -> bool:
    return isinstance(node, Term) and not node.field and not node.prefix and node.text.casefold() in analysis.STOP_WORDS
