"""Find the links in a text by the rules of twitter-text, which X and Mastodon count by.

One rule is added: after "https://" an IP address or a reserved name (RFC 6761) is a link too, as it stands for a real one.
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
_INVISIBLE = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
_LABEL_CHAR = rf"[^\s!'\#%&()*+,\-./:;<=>?@\[\]\\^_{{|}}~${_INVISIBLE}]"
_PATH = rf"[a-z0-9!*';:=+,.$/%\#\[\]\-\u2013_~@|&{_CYRILLIC}{_LATIN}]"
_PARENS = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%\#\[\]\-_.,~|]*[a-z0-9\-_&=\#/]"
_LABEL = rf"{_LABEL_CHAR}++(?:-++{_LABEL_CHAR}++)*+\."
_LINK = rf"""
  (?<![a-z0-9@＠$\#＃])
  (?: (?P<scheme>https?://) | (?<!{_LABEL_CHAR}|[-_./]) )
  (?: (?P<host>(?:{_LABEL_CHAR}++(?:[-_]++{_LABEL_CHAR}++)*+\.)*{_LABEL}(?:\L<domains>|xn--[-0-9a-z]+))(?![a-z0-9@+-])
    | (?<=://)(?:[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|localhost|(?:{_LABEL})+(?:\L<reserved>))(?![^:/?\s])
  )
  (?::[0-9]+)?
  (?P<path>/(?:{_PATH}|{_PARENS})*(?<=[a-z0-9+\-=_\#/){_CYRILLIC}{_LATIN}]))?
  (?:{_QUERY})?
"""
_T_CO = rf"https?://t\.co/(?P<slug>[a-z0-9]+)(?:{_QUERY})?"
_BARE = rf"(?:[-a-z0-9{_LATIN}]++\.)+(?:\L<domains>|xn--[-0-9a-z]+)(?![a-z0-9@+-])"

Span = tuple[int, int]


class _Patterns(NamedTuple):
    link: "regex.Pattern[str]"
    t_co: "regex.Pattern[str]"
    bare: "regex.Pattern[str]"


def spans(text: str, *, bare: bool) -> list[Span]:
    """Return the start and end of each link. `bare`: with those that have no "https://"."""
    if "://" not in text and not (bare and "." in text):
        return []
    found = (match for match in _patterns().link.finditer(text) if _is_valid(match))
    return [span for match in found for span in (_full_link(match) if match["scheme"] else _bare_links(match) if bare else ())]


@cache
def _patterns() -> _Patterns:
    """Compile the patterns with the top-level domains, which are the last labels of the Public Suffix List."""
    domains = {domain for trie in get_tld_names().values() for domain in trie.root.children or () if domain}
    compile_ = partial(regex.compile, flags=regex.I | regex.X)
    return _Patterns(compile_(_LINK, domains=domains, reserved=_RESERVED), compile_(_T_CO), compile_(_BARE, domains=domains))


def _is_valid(match: "regex.Match[str]") -> bool:
    labels = (match["host"] or "").split(".")
    return len(match[0]) <= _LONGEST and all(_dns_length(label) <= _LONGEST_LABEL for label in labels)


def _full_link(match: "regex.Match[str]") -> Iterator[Span]:
    """Yield a link with its scheme. One to t.co, X's own shortener, ends after its slug."""
    t_co = _patterns().t_co.match(match[0])
    if not t_co:
        yield match.span()
    elif len(t_co["slug"]) <= _LONGEST_SLUG:
        yield match.start(), match.start() + t_co.end()


def _bare_links(match: "regex.Match[str]") -> Iterator[Span]:
    """Yield the host names of Latin letters in a link without a scheme; the last one with the path."""
    names = [name.span() for name in _patterns().bare.finditer(match.string, match.start("host"), match.end("host"))]
    for n, (start, end) in enumerate(names, 1):
        yield start, match.end() if n == len(names) and match["path"] else end


def _dns_length(label: str) -> int:
    """Return the length of a label in the DNS, encoded with Punycode (RFC 3492) where it is not ASCII."""
    return len(label) if label.isascii() else len("xn--") + len(label.encode("punycode"))
