"""Matching of queries against texts, with names as people write them, in any script.

A phrase of several words also matches its words joined by hyphens, apostrophes or nothing: "kopi senja" is found in
Kopi-Senja, #KopiSenja, @kopisenja and kopisenja.id. Case and accents do not count. A word is found as a whole: "pagan" is not
in "propaganda". Scripts that put no space between words have no such bounds, but for katakana and the beginning of hangul.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from msgspec import Struct

from curator.core.text import query
from curator.core.text.anchors import LONGEST, Anchor, Scanner
from curator.core.text.language import primary
from curator.core.text.plain import fold, fold_letters
from curator.core.text.query import And, Leaf, Near, Node, Not, Or, Term

if TYPE_CHECKING:
    from regex import Match, Pattern

FIELDS: Final = frozenset({"title", "feed", "lang"})
PARAGRAPH: Final = " | "  # stands for the end of a paragraph, which no phrase goes over
_OPEN: Final = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER: Final = rf"[\w--[{_OPEN}]]"
_WORD: Final = rf"{_LETTER}+|[{_OPEN}\p{{M}}]{{1,2}}"
_KATAKANA: Final = r"[\p{Katakana}ー]"
_JOINTS: Final = r"[ \-_'’‘`´·‐‑–]"
_FLEXIBLE: Final = (f"{_JOINTS}?", _JOINTS)  # between words, and between numbers
_AND: Final = r"(?: ?[&+]? ?| (?:dan|and|n) )"


class MatchText(Struct, frozen=True, kw_only=True):
    """An item as queries are matched against it, folded. `feed` holds the names and addresses of where it is from."""

    title: str
    body: str
    feed: str = ""
    lang: str = ""

    @property
    def whole(self) -> str:
        """The title and the body."""
        return f"{self.title}{PARAGRAPH}{self.body}"


class Matcher:
    """A query that is ready to be matched against many texts."""

    def __init__(self, typed: str) -> None:
        """Parse a query. Raises QueryError."""
        self.node = query.parse(typed, FIELDS)
        self._wanted = [term for term in query.wanted(self.node) if term.field in {"", "title"}]

    def matches(self, text: MatchText) -> bool:
        """Return whether the query is true of a text."""
        return query.matches(self.node, lambda leaf: _holds(leaf, text))

    def written(self, text: str) -> Iterator["Match[str]"]:
        """Iterate over the places in `plain.bare_letters` where the words and phrases stand that the query looks for."""
        for term in self._wanted:
            yield from _pattern(term.text, term.prefix).finditer(text)

    def says(self, folded: str) -> bool:
        """Return whether a folded text has one of the words or phrases that the query looks for."""
        return any(_pattern(term.text, term.prefix).search(folded) for term in self._wanted)

    def told(self, folded: str) -> int:
        """Return how many of the words and phrases that the query looks for a folded text has."""
        return sum(bool(_pattern(term.text, term.prefix).search(folded)) for term in self._wanted)


class Matchers:
    """Many queries, and the pass over a text that tells which of them it may match."""

    def __init__(self, queries: Iterable[str]) -> None:
        """Parse the queries. Raises QueryError."""
        self.each = tuple(map(matcher, queries))
        self._scanner = Scanner([_anchors(each.node) for each in self.each])

    def possible(self, text: str) -> list[int]:
        """Return the numbers of the queries that a text may match, much quicker than to match it. It is as it was written."""
        return self._scanner.possible(fold_letters(text))


@lru_cache(maxsize=1024)
def matcher(typed: str) -> Matcher:
    """Return the matcher of a query. Raises QueryError."""
    return Matcher(typed)


def folded(text: str) -> str:
    """Return text as it is matched: folded, with the ends of paragraphs marked."""
    bare = fold(text.replace("\n", PARAGRAPH))
    return bare if bare.isascii() else normalize("NFC", bare)  # hangul and kana are composed again


def pattern(phrase: str) -> "Pattern[str]":
    """Return the pattern by which a phrase is found in a folded text."""
    return _pattern(phrase, False)


def _holds(leaf: Leaf, text: MatchText) -> bool:
    match leaf:
        case Near():
            return any(_near(leaf, part) for part in (text.title, text.body))
        case Term(code, "lang"):
            return code.casefold() in {text.lang.casefold(), primary(text.lang)}
        case Term(name, "feed", prefix):
            return bool(_pattern(name, prefix).search(text.feed))
        case Term(phrase, field, prefix):
            return bool(_pattern(phrase, prefix).search(text.title if field else text.whole))


def _near(near: Near, folded: str) -> bool:
    """Return whether the sides of a pair stand near enough to each other in a folded text."""
    left, right = (sorted(_spans(side, folded)) for side in (near.left, near.right))
    if not left or not right:
        return False
    words = [word.start() for word in _compiled(_WORD).finditer(folded)]
    pairs = ((a, b) for one, other in ((left, right), (right, left)) for a in one if (b := _next(a, other)))
    return any(bisect_left(words, b[0]) - bisect_left(words, a[1]) <= near.within for a, b in pairs)


def _spans(terms: Sequence[Term], folded: str) -> Iterator[tuple[int, int]]:
    for term in terms:
        yield from (found.span() for found in _pattern(term.text, term.prefix).finditer(folded))


def _next(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the first of the other spans, in order, that begins where this one has ended."""
    at = bisect_left(others, (span[1], 0))
    return others[at] if at < len(others) else None


def _anchors(node: Node) -> list[Anchor] | None:
    """Return anchors of which every match has one in its title or body; None where there are none such."""
    match node:
        case Term(_, "feed" | "lang") | Not():
            return None
        case Term(text):
            return [anchor] if (anchor := _anchor(text)) else None
        case Near(left, _, _):
            return _any_of(map(_anchors, left))
        case Or(parts):
            return _any_of(map(_anchors, parts))
        case And(parts):
            found = [anchors for part in parts if (anchors := _anchors(part))]
            return max(found, key=lambda anchors: min(len(anchor.letters) for anchor in anchors), default=None)


def _any_of(found: Iterable[list[Anchor] | None]) -> list[Anchor] | None:
    """Return the anchors of alternatives, None where one has none."""
    some = list(found)
    return [anchor for anchors in some for anchor in anchors or ()] if all(some) else None


def _anchor(phrase: str) -> Anchor | None:
    """Return the first letters that every way of writing a phrase begins with."""
    letters, joints, said = "", [], _said(phrase)
    for at, piece, is_word in _pieces(said):
        if is_word:
            letters += fold_letters(piece)
        elif letters and _joint(piece, said[:at], said[at + len(piece) :]) in _FLEXIBLE:
            joints.append(len(letters))
        elif letters:
            break
        if len(letters) >= LONGEST:
            break
    return Anchor(letters[:LONGEST], tuple(joints)) if letters else None


@lru_cache(maxsize=4096)
def _pattern(phrase: str, prefix: bool) -> "Pattern[str]":
    """Compile the pattern of a phrase; with `prefix` its last word may go on."""
    said = _said(phrase)
    if not said:
        return _compiled(_escaped(bare) if (bare := folded(phrase)) else r"(?!)")
    pieces = [_joint(piece, said[:n], said[n + len(piece) :]) if not word else _escaped(piece) for n, piece, word in _pieces(said)]
    return _compiled(f"{_begin(said[0])}{''.join(pieces)}{'' if prefix else _end(said[-1])}")


def _said(phrase: str) -> str:
    """Return a folded phrase without the signs around it that do not tell names apart; "" for one without a letter."""
    found = _compiled(r"[@#]?\w.*\w[+#]*|[@#]?\w[+#]*").search(folded(phrase).replace("_", " "))
    return found[0] if found else ""


def _pieces(said: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the words of a phrase and what stands between them, each with its place and whether it is a word."""
    for found in _compiled(r"(?P<word>\w+)|\W+").finditer(said):
        yield found.start(), found[0], found["word"] is not None


def _joint(between: str, before: str, after: str) -> str:
    """Return the pattern of what may stand where `between` was typed."""
    if not before or not after:
        return _escaped(between)
    if before.endswith((" dan", " and")) or after.startswith(("dan ", "and ")):
        return " "
    if "&" in between or between.strip() == "+":
        return _AND
    if _compiled(f"{_JOINTS}+").fullmatch(between):
        return _FLEXIBLE[before[-1].isdigit() and after[0].isdigit()]
    return _escaped(between)


def _begin(first: str) -> str:
    if _compiled(_KATAKANA).match(first):
        return f"(?<!{_KATAKANA})"
    if _compiled(r"\p{Hangul}").match(first):
        return r"(?<!\p{Hangul})"
    return "" if _compiled(f"[{_OPEN}]").match(first) else f"(?<!{_LETTER})"


def _end(last: str) -> str:
    if _compiled(_KATAKANA).match(last):
        return f"(?!{_KATAKANA})"
    return r"(?!\p{M})" if _compiled(f"[{_OPEN}]").match(last) else f"(?!{_LETTER})"


def _escaped(text: str) -> str:
    import regex

    return regex.escape(text)


@cache
def _compiled(source: str) -> "Pattern[str]":
    import regex

    return regex.compile(source, regex.VERSION1 | regex.IGNORECASE)
