"""Whether a sentence says something by itself, so that it can be quoted without the sentences around it.

Rules for Indonesian and English. A sentence of another language is only judged by its length and figures.
"""

import re
from typing import Final

from curator.core.text.plain import line

# Penalties of a sentence, and what a figure or a name adds. A sentence of 1 stands alone, one of 0 does not.
DANGLING, FRAGMENT, PRONOUN, SHORT, EMPTY = 0.7, 0.9, 0.35, 0.4, 0.15
SHORTEST: Final = 8  # words

_STARTS: Final = (
    # pronouns and demonstratives that point at the sentence before
    "it, its, they, their, them, he, she, his, her, these, those, both, such, neither, either, some, others, another, which, "
    "ia, dia, mereka, beliau, keduanya, itu, ini, hal itu, hal ini, hal tersebut, itulah, inilah, begitulah, di sana, di sini, "
    # connectives
    "but, however, so, and, or, also, then, instead, meanwhile, still, yet, besides, moreover, therefore, thus, otherwise, "
    "similarly, even so, not surprisingly, "
    "for example, for instance, in addition, as a result, on the other hand, after that, at the same time, "
    "namun, tetapi, tapi, sedangkan, sementara itu, selain itu, karena itu, oleh karena itu, oleh sebab itu, untuk itu, dengan begitu, "
    "dengan demikian, padahal, bahkan, lalu, kemudian, maka, sehingga, dan, atau, akibatnya, sebaliknya, misalnya, contohnya, "
    "meski begitu, meski demikian, walau begitu, di sisi lain, setelah itu, sejak itu, saat itu, "
    "sebab, apalagi, begitu juga, demikian juga, jadi, alhasil, pantas saja, seperti itulah, hasil serupa, satu di antaranya"
)
_STARTS_DANGLING: Final = re.compile(
    rf"\W*(?:(?:{'|'.join(re.escape(w) for w in _STARTS.split(', '))})\b"
    r"|one\b(?! (?:of|in|out|hundred|thousand|million)\b)"
    r"|\w{3,}nya\b"  # "rasanya", "ketiganya": of something that was named before
    r"|the (?:idea|result|reason|answer|scheme|project|plan|change|difference|problem|solution)s?\b(?! (?:of|that|to|behind|for)\b))",
    re.I,
)
# "It costs a dollar to wash a cup", "those who shoot at noon": nothing is pointed at.
_EXPLETIVE: Final = re.compile(r"\W*(?:it (?:costs?|takes?|is|was)\b.{1,80}\b(?:to|that)\b|those (?:who|that|with)\b)", re.I)
# "This" and "that" point back unless a time follows: "this year" is clear.
_POINTS_BACK: Final = re.compile(r"\W*(?:this|that)\b(?! (?:year|week|month|morning|evening|season|summer|winter|spring|autumn)\b)", re.I)
_TIMES: Final = "hari|senin|selasa|rabu|kamis|jumat|sabtu|minggu|tahun|pekan|bulan|musim|abad|pagi|siang|sore|malam|saat|kali|masa|selama"
_REFERS: Final = re.compile(
    r"\b(?:tersebut|tadi|dimaksud|di atas|the former|the latter|aforementioned)\b"
    rf"|\b(?!(?:{_TIMES})\b)\w{{3,}} (?:itu|ini)\b(?! sendiri\b)",
    re.I,
)
_PRONOUN: Final = re.compile(r"\b(?:it|them|they|him|her|he|she|there|mereka|dia|ia|beliau|(?:me|di)\w{3,}nya)\b", re.I)
_EARLY: Final = 5  # words within which a pronoun stands for something outside the sentence
_FRAGMENT: Final = re.compile(
    r"\s*(?:\d{1,2}[:.]\d{2}\b|\d{1,2}[.)]\s|[-•*–—]\s"
    r"|(?:resep|bahan(?:-bahan)?|langkah|cara membuat|catatan|recipe|ingredients?|method|steps?|notes?|step \d+)\s*:)"
    r"|\(?(?:foto|photo|posted|published|filed)\b|.*[^|]\|[^|]"  # credits and lines of a page's furniture
    r"|(?:.*?(?:\bRp ?\d[\d.]*|[$€£]\d[\d.,]*|\b\d{1,3}[.,]\d{2}\b)){3}"  # a menu
    r"|(?:\b\d+(?:[.,/]\d+)? ?(?:gram|gr?|kg|ml|sdm|sdt|butir|siung|lembar|cups?|tbsp|tsp|oz)\b.*){3}",
    re.I,
)
_FIGURE: Final = re.compile(r"\d")
_NAME: Final = re.compile(r"(?<=[\w,;:] )[\"“‘']?[A-Z\u00c0-\u00de][\w'’-]+")
_WORD: Final = re.compile(r"[^\W\d_]+")


def self_contained(sentence: str) -> float:
    """Return how well a sentence stands alone, 0…1.

    It loses by a beginning that points at an earlier sentence, by a reference without its noun, as a row of a list, recipe or
    timetable, and by brevity. Without a figure or a name it loses a little.
    """
    text, words = line(sentence, 1000), _WORD.findall(sentence)
    if _FRAGMENT.match(text):
        return round(1 - FRAGMENT, 2)
    spaced = " " in text
    points_back = (_STARTS_DANGLING.match(text) or _POINTS_BACK.match(text)) and not _EXPLETIVE.match(text)
    lost = DANGLING if points_back else 0.0
    lost += DANGLING if _REFERS.search(text) else PRONOUN if _dangling_pronoun(text) else 0.0
    lost += SHORT if spaced and len(words) < SHORTEST else 0.0
    lost += EMPTY if spaced and not (_FIGURE.search(text) or _NAME.search(text)) else 0.0
    return round(max(0.0, 1 - lost), 2)


def _dangling_pronoun(text: str) -> bool:
    """Return whether a sentence has a pronoun among its first words with no name before it that it could stand for."""
    found = None if _EXPLETIVE.match(text) else _PRONOUN.search(text)
    if not found:
        return False
    before = text[: found.start()]
    return len(_WORD.findall(before)) < _EARLY and not _NAME.search(before)
