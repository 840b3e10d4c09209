"""What the library says of items, in the language of a reader: reasons, warnings and refusals, which it says in English.

A sentence is told by its form and its values are put into the translation; one of another form stays English, and is marked so.
"""

import re
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from curator.core.text.plain import line
from curator.publishing.language import N_, Language

_DEPTH: Final = 2  # sentences within sentences: "instead of A: 3 from B already"
_VALUES: Final = {"n": r"\d+", "all": r"\d+", "title": ".+"}  # a title may hold the signs that part it from what follows
SENTENCES: Final = (
    N_("new"),
    N_("listed"),
    N_("picked"),
    N_("skipped"),
    N_("saved"),
    N_("1 day old"),
    N_("%(n)s days old"),
    N_("1 hour old"),
    N_("%(n)s hours old"),
    N_("fits no topic well enough: a list begins above %(floor)s"),
    N_("fits %(topic)s"),
    N_("keyword %(word)s"),
    N_("not %(topic)s: says %(word)s"),
    N_("instead of %(title)s: its place is for finding out: %(other)s"),
    N_("instead of %(title)s: %(why)s"),
    N_("to find out: %(why)s"),
    N_("%(n)s from %(source)s already"),
    N_("%(n)s about %(topic)s already"),
    N_("%(n)s of %(kind)s already"),
    N_("its place is for finding out: %(title)s"),
    N_("nothing else about %(topic)s today"),
    N_("%(source)s is rarely listed"),
    N_("told by %(title)s"),
    N_("like your pick “%(title)s”; you picked %(n)s of %(all)s from %(source)s"),
    N_("like your pick “%(title)s”"),
    N_("like “%(title)s”, which you skipped"),
    N_("like “%(title)s”, which you saved"),
    N_("scores %(score)s, best for %(topic)s; a list begins above %(floor)s"),
    N_("number %(n)s of %(all)s on %(day)s"),
    N_("no feed has brought it, and none is of %(site)s"),
    N_("this is a web page, not a feed"),
    N_("answered %(status)s: gone for good"),
    N_("much %(kind)s: %(actual)s of the posts, %(target)s are wanted"),
    N_("little %(kind)s: %(actual)s of the posts, %(target)s are wanted"),
    N_("%(n)s times %(what)s in week %(week)s"),
    N_("%(network)s has two posts at one time: %(post)s"),
    N_("%(n)s of %(all)s posts not approved"),
    N_("no such post was shown, or it is planned no more"),
    N_("its text was changed after it was shown, and must be looked at again"),
    N_("decided elsewhere meanwhile, and now %(status)s: %(title)s"),
    N_("that time is past"),
    N_("%(post)s is locked"),
)


def retold(text: str, language: Language) -> str:
    """Return a sentence of the library in a language, as it is where its form is not known."""
    return _retold(line(text), language, _DEPTH) or text


def marked(text: str, language: Language) -> Markup:
    """Return the same as markup, where what stays English is marked so for screen readers and hyphenation."""
    told = _retold(line(text), language, _DEPTH)
    return escape(told) if told else Markup('<span lang="en">{}</span>').format(line(text))


def _retold(text: str, language: Language, depth: int) -> str:
    if language.code == "en" or not depth:
        return text
    for form, sentence in _forms():
        if found := form.fullmatch(text):
            values = {name: _retold(value, language, depth - 1) or value for name, value in found.groupdict().items()}
            return language.say(sentence, **values)
    return ""


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the form of each sentence. The first that a text has is taken, so that the narrower ones stand first."""
    return tuple((re.compile(_pattern(each)), each) for each in SENTENCES)


def _pattern(sentence: str) -> str:
    """Return a regular expression with a group for each value."""
    literal, *rest = re.split(r"%\((\w+)\)s", sentence)
    values = zip(rest[::2], rest[1::2], strict=True)
    return re.escape(literal) + "".join(f"(?P<{name}>{_VALUES.get(name, '.+?')}){re.escape(after)}" for name, after in values)
