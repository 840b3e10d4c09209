"""Bilingual lexicon: English and Indonesian words of the news that mean the same (`lexicon.txt`).

A topic in one language meets items in the other. One small encoder knows that "mining" and "coal" are near, and not that
"tambang" is a mine; the lexicon tells it. Words are compared by their stems (Snowball).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from curator.core.text.language import plain

STEMMERS: Final = {"en": "english", "id": "indonesian"}
KEPT: Final = 1 << 14  # texts of which the language and the stems are remembered: 20 MB
_WORD: Final = re.compile(r"\w+")


def translations(words: Sequence[str], lang: str) -> tuple[str, dict[str, frozenset[int]]]:
    """Return the other language, and the stems there that words of a topic translate to, with the positions of those words.

    `lang`: the language of the words, "en" or "id"; for any other nothing is translated.
    """
    if lang not in STEMMERS:
        return "", {}
    meant: dict[str, frozenset[int]] = {}
    for first, last, phrase in _phrases([_stem(lang)(word.lower()) for word in words], lang):
        for stem in _table(lang)[phrase]:
            meant[stem] = meant.get(stem, frozenset()) | frozenset(range(first, last))
    return ("id" if lang == "en" else "en"), meant


def phrases(text: str, lang: str) -> dict[str, str]:
    """Return the stems of the lexicon's phrases in a text of that language, each with its first words as written."""
    if lang not in STEMMERS:
        return {}
    found, stem = list(_WORD.finditer(text)), _stem(lang)
    met: dict[str, str] = {}
    for first, last, phrase in _phrases([stem(word[0].lower()) for word in found], lang):
        met.setdefault(phrase, text[found[first].start() : found[last - 1].end()])
    return met


@lru_cache(maxsize=KEPT)
def stems(text: str, lang: str) -> frozenset[str]:
    """Return the stems of the lexicon's phrases in a text of that language. Kept, for they are asked for by every topic and brand."""
    return frozenset(phrases(text, lang))


@lru_cache(maxsize=KEPT)
def language_of(text: str) -> str:
    """Return "en" or "id" (Malay too) as function words tell, or else the one of more known words; "" for any other language."""
    known = plain(text)
    if not known:
        english, indonesian = (len(phrases(text, lang)) for lang in ("en", "id"))
        known = "" if english == indonesian else "en" if english > indonesian else "id"
    return {"en": "en", "id": "id", "ms": "id"}.get(known, "")


def _phrases(stems: Sequence[str], lang: str) -> list[tuple[int, int, str]]:
    """Return first and last + 1 position and stems of every known phrase. Of phrases within each other the longest counts."""
    begins, found, n = _beginnings(lang), [], 0
    while n < len(stems):
        phrase = next((p for p in begins.get(stems[n], ()) if p == stems[n] or p == " ".join(stems[n : n + p.count(" ") + 1])), "")
        length = phrase.count(" ") + 1
        if phrase:
            found.append((n, n + length, phrase))
        n += length
    return found


@cache
def _beginnings(lang: str) -> Mapping[str, Sequence[str]]:
    """Return the phrases that begin with each stem, the longest first."""
    begins: dict[str, list[str]] = {}
    for phrase in sorted(_table(lang), key=len, reverse=True):
        begins.setdefault(phrase.partition(" ")[0], []).append(phrase)
    return begins


@cache
def _table(lang: str) -> Mapping[str, frozenset[str]]:
    """Return the translations of each phrase of a language, all in stems."""
    found: dict[str, frozenset[str]] = {}
    for sides in _lines():
        here, there = sides if lang == "en" else sides[::-1]
        meant = frozenset(_stemmed(phrase, "id" if lang == "en" else "en") for phrase in there)
        for phrase in here:
            stems = _stemmed(phrase, lang)
            found[stems] = found.get(stems, frozenset()) | meant
    return found


def _lines() -> list[tuple[list[str], list[str]]]:
    text = files("curator.ranking.words").joinpath("lexicon.txt").read_text("utf-8")
    pairs = (line.split(" = ") for line in text.splitlines() if line and not line.startswith("#"))
    return [
        ([word.strip() for word in english.split(",")], [word.strip() for word in indonesian.split(",")]) for english, indonesian in pairs
    ]


def _stemmed(phrase: str, lang: str) -> str:
    return " ".join(_stem(lang)(word.lower()) for word in _WORD.findall(phrase))


@cache
def _stem(lang: str) -> Callable[[str], str]:
    from Stemmer import Stemmer

    return lru_cache(1 << 16)(Stemmer(STEMMERS[lang]).stemWord)
