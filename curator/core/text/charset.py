"""Conversion of documents to UTF-8, by byte order mark, HTTP header, XML declaration or detection."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
# A page that is declared as the left is nearly always written in the right, which holds all of it (WHATWG Encoding, 4.2).
_WIDER = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_SCRIPTS = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874", "cp949", "cp932", "gb18030", "big5", "euc_jp"]
_DECLARED = re.compile(rb"""\s{0,400}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
_STATEFUL = ("iso-2022-jp", "iso-2022-kr", "hz-gb-2312")
_LOST = re.compile("[\udc80-\udcff]")
_BEYOND = re.compile("[^\x00-\x7f]")


def utf8(body: bytes, content_type: str = "") -> tuple[bytes, str]:
    """Convert a document to UTF-8 without byte order mark. Also returns what was wrong with its encoding, or "".

    Never raises: bytes that cannot be decoded become U+FFFD.
    """
    while body.startswith(codecs.BOM_UTF8):
        body = body[3:]
    mark = next((name for start, name in _MARKS if body.startswith(start)), "")
    if mark:
        return _encoded(body.decode(mark, "replace").lstrip("\ufeff")), ""
    declared = _declared(body)
    if declared in _STATEFUL and body.isascii():
        return _encoded(body.decode(declared, "replace")), ""
    text = body.decode("utf-8", "surrogateescape")
    strays = len(_LOST.findall(text))
    if not strays:
        return body, ""
    if strays * 2 <= len(_BEYOND.findall(text)) - strays:
        return _encoded(_LOST.sub(_windows, text)), "a few of its bytes are not UTF-8"
    return _legacy(body, declared, _charset(content_type))


def _legacy(body: bytes, declared: str, charset: str) -> tuple[bytes, str]:
    """RFC 7303 puts the header's charset first; servers add these two to everything, so there the document knows better."""
    weak = _WIDER.get(charset) == "cp1252"
    for name in (declared, charset) if weak else (charset, declared):
        try:
            return _encoded(body.decode(_WIDER.get(name, name))), ""
        except (LookupError, UnicodeDecodeError):
            continue
    name = _guess(body)
    return _encoded(body.decode(name, "replace")), f"it is not in the encoding it says, read as {name}"


def _guess(body: bytes) -> str:
    """Letters beyond ASCII are rare in Western European languages and the rule in all others: only those are worth a guess."""
    from charset_normalizer import from_bytes

    words = re.sub(rb"<[^>]{0,2000}>", b" ", body[:50_000])
    beyond, ascii_letters = len(re.findall(rb"[\x80-\xff]", words)), len(re.findall(rb"[A-Za-z]", words))
    best = from_bytes(words, cp_isolation=_SCRIPTS).best() if beyond * 2 > ascii_letters else None
    return best.encoding if best else "cp1252"


def _declared(body: bytes) -> str:
    found = _DECLARED.match(body)
    return found[1].decode("ascii", "ignore").lower() if found else ""


def _charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return found[1].lower() if found else ""


def _windows(stray: re.Match[str]) -> str:
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", "replace")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
