"""The language of the terminal, which is that of its locale; files and messages have that of the brand instead."""

import os
from collections.abc import Mapping
from typing import Final

from curator.core.text.language import primary
from curator.publishing.language import CODES, ENGLISH, Language

_NONE: Final = {"c", "posix"}  # locales without a language


def language() -> Language:
    """Return the language that the environment asks for: Indonesian, or English where it asks for any other or none."""
    return of(os.environ)


def of(environment: Mapping[str, str]) -> Language:
    """Return the language of the first variable that is set of LC_ALL, LC_MESSAGES and LANG (POSIX.1-2017, 8.2).

    LANGUAGE, a list that is parted by colons, comes before it unless that is C (GNU gettext, 2.3.3).
    """
    name = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "C")
    if _code(name) in _NONE:
        return ENGLISH
    wanted = (*filter(None, environment.get("LANGUAGE", "").split(":")), name)
    return Language(code=next((code for code in map(_code, wanted) if code in CODES), ENGLISH.code))


def _code(locale: str) -> str:
    """Return the language of a locale as "id" for "id_ID.UTF-8"."""
    return primary(locale.partition(".")[0].partition("@")[0].replace("_", "-")).lower()


def say(text: str, /, **values: object) -> str:
    """Return a text in the language of the terminal, with its values filled in."""
    return language().say(text, **values)


def counted(one: str, many: str, n: int) -> str:
    """Return a text with a number in it in the language of the terminal; the number stands where it has %(num)s."""
    return language().counted(one, many, n)


def told(text: str) -> str:
    """Return a sentence of the library in the language of the terminal, in English where its form is not known."""
    from curator.publishing.retold import retold

    return retold(text, language())


def key(verb: str) -> str:
    """Return what a key of triage does, in the language of the terminal. As the name of a key a word may mean something of its own."""
    return language().catalogue.pgettext("key", verb)
