"""Where the addresses in a text are, by the rules of twitter-text, which X and Mastodon count by.

One thing is ours: after "https://" a number address or a name reserved for examples counts too. It stands for a real one.
"""

from collections.abc import Iterator
from functools import cache, partial
from typing import NamedTuple

import regex
from tld.utils import get_tld_names

_RESERVED = {"example", "test", "invalid", "localhost"}  # RFC 6761
_LONGEST, _LONGEST_LABEL, _LONGEST_SLUG = 4096, 63, 40

_LATIN = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb"
    r"\u0300-\u036f\u1e00-\u1eff"
)
_CYRILLIC = r"\u0400-\u04ff"
_UNSEEN = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
_NAMED = rf"[^\s!'\#%&()*+,\-./:;<=>?@\[\]\\^_{{|}}~${_UNSEEN}]"
_PATH = rf"[a-z0-9!*';:=+,.$/%\#\[\]\-\u2013_~@|&{_CYRILLIC}{_LATIN}]"
_PARENS = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%\#\[\]\-_.,~|]*[a-z0-9\-_&=\#/]"
_LABEL = rf"{_NAMED}++(?:-++{_NAMED}++)*+\."
_ADDRESS = rf"""
  (?<![a-z0-9@＠$\#＃])
  (?: (?P<scheme>https?://) | (?<!{_NAMED}|[-_./]) )
  (?: (?P<host>(?:{_NAMED}++(?:[-_]++{_NAMED}++)*+\.)*{_LABEL}(?:\L<domains>|xn--[-0-9a-z]+))(?![a-z0-9@+-])
    | (?<=://)(?:[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|localhost|(?:{_LABEL})+(?:\L<reserved>))(?![^:/?\s])
  )
  (?::[0-9]+)?
  (?P<path>/(?:{_PATH}|{_PARENS})*(?<=[a-z0-9+\-=_\#/){_CYRILLIC}{_LATIN}]))?
  (?:{_QUERY})?
"""
_SHORT = rf"https?://t\.co/(?P<slug>[a-z0-9]+)(?:{_QUERY})?"
_BARE = rf"(?:[-a-z0-9{_LATIN}]++\.)+(?:\L<domains>|xn--[-0-9a-z]+)(?![a-z0-9@+-])"

Span = tuple[int, int]


class _Patterns(NamedTuple):
    address: "regex.Pattern[str]"
    short: "regex.Pattern[str]"
    bare: "regex.Pattern[str]"


def spans(text: str, *, bare: bool) -> list[Span]:
    """Where each address begins and ends; bare: those without "https://" too."""
    if "://" not in text and not (bare and "." in text):
        return []
    found = (match for match in _patterns().address.finditer(text) if _sound(match))
    return [span for match in found for span in (_whole(match) if match["scheme"] else _hosts(match) if bare else ())]


@cache
def _patterns() -> _Patterns:
    """Top-level domains are the last labels of the Public Suffix List."""
    domains = {domain for trie in get_tld_names().values() for domain in trie.root.children or () if domain}
    made = partial(regex.compile, flags=regex.I | regex.X)
    return _Patterns(made(_ADDRESS, domains=domains, reserved=_RESERVED), made(_SHORT), made(_BARE, domains=domains))


def _sound(match: "regex.Match[str]") -> bool:
    labels = (match["host"] or "").split(".")
    return len(match[0]) <= _LONGEST and all(_octets(label) <= _LONGEST_LABEL for label in labels)


def _whole(match: "regex.Match[str]") -> Iterator[Span]:
    """An address with its scheme; one of X's own short ones ends with its name."""
    short = _patterns().short.match(match[0])
    if not short:
        yield match.span()
    elif len(short["slug"]) <= _LONGEST_SLUG:
        yield match.start(), match.start() + short.end()


def _hosts(match: "regex.Match[str]") -> Iterator[Span]:
    """The names of Latin letters in what stands without a scheme; the last has the path."""
    names = [name.span() for name in _patterns().bare.finditer(match.string, match.start("host"), match.end("host"))]
    for n, (start, end) in enumerate(names, 1):
        yield start, match.end() if n == len(names) and match["path"] else end


def _octets(label: str) -> int:
    return len(label) if label.isascii() else len("xn--") + len(label.encode("punycode"))
