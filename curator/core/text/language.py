"""Which language a text is in, with the greatest care for Indonesian.

Small words and word forms decide first: they tell Indonesian and English apart in a headline of five words, where
statistics over letters waver between Malay, Javanese and Italian. Other languages are left to py3langid, which takes
a second to load and is loaded only when such a text comes. Malay taken for Indonesian is the cheaper error here.
"""

import re
from array import array
from functools import cache, lru_cache
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile
from typing import Any

_ENOUGH = 800  # characters that tell a text's language
_LEAST = 12  # letters below which statistics are worth nothing

_WORDS = {
    # What Indonesian and Malay share, then what only one of them writes so.
    "malayic": (
        "yang dan dengan untuk dari dalam adalah tidak akan ini itu oleh juga agar dapat telah sudah masih sedang lebih hingga sampai "
        "jadi atau tak bukan belum harus kami kita mereka dia anda kamu para sebagai seperti antara tentang terhadap secara setelah "
        "sebelum ketika jika kalau tetapi tapi sementara serta lalu pun lagi lain semua setiap banyak orang tahun hari bulan baru "
        "cara apa siapa kapan mana bagaimana mengapa berapa buat tanpa bagi sejak selama sekitar jangan ada hanya begitu tiga empat "
        "lima ratus ribu juta saya aku sama kota desa daerah jalan rumah anak ibu kata kini makin diri satu sebuah seorang salah "
        "benar mudah murah dunia negara naik turun harga pasar ketua menteri wanita turut beliau kerja air makan minum masuk keluar"
    ),
    "id": (
        "karena bahwa bisa namun saat usai soal demi ternyata begini resmi warga bakal cuma yuk simak miliar triliun rp nggak gak "
        "enggak kok sih dong banget bikin korban polisi pemerintah ujar ungkap keliru menyesatkan wajib gratis kenapa uang berbeda "
        "coba mobil kantor perusahaan dokter televisi kualitas universitas aktivitas istri tanggal menit desember agustus juli maret "
        "jumat kamis minggu sabtu senin selasa rabu indonesia jakarta rupiah sebagian tewas pria beberapa merupakan cek fakta hoaks "
        "kepada terkait ingin lewat sekolah seluruh dilakukan menjadi memiliki yaitu persen biaya eropa jepang prancis"
    ),
    "ms": (
        "kerana bahawa sahaja manakala syarikat polis berbeza beza cuba mencuba wang ubat ogos disember julai mac universiti "
        "televisyen stesen ringgit pelbagai hospital doktor jumaat khamis peratus kakitangan menerusi kos akhbar jurulatih kejohanan "
        "ianya sesetengah merangkumi perkhidmatan selepas maklumat ejen senarai pelancong pelancongan isteri tarikh minit kelab filem "
        "muzik sukan eropah jepun perancis sepanyol apabila iaitu ramai justeru mengikut ialah saintis bekalan telefon perisian "
        "bandar kerajaan sekiranya daripada lelaki malaysia"
    ),
    "jv": (
        "lan ing sing kang karo saka iki kuwi iku ora wis dening ingkang kanggo yaiku marang sawise nalika amarga awit uga utawa wong "
        "akeh luwih ning nanging arep durung isih mung kaya banjur menyang wektu taun sawijining saben piye isok iso ojo kanthi "
        "minangka sajrone supaya dheweke nganti amargi saking wonten boten punika dadi ana gedhe cilik nang gawe kabeh"
    ),
    "su": (
        "jeung anu dina tina nu teu ieu éta eta sareng pikeun kana ogé oge geus nyaéta nyaeta urang lamun aya naon kumaha sanajan "
        "nepi dugi mah atawa boga loba leuwih ngan keur moal sababaraha maranéhna aranjeunna janten tiasa sanggeus saméméh hiji tilu "
        "henteu ngeunaan ayeuna kénéh deui nyieun jalma ngagunakeun mangrupakeun kabéh kabeh lain tapi sabab taun"
    ),
    "en": (
        "the and of to for with that are was were how what why when where who you your this these those from has have had will would "
        "can could should not but or its it's their they he she his her our we be been by at into about after before over more most "
        "than new says said which while there all just out up down off top first if does did don't doesn't get make need know it my "
        "us an as on is in a"
    ),
    "others": (
        "de la el los las que con por del um uma não em os da do na nos das dos het een van voor der und le les des du et en il lo "
        "gli che per non sono ve bir için ang ng mga sa och att som på det og ikke w z się nie y"
    ),
}
_SMALL = "a in is on an as or he we do me at of to all top up new its us my it his her no"  # so elsewhere too: half a word each
_TELLS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_ANYONES = frozenset(_SMALL.split())
_FORMS = {  # circumfixes and endings that few words of other languages have
    "malayic": re.compile(
        r"ke\w{4,}an|pe[mnlr]\w{3,}an|di\w{3,}kan|ber\w{3,}an|ter[skbtdlj]\w{4,}|\w{3,}nya|\w{4,}asi"
        r"|me(?:ng|ny|mp|nd|nj|nc|l|r|w|m(?!ber|or|e))\w{4,}"
    ),
    "id": re.compile(r"\w{4,}itas"),
    "ms": re.compile(r"\w{2,}(?:iviti|rsiti|uniti|aliti|iliti)|\w{3,}syen"),
}
_SCRIPTS = [  # written by one language alone, or so for our purpose; one letter in how many tells it
    ("ja", 8, re.compile("[\u3040-\u30ff]")),
    ("ko", 3, re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", 3, re.compile("[\u3400-\u9fff]")),
    ("th", 3, re.compile("[\u0e01-\u0e5b]")),
    ("el", 3, re.compile("[\u0370-\u03ff]")),
    ("he", 3, re.compile("[\u0590-\u05ff]")),
]
_READ = (  # languages that news is written in; the statistics know thirty more and take headlines for Latin
    "af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja jv ka kk km kn ko ku ky lo "
    "lt lv mk ml mn mr ms my ne nl no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te th tl tr ug uk ur uz vi zh"
)
_LONGEST_WORD = 40
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def detect(text: str, default: str = "") -> str:
    """Return the ISO 639-1 code of the language of a text, or `default` when the text is too short to tell."""
    words = _WORD.findall(text[:_ENOUGH].lower())
    return plain(text) or (_guess(text[:_ENOUGH], _hits(words), default) if sum(map(len, words)) >= _LEAST else default)


def plain(text: str) -> str:
    """Return the same by script and function words alone, or "" when they do not decide. Loads no model."""
    text = text[:_ENOUGH]
    words = _WORD.findall(text.lower())
    letters = sum(map(len, words))
    for language, share, script in () if text.isascii() else _SCRIPTS:
        if share * len(script.findall(text)) > letters:
            return language
    return _sure(_hits(words), len(words))


def primary(tag: str) -> str:
    """Return the primary subtag of a language tag: "pt" for "pt-BR" (RFC 5646, section 2.2.1)."""
    return tag.partition("-")[0]


def declared(tag: str) -> str:
    """Return the ISO 639 code of a language tag as pages declare it, "" for what is not a tag: "id" for "in_ID", "IND" or "id"."""
    from babel.core import get_global

    code = primary(tag.strip().lower().replace("_", "-"))
    return str(get_global("language_aliases").get(code, code)) if re.fullmatch("[a-z]{2,3}", code) else ""


def macrolanguage(tag: str) -> str:
    """Return the primary subtag, "ms" for Indonesian: of one macrolanguage (ISO 639-3), which detectors take for each other."""
    code = primary(tag)
    return "ms" if code == "id" else code


@lru_cache(maxsize=1 << 15)
def is_small(word: str) -> bool:
    """Whether a word is one of those that tell a language and little else; in lower case."""
    return any(word in words for words in _TELLS.values())


def _hits(words: list[str]) -> dict[str, float]:
    hits = dict.fromkeys(_TELLS, 0.0)
    for word in words:
        for language, worth in _told_by(word):
            hits[language] += worth
    return hits


@lru_cache(maxsize=1 << 15)
def _told_by(word: str) -> tuple[tuple[str, float], ...]:
    """Return the languages that a word is evidence for, each with its weight."""
    word, worth = word[:_LONGEST_WORD], 0.5 if word in _ANYONES else 1.0
    return tuple((name, worth) for name, tells in _TELLS.items() if word in tells or (name in _FORMS and _FORMS[name].fullmatch(word)))


def _sure(hits: dict[str, float], length: int) -> str:
    """Return the language of most function words, or "" when they are too few among `length` words."""
    best = max(hits["malayic"] + hits["id"] + hits["ms"], hits["jv"], hits["su"], hits["en"])
    if best < 2 or best * (6 if hits["others"] else 10) < length or best <= hits["others"]:
        return ""
    return next((language for language in ("en", "jv", "su") if hits[language] == best), "") or _malay_or_indonesian(hits)


def _malay_or_indonesian(hits: dict[str, float]) -> str:
    return "ms" if hits["ms"] >= 2 and hits["ms"] > 1.5 * hits["id"] else "id"


def _guess(text: str, hits: dict[str, float], default: str) -> str:
    """Return the language by letter statistics; where these are uncertain, by the few function words there are."""
    language, probability = _statistics().classify(text)
    ours = hits["malayic"] + hits["id"] > hits["en"] and hits["malayic"] + hits["id"] >= hits["others"]
    if language in ("id", "ms") or (ours and probability < 0.99):
        return _malay_or_indonesian(hits)
    if probability < 0.5:
        return "en" if hits["en"] > hits["others"] else default
    return str(language)


def unload() -> None:
    """Free the statistics (60 MB). The next text that needs them loads them again."""
    _statistics.cache_clear()


@cache
def _statistics() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_READ.split())
    identifier._full_model = ()  # what it read, for those who change their mind
    identifier.tk_nextmove = _on_disk(identifier.tk_nextmove)
    return identifier


def _on_disk(table: "array[int]") -> "memoryview[int]":
    """Map the table from an unnamed file. In memory it takes 40 MB a process, of which texts use a tenth."""
    with TemporaryFile() as file:
        file.write(table)
        file.flush()
        return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ)).cast("I")
