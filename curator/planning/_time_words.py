"""Words for days, parts of a day and lengths of time, in English and Indonesian."""

import re

from msgspec import Struct


class Part(Struct, frozen=True):
    """A part of the day. `hours`: those that a number can mean with it ("1 siang" is 13:00); `usual`: the one without a number."""

    hours: tuple[int, ...]
    usual: int


DAWN = 4  # the hour at which a night ends
NIGHT = Part((*range(18, 24), *range(DAWN)), 20)
PARTS = {
    "am": Part(tuple(range(12)), 9),
    "pm": Part(tuple(range(12, 24)), 15),
    "dini": Part(tuple(range(6)), 4),
    "subuh": Part(tuple(range(3, 7)), 5),
    "pagi": Part(tuple(range(12)), 9),
    "morning": Part(tuple(range(12)), 9),
    "siang": Part(tuple(range(10, 16)), 12),
    "afternoon": Part(tuple(range(12, 18)), 15),
    "sore": Part(tuple(range(14, 19)), 16),
    "evening": Part(tuple(range(16, 23)), 19),
    "malam": NIGHT,
    "night": NIGHT,
}
DAYS = {"today": 0, "tomorrow": 1, "lusa": 2}
UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "menit"), "minutes"),
    **dict.fromkeys(("h", "j", "hr", "hrs", "hour", "hours", "jam"), "hours"),
    **dict.fromkeys(("d", "day", "days", "hari"), "days"),
    **dict.fromkeys(("w", "week", "weeks", "minggu", "pekan"), "weeks"),
}
ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}
# What is said in several ways, and the one that the grammar knows; "" for what adds nothing.
_SAME = {
    "hari ini": "today", "nanti": "today", "tonight": "today malam", "malam ini": "today malam", "nanti malam": "today malam",
    "pagi ini": "today pagi", "siang ini": "today siang", "sore ini": "today sore",
    "this morning": "today morning", "this afternoon": "today afternoon", "this evening": "today evening",
    "besok": "tomorrow", "esok": "tomorrow", "besok lusa": "lusa", "day after tomorrow": "lusa", "the day after tomorrow": "lusa",
    "midnight": "12 malam",
    "24:00": "12 malam", "24.00": "12 malam", "tengah malam": "12 malam", "noon": "12 siang", "tengah hari": "12 siang",
    "in the morning": "morning", "in the afternoon": "afternoon", "in the evening": "evening", "at night": "night",
    "pukul": "at", "pkl": "at", "tanggal": "tgl", "depan": "next", "mendatang": "next", "ini": "this",
    "pekan": "week", "bulan": "month", "tahun": "year", "akhir": "end", "awal": "start", "beginning": "start",
    "akhir pekan": "weekend", "akhir minggu": "weekend",
    "an hour": "1 hour", "a day": "1 day", "a week": "1 week", "sejam": "1 jam", "sehari": "1 hari", "seminggu": "1 minggu",
    "sepekan": "1 pekan", "from today": "from now", "half an hour": "30 minutes", "setengah jam": "30 menit",
    "dua belas": "12", "dini hari": "dini", "hari minggu": "sunday", "on": "", "of": "", "the": "", "pada": "",
}  # fmt: skip
_NUMBERS = (
    "one satu", "two dua", "three tiga", "four empat", "five lima", "six enam", "seven tujuh", "eight delapan", "nine sembilan",
    "ten sepuluh", "eleven sebelas", "twelve",
)  # fmt: skip
# The night before a day carries its name: "malam Minggu" is Saturday's, where "Minggu malam" is Sunday's.
_EVES = {
    "senin": "sunday", "selasa": "monday", "rabu": "tuesday", "kamis": "wednesday", "jumat": "thursday", "jum'at": "thursday",
    "sabtu": "friday", "minggu": "saturday", "ahad": "saturday",
}  # fmt: skip
_SAME |= {f"malam {day}": f"{eve} malam" for day, eve in _EVES.items()}
_SAME |= {word: str(number) for number, words in enumerate(_NUMBERS, 1) for word in words.split()}
_PHRASE = re.compile(r"\b(?:" + "|".join(sorted(_SAME, key=len, reverse=True)) + r")\b")


def plainly(said: str) -> str:
    """Return what was said, in lower case, with one word for what is said in several ways."""
    return " ".join(_PHRASE.sub(lambda found: _SAME[found[0]], said).split())
