"""Openings: what stands before the first words of a text and says nothing of its subject, such as bylines, datelines and ranks.

Rules for Indonesian and English pages. What no rule knows is kept.
"""

import re
from collections.abc import Sequence

_LABEL_WORDS = 6
_BYLINE = 80  # characters of the longest byline
_CREDITED = 120  # and of the longest line for a picture
_DATELINE = 70  # characters of the longest dateline
_PLACE_WORDS = 3  # of a dateline that names only a place
_LEAST_WORDS = 5  # of the sentence after a dateline: less is a row of a list
_FIRST = 3  # lines among which an opening is sought
_ENDED = re.compile(r"[-–—.!?…:;,。！？：؟।][\"”’»)\]」』]*$")
_DIVIDED = re.compile(r"(?:^|\s)[/|·•](?:\s|$)")
_BY = re.compile(r"\W*(?:(?:words|story|written|reported|text)\s+)?(?:by|oleh|penulis|pewarta|reporter|editor)\b[\s:]+\S", re.I)
_CREDIT_NAMES = r"foto|photo|picture|image|gambar|ilustrasi|illustration|kredit foto|photo credits?|sumber (?:foto|gambar)|dok(?:umentasi)?"
_CREDIT = re.compile(rf"[^\w(]*(?:{_CREDIT_NAMES})s?\b(?:\s*[:/]|\s+(?:by|oleh|courtesy of)\b).*", re.I)
_INLINE_CREDIT = re.compile(
    rf"\s*[(\[](?:[^\W\d_]{{2,20}}\s+)?(?:{_CREDIT_NAMES})s?\b\s*(?:[:/.]|by\b|oleh\b|courtesy\b)[^()\[\]\n]{{0,120}}[)\]]", re.I
)
_CREDIT_SENTENCE = re.compile(rf"^(?:{_CREDIT_NAMES})s?\s*[:/]\s*[^.!?\n]{{1,60}}\.\s+(?=\S)", re.I)
_RANK = re.compile(r"(?:#\s?\d{1,3}[.):]?|\(?\d{1,3}[.)])\s+(?=[^\W\d_a-z]|[\"“‘'])")
_WORD = re.compile(r"[^\W\d_]+")
_RANKED = {"", "en", "id", "ms"}  # elsewhere "3." may be an ordinal: "3. Liga"
_DASH = re.compile(r"\s+(?:--?|[–—])(?:\s+|$)|(?<=[).])\s?(?:--?|[–—])(?:\s+|$)")
_BEGINS = re.compile(r"[^\W_a-z]|[\"“‘']")
_NAME = re.compile(r"[(\[|]*[^\W\d_a-z][\w.'’&/-]*[)\].,|]*|[(\[]?\d[\d/.]*[)\].,]*|[(\[]?[\w-]+\.[a-z]{2,4}[)\].,|]*")
_CERTAIN = re.compile(r"[(,]|\.[a-z]{2,4}\b", re.I)
_SHOUTED = re.compile(r"^(?:[A-Z]{4,} ?){1,3}\. (?=[A-Z\"“])")  # "KONTAN.CO.ID - JAKARTA. Harga emas naik"
_DAY = re.compile(r"(?:sen(?:in)?|sel(?:asa)?|rab?u?|kam(?:is)?|jum'?at|sab(?:tu)?|minggu|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\W*", re.I)


def is_label(line: str) -> bool:
    """Whether a line is a label rather than a sentence: a few words without the end of a sentence."""
    return _open_ended(line) and len(_WORD.findall(line)) <= _LABEL_WORDS


def is_byline(line: str) -> bool:
    """Whether a line tells only who wrote the text, when and for which section: "By Ida Wren | Published", "Ida Wren / Travel"."""
    return _open_ended(line) and bool(_BY.match(line) or _DIVIDED.search(line))


def is_photo_credit(line: str) -> bool:
    """Whether a line tells only who made a picture."""
    return len(line) <= _CREDITED and bool(_CREDIT.fullmatch(line))


def bare(text: str, lang: str = "en") -> str:
    """Return text without bylines, datelines and photo credits, and without the ranks of its lines.

    A text that is nothing else is returned as it is.
    """
    lines = text.split("\n")
    kept = [_bare(line, lang, first=n < _FIRST) for n, line in enumerate(lines) if not (n < _FIRST and is_byline(line))]
    return "\n".join(filter(None, kept)) or text


def without_labels(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines from the first sentence on, without the bylines after it, where a sentence is among the first lines."""
    begin = next((n for n, line in enumerate(lines[: _FIRST + 1]) if not is_label(line)), 0)
    return [line for n, line in enumerate(lines) if n >= begin and not (n < _FIRST and is_byline(line))]


def _open_ended(line: str) -> bool:
    return len(line) <= _BYLINE and not _ENDED.search(line) and not _RANK.match(line)


def _bare(line: str, lang: str, *, first: bool) -> str:
    if is_photo_credit(line) and not _ENDED.search(line):
        return ""
    line = _INLINE_CREDIT.sub("", line) if "(" in line or "[" in line else line
    line = _CREDIT_SENTENCE.sub("", line) if first else line
    line = line[ranked.end() :] if lang in _RANKED and (ranked := _RANK.match(line)) else line
    return _SHOUTED.sub("", line[_dateline(line) :]) if first else line


def _dateline(line: str) -> int:
    """Return the length of the dateline that a line begins with, its dash included, or 0: "LONDON (Reuters) - "."""
    dash = _DASH.search(line, 0, _DATELINE)
    if dash is None:
        return 0
    place, rest = line[: dash.start()], line[dash.end() :]
    named = all(map(_NAME.fullmatch, place.split())) and _WORD.search(place) and not _DAY.fullmatch(place)
    certain = _CERTAIN.search(place) or len(place.split()) <= _PLACE_WORDS
    begins = not rest or (_BEGINS.match(rest) and len(rest.split()) >= _LEAST_WORDS)
    return dash.end() if named and certain and begins else 0
