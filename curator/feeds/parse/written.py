"""What a writer wrote, as markup: plain text is escaped, and what was escaped by mistake is opened.

Every text that a reader of feeds hands on is markup afterwards, so that one way leads from it to words.
"""

import html
import re
from xml.sax.saxutils import unescape

_HTML = re.compile(r"</(?:p|div|a|li|[uo]l|span|strong|em|[bi]|h[1-6]|blockquote|table)\s*>|<(?:br|img|p)\b[^<>]*>", re.I)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][\w-]*+|!doctype)[^<>=]*+>", re.I)
_NAMED = re.compile(r"<(/?)([a-z][\w-]*)", re.I)
_SAYS = re.compile(r"\s[\w]")  # words in a tag that are no attributes with values: "if a<b and c>d"
_ENDLESS = {"p", "br", "hr", "wbr", "li"}
# Elements that titles are formatted or attacked with: a tag that touches a word is markup, even if its partner is missing.
_USUAL = {"a", "b", "i", "u", "s", "em", "strong", "span", "font", "small", "big", "sup", "sub", "mark", "code", "tt", "div"}
_USUAL |= {"h1", "h2", "h3", "h4", "h5", "h6", "script", "style", "iframe", "object", "svg"}


def text(plain: str) -> str:
    """Return plain text as markup."""
    return html.escape(plain, quote=False)


def perhaps_html(said: str) -> str:
    """Return text that counts as plain because nobody said otherwise; where it is clearly HTML it is markup already."""
    return said if _HTML.search(said) else text(said)


def opened(markup: str) -> str:
    """Return markup whose tags were escaped once too often with their escaping undone."""
    if "<" in markup or "&lt;" not in markup:
        return markup
    once_less = unescape(markup, {"&quot;": '"'})
    return once_less if _HTML.search(once_less) else markup


def with_named_tags(title: str) -> str:
    """Return the markup of a title with those tags escaped that are words of it.

    "Using <details>" names an element: as markup it would open one that is never closed, and lose its point.
    """
    if "<" not in title:
        return title
    tags = {(end, name.lower()) for end, name in _NAMED.findall(title)}
    return _TAG.sub(lambda tag: text(tag[0]) if _is_word(tag, tags) else tag[0], title)


def _is_word(tag: re.Match[str], tags: set[tuple[str, str]]) -> bool:
    """Whether a tag is a word of its title.

    It is where it is all of the title, or has no partner among its `tags` and says something or, where its element is a usual one,
    touches no word.
    """
    name, partner = tag["name"].lower(), "" if tag["end"] else "/"
    if tag[0] == tag.string.strip() or (_SAYS.search(tag[0]) and (partner, name) not in tags):
        return True
    if name in _ENDLESS or (partner, name) in tags:
        return False
    beside = tag.string[tag.start() - 1 : tag.start()] + tag.string[tag.end() : tag.end() + 1]
    return name not in _USUAL or not any(map(str.isalnum, beside))
