"""What the library says of items, in the language of a reader: reasons, warnings and refusals, which it says in English.

A sentence is told by its form and its values are put into the translation; one of another form stays English, and is marked so.
What people wrote, such as a title or a keyword, stays as it is even where the library says the same of itself.
"""

import re
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from curator.core.text.plain import line
from curator.publishing.language import Language
from curator.publishing.sentences import SENTENCES

_DEPTH: Final = 2  # sentences within sentences: "instead of A: 3 from B already"
_WITHIN: Final = {"why", "reason", "other", "status", "type"}  # values that are sentences of the library themselves
_WHOLE: Final = "reason"  # where this one stays English, so does what is around it
_COUNTED: Final = ("over", "limit")  # numbers that the library writes as 2,200
_VALUES: Final = {
    **dict.fromkeys(("n", "all"), r"\d+"),
    **dict.fromkeys(_COUNTED, r"\d[\d,]*"),
    "file": r"\w+\.\w+",
    "title": ".+",  # it may hold the signs that part it from what follows
}


def retold(text: str, language: Language) -> str:
    """Return a sentence of the library in a language, as it is where its form is not known."""
    return text if language.code == "en" else _retold(line(text), language, _DEPTH) or text


def marked(text: str, language: Language) -> Markup:
    """Return the same as markup, where what stays English is marked so for screen readers and hyphenation."""
    told = line(text) if language.code == "en" else _retold(line(text), language, _DEPTH)
    return escape(told) if told or language.code == "en" else Markup('<span lang="en">{}</span>').format(line(text))


@lru_cache(maxsize=10_000)
def _retold(text: str, language: Language, depth: int) -> str:
    """Return a sentence in the language, "" where its form is not known. A page says the same again and again."""
    if not depth:
        return text
    for form, sentence in _forms():
        if found := form.fullmatch(text):
            if _WHOLE in found.groupdict() and not _retold(found[_WHOLE], language, depth - 1):
                return ""
            return language.say(sentence, **{name: _value(name, value, language, depth) for name, value in found.groupdict().items()})
    return ""


def _value(name: str, value: str, language: Language, depth: int) -> str:
    if name in _COUNTED:
        return language.number(int(value.replace(",", "")))
    return (_retold(value, language, depth - 1) if name in _WITHIN else "") or value


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the form of each sentence. The first that a text has is taken, so that the narrower ones stand first."""
    return tuple((re.compile(_pattern(each)), each) for each in SENTENCES)


def _pattern(sentence: str) -> str:
    """Return a regular expression with a group for each value."""
    literal, *rest = re.split(r"%\((\w+)\)s", sentence)
    values = zip(rest[::2], rest[1::2], strict=True)
    return re.escape(literal) + "".join(f"(?P<{name}>{_VALUES.get(name, '.+?')}){re.escape(after)}" for name, after in values)
