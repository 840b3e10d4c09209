"""Plain text: cleaning, HTML to text, sentences and excerpts. Text is passed through `line` or `clean` before it is shown."""

import html
import re
import unicodedata
from functools import lru_cache

from curator.core.text import openings

# Controls, C1, lone surrogates, bidi overrides and isolates, BOM, zero width spaces, word joiners, soft hyphens, interlinear marks, what
# XML cannot hold: nothing a reader should be sent. Joiners stay beside letters that change their shape by them (Arabic, the scripts of
# India and of Java) and between the pictures of one emoji; tag characters stay after the black flag whose region they name.
_SHAPED = "[\u0600-\u061b\u061d-\u109f\u1780-\u180d\u180f-\u18af\u1900-\u1bff\ua800-\ua9ff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff]"
_PICTURED = "[\u2190-\u27bf\u2900-\u2bff\ufe0f\U0001f000-\U0001faff]"
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\ud800-\udfff\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
    f"|(?<!{_SHAPED})(?!(?<={_PICTURED})\u200d{_PICTURED})[\u200c\u200d](?!{_SHAPED})"
    "|(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|[\U000e0000-\U000e007f]"
)
_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # those of str.splitlines
# A tag begins as the HTML tokenizer says (WHATWG 13.2.5.6) and, unlike there, must end: "5 <b" is a sum. No pattern here backtracks:
# a parser that builds the tree took two minutes for half a megabyte of <div>.
_HIDDEN = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)\b.*?(?:</\1[^<>]*>?|\Z)", re.I | re.S)
_TAG = re.compile(r"""<(?:/?([a-z][a-z0-9]*)(?:=\s*"[^"]*"|=\s*'[^']*'|[^<>])*+|[!?/][^<>]*+)>""", re.I)
_BLOCK = re.compile(r"p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|section|article|figure|figcaption|pre|hr", re.I)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|x[0-9a-f]{7,});?", re.I)  # html.unescape raises on 4,300 digits
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ABBREVIATED = re.compile(
    r"(?:^|\s|\()(?:Jl|Jln|No|Tn|Ny|Sdr|Sdri|Drs|Dra|Ir|Prof|Dr|St|Mr|Mrs|Ms|Kab|Kec|Kel|Prov|hlm|dkk|dll|dsb|tsb|yg|a\.n|[A-Z])\.$"
)
_TAIL = 8  # characters: longer than any of them with what stands before it
_VIRAMA = 9  # combining classes up to this one (nukta, kana voicing, virama) change the letter; those above are accents and points


def clean(text: str) -> str:
    """Return text without control and other invisible characters. Every kind of line end becomes a newline."""
    return text if text.replace("\n", " ").isprintable() else _UNSEEN.sub(r"\1", _NEWLINES.sub("\n", text))


def line(text: str, limit: int = 300) -> str:
    """Return text as one clean line of at most `limit` characters, for titles, names and messages."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def plain(markup: str) -> str:
    """Return the text of HTML without tags and scripts, with entities resolved and blocks separated by newlines.

    Entities that were escaped once too often are resolved too. The result is text, not markup: "&lt;b&gt;" becomes "<b>" and must be
    escaped before it is shown in HTML.
    """
    bare = _untagged(markup) if "<" in markup else markup
    words = _resolved(bare) if "&" in bare else bare
    lines = (" ".join(part.split()) for part in clean(words).split("\n"))
    return "\n".join(part for part in lines if part)


def _untagged(markup: str) -> str:
    if "<![CDATA[" in markup and "]]>" in markup:  # marks that were escaped with the text
        markup = markup.replace("<![CDATA[", "").replace("]]>", "")
    return _TAG.sub(lambda tag: "\n" if _BLOCK.fullmatch(tag[1] or "") else "", _HIDDEN.sub("", markup))


def _resolved(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), html.unescape(_HUGE_REFERENCE.sub("\ufffd", text)))


def sentences(text: str, lang: str = "en") -> list[str]:
    """Split text into sentences. The end of a paragraph always ends one."""
    return [s for paragraph in clean(text).split("\n") for s in _rejoined(paragraph, lang)]


def excerpt(text: str, lang: str = "en", limit: int = 280) -> str:
    """Return the first whole sentences that fit into `limit` characters, or else the shortened first one.

    Bylines, datelines, ranks and photo credits are left out.
    """
    taken, bare = "", openings.bare(text[: limit * 2], lang)
    for sentence in sentences(bare, lang):
        longer = f"{taken} {sentence}".strip()
        if len(longer) > limit:
            break
        taken = longer
    return taken or line(bare, limit)


def word_count(text: str) -> int:
    """Count words; in scripts without spaces two characters count as one."""
    if text.isascii():
        return len(text.split())
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + (unspaced + 1) // 2


def fold(text: str) -> str:
    """Return text for comparison: in lower case, without accents and width variants, with single spaces."""
    return " ".join(fold_letters(text).split())


def fold_letters(text: str) -> str:
    """Return text in lower case, without accents and width variants, its spaces as they were."""
    return bare_letters(text).casefold()


def bare_letters(text: str) -> str:
    """Return text without accents and width variants, its case and its spaces as they were."""
    return text if text.isascii() else _FOREIGN.sub(_unaccented, text)


def _unaccented(run: re.Match[str]) -> str:
    return _letter(run[0]) if len(run[0]) == 1 else _letters(run[0])


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.combining(c) <= _VIRAMA)


_letter = lru_cache(maxsize=4096)(_letters)  # most runs are one quotation mark, dash or accented letter


def _rejoined(paragraph: str, lang: str) -> list[str]:
    from sentencex import segment

    groups: list[list[str]] = []
    for piece in filter(None, map(str.strip, segment(lang or "en", paragraph))):
        if groups and _ABBREVIATED.search(groups[-1][-1][-_TAIL:]):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [" ".join(group) for group in groups]


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(fold(phrase))}(?!\w)")


def contains(folded: str, phrase: str) -> bool:
    """Whether a `fold`ed text holds the phrase as whole words (inside a word in scripts without spaces)."""
    if _UNSPACED.search(phrase):
        return fold(phrase) in folded
    return bool(_pattern(phrase).search(folded))
