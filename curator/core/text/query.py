"""The query language of search and watch terms: words, "phrases", -not, OR, NEAR/n, ( ), field:word, and begin*.

Words side by side must all match. OR binds tighter than that, as in web search engines:
`"kopi senja" OR @kopisenja -"senja kala"` means (either name) and not the band. NEAR/n binds tightest: at most n words stand
between its sides, in either order.
"""

import re
from collections.abc import Callable, Iterator
from unicodedata import east_asian_width

from msgspec import Struct

from curator.core.errors import Problem, UsageError
from curator.core.text.plain import line

_TOKEN = re.compile(
    r'\s*(?:(?P<open>\()|(?P<close>\))|(?P<minus>-(?=[^\s)]))|(?P<field>[a-z]+):(?=\S)|"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))'
)
_WORD = re.compile(r"""\s*(?P<word>[^\s()"]+)""")
_NEAR = re.compile(r"NEAR/(?P<within>.*)")
_BEGINNING = re.compile(r"(?P<beginning>.*\w)\*\s*", re.S)
FURTHEST = 99  # words that NEAR/n may allow in between
# Double quotation marks that keyboards and pasted text bring: curly, low and angle ones, and the wide one of CJK fonts.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»‹›″＂", '"'))


class Term(Struct, frozen=True):
    """A word or phrase, in a field when one was named. `prefix`: whether its last word is only the beginning of one."""

    text: str
    field: str = ""
    prefix: bool = False


class Near(Struct, frozen=True):
    """Two words or phrases with at most `within` words between them, in either order; each side may have alternatives."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    within: int


class Not(Struct, frozen=True):
    """Negation of a part."""

    part: "Node"


class And(Struct, frozen=True):
    """Conjunction of parts."""

    parts: tuple["Node", ...]


class Or(Struct, frozen=True):
    """Alternatives."""

    parts: tuple["Node", ...]


Leaf = Term | Near
Node = Leaf | Not | And | Or


class _Token(Struct, frozen=True):
    kind: str
    text: str
    at: int


class QueryError(UsageError):
    """The query cannot be parsed. The message shows the position with a caret."""

    def __init__(self, what: str, query: str, at: int, hint: str = 'quote phrases like "cold brew" and close every parenthesis') -> None:
        shown = "".join(char if char.isprintable() else " " for char in query)
        before = " " * sum(1 + (east_asian_width(char) in "WF") for char in shown[:at])
        super().__init__(problems=[Problem(what=f"{line(what)}\n  {shown}\n  {before}^", hint=hint, multiline=True)])


def parse(query: str, fields: frozenset[str] = frozenset()) -> Node:
    """Parse a query. A word before a colon is a field only when it is in `fields`. Raises QueryError."""
    try:
        return _Parser(query, fields).whole()
    except RecursionError:
        raise QueryError("nested too deep for a query", query[:60], 0) from None


def matches(node: Node, holds: Callable[[Leaf], bool]) -> bool:
    """Return whether the query is true, given `holds`, which decides for each term and for each pair that must be near."""
    match node:
        case Term() | Near():
            return holds(node)
        case Not(part):
            return not matches(part, holds)
        case And(parts):
            return all(matches(p, holds) for p in parts)
        case Or(parts):
            return any(matches(p, holds) for p in parts)


def wanted(node: Node) -> Iterator[Term]:
    """Iterate over the terms that are not negated, in order."""
    match node:
        case Term():
            yield node
        case Near():
            yield from (*node.left, *node.right)
        case And(parts) | Or(parts):
            for part in parts:
                yield from wanted(part)


class _Parser:
    def __init__(self, query: str, fields: frozenset[str]) -> None:
        self.query, self.fields = query.translate(_QUOTES), fields
        self.tokens = list(self._tokens())
        self.i = 0

    def _tokens(self) -> Iterator[_Token]:
        at = 0
        while at < len(self.query) and (found := _TOKEN.match(self.query, at)):
            kind = found.lastgroup or ""
            if kind == "field" and found[kind] not in self.fields:
                found = _WORD.match(self.query, at) or found
                kind = "word"
            yield _Token(kind, found[kind], found.start(kind))
            at = found.end()
        if self.query[at:].strip():
            raise QueryError("a quotation mark is not closed", self.query, at + self.query[at:].index('"'))

    def whole(self) -> Node:
        if not self.tokens:
            raise QueryError("an empty query finds nothing", self.query, 0)
        node = self._all()
        if self.i < len(self.tokens):
            raise QueryError("this parenthesis was never opened", self.query, self.tokens[self.i].at)
        return node

    def _peek(self) -> _Token | None:
        return self.tokens[self.i] if self.i < len(self.tokens) else None

    def _all(self) -> Node:
        parts: list[Node] = []
        while (token := self._peek()) and token.kind != "close":
            parts.append(self._either())
        if not parts:
            raise QueryError("nothing between the parentheses", self.query, self.tokens[max(self.i - 1, 0)].at)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _either(self) -> Node:
        parts = [self._near()]
        while (token := self._peek()) and token.kind == "word" and token.text == "OR":
            self.i += 1
            parts.append(self._near())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _near(self) -> Node:
        left = self._one()
        token = self._peek()
        if token is None or not _operator(token) or token.text == "OR":
            return left
        self.i += 1
        within = self._within(token)
        return Near(self._side(left, token), self._side(self._one(), token), within)

    def _within(self, token: _Token) -> int:
        within = token.text.partition("/")[2]
        if not within.isascii() or not within.isdigit() or int(within[:9]) > FURTHEST:
            raise QueryError(f"NEAR/ is followed by a number of words, 0 to {FURTHEST}", self.query, token.at, "kopi NEAR/5 senja")
        return int(within)

    def _side(self, node: Node, token: _Token) -> tuple[Term, ...]:
        terms = node.parts if isinstance(node, Or) else (node,)
        if any(not isinstance(term, Term) or term.field for term in terms):
            what = "beside NEAR there are words and phrases only, or alternatives in parentheses"
            raise QueryError(what, self.query, token.at, "(harga OR price) NEAR/5 kopi")
        return tuple(term for term in terms if isinstance(term, Term))

    def _one(self) -> Node:
        token = self._peek()
        if token is None or token.kind == "close" or _operator(token):
            raise QueryError("a word is missing here", self.query, token.at if token else len(self.query))
        self.i += 1
        if token.kind == "minus":
            return Not(self._one())
        if token.kind == "open":
            return self._closed(token)
        return self._field(token) if token.kind == "field" else _term(token.text)

    def _closed(self, opened: _Token) -> Node:
        node = self._all()
        if self._peek() is None:
            raise QueryError("this parenthesis is never closed", self.query, opened.at)
        self.i += 1
        return node

    def _field(self, field: _Token) -> Node:
        value = self._one()
        if not isinstance(value, Term):
            raise QueryError(f"{field.text}: wants one word or phrase", self.query, field.at)
        return Term(value.text, field.text, value.prefix)


def _operator(token: _Token) -> bool:
    return token.kind == "word" and (token.text == "OR" or bool(_NEAR.fullmatch(token.text)))


def _term(text: str) -> Term:
    found = _BEGINNING.fullmatch(text)
    return Term(found["beginning"], prefix=True) if found else Term(text)
