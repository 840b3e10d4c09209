"""Tokens of texts and queries: folded words, their stems, and pairs of characters in scripts without spaces."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from curator.core.text.language import primary
from curator.core.text.plain import clean, fold

if TYPE_CHECKING:
    from Stemmer import Stemmer

LONGEST: Final = 64  # characters of a token
AROUND: Final = 4  # words on either side of a joined word that a phrase with it may have
BREAK: Final = "-"  # is not a token, so that no phrase goes over it
# Thai, Lao, Burmese, Khmer, kana, ideographs, and Hangul, whose particles stick to the word; then the Indic scripts, whose vowel
# signs are part of a word.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
)
_INDIC: Final = "\u0900-\u0963\u0966-\u0dff\u0f00-\u0f0a\u0f10-\u0fff"
_RUN: Final = rf"[{_UNSPACED}]+|(?:[^\W{_UNSPACED}]|[{_INDIC}])+"
_WORD: Final = re.compile(r"\w+", re.ASCII)
_COMPOUND: Final = re.compile(r"\b\w++(?:['’‘`´‐‑-]\w++)+")
_APOSTROPHE: Final = re.compile(r"['’‘`´]")
_HYPHEN: Final = re.compile(r"[‐‑-]")
_JOINT: Final = re.compile(r"['’‘`´‐‑-]")
_LETTER_APOSTROPHES: Final = str.maketrans("ʼʻ", "''")  # U+02BC and U+02BB, which count as letters
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+")

_STEMMERS: Final = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "et": "estonian",
    "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ms": "indonesian", "nb": "norwegian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
_SMALL: Final = (
    "yang dan di ke dari untuk dengan pada itu ini atau juga oleh akan dalam adalah "
    "the of and to in a an for on is are at by with from or it its this that as be"
)
STOP_WORDS: Final = frozenset(_SMALL.split())


def tokens(text: str) -> list[str]:
    """Return the folded words of a text in order; a run without spaces gives each pair of neighbours, and its last character."""
    return [token for run in _runs(_folded(text)) for token in (_pairs(run) if unspaced(run) else [run[:LONGEST]])]


def query_tokens(text: str) -> list[str]:
    """Return the tokens that a text must contain one after another: `tokens` without the last character of a longer run."""
    found = []
    for run in _runs(_folded(text)):
        found += [run[:LONGEST]] if not unspaced(run) or len(run) == 1 else _pairs(run)[:-1]
    return found


def compounds(text: str) -> list[str]:
    """Return the words that apostrophes or hyphens join, written as one: "jumat" for Jum'at, "alquran" and "quran" for Al-Qur'an."""
    found: list[str] = []
    for word in _COMPOUND.findall(_folded(text)):
        parts = _HYPHEN.split(word)
        bare = [_APOSTROPHE.sub("", part) for part in parts]
        joined = ["".join(bare), *(each for part, each in zip(parts, bare, strict=True) if each != part)]
        found += [each[:LONGEST] for each in dict.fromkeys(joined) if not unspaced(each)]
    return found


def joined(text: str) -> str:
    """Return the folded text with every word that apostrophes or hyphens join written as one."""
    return _COMPOUND.sub(lambda word: _JOINT.sub("", word[0]), _folded(text))


def around_joined(text: str) -> list[str]:
    """Return the tokens around every word that apostrophes or hyphens join, written as one, with BREAK between the places."""
    whole = set(compounds(text))
    words = tokens(joined(text)) if whole else []
    return [each for n, word in enumerate(words) if word in whole for each in (*words[max(n - AROUND, 0) : n + AROUND + 1], BREAK)]


def unspaced(token: str) -> bool:
    """Return whether a token is of a script that puts no space between words."""
    return not token.isascii() and bool(_pattern(f"[{_UNSPACED}]").match(token))


def stems(words: Sequence[str], lang: str) -> list[str]:
    """Return the stems of words in a language; the words themselves where there is no stemmer for it."""
    known = _STEMMERS.get(primary(lang))
    return _stemmer(known).stemWords(words) if known else list(words)


def variants(word: str, languages: Iterable[str]) -> list[str]:
    """Return a word and its stems in each of the languages, each once."""
    return list(dict.fromkeys([word, *(stem for lang in languages for stem in stems([word], lang))]))


def sentences(text: str) -> list[str]:
    """Split a text into sentences, quickly, well enough to show one of them."""
    return [cut for part in _SENTENCE.split(clean(text)) if (cut := " ".join(part.split()))]


def highlights(sentence: str, terms: Sequence[str], languages: Sequence[str]) -> list[tuple[int, int]]:
    """Return where a sentence contains one of these terms, or another form of it, as (start, end) in order."""
    wanted = {stem for text in terms for word in query_tokens(text) if word not in STOP_WORDS for stem in variants(word, languages)}
    wanted |= {stem for text in terms for word in compounds(text) for stem in variants(word, languages)}
    found = [
        word.span() for word in _COMPOUND.finditer(sentence) if any(wanted.intersection(variants(c, languages)) for c in compounds(word[0]))
    ]
    whole = {place for start, end in found for place in range(start, end)}
    for run in (_WORD if sentence.isascii() else _pattern(_RUN)).finditer(sentence):
        places = range(run.start(), run.end()) if unspaced(run[0]) else ()
        found += [(n, n + 2) for n in places if _folded(sentence[n : n + 2]) in wanted and n + 2 <= run.end()]
        if not places and run.start() not in whole and wanted.intersection(variants(_folded(run[0]), languages)):
            found.append(run.span())
    return sorted(found)


def _folded(text: str) -> str:
    """Return the folded text with kana and Hangul composed again, which `fold` decomposes."""
    folded = fold(clean(text)).translate(_LETTER_APOSTROPHES)
    return folded if folded.isascii() else normalize("NFC", folded)


def _runs(folded: str) -> list[str]:
    return (_WORD if folded.isascii() else _pattern(_RUN)).findall(folded)


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """Compile when first needed: sets of so many characters take 30 ms."""
    return re.compile(pattern)


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run))]


@cache
def _stemmer(name: str) -> "Stemmer":
    from Stemmer import Stemmer

    return Stemmer(name)
